"""The lists: late units, officials and dossiers, and what was drawn up of duties and signs. Signs to be checked, not verdicts."""

from collections import Counter

from indicators.bulletin.late import FINISHED_LATE, OPEN_OVERDUE
from indicators.bulletin.material import Material
from indicators.bulletin.model import Cell, Column, Kind, Table
from indicators.bulletin.results import UNIT
from indicators.times import date_of

LISTS = "lists"
# table → (columns after those of the unit or instead of them, edition)
SHAPES: dict[str, tuple[tuple[tuple[str, Kind], ...], str]] = {
    "duties": (
        (
            *(
                ("unit", "text"),
                ("name", "text"),
                ("dossier", "text"),
                ("official", "text"),
                ("official_name", "text"),
                ("days_late", "days"),
            ),
            *(
                ("explanation_owed", "date"),
                ("explanation_sent", "date"),
                ("apology_owed", "date"),
                ("apology_sent", "date"),
                ("role", "text"),
            ),
            *(("reason", "text"), ("new_date", "date"), ("times", "count"), ("flags", "word")),
        ),
        "internal",
    ),
    "duties_units": (
        (
            *(("unit", "text"), ("name", "text"), ("late", "count"), ("explanation_missing", "count"), ("apology_missing", "count")),
            *(("none_sent", "count"), ("sent_late", "count"), ("no_reason", "count"), ("no_new_date", "count")),
            *(("second_rescheduling", "count"), ("new_date_missed", "count")),
        ),
        "both",
    ),
    "repeat_units": (
        (
            ("unit", "text"),
            ("name", "text"),
            ("months", "count"),
            ("late", "count"),
            ("worst", "month"),
            ("worst_late", "count"),
            ("trend", "word"),
        ),
        "both",
    ),
    "repeat_officials": (
        (
            *(("official", "text"), ("official_name", "text"), ("unit", "text"), ("name", "text"), ("months", "count"), ("late", "count")),
            *(("worst", "month"), ("worst_late", "count"), ("trend", "word"), ("grading", "word")),
        ),
        "internal",
    ),
    "offrecord": (
        (
            ("sign", "word"),
            ("unit", "text"),
            ("name", "text"),
            ("dossier", "text"),
            ("official", "text"),
            ("official_name", "text"),
            ("at", "date"),
            ("missing", "count"),
        ),
        "internal",
    ),
    "offrecord_units": (
        (
            *(("unit", "text"), ("name", "text"), ("not_received", "count"), ("received_after_the_fact", "count")),
            *(("finished_before_received", "count"), ("accepted_late", "count"), ("missing_numbers", "count")),
        ),
        "both",
    ),
    "silent": (
        (
            *(("unit", "text"), ("name", "text"), ("source", "text"), ("last_month", "month"), ("records", "count")),
            *(("after_hour", "count"), ("after_day", "count"), ("mean_hours", "count")),
        ),
        "both",
    ),
    "papers": (
        (
            ("sign", "word"),
            ("dossier", "text"),
            ("unit", "text"),
            ("name", "text"),
            ("procedure", "text"),
            ("times", "count"),
            ("papers", "text"),
        ),
        "internal",
    ),
    "papers_units": (
        (
            *(("unit", "text"), ("name", "text"), ("asked", "count"), ("received", "count"), ("share", "ratio"), ("high", "word")),
            *(("asked_again", "count"), ("paper_not_listed", "count"), ("asked_late", "count")),
        ),
        "both",
    ),
}


def tables(found: Material) -> list[Table]:
    """In the order in which they are printed; a list with nothing on it says so."""
    rest = [_plain(found, key) for key in SHAPES if key in found.lists]
    return [late_units(found), late_officials(found), late_dossiers(found), *rest]


def _plain(found: Material, key: str) -> Table:
    columns, edition = SHAPES[key]
    notes = ("signs",) if key in ("offrecord", "offrecord_units", "silent", "papers", "papers_units") else ()
    return Table(key, LISTS, tuple(Column(*one) for one in columns), tuple(found.lists[key]), edition, notes=notes)  # type: ignore[arg-type]


def late_units(found: Material) -> Table:
    """Units with their own late dossiers, most first; `times` counts those of the year."""
    finished = Counter(one.unit for one in found.late if one.note == FINISHED_LATE)
    held = Counter(one.unit for one in found.late if one.note == OPEN_OVERDUE)
    both = finished + held
    rows = [
        (unit, found.name(unit), count, finished[unit], held[unit], found.times.get((unit, None)))
        for unit, count in sorted(both.items(), key=lambda one: (-one[1], one[0]))
    ]
    columns = (*UNIT, Column("overdue"), Column("finished_late"), Column("open_overdue"), Column("times"))
    return Table("late_units", LISTS, columns, tuple(rows))


def late_officials(found: Material) -> Table:
    """Officials who held a dossier when it became overdue: handled, late, still open, times late in the year. By code; by name where that is allowed."""
    finished = Counter((one.unit, one.official) for one in found.late if one.official is not None and one.note == FINISHED_LATE)
    held = Counter((one.unit, one.official) for one in found.late if one.official is not None and one.note == OPEN_OVERDUE)
    both = finished + held
    rows: list[tuple[Cell, ...]] = []
    for (unit, official), count in sorted(both.items(), key=lambda one: (-one[1], one[0][0], str(one[0][1]))):
        who = unit, str(official)
        handled = found.handled.get(who, 0)
        rows.append(
            (
                official,
                found.official(official),
                unit,
                found.name(unit),
                handled,
                count,
                finished[who],
                held[who],
                found.times.get(who),
            )
        )
    columns = (
        *(Column("official", "text"), Column("official_name", "text"), *UNIT, Column("handled"), Column("overdue")),
        *(Column("finished_late"), Column("open_overdue"), Column("times")),
    )
    return Table("late_officials", LISTS, columns, tuple(rows), "internal", notes=("charged",))


def late_dossiers(found: Material) -> Table:
    """DANH SÁCH ĐƠN VỊ, CÁ NHÂN CHẬM TRỄ TRONG VIỆC GIẢI QUYẾT HỒ SƠ TTHC: its seven columns, with the unit's code and the official beside."""

    def date(day: int | None) -> str | None:
        return None if day is None else date_of(day).isoformat()

    rows = tuple(
        (
            *(stt, one.dossier, date(one.received), date(one.due), date(one.finished), found.name(one.unit), one.note),
            *(one.unit, one.official, found.official(one.official)),
        )
        for stt, one in enumerate(found.late, 1)
    )
    columns = (
        *(Column("stt"), Column("dossier", "text"), Column("received", "date"), Column("due", "date"), Column("finished", "date")),
        *(
            Column("name", "text"),
            Column("note", "word"),
            Column("unit", "text"),
            Column("official", "text"),
            Column("official_name", "text"),
        ),
    )
    return Table("late_dossiers", LISTS, columns, rows, "internal", notes=("due_with_waits",), wide=True)
