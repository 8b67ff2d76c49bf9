"""Tables as paper has them, where they are longer or wider as data: blocks beside each other, and the list of late dossiers in its seven columns."""

from dataclasses import replace
from itertools import groupby

from connectors.publication.words import Words
from indicators.bulletin.model import Cell, Column, Table
from indicators.formulas import BLOCKS

SEVEN = ("stt", "dossier", "received", "due", "finished", "name", "note")  # as the form has them
OPTIONAL = ("official_name",)  # not shown where nobody is named


def printed(table: Table, words: Words) -> Table:
    """What a page shows of a table; most are shown as they are."""
    if table.key == "blocks":
        return _blocks(table)
    changed = {"summary": _upright, "late_dossiers": _seven}.get(table.key)
    return _filled(table) if changed is None else changed(table, words)


def without(table: Table, keys: tuple[str, ...]) -> Table:
    """Without some columns."""
    kept = [place for place, column in enumerate(table.columns) if column.key not in keys]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def _filled(table: Table) -> Table:
    empty = [key for key in OPTIONAL if (place := _place(table, key)) is not None and all(row[place] is None for row in table.rows)]
    return without(table, tuple(empty)) if empty else table


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
    shown = [*(key for key in BLOCKS if key in there), *sorted(str(key) for key in there if key not in BLOCKS)]
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
        return "\n".join([words.word(str(row[note])), *([f"{who[0]} ({who[1]})" if len(who) > 1 else who[0]] if who else [])])

    rows = tuple((*(row[place] for place in kept), remark(row)) for row in table.rows)
    return replace(table, columns=(*(table.columns[place] for place in kept), Column("note", "text")), rows=rows)


def _place(table: Table, key: str) -> int | None:
    return next((place for place, column in enumerate(table.columns) if column.key == key), None)
