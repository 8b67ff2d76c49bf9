"""The country: 34 provinces ranked, their grades in colour and word, where they lie, and who holds what is overdue."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import blocks, board, fresh, period, to, wide
from connectors.boards.looks import BAD, CHANGE, COUNT, GRADE, PERCENT, POINTS, RANK, SHARE, SOON, SORTED_POINTS
from connectors.boards.panels import Place, Series, bars, lines, stat
from connectors.boards.tables import Column, Layout, table
from connectors.boards.tiles import tile_map
from connectors.boards.words import Words

PROVINCES, MINISTRIES = s.info("province"), s.info("ministry")


def _ranking(units: str) -> list[Column]:
    """Of provinces or ministries: those without figures stand at the end, and say so."""

    def of(expr: str) -> str:
        return f"({expr}) and on(unit) {units}"

    return [
        Column("total", s.named(s.ranked(of(s.total("")), units), units), SORTED_POINTS),
        Column("grade", s.ranked(of(s.grade("")), units), GRADE, filled=True),
        Column("rank", s.ranked(of(s.rank("")), units), RANK),
        Column("change", s.filled(of(s.change("", "_previous")), units), CHANGE),
        Column("ratio", s.filled(of(s.ratio(s.PERIOD)), units), PERCENT),
        Column("overdue", s.filled(of(s.open_of("overdue", "")), units), BAD),
        Column("due_soon", s.filled(of(s.open_of("due_soon", "")), units), SOON),
    ]


def country(words: Words) -> dict[str, Any]:
    """Where to look first."""
    whose = s.COUNTRY
    link = to(words, "province", province="${__field.labels.unit}", period="${period}")
    row = to(words, "province", province='${__data.fields["' + words["code"] + '"]}', period="${period}")
    layout = Layout({"unit": "code", "name": "name"}, sort="total", links={"name": row}, widths={"unit": 70, "name": 190})
    overdue = f"topk(12, ({s.named(s.open_of('overdue', ''), PROVINCES)}) > 0)"
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.complete(whose)),
        stat("total", words, Place(6, 0, 3, 5), s.said(s.total(whose)), POINTS),
        stat("grade", words, Place(9, 0, 3, 5), s.said(s.grade(whose)), GRADE),
        stat("ratio", words, Place(12, 0, 3, 5), s.said(s.ratio(s.PERIOD, whose)), PERCENT),
        stat("overdue", words, Place(15, 0, 3, 5), s.open_of("overdue", whose), BAD, link=to(words, "overdue")),
        stat("due_soon", words, Place(18, 0, 3, 5), s.open_of("due_soon", whose), SOON, link=to(words, "overdue")),
        stat("share_provinces", words, Place(21, 0, 3, 5), s.said(_held(5)), SHARE),
        tile_map("map", words, Place(0, 5, 8, 36), s.ranked(f"({s.grade('')}) and on(unit) {PROVINCES}", PROVINCES)),
        table("ranking", words, Place(8, 5, 16, 36), _ranking(PROVINCES), layout),
        bars("provinces_overdue", words, Place(0, 41, 8, 12), overdue, BAD, link=link),
        bars("blocks", words, Place(8, 41, 8, 12), blocks(s.COUNTRYS_BLOCKS, words, whose), wide(PERCENT, 100)),
        bars("grades", words, Place(16, 41, 8, 12), _grades(words), wide(COUNT, 34)),
        lines("totals", words, Place(0, 53, 9, 12), [Series(s.named(s.total(""), PROVINCES), "{{name}}")], POINTS),
        table("ministries", words, Place(9, 53, 15, 12), _ranking(MINISTRIES), layout),
    ]
    return board("country", words, panels, [period(words, "country")])


def _held(count: int) -> str:
    """Which share of what is overdue so many provinces hold, in per cent."""
    found = f"{s.open_of('overdue', '')} and on(unit) {PROVINCES}"
    return f"100 * sum(topk({count}, {found})) / (sum({found}) > 0)"


def _grades(words: Words) -> list[Series]:
    """How many provinces have each grade; the best first, those without figures last."""
    with_grade = f"({s.grade('')}) and on(unit) {PROVINCES}"
    names = list(enumerate(words.grades(), 1))
    found = [Series(f"count(({with_grade}) == {number}) or vector(0)", name) for number, name in reversed(names)]
    return [*found, Series(f"count({PROVINCES} unless on(unit) ({with_grade})) or vector(0)", words["no_data"])]
