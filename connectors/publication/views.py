"""Tables as paper has them, where they are longer or wider as data: blocks beside each other, and the list of late dossiers in its seven columns."""

from dataclasses import replace
from itertools import groupby

from connectors.publication.words import Words
from indicators.bulletin.model import Cell, Column, Table
from indicators.formulas import BLOCKS

SEVEN = ("stt", "dossier", "received", "due", "finished", "name", "note")  # as the form has them
TOGETHER = "CLGQ+TTTT"


def printed(table: Table, words: Words) -> Table:
    """What a page shows of a table; most are shown as they are."""
    if table.key == "blocks":
        return _blocks(table)
    changed = {"summary": _upright, "late_dossiers": _seven}.get(table.key)
    return table if changed is None else changed(table, words)


def _upright(table: Table, words: Words) -> Table:
    """One row is read downwards."""
    pairs = [
        (column, cell) for row in table.rows for column, cell in zip(table.columns, row, strict=True) if column.key not in ("unit", "name")
    ]
    rows = tuple(
        (words.column(table.key, column.key), words.missing if cell is None else words.cell(column, cell)) for column, cell in pairs
    )
    return replace(table, columns=(Column("figure", "text"), Column("value", "text")), rows=rows, depths=())


def _blocks(table: Table) -> Table:
    """A row a unit, a column a block; the country has two blocks as one."""
    unit, name, block, score = (table.place(key) for key in ("unit", "name", "block", "score"))
    there = {row[block] for row in table.rows}
    shown = [key for key in (*BLOCKS, TOGETHER) if key in there]
    depths = iter(table.depths or (1,) * len(table.rows))
    rows: list[tuple[Cell, ...]] = []
    places: list[int] = []
    for (code, called), alike in groupby(table.rows, lambda row: (row[unit], row[name])):
        scores = {row[block]: (row[score], next(depths)) for row in alike}
        places.append(next(iter(scores.values()))[1])
        rows.append((code, called, *(scores[key][0] if key in scores else None for key in shown)))
    columns = (Column("unit", "text"), Column("name", "text"), *(Column(key, "points") for key in shown))
    return replace(table, columns=columns, rows=tuple(rows), depths=tuple(places) if table.depths else ())


def _seven(table: Table, words: Words) -> Table:
    """The official stands in the last column, beside what the unit is charged with."""
    kept = [table.place(key) for key in SEVEN[:-1]]
    note, official, called = table.place("note"), _place(table, "official"), _place(table, "official_name")

    def remark(row: tuple[Cell, ...]) -> str:
        who = [str(row[place]) for place in (called, official) if place is not None and row[place] is not None]
        return "; ".join([words.word(str(row[note])), *([f"{who[0]} ({who[1]})" if len(who) > 1 else who[0]] if who else [])])

    rows = tuple((*(row[place] for place in kept), remark(row)) for row in table.rows)
    return replace(table, columns=(*(table.columns[place] for place in kept), Column("note", "text")), rows=rows)


def _place(table: Table, key: str) -> int | None:
    return next((place for place, column in enumerate(table.columns) if column.key == key), None)
