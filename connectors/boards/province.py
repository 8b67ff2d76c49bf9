"""A province or ministry: how it stands, and which of its departments and communes make it so."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import blocks, board, fresh, period, province, states, to, wide
from connectors.boards.looks import BAD, CHANGE, COUNT, GRADE, PERCENT, POINTS, RANK, SOON, SORTED_POINTS
from connectors.boards.panels import Place, Series, bars, stat
from connectors.boards.tables import Column, Layout, table
from connectors.boards.words import Words
from indicators.formulas import BLOCKS

HERE = 'province="$province"'
DEPARTMENTS, COMMUNES = s.info("department", HERE), s.info("commune", HERE)


def _offices(units: str, *, communes: bool) -> list[Column]:
    """Departments and communes apart: ranks only among peers."""

    def of(expr: str) -> str:
        return f"({expr}) and on(unit) {units}"

    when = "month" if communes else s.PERIOD
    columns = [
        Column("total", s.named(s.ranked(of(s.total("", when)), units), units), SORTED_POINTS),
        Column("grade", s.ranked(of(s.grade("", when)), units), GRADE, filled=True),
        Column("rank", s.ranked(of(s.rank("", when)), units), RANK),
        Column("ratio", s.filled(of(s.ratio(when)), units), PERCENT),
        Column("overdue", s.filled(of(s.open_of("overdue", "")), units), BAD),
        Column("due_soon", s.filled(of(s.open_of("due_soon", "")), units), SOON),
    ]
    return columns if communes else [*columns, Column("apologies", s.filled(of("chiso_apologies_owed"), units), BAD)]


def province_board(words: Words) -> dict[str, Any]:
    """From the total down to the office."""
    whose, when = s.PROVINCE, s.PERIOD
    row = to(words, "unit", province="${province}", unit='${__data.fields["' + words["code"] + '"]}', period="${period}")
    layout = Layout({"unit": "code", "name": "name"}, sort="total", links={"name": row}, widths={"unit": 85, "name": 180})
    link = to(words, "unit", province="${province}", unit="${__field.labels.unit}", period="${period}")
    overdue = to(words, "overdue", province="${province}")
    lowest = f"bottomk(10, {s.ratio_by_office('month', HERE)})"
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.complete(whose)),
        stat("total", words, Place(6, 0, 4, 5), s.said(s.total(whose)), POINTS),
        stat("grade", words, Place(10, 0, 4, 5), s.said(s.grade(whose)), GRADE),
        stat("rank", words, Place(14, 0, 3, 5), s.said(s.rank(whose)), COUNT),
        stat("change", words, Place(17, 0, 3, 5), s.said(s.change(whose, "_previous")), CHANGE),
        stat("ratio", words, Place(20, 0, 4, 5), s.said(s.ratio(when, whose)), PERCENT),
        stat("overdue", words, Place(0, 5, 5, 5), s.said(s.open_of("overdue", whose)), BAD, link=overdue),
        stat("due_soon", words, Place(5, 5, 5, 5), s.said(s.open_of("due_soon", whose)), SOON, link=overdue),
        stat("apologies", words, Place(10, 5, 4, 5), s.said(s.series("apologies_owed", whose)), BAD),
        stat("repeat", words, Place(14, 5, 5, 5), s.said(s.series("repeat_late", whose)), SOON),
        stat("on_time", words, Place(19, 5, 5, 5), s.said(s.on_time(when, whose)), PERCENT),
        bars("blocks", words, Place(0, 10, 8, 9), blocks(tuple(BLOCKS), words, whose), wide(PERCENT, 100)),
        states(words, Place(8, 10, 8, 9), [s.open_of(state, whose) for state in s.STATES]),
        bars("lowest", words, Place(16, 10, 8, 9), [Series(lowest, "{{name}}")], wide(PERCENT, 100), link=link),
        table("departments", words, Place(0, 19, 12, 16), _offices(DEPARTMENTS, communes=False), layout),
        table("communes", words, Place(12, 19, 12, 16), _offices(COMMUNES, communes=True), layout),
    ]
    return board("province", words, panels, [province(words), period(words, "province")])
