"""Tables of dossiers: form 06a by unit and by sector, province and commune level apart, sectors that lag, who holds what is overdue, what was sent back."""

from collections import Counter

from indicators.bulletin.late import FINISHED_LATE, OPEN_OVERDUE
from indicators.bulletin.material import Line, Material, number, ratio
from indicators.bulletin.model import Cell, Column, Ratio, Table
from indicators.bulletin.results import UNIT
from indicators.figures import Counts

DOSSIERS = "dossiers"
FORM = tuple(
    map(
        Column,
        ("received_total", "online", "counter_post", "carried_over", "finished", "early", "on_time", "late", "open", "in_time", "overdue"),
    )
)
STT = Column("stt")
FIRST = ("đất đai", "xây dựng", "đầu tư")  # sectors that leaders look at first: land, construction, investment
LEVELS = {"department": "province_level", "ministry": "ministry_level", "province": "province_level", "commune": "commune_level"}
SENT_BACK = ("refused", "withdrawn", "stopped")


def tables(found: Material) -> list[Table]:
    """In the order in which they are printed."""
    return [form_units(found), form_sectors(found), levels(found), sectors(found), holders(found), sent_back(found)]


def form_row(counts: Counts, online: int) -> tuple[int, ...]:
    """The columns of form 06a: what was received has what was carried over in it, so that it is what was finished and what is open."""
    received = counts.workload, online, counts.received - online, counts.carried_over
    finished = counts.finished, counts.finished_early, counts.finished_on_time, counts.finished_late
    return (*received, *finished, counts.open, counts.open_in_time, counts.open_overdue)


def form_units(found: Material) -> Table:
    """Form 06a, by unit."""
    rows: list[tuple[Cell, ...]] = []
    for stt, line in enumerate(found.units, 1):
        counts = found.form.counts.at(line.place)
        cells = form_row(counts, int(found.form.online[line.place])) if counts.workload else (None,) * len(FORM)
        rows.append((stt, line.code, line.name, *cells))
    depths = tuple(line.depth for line in found.units)
    return Table("form_06a_units", DOSSIERS, (STT, *UNIT, *FORM), tuple(rows), depths=depths, notes=("form_06a",))


def form_sectors(found: Material) -> Table:
    """Form 06a, by sector."""
    rows = [
        (stt, code or None, name or None, *form_row(counts, online))
        for stt, (code, name, counts, online) in enumerate(found.form.sectors, 1)
    ]
    columns = (STT, Column("sector", "text"), Column("name", "text"), *FORM)
    return Table("form_06a_sectors", DOSSIERS, columns, tuple(rows), notes=("form_06a",))


def levels(found: Material) -> Table:
    """What departments and communes do, apart: each unit's own dossiers, counted with the units of its kind."""
    own = own_counts(found)
    summed: dict[str, Counter[str]] = {}
    for line in found.units:
        cells = own.get(line.code)
        if cells is not None:
            level = LEVELS.get(_kind(found, line) or "", "other_level")
            summed.setdefault(level, Counter()).update({**cells, "units": 1})
    names = ("units", "workload", "finished", "finished_late", "open", "open_overdue")
    rows = []
    for level in ("ministry_level", "province_level", "commune_level", "other_level"):
        if level in summed:
            one = summed[level]
            rows.append((level, *(one[name] for name in names), ratio(one["in_time"], one["workload"])))
    columns = (Column("level", "word"), *map(Column, names), Column("ratio", "ratio"))
    return Table("levels", DOSSIERS, columns, tuple(rows))


def _kind(found: Material, line: Line) -> str | None:
    """A unit that was merged into another counts with units of the other's kind."""
    tree = found.now.layout.tree
    if line.kind is not None or line.code not in found.registry.units:
        return line.kind
    return next((tree.kinds[one] for one in tree.above(line.code) if one in tree.kinds), None)


def own_counts(found: Material) -> dict[str, dict[str, int]]:
    """What each unit handles itself: its figures less those of the units directly below it. Units without dossiers of their own are left out."""
    counts, layout = found.now.counts, found.now.layout
    names = ("workload", "in_time", "finished", "finished_late", "open", "open_overdue")
    values = {name: getattr(counts, name).tolist() for name in names}
    kept: dict[str, dict[str, int]] = {}
    for code in found.members:
        below = [layout.index[child] for child in layout.tree.children.get(code, ())]
        own = {name: of[layout.index[code]] - sum(of[child] for child in below) for name, of in values.items()}
        if own["workload"]:
            kept[code] = own
    return kept


def sectors(found: Material) -> Table:
    """Land, construction and investment first, then those with most overdue."""
    names = ("workload", "finished", "finished_late", "open", "open_overdue", "overdue")
    some = sorted(found.sectors, key=lambda one: (_first(one[1]), -int(one[2].overdue), one[0]))
    rows = [
        (code or None, name or None, *(getattr(counts, one) for one in names), ratio(counts.in_time, counts.workload))
        for code, name, counts, _ in some
    ]
    columns = (Column("sector", "text"), Column("name", "text"), *map(Column, names), Column("ratio", "ratio"))
    return Table("sectors", DOSSIERS, columns, tuple(rows))


def _first(name: str) -> int:
    lowered = name.lower()
    return next((place for place, word in enumerate(FIRST) if word in lowered), len(FIRST))


def holders(found: Material) -> Table:
    """Who holds the dossiers that were open and overdue at the end: units with their own dossiers, most first, and how much the first ones hold together."""
    held = Counter(one.unit for one in found.late if one.note == OPEN_OVERDUE)
    late = Counter(one.unit for one in found.late if one.note == FINISHED_LATE)
    total, so_far = held.total(), 0
    rows: list[tuple[Cell, ...]] = []
    for place, (unit, count) in enumerate(sorted(held.items(), key=lambda one: (-one[1], one[0])), 1):
        so_far += count
        rows.append((place, unit, found.name(unit), count, Ratio(count, total), Ratio(so_far, total), late[unit]))
    columns = (
        Column("place", "place"),
        *UNIT,
        Column("open_overdue"),
        Column("share", "ratio"),
        Column("cumulative", "ratio"),
        Column("finished_late"),
    )
    return Table("overdue_units", DOSSIERS, columns, tuple(rows))


def sent_back(found: Material) -> Table:
    """Withdrawn, refused after acceptance, stopped: a way to dodge lateness, so its share stands beside."""
    rows: list[tuple[Cell, ...]] = []
    for line in found.units:
        finished = number(found.now.counts.finished, line.place if line.known else None)
        cells = [number(found.flags[f"finished_{name}"], line.place) for name in SENT_BACK] if line.known else [None] * len(SENT_BACK)
        back = sum(cell or 0 for cell in cells) if line.known else None
        rows.append((line.code, line.name, finished, *cells, back, ratio(back, finished)))
    columns = (*UNIT, Column("finished"), *map(Column, SENT_BACK), Column("sent_back"), Column("share", "ratio"))
    return Table("sent_back", DOSSIERS, columns, tuple(rows), depths=tuple(line.depth for line in found.units))
