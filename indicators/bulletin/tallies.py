"""How many stand on the lists, and the room's own counts: a table, so that every number of the brief is a cell of one."""

from collections.abc import Iterator

from indicators.bulletin.model import Cell, Column, Table

KEY = "tallies"
# tally → (table, columns summed over its rows; none: its rows are counted)
SUMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "workload": ("levels", ("workload",)),
    "finished": ("levels", ("finished",)),
    "finished_late": ("levels", ("finished_late",)),
    "open": ("levels", ("open",)),
    "open_overdue": ("levels", ("open_overdue",)),
    "holders": ("overdue_units", ()),
    "late_dossiers": ("late_units", ("overdue",)),
    "explanation_missing": ("duties_units", ("explanation_missing",)),
    "apology_missing": ("duties_units", ("apology_missing",)),
    "repeat_units": ("repeat_units", ()),
    "offrecord": ("offrecord_units", ("not_received", "received_after_the_fact", "finished_before_received", "missing_numbers")),
    "accepted_late": ("offrecord_units", ("accepted_late",)),
    "papers": ("papers_units", ("asked_again", "paper_not_listed", "asked_late")),
}
SILENT, SLOW = "silent", "slow"  # sources without a record in the month, and those whose records came late


def tallies(tables: tuple[Table, ...]) -> Table:
    """A row a tally; of lists that were not drawn up there is none."""
    known = {one.key: one for one in tables}
    rows: list[tuple[Cell, ...]] = [(word(name), _sum(known[key], columns)) for name, (key, columns) in SUMS.items() if key in known]
    if "silent" in known:
        silent = sum(count == 0 for count in _cells(known["silent"], ("records",)))
        rows += [(word(SILENT), silent), (word(SLOW), len(known["silent"].rows) - silent)]
    return Table(KEY, "lists", (Column("what", "word"), Column("count")), tuple(rows))


def word(name: str) -> str:
    """The word of a tally, as it stands in its row."""
    return f"tally_{name}"


def _sum(table: Table, columns: tuple[str, ...]) -> int:
    return sum(_cells(table, columns)) if columns else len(table.rows)


def _cells(table: Table, columns: tuple[str, ...]) -> Iterator[int]:
    places = [table.place(column) for column in columns]
    cells: Iterator[Cell] = (row[place] for row in table.rows for place in places)
    yield from (cell for cell in cells if isinstance(cell, int))
