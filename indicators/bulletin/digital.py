"""Tables of online filing, digitisation, payment, and petitions."""

from fractions import Fraction

from indicators.bulletin.material import Line, Material, number, ratio
from indicators.bulletin.model import Cell, Column, Table
from indicators.bulletin.results import UNIT

DIGITAL = "digital"
PASS, FAIL = "pass", "fail"


def tables(found: Material) -> list[Table]:
    """In the order in which they are printed."""
    return [online(found), digitisation(found), payment(found), petitions(found)]


def _pair(found: Material, line: Line, name: str) -> tuple[int | None, int | None]:
    if not line.known or name not in found.now.pairs:
        return None, None
    above, below = found.now.pairs[name]
    return int(above[line.place]), int(below[line.place])


def _flag(found: Material, line: Line, name: str) -> int | None:
    return number(found.flags[name], line.place) if line.known else None


def _depths(found: Material) -> tuple[int, ...]:
    return tuple(line.depth for line in found.units)


def online(found: Material) -> Table:
    """How what was received in the month came in, and electronic results of the workload."""
    rows: list[tuple[Cell, ...]] = []
    for line in found.units:
        received = number(found.now.counts.received, line.place if line.known else None)
        ways = [_flag(found, line, f"received_{name}") for name in ("online", "counter", "post")]
        electronic, workload = _pair(found, line, "4.1")
        rows.append((line.code, line.name, received, *ways, ratio(ways[0], received), workload, electronic, ratio(electronic, workload)))
    columns = (
        *(*UNIT, Column("received"), Column("online"), Column("counter"), Column("post"), Column("share", "ratio")),
        *(Column("workload"), Column("electronic"), Column("electronic_share", "ratio")),
    )
    return Table("online", DIGITAL, columns, tuple(rows), depths=_depths(found))


def digitisation(found: Material) -> Table:
    """Of the workload: papers and result digitised (4.2), papers reused (4.3), electronic result (4.1); the verdict by the unit's target of 4.2."""
    rows: list[tuple[Cell, ...]] = []
    tree = found.now.layout.tree
    for line in found.units:
        (digitised, workload), (reused, _), (electronic, _) = (_pair(found, line, name) for name in ("4.2", "4.3", "4.1"))
        target = found.registry.target([line.code, *tree.above(line.code)], "4.2", found.period.b - 1)
        verdict = None if not workload or digitised is None else _verdict(digitised, workload, target)
        without = [None if one is None or workload is None else workload - one for one in (digitised, electronic)]
        rows.append(
            (line.code, line.name, workload, digitised, without[0], reused, electronic, without[1], ratio(digitised, workload), verdict)
        )
    columns = (
        *(*UNIT, Column("workload"), Column("digitised_yes"), Column("digitised_no"), Column("reused")),
        *(Column("results_yes"), Column("results_no"), Column("share", "ratio"), Column("verdict", "word")),
    )
    return Table("digitisation", DIGITAL, columns, tuple(rows), depths=_depths(found), notes=("verdict_by_target",))


def _verdict(digitised: int, workload: int, target: float | None) -> str | None:
    """By the target as it is written: 0.07 of 100 is 7, not a little more."""
    if target is None:
        return None
    return PASS if digitised >= Fraction(str(target)) * workload else FAIL


def payment(found: Material) -> Table:
    """Dossiers that owe a fee, and those paid on the portal (3.6)."""
    rows: list[tuple[Cell, ...]] = []
    for line in found.units:
        paid, owing = _pair(found, line, "3.6")
        rows.append((line.code, line.name, owing, paid, ratio(paid, owing)))
    columns = (*UNIT, Column("fee_owed"), Column("paid_online"), Column("share", "ratio"))
    return Table("payment", DIGITAL, columns, tuple(rows), depths=_depths(found))


def petitions(found: Material) -> Table:
    """Petitions of the month, and the share answered in time (5.2)."""
    names = ("received", "carried_over", "finished", "finished_late", "open", "open_overdue")
    rows: list[tuple[Cell, ...]] = []
    for line in found.units:
        counts = found.petitions.at(line.place)
        cells = [getattr(counts, name) for name in names] if counts.workload else [None] * len(names)
        rows.append((line.code, line.name, *cells, ratio(counts.in_time, counts.workload)))
    return Table("petitions", DIGITAL, (*UNIT, *map(Column, names), Column("ratio", "ratio")), tuple(rows), depths=_depths(found))
