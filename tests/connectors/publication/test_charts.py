"""Charts: what a look must tell, without colour, and nothing that a name could break."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from connectors.publication.charts import NARROW, WIDE, Bar, Frame, Point, line, pareto
from connectors.publication.drawings import drawings
from connectors.publication.pdf import document
from connectors.publication.words import load
from indicators.bulletin.model import Column, Ratio, Table
from tests.bulletins import bulletin

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_month_without_data_is_a_gap_and_one_that_is_not_over_is_hollow_and_dashed() -> None:
    points = [Point("01", 80.0), Point("02", None), Point("03", 82.0), Point("04", 84.0), Point("05", 81.5, open=True)]
    tree = ET.fromstring(line(Frame("c", "Title"), points, lambda value: f"{value:.1f}"))
    strokes = [one for one in tree.iter(f"{SVG}line") if one.get("stroke-width") == "2"]
    assert len(strokes) == 2, "from 03 to 04, and from 04 to 05"
    assert [one.get("stroke-dasharray") is not None for one in strokes] == [False, True]
    assert sum(one.get("fill") == "none" for one in tree.iter(f"{SVG}circle")) == 1


def test_figures_of_a_line_do_not_stand_in_each_others_way() -> None:
    close = [Point(str(month), None) for month in range(10)] + [Point("11", 93.98), Point("12", 92.54)]
    assert [one for one in texts(line(Frame("c", "T", width=NARROW), close, str)) if "." in one] == ["92.54"]


def test_names_of_months_are_left_out_where_they_do_not_fit_the_last_one_never() -> None:
    points = [Point(f"{month:02}/2026", 80.0 + month) for month in range(1, 13)]
    assert sum("/" in one for one in texts(line(Frame("c", "T", width=WIDE), points, str))) == 12
    narrow = [one for one in texts(line(Frame("c", "T", width=NARROW), points, str)) if "/" in one]
    assert (len(narrow), narrow[-1]) == (6, "12/2026")


def test_bars_that_make_the_first_four_fifths_are_full_the_others_hatched_the_rest_dotted() -> None:
    bars = [Bar("A", 60), Bar("B", 25), Bar("C", 10), Bar("3 others", 5, rest=True)]
    svg = pareto(Frame("c", "T"), bars, 100, str, lambda share: f"{share.value:.2f}")
    fills = [one.get("fill") for one in ET.fromstring(svg).iter(f"{SVG}rect")]
    assert fills == ["currentColor", "currentColor", "url(#c-hatch)", "url(#c-dots)"]
    assert [one for one in texts(svg) if one.startswith(("0.", "1."))] == ["0.60", "0.85", "0.95", "1.00"]


def test_nothing_known_is_no_chart() -> None:
    assert line(Frame("c", "T"), [Point("01", None)], str) == ""
    assert pareto(Frame("c", "T"), [], 0, str, str) == ""


def test_long_names_are_cut_and_markup_in_names_is_text() -> None:
    svg = pareto(Frame("c", "<b>"), [Bar("</svg><script>alert(1)</script>" * 3, 3)], 3, str, str)
    assert "<script" not in svg
    assert any(one.startswith("</svg><script>") and one.endswith("…") for one in texts(svg))


def test_labels_are_rounded_as_the_tables_are() -> None:
    """12.345 % exactly is 12.35, though in floats it is a little less; 0.5 hundredths up, not to the even one."""
    book, words = bulletin(), load("en")
    months = Table(
        "months",
        "comparison",
        (Column("month", "month"), Column("ratio", "ratio")),
        tuple((f"2026-0{one}", Ratio(2469, 20_000)) for one in (7, 8)),
    )
    held = Table(
        "overdue_units",
        "dossiers",
        (Column("name", "text"), Column("open_overdue"), Column("cumulative", "ratio")),
        (("A", 2469, Ratio(2469, 20_000)), ("B", 17_531, Ratio(1, 1))),
    )
    drawn = dict(drawings(replace(book, tables=(months, held)), words))
    line_, bars = (texts(svg) for svg in drawn.values())
    assert "12.35" in line_
    assert any(one.startswith("12.35") for one in bars)


def test_a_chart_is_described_by_its_own_words_where_another_is_left_out() -> None:
    book, words = bulletin(), load("vi")
    bare = replace(book, tables=tuple(replace(one, rows=()) if one.key == "months" else one for one in book.tables))
    [one] = document(bare, words)["brief"]["charts"]
    assert one["title"] == "Đơn vị giữ hồ sơ quá hạn chưa giải quyết"
    assert "chart-overdue_units" in one["svg"]
