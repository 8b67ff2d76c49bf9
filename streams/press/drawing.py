"""Draws up the lists of duty and signs for a month, as rows of their tables."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from indicators.arrivals import SYNC
from indicators.bulletin.late import Late, as_at
from indicators.bulletin.model import Cell, Ratio
from indicators.dossier import State
from indicators.duties import Duty, duty
from indicators.lanes import SYNC_COUNTERS, counters
from indicators.lateness import repeats
from indicators.settings_of_units import setting
from indicators.sight import SettingOf
from indicators.times import date_of
from streams.lists import Lists
from streams.press.still import Still
from streams.sign_desk import SignDesk

Rows = dict[str, Sequence[tuple[Cell, ...]]]
FLAGS = (
    "explanation_missing",
    "apology_missing",
    "none_sent",
    "sent_late",
    "no_reason",
    "no_new_date",
    "second_rescheduling",
    "new_date_missed",
)
SIGNS = ("not_received", "received_after_the_fact", "finished_before_received", "accepted_late", "missing_numbers")
PAPERS = ("asked_again", "paper_not_listed", "asked_late")
HOUR = 3600


class Drawn(NamedTuple):
    """What lists are drawn up of: units, late dossiers of the month with their states, who was late in which months of the year; and how
    officials are named (None: they may not be, or nobody loaded their names).
    """

    members: frozenset[str]
    late: list[Late]
    states: dict[str, State]
    months: list[tuple[str, str | None, int]]
    official: Callable[[str | None], str | None]


async def drawn_up(desk: Still, lists: Lists, drawn: Drawn) -> Rows:
    """Rows by table."""
    signs = SignDesk(lists)
    return {
        **_duties(desk, lists, drawn),
        **_repeated(desk, drawn),
        **await _offrecord(desk, signs, drawn),
        "silent": await _synchronised(desk, lists, drawn),
        **await _papers(desk, signs),
    }


def _duties(desk: Still, lists: Lists, drawn: Drawn) -> Rows:
    """What was owed for the month's late dossiers at its end."""
    sight = desk.sight()
    line, registry = lists.line(), lists.registry
    days: SettingOf = cache(lambda unit, day: setting(registry, line(unit), "apology_days", day))
    rows: list[tuple[Cell, ...]] = []
    counted: dict[str, Counter[str]] = {}
    for one in drawn.late:
        owed = duty(one.dossier, as_at(drawn.states[one.dossier], desk.end), sight, days)
        if owed is None:
            continue
        flags = [flag for flag in FLAGS if flag in owed.flags]
        counted.setdefault(one.unit, Counter()).update(["late", *flags])
        if flags:
            rows.append(_duty(desk, one, owed, (drawn.official(one.official), ", ".join(flags))))
    units: list[tuple[Cell, ...]] = [
        (unit, _name(desk, unit), row["late"], *(row[flag] for flag in FLAGS))
        for unit, row in sorted(counted.items(), key=lambda one: (-one[1]["apology_missing"], one[0]))
    ]
    return {"duties_units": units, "duties": rows}


def _duty(desk: Still, one: Late, owed: Duty, said: tuple[str | None, str]) -> tuple[Cell, ...]:
    def date(moment: int | None) -> str | None:
        return None if moment is None else desk.zone.date(moment).isoformat()

    official, flags = said
    sent = (date(owed.explanation.owed), date(owed.explanation.sent_at), date(owed.apology.owed), date(owed.apology.sent_at))
    head = (one.unit, _name(desk, one.unit), one.dossier, one.official, official, owed.days_late)
    return (*head, *sent, owed.role, owed.reason, date(owed.new_date), owed.times, flags)


def _repeated(desk: Still, drawn: Drawn) -> Rows:
    """Who was late in two months of the year or more."""
    year = desk.month.first.year
    found = [row for row in repeats(drawn.months, date_of(desk.month.b - 1).month) if len(row.months) > 1]
    units: list[tuple[Cell, ...]] = []
    officials: list[tuple[Cell, ...]] = []
    for row in found:
        month, most = row.worst
        cells: tuple[Cell, ...] = (len(row.months), row.late, f"{year}-{month:02}", most, row.trend)
        if row.official is None:
            units.append((row.unit, _name(desk, row.unit), *cells))
        else:
            head = row.official, drawn.official(row.official), row.unit, _name(desk, row.unit)
            officials.append((*head, *cells, "grading" if row.grading else None))
    return {"repeat_units": units, "repeat_officials": officials}


async def _offrecord(desk: Still, signs: SignDesk, drawn: Drawn) -> Rows:
    """Signs of the month that something was done off the record, as facts say now; judged from the month's end."""
    lines = await signs.offrecord(desk.terms.room, desk.month.id)
    rows: list[tuple[Cell, ...]] = []
    counted: dict[str, Counter[str]] = {}
    for one in lines[: len(lines)]:
        unit = one["unit"] or ""
        missing = one["detail"].get("missing", 1)
        counted.setdefault(unit, Counter())[one["sign"]] += missing
        who = one["official"], drawn.official(one["official"])
        rows.append((one["sign"], unit, _name(desk, unit), one["dossier"], *who, one["at"][:10], missing))
    units: list[tuple[Cell, ...]] = [(unit, _name(desk, unit), *(row[sign] for sign in SIGNS)) for unit, row in sorted(counted.items())]
    return {"offrecord": rows, "offrecord_units": units}


async def _synchronised(desk: Still, lists: Lists, drawn: Drawn) -> list[tuple[Cell, ...]]:
    """Sources that sent nothing in the month though they had in the year before it, then those whose news came late: by month of arrival."""
    month = desk.month.id
    index = desk.month.first.year * 12 + desk.month.first.month - 1
    months = [f"{one // 12}-{one % 12 + 1:02}" for one in range(index - 12, index + 1)]
    heard = [one for one in await lists.heard() if one.agency in drawn.members]
    stored = await lists.rows(SYNC, [(one.keys, one.agency, [f"{each} {one.source}" for each in months]) for one in heard])
    summed: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    for one, rows in zip(heard, stored, strict=True):
        for each, row in zip(months, rows, strict=True):
            if row:
                summed.setdefault((one.agency, one.source), {}).setdefault(each, Counter()).update(counters(row, SYNC_COUNTERS))
    found: list[tuple[Cell, ...]] = []
    for (agency, source), by_month in sorted(summed.items()):
        now = by_month.get(month, Counter())
        records = now["records"]
        if records and not now["after_hour"]:
            continue
        seconds = now["seconds"] + (now["seconds_high"] << 32)
        mean = (2 * seconds + HOUR * records) // (2 * HOUR * records) if records else None
        found.append((agency, _name(desk, agency), source, max(by_month), records, now["after_hour"], now["after_day"], mean))
    return sorted(found, key=lambda row: (row[4] != 0, -int(str(row[6])), str(row[0]), str(row[2])))


async def _papers(desk: Still, signs: SignDesk) -> Rows:
    """Signs that papers were asked for beyond the rules."""
    answer = await signs.papers(desk.terms.room, desk.month.id)
    counted: dict[str, Counter[str]] = {}
    rows: list[tuple[Cell, ...]] = []
    for one in answer["items"]:
        unit = one["unit"] or ""
        counted.setdefault(unit, Counter())[one["sign"]] += 1
        rows.append((one["sign"], one["dossier"], unit, _name(desk, unit), one["procedure"], one["times"], ", ".join(one["papers"])))
    shares: dict[str, Any] = {one["unit"]: one for one in answer["shares"]}
    units: list[tuple[Cell, ...]] = []
    for unit in [*shares, *sorted(set(counted) - set(shares))]:
        share, row = shares.get(unit), counted.get(unit, Counter())
        if share is None or share["high"] or row:
            of: tuple[Cell, ...] = (None, None, None, None)
            if share is not None:
                asked, received = share["asked"], share["received"]
                of = asked, received, Ratio(asked, received), "high" if share["high"] else None
            units.append((unit, _name(desk, unit), *of, *(row[sign] for sign in PAPERS)))
    return {"papers": rows, "papers_units": units}


def _name(desk: Still, unit: str) -> str:
    known = desk.names.registry.on(unit, desk.month.b - 1)
    return unit if known is None else known.name
