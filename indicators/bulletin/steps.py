"""What would move the room's total most next month: the points still to be gained of each indicator, and in how many dossiers or procedures."""

from indicators.advice import Line
from indicators.bulletin.material import Material
from indicators.bulletin.model import Cell, Column, Table
from indicators.formulas import table
from indicators.scores import PERCENT
from indicators.sheet import INHERITED
from indicators.units import ROOT

NEXT = "next"
COLUMNS = (
    *(Column("indicator", "text"), Column("title", "word"), Column("score", "points"), Column("maximum", "points")),
    *(Column("gain", "points"), Column("needed")),
)


def advice(found: Material) -> Table:
    """As `chiso advise`: most to be gained first. The country's total is the mean of its provinces: nothing is to be gained by its own line."""
    return Table("advice", NEXT, COLUMNS, tuple(_row(line) for line in _lines(found)))


def _row(line: Line) -> tuple[Cell, ...]:
    name = line.formula.id
    return name, f"indicator {name}", line.score, line.formula.points * PERCENT, line.room, line.needed(line.room)


def _lines(found: Material) -> list[Line]:
    sheet, code = found.now, found.room.code
    place = found.place(sheet, code)
    if place is None or code == ROOT:
        return []
    below = sheet.layout.tree.province(code) not in (code, None)
    lines = [
        Line(formula, *(int(values[place]) for values in sheet.pairs[name]))
        for name, formula in table(sheet.rule, sheet.period.b - 1).items()
        if formula.block is not None and name in sheet.pairs and name != "1.4" and not (below and name in INHERITED)
    ]
    return sorted((line for line in lines if line.room > 0), key=lambda one: (-one.room, one.formula.id))
