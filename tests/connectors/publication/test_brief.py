"""The brief: in the order in which leaders read, and no number of it that is not a cell of a table."""

import re
from dataclasses import replace
from html import unescape

import pytest

from connectors.publication.brief import brief
from connectors.publication.html import render
from connectors.publication.words import LANGUAGES, Words, load
from indicators.bulletin.brief import briefed
from indicators.bulletin.model import Bulletin, Ratio
from indicators.bulletin.tallies import SILENT, SLOW, SUMS
from tests.bulletins import bulletin

ORDER = ["headline", "overdue", "levels", "sectors", "sent_back", "online", "results", "shortcomings", "next"]
DIGIT = re.compile(r"\d")


def written(book: Bulletin, words: Words) -> set[str]:
    """Every cell that the tables show."""
    found = {
        words.cell(column, cell) for table in book.tables for row in table.rows for column, cell in zip(table.columns, row, strict=True)
    }
    return found | {words.figures.whole(cell) for table in book.tables for row in table.rows for cell in row if isinstance(cell, int)}


def test_sections_stand_in_the_order_in_which_leaders_read() -> None:
    assert list(dict.fromkeys(fact.section for fact in bulletin().brief)) == ORDER


def test_every_value_is_the_cell_it_names() -> None:
    book = bulletin()
    values = [cited for fact in book.brief for cited in fact.values.values()]
    assert len(values) > 80
    for cited in values:
        table = book.table(cited.table)
        assert table.cell(cited.row, cited.column) == cited.value
        assert table.columns[table.place(cited.column)].kind == cited.kind
        assert table.edition == "both", "the public brief would name a table that the public does not have"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_has_a_number_that_is_not_a_value(lang: str) -> None:
    words = load(lang)  # type: ignore[arg-type]
    for fact in bulletin().brief:
        for part in ("fact", "tile_figure", "tile_beside"):
            if part == "fact" or words.knows(part, fact.key):
                assert not DIGIT.search("".join(text for text, value in words.parts(part, fact) if not value)), fact.key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_on_the_page_is_shown_in_a_table(lang: str) -> None:
    book, words = bulletin(), load(lang)  # type: ignore[arg-type]
    page = render(book, words)[f"{book.stem}-brief.html"].decode()
    body = page[page.index('<dl class="tiles">') : page.index('<div class="signed">')]
    charts = re.findall(r"<svg.*?</svg>", body, re.DOTALL)
    assert len(charts) == 2
    drawn = [
        unescape(one) for svg in charts for one in re.findall(r'font-weight="bold"[^>]*>([^<]*)<|>([^<]*%)<', svg) for one in one if one
    ]
    text = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)))
    numbers = [one.strip(".,") for one in re.findall(r"[+−]?\d[\d.,]*", text)]
    cells = written(book, words)
    assert len(numbers) > 60
    assert len(drawn) > 15, "figures of lines, counts and shares of bars"
    assert [one for one in drawn if one.removesuffix(" %") not in cells] == []
    assert [one for one in numbers if one not in cells and f"+{one}" not in cells] == []


def test_a_value_without_data_is_said_to_be_without_and_never_zero() -> None:
    words = load("vi")
    found = brief(bulletin(), words)
    sentences = ["".join(text for text, _ in sentence) for column in found.above for section in column for sentence in section.sentences]
    assert "So với cùng kỳ năm trước: chưa có dữ liệu." in sentences


def test_tallies_are_the_sums_of_their_tables() -> None:
    book = bulletin()
    tallied = dict(book.table("tallies").rows)
    assert tallied["tally_apology_missing"] == 14 * 71
    assert tallied["tally_repeat_units"] == 8
    assert (tallied["tally_silent"], tallied["tally_slow"]) == (1, 2)
    assert tallied["tally_offrecord"] == 6 * (3 + 2 + 0 + 1)
    assert tallied["tally_papers"] == 0
    assert set(tallied) <= {f"tally_{name}" for name in (*SUMS, SILENT, SLOW)}


def test_explanations_and_apologies_are_told_apart_and_what_is_open_stands_beside_what_is_overdue() -> None:
    said = {fact.key: {name: cited.value for name, cited in fact.values.items()} for fact in bulletin().brief}
    assert said["explanations"]["owed"] == said["explain"]["owed"] == 14 * 60
    assert said["apologies"]["owed"] == said["apologise"]["owed"] == 14 * 71
    assert said["open_overdue"] == {"open_overdue": 1204 + 2310, "open": 11_110 + 11_303, "workload": 52_310 + 132_203}
    book = bulletin()
    letters = replace(book.table("duties_units"), rows=tuple((*row[:3], row[3], 0, *row[5:]) for row in book.table("duties_units").rows))
    tables = tuple(letters if one.key == "duties_units" else one for one in book.tables if one.key != "tallies")
    keys = {fact.key for fact in briefed(replace(book, tables=tables)).brief}
    assert {"explanations", "explain"} <= keys
    assert keys.isdisjoint({"apologies", "apologise"})


def test_what_is_not_there_is_not_said() -> None:
    book = bulletin()
    bare = replace(
        book, brief=(), tables=tuple(one for one in book.tables if one.key not in ("tallies", "advice", "duties_units", "silent"))
    )
    keys = {fact.key for fact in briefed(bare).brief}
    assert keys.isdisjoint({"gain", "explain", "apologise", "explanations", "apologies", "silent", "slow", "connect"})
    assert {"total", "rank", "holder", "level", "sector", "clear"} <= keys


def test_indicators_of_few_cases_are_neither_results_nor_shortcomings() -> None:
    book = bulletin()
    moved = book.table("comparison")
    few = replace(moved, rows=tuple((*row[:2], Ratio(1, 3), row[3], Ratio(0, 1), *row[5:]) for row in moved.rows))
    said = briefed(replace(book, tables=tuple(few if one is moved else one for one in book.tables if one.key != "tallies"))).brief
    assert {fact.key for fact in said}.isdisjoint({"better", "worse"})


def test_holders_are_a_table_where_there_is_no_chart() -> None:
    found = brief(replace(bulletin(), charts=()), load("vi"))
    assert found.charts == ()
    assert found.tables[0].heads == ("Đơn vị", "Đang giải quyết – quá hạn", "Tỷ trọng (%)", "Cộng dồn (%)")
    assert found.tables[0].rows[0] == ("Sở Nông nghiệp và Môi trường", "900", "50,00", "50,00")
