"""What the brief says, section after section: which cells of which tables. The words are not here."""

from collections.abc import Iterable, Iterator
from typing import TypeGuard

from indicators.bulletin.model import Bulletin, Cell, Cited, Fact, Ratio, Table
from indicators.bulletin.tallies import KEY, word

HOLDERS, SECTORS, MOVED, GAINS = 6, 6, 2, 4
MOST_HELD = Ratio(8, 10)
LEAST = 20  # dossiers (or petitions, procedures) of which a share says anything
LEAST_RANKED = 3


def facts(found: Bulletin) -> Iterator[Fact]:
    """In the order in which leaders read. A table that is not there says nothing."""
    tables = {one.key: one for one in found.tables}
    for section in (_headline, _overdue, _levels, _sectors, _sent_back, _online, _results, _shortcomings, _next):
        yield from section(tables)


def cite(table: Table, row: int, **named: str) -> dict[str, Cited]:
    """Values by name, of columns of a row."""
    kinds = {one.key: one.kind for one in table.columns}
    return {name: Cited(table.cell(row, column), kinds[column], table.key, row, column) for name, column in named.items()}


def _headline(tables: dict[str, Table]) -> Iterator[Fact]:
    summary = tables["summary"]
    yield Fact("headline", "total", cite(summary, 0, total="total", maximum="maximum"), _about(summary, 0, grade="grade"))
    if summary.cell(0, "place") is not None:
        yield Fact("headline", "rank", cite(summary, 0, place="place", of="of"))
    row = _find(tables["comparison"], "indicator", "2.1")
    if row is not None:
        yield Fact("headline", "ratio_before", cite(tables["comparison"], row, ratio="ratio", ratio_before="ratio_before"))
    yield Fact("headline", "change", cite(summary, 0, change="change", total_before="total_before"))
    yield Fact("headline", "change_last_year", cite(summary, 0, change="change_last_year", total_last_year="total_last_year"))


def _overdue(tables: dict[str, Table]) -> Iterator[Fact]:
    yield from _tallied(tables, "overdue", "open_overdue", open_overdue="open_overdue", open="open", workload="workload")
    yield from _tallied(tables, "overdue", "finished_late", late="finished_late", finished="finished")
    held = tables["overdue_units"]
    for row in range(min(HOLDERS, len(held.rows))):
        values = cite(held, row, open_overdue="open_overdue", share="share", cumulative="cumulative")
        yield Fact("overdue", "holder", values, _about(held, row, name="name"))
    reached = next((row for row in range(len(held.rows)) if _at_least(held.cell(row, "cumulative"), MOST_HELD)), None)
    if reached is not None and reached + 1 < len(held.rows):
        yield Fact("overdue", "holders_together", cite(held, reached, units="place", share="cumulative"))


def _levels(tables: dict[str, Table]) -> Iterator[Fact]:
    yield from _each(tables["levels"], "levels", "level", range(len(tables["levels"].rows)), "level")


def _sectors(tables: dict[str, Table]) -> Iterator[Fact]:
    table = tables["sectors"]
    named = [row for row in range(len(table.rows)) if table.cell(row, "name") is not None]
    yield from _each(table, "sectors", "sector", named[:SECTORS], "name")


def _each(table: Table, section: str, key: str, rows: Iterable[int], name: str) -> Iterator[Fact]:
    for row in rows:
        values = cite(table, row, workload="workload", finished_late="finished_late", open_overdue="open_overdue", ratio="ratio")
        yield Fact(section, key, values, _about(table, row, name=name))


def _sent_back(tables: dict[str, Table]) -> Iterator[Fact]:
    table = tables["sent_back"]
    yield Fact("sent_back", "sent_back", cite(table, 0, sent_back="sent_back", finished="finished", share="share"))
    below = [row for row, depth in enumerate(table.depths) if depth == 1 and _count(table, row, "finished") >= LEAST]
    most = max(below, key=lambda row: (_share(table.cell(row, "share")), -row), default=None)
    if most is not None and _share(table.cell(most, "share")) > _share(table.cell(0, "share")):
        yield Fact("sent_back", "sent_back_most", cite(table, most, sent_back="sent_back", share="share"), _about(table, most, name="name"))


def _online(tables: dict[str, Table]) -> Iterator[Fact]:
    yield Fact("online", "online", cite(tables["online"], 0, online="online", share="share"))
    yield Fact("online", "electronic", cite(tables["online"], 0, electronic="electronic", share="electronic_share"))
    yield Fact("online", "digitised", cite(tables["digitisation"], 0, digitised="digitised_yes", workload="workload", share="share"))
    if _count(tables["payment"], 0, "fee_owed"):
        yield Fact("online", "paid", cite(tables["payment"], 0, paid_online="paid_online", share="share"))


def _results(tables: dict[str, Table]) -> Iterator[Fact]:
    yield from _moved(tables["comparison"], "results", "better", 1)
    if tables["petitions"].rows and tables["petitions"].cell(0, "ratio") is not None:
        yield Fact("results", "petitions_on_time", cite(tables["petitions"], 0, ratio="ratio"))


def _shortcomings(tables: dict[str, Table]) -> Iterator[Fact]:
    yield from _moved(tables["comparison"], "shortcomings", "worse", -1)
    yield from _weakest(tables["rankings"])
    for key, tally in (("explanations", "explanation_missing"), ("apologies", "apology_missing")):
        if _tally(tables, tally):
            yield from _tallied(tables, "shortcomings", key, owed=tally, dossiers="late_dossiers")
    for key, tally, name in (
        ("repeat", "repeat_units", "units"),
        ("silent", "silent", "sources"),
        ("slow", "slow", "sources"),
        ("offrecord", "offrecord", "signs"),
        ("papers", "papers", "signs"),
    ):
        if _tally(tables, tally):
            yield from _tallied(tables, "shortcomings", key, **{name: tally})


def _next(tables: dict[str, Table]) -> Iterator[Fact]:
    if "advice" in tables:
        advice = tables["advice"]
        for row in [row for row in range(len(advice.rows)) if _count(advice, row, "gain") and advice.cell(row, "needed") is not None][
            :GAINS
        ]:
            yield Fact("next", "gain", cite(advice, row, gain="gain", needed="needed"), _about(advice, row, title="title"))
    for key, tally, name in (
        ("clear", "open_overdue", "open_overdue"),
        ("explain", "explanation_missing", "owed"),
        ("apologise", "apology_missing", "owed"),
        ("connect", "silent", "sources"),
        ("verify_offrecord", "offrecord", "signs"),
        ("verify_papers", "papers", "signs"),
    ):
        if _tally(tables, tally):
            yield from _tallied(tables, "next", key, **{name: tally})


def _moved(table: Table, section: str, key: str, sign: int) -> Iterator[Fact]:
    """Scored indicators whose ratio rose (or fell) most."""
    moved: list[tuple[int, int]] = []
    for row in range(len(table.rows)):
        now, before = table.cell(row, "ratio"), table.cell(row, "ratio_before")
        if _enough(now) and _enough(before) and table.cell(row, "score") is not None:
            moved.append((sign * (now.hundredths() - before.hundredths()), row))
    for change, row in sorted(moved, key=lambda one: (-one[0], one[1]))[:MOVED]:
        if change > 0:
            yield Fact(section, key, cite(table, row, ratio="ratio", before="ratio_before"), _about(table, row, title="title"))


def _weakest(table: Table) -> Iterator[Fact]:
    """The last of each kind of peers."""
    last: dict[object, int] = {}
    for row in range(len(table.rows)):
        kind = table.cell(row, "kind")
        if _count(table, row, "of") >= LEAST_RANKED and _count(table, row, "place") >= _count(table, last.get(kind, row), "place"):
            last[kind] = row
    for row in last.values():
        yield Fact("shortcomings", "weak_units", cite(table, row, total="total", place="place", of="of"), _about(table, row, name="name"))


def _tallied(tables: dict[str, Table], section: str, key: str, **named: str) -> Iterator[Fact]:
    table = tables[KEY]
    rows = {name: _find(table, "what", word(tally)) for name, tally in named.items()}
    values = {name: Cited(table.cell(row, "count"), "count", KEY, row, "count") for name, row in rows.items() if row is not None}
    if len(values) == len(named):
        yield Fact(section, key, values)


def _tally(tables: dict[str, Table], name: str) -> int:
    row = _find(tables[KEY], "what", word(name))
    return 0 if row is None else _count(tables[KEY], row, "count")


def _find(table: Table, column: str, value: str) -> int | None:
    place = table.place(column)
    return next((row for row, cells in enumerate(table.rows) if cells[place] == value), None)


def _about(table: Table, row: int, **named: str) -> dict[str, str]:
    cells = {name: table.cell(row, column) for name, column in named.items()}
    return {name: str(cell) for name, cell in cells.items() if cell is not None}


def _count(table: Table, row: int, column: str) -> int:
    cell = table.cell(row, column)
    return cell if isinstance(cell, int) else 0


def _enough(cell: Cell) -> TypeGuard[Ratio]:
    return isinstance(cell, Ratio) and cell.denominator >= LEAST


def _share(cell: object) -> float:
    return cell.value if isinstance(cell, Ratio) else -1.0


def _at_least(cell: object, least: Ratio) -> bool:
    return isinstance(cell, Ratio) and cell.numerator * least.denominator >= least.numerator * cell.denominator
