"""Tables of results: the room in one line, rankings, blocks, all indicators, comparison with other periods, twelve months."""

from collections.abc import Iterator

from indicators.bulletin.material import Line, Material, kind_order, less, number, ratio
from indicators.bulletin.model import Cell, Column, Table
from indicators.formulas import BLOCKS, changed, grade, table
from indicators.periods import months_of
from indicators.scores import PERCENT
from indicators.sheet import Sheet
from indicators.times import date_of
from indicators.units import ROOT

UNIT = (Column("unit", "text"), Column("name", "text"))
RESULTS, COMPARISON = "results", "comparison"
_THEN = ("before", "last_year")
PROVINCE = "province"


def tables(found: Material) -> list[Table]:
    """In the order in which they are printed."""
    return [
        summary(found),
        rankings(found),
        blocks(found),
        indicators(found),
        compared(found, "comparison", "now", _THEN),
        compared(found, "comparison_year", "year", ("year_last",)),
        units_compared(found, "comparison_units", "now", _THEN),
        units_compared(found, "comparison_units_year", "year", ("year_last",)),
        months(found),
    ]


def graded(total: int | None) -> str | None:
    """Its name, `Khá`."""
    known = None if total is None else grade(total)
    return None if known is None else known[0]


def comparable(one: Sheet, other: Sheet) -> bool:
    """Whether no formula changed in between."""
    return not changed(one.rule, one.period.b - 1, other.period.b - 1)


def summary(found: Material) -> Table:
    """The room in one line."""
    code = found.room.code
    totals = {name: found.sheets[name].total(code) for name in ("now", *_THEN)}
    old = {name: totals[name] if comparable(found.now, found.sheets[name]) else None for name in _THEN}
    rank, stood = found.ranks
    columns = (
        *UNIT,
        Column("total", "points"),
        Column("maximum", "points"),
        Column("grade", "text"),
        Column("place", "place"),
        Column("of"),
        Column("peers", "word"),
        Column("place_before", "place"),
        Column("moved"),
        Column("total_before", "points"),
        Column("change", "points"),
        Column("total_last_year", "points"),
        Column("change_last_year", "points"),
    )
    place, before = (None if one is None else one.place for one in (rank, stood))
    row = (
        *(code, found.room.name, totals["now"], 100 * PERCENT, graded(totals["now"])),
        *((None, None, None) if rank is None else (rank.place, rank.of, rank.peers)),
        *(before, None if rank is not None and rank.published is not None else less(before, place)),  # of other peers
        *(totals["before"], less(totals["now"], old["before"])),
        *(totals["last_year"], less(totals["now"], old["last_year"])),
    )
    return Table("summary", RESULTS, columns, (row,), depths=(0,), notes=_notes(found))


def _notes(found: Material) -> tuple[str, ...]:
    then = [found.sheets[name] for name in _THEN]
    published = None if found.ranks[0] is None else found.ranks[0].published
    return (*(("formula_changed",) if any(not comparable(found.now, one) for one in then) else ()), *_published(published))


def _published(day: int | None) -> tuple[str, ...]:
    """Of which day the totals are that others published, where some were ranked by them."""
    return () if day is None else (f"peers_published {date_of(day).isoformat()}",)


def rankings(found: Material) -> Table:
    """Every unit among its peers, group after group, best first; without figures last."""
    tree = found.now.layout.tree
    before = found.sheets["before"]
    same = comparable(found.now, before)
    columns = (
        *(Column("kind", "word"), Column("parent", "text"), *UNIT),
        *(Column("place", "place"), Column("of"), Column("total", "points"), Column("grade", "text")),
        *(Column("place_before", "place"), Column("moved"), Column("total_before", "points"), Column("change", "points")),
    )
    ranked = [line for line in found.units if line.kind is not None and line.code not in (ROOT, found.room.code)]
    counted: dict[tuple[str | None, str | None], int] = {}
    for line in ranked:
        group = line.kind, tree.parents.get(line.code)
        counted[group] = counted.get(group, 0) + (found.now.total(line.code) is not None)
    rows: list[tuple[tuple[Cell, ...], int]] = []
    for line in ranked:
        parent = tree.parents.get(line.code)
        total, old = found.now.total(line.code), before.total(line.code)
        place = number(found.places["now"], line.place)
        stood = number(found.places["before"], before.layout.index.get(line.code))
        among = found.among.get(line.code, counted[line.kind, parent])
        row = (
            *(line.kind, "" if parent is None else found.name(parent), line.code, line.name),
            *(place, among if place is not None else None, total, graded(total)),
            *(stood, None if line.kind == PROVINCE and found.published is not None else less(stood, place)),  # of other peers
            *(old, less(total, old) if same else None),
        )
        rows.append((row, line.depth))
    rows.sort(key=lambda one: (kind_order(str(one[0][0])), str(one[0][1]), one[0][4] is None, one[0][4] or 0, str(one[0][2])))
    notes = (
        *(() if same else ("formula_changed",)),
        *_published(found.published if any(line.kind == PROVINCE for line in ranked) else None),
    )
    return Table("rankings", RESULTS, columns, tuple(row for row, _ in rows), depths=tuple(depth for _, depth in rows), notes=notes)


def blocks(found: Material) -> Table:
    """Score of each block, of every unit with figures."""
    columns = (*UNIT, Column("block", "word"), Column("score", "points"), Column("maximum", "points"))
    rows: list[tuple[Cell, ...]] = []
    depths = []
    for line in found.units:
        for block, score in found.now.blocks(line.code).items():
            most = sum(BLOCKS[part][0] for part in block.split("+"))
            rows.append((line.code, line.name, block, score, most * PERCENT))
            depths.append(line.depth)
    return Table("blocks", RESULTS, columns, tuple(rows), depths=tuple(depths), wide=True)


def indicators(found: Material) -> Table:
    """Every indicator of every unit: numerator, denominator, ratio, score, maximum."""
    sheet = found.now
    columns = (
        *(*UNIT, Column("indicator", "text"), Column("title", "word"), Column("numerator"), Column("denominator")),
        *(Column("ratio", "ratio"), Column("score", "points"), Column("maximum", "points")),
    )
    formulas = table(sheet.rule, sheet.period.b - 1)
    pairs = {name: [values.tolist() for values in sheet.pairs[name]] for name in formulas if name in sheet.pairs}
    scores = {name: values.tolist() for name, values in sheet.card.indicators.items()}
    rows: list[tuple[Cell, ...]] = []
    depths = []
    for line in found.units:
        for name, formula in formulas.items():
            above = below = None
            score = None
            if line.known and name in pairs:
                above, below = (values[line.place] for values in pairs[name])
                score = number(scores[name], line.place) if name in scores else None
            share = None if name == "2.2" else ratio(above, below)
            most = formula.points * PERCENT if formula.block else None
            rows.append((line.code, line.name, name, f"indicator {name}", above, below, share, score, most))
            depths.append(line.depth)
    return Table("indicators", RESULTS, columns, tuple(rows), depths=tuple(depths), wide=True, notes=("handling_seconds",))


def compared(found: Material, key: str, which: str, others: tuple[str, ...]) -> Table:
    """Every indicator of the room beside other periods."""
    now = found.sheets[which]
    columns = [Column("indicator", "text"), Column("title", "word"), Column("ratio", "ratio"), Column("score", "points")]
    for other in others:
        name = other.removeprefix("year_").replace("last", "last_year") if which == "year" else other
        columns += [Column(f"ratio_{name}", "ratio"), Column(f"score_{name}", "points"), Column(f"change_{name}", "points")]
    rows = []
    for name in table(now.rule, now.period.b - 1):
        share, score = _stood(found, now, name)
        row: list[Cell] = [name, f"indicator {name}", share, score]
        for other in others:
            then = found.sheets[other]
            old_share, old = _stood(found, then, name)
            row += [old_share, old, less(score, old) if comparable(now, then) else None]
        rows.append(tuple(row))
    notes = ("formula_changed",) if any(not comparable(now, found.sheets[one]) for one in others) else ()
    return Table(key, COMPARISON, tuple(columns), tuple(rows), notes=notes)


def _stood(found: Material, sheet: Sheet, name: str) -> tuple[Cell, int | None]:
    place = found.place(sheet, found.room.code)
    if place is None or name not in sheet.pairs:
        return None, None
    above, below = (int(values[place]) for values in sheet.pairs[name])
    return (None if name == "2.2" else ratio(above, below)), sheet.score(name, place)


def units_compared(found: Material, key: str, which: str, others: tuple[str, ...]) -> Table:
    """Workload, overdue, 2.1 and total of every unit beside other periods."""
    names = ["", *("_last_year" if other == "year_last" else f"_{other}" for other in others)]
    columns = [
        Column(f"{name}{end}", kind)  # type: ignore[arg-type]
        for end in names
        for name, kind in (("workload", "count"), ("overdue", "count"), ("ratio", "ratio"), ("total", "points"))
    ]
    rows = []
    for line in found.units:
        row = tuple(cell for sheet in (which, *others) for cell in worked(found, found.sheets[sheet], line))
        rows.append((line.code, line.name, *row))
    return Table(key, COMPARISON, (*UNIT, *columns), tuple(rows), depths=tuple(line.depth for line in found.units), wide=True)


def worked(found: Material, sheet: Sheet, line: Line) -> Iterator[Cell]:
    """Workload, overdue, ratio, total of a unit in a period."""
    place = found.place(sheet, line.code)
    workload, overdue = number(sheet.counts.workload, place), number(sheet.counts.overdue, place)
    yield from (workload, overdue, ratio(number(sheet.counts.in_time, place), workload), sheet.total(line.code))


def months(found: Material) -> Table:
    """Twelve months of the room."""
    columns = (Column("month", "month"), Column("workload"), Column("overdue"), Column("ratio", "ratio"), Column("total", "points"))
    room = found.units[0]
    rows = tuple((months_of(sheet.period)[0], *worked(found, sheet, room)) for sheet in found.line)
    return Table("months", COMPARISON, columns, rows)
