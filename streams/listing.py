"""Lists of dossiers as series for /prom: read when they are asked for, kept for a while, and for longer the longer the reading took.

Dossiers are those of `/v1/overdue` and `/v1/duties`. The official of one is who is charged with it, as in `chiso.dossier.overdue.v1`: who held it when
it became overdue, and while it is not who holds it now; a code, never a name. So a list of officials counts the dossiers of the list beside it.
"""

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple

from connectors.prom.answers import Rows, labelled
from indicators.duties import duty
from indicators.errors import UnreachableError
from indicators.facts import at
from indicators.notices import charged, unit_of
from indicators.ontime import clock as clock_of
from indicators.periods import current_month, parse
from indicators.settings_of_units import DEFAULTS, setting
from indicators.standing import due_moment
from indicators.units import ROOT
from streams import clock
from streams.duty_desk import DutyDesk
from streams.lists import Lists

OLD = 120.0  # seconds; as the alert ChisoPipelineStalled has it
FRESH = 5.0  # seconds lists are kept at least
IDLE = 10  # and so many times as long as they took to read, so that reading takes a tenth of the time at most
MOST_DOSSIERS = 100_000
TURN = 100  # dossiers worked through in one go; then others have their turn

OVERDUE, DUE, LATE, HELD, OWED = (
    "chiso_dossier_overdue_days",
    "chiso_dossier_due_seconds",
    "chiso_official_late",
    "chiso_official_overdue",
    "chiso_duty_owed",
)
ABOUT: Mapping[str, str] = {
    OVERDUE: "Working days an open dossier is overdue.",
    DUE: "Seconds until an open dossier is due, of those due within the unit's due_soon_days; below 0 on the due day itself after the hour named.",
    LATE: "Dossiers that became late this month, by who held them when they did: finished late, or still open.",
    HELD: "Open dossiers that are overdue, by who held them when they became so.",
    OWED: "Working days for which an explanation or an apology (duty) is owed and not sent.",
}

Found = Mapping[str, Rows]
Labels = dict[str, str]


class _Kept:
    """What was read last, and until when it counts. Whoever asks meanwhile waits for the same reading."""

    def __init__(self, read: Callable[[], Awaitable[Found]]) -> None:
        self._read, self._reading = read, asyncio.Lock()
        self._found: Found = {}
        self._until = float("-inf")

    async def get(self) -> Found:
        """Raises UnreachableError."""
        async with self._reading:
            started = time.monotonic()
            if started >= self._until:
                self._found = await self._read()
                ended = time.monotonic()
                self._until = ended + max(FRESH, IDLE * (ended - started))
            return self._found


class _Place(NamedTuple):
    """Where a unit stands today."""

    unit: str
    name: str | None
    province: str | None


class Listing:
    """One for a process. Raises UnreachableError."""

    def __init__(self, lists: Lists, duties: DutyDesk) -> None:
        self._lists, self._desk, self._duties = lists, lists.desk, duties
        dossiers, owing = _Kept(self._dossiers), _Kept(self._owing)
        self._kept = {OVERDUE: dossiers, DUE: dossiers, HELD: dossiers, LATE: owing, OWED: owing}

    def about(self) -> Mapping[str, str]:
        """What each series says."""
        return ABOUT

    def now(self) -> float:
        """Seconds."""
        return clock.now()

    def lacking(self) -> str | None:
        """What is to be said where dossiers may be missing: partitions are halted, or the store is loaded, rebuilt or worked through."""
        as_of = self._desk.as_of_seconds()
        if not self._desk.halted and as_of is not None and clock.now() - as_of <= OLD:
            return None
        moment = "–" if as_of is None else f"{dt.datetime.fromisoformat(self._desk.zone.iso(as_of)):%H:%M %d/%m/%Y}"
        return f"số liệu chưa đầy đủ, tính đến {moment} · incomplete, as of {moment}"

    def members(self, unit: str) -> Collection[str]:
        """A unit and all below it today; of the root also units that nobody registered."""
        tree = self._desk.layout(self._desk.today()).tree
        if unit == ROOT:
            return {"", *(known["unit"] for known in self._desk.units()), *tree.members(unit)}
        return tree.members(unit)

    async def rows(self, name: str) -> Rows:
        """Series of a name, those that matter most first."""
        if self._desk.stale:  # otherwise each question would wait for a store that does not answer
            raise UnreachableError("the store does not answer; lists and dossiers wait for it, figures go on")
        return (await self._kept[name].get()).get(name, Rows(()))

    async def _dossiers(self) -> Found:
        """What is overdue, and what will be soon."""
        sight, place, soon = self._desk.sight(), self._places(), self._soon()
        today, zone = sight.today, sight.zone
        days = cache(lambda day: sight.calendar.between(day, today))
        overdue: list[tuple[Labels, float]] = []
        due: list[tuple[Labels, float]] = []
        held: Counter[tuple[_Place, str]] = Counter()
        read = 0
        async for number, state in self._lists.overdue(None, sight.calendar.add(today, self._farthest())):
            read += 1
            if read > MOST_DOSSIERS:
                continue
            if read % TURN == 0:
                await asyncio.sleep(0)
            times = clock_of(state, zone)
            if times is None or times.finished_day is not None or times.became_day is None or times.due_at is None:
                continue  # it moved on while the list was read
            where, official = place(unit_of(number, state)), charged(state, zone.midnight(times.became_day + 1))
            labels = {
                **where._asdict(),
                "dossier": number,
                "official": official,
                "sector": _value(state.sector),
                "procedure": _value(state.procedure),
                "received_at": zone.iso(at(state.received)),
                "due_at": zone.iso(times.due_at),
            }
            if times.became_day < today:
                overdue.append((labelled(OVERDUE, labels), days(times.became_day if times.effective_day is None else times.effective_day)))
                held[where, official or ""] += 1
            elif times.became_day <= soon(where.unit):
                due.append((labelled(DUE, labels), due_moment(times, zone) - sight.now))
        counted = [(labelled(HELD, _of(who)), float(count)) for who, count in held.items()]
        return await asyncio.to_thread(_ordered, {OVERDUE: overdue, DUE: due, HELD: counted}, max(0, read - MOST_DOSSIERS))

    async def _owing(self) -> Found:
        """What is owed for late dossiers, and who was late this month."""
        sight, place = self._desk.sight(), self._places()
        month = parse(current_month(sight.today), sight.today)
        days, limit = cache(lambda day: sight.calendar.between(day - 1, sight.today)), self._duties.apology_days()
        owed: list[tuple[Labels, float]] = []
        late: Counter[tuple[_Place, str]] = Counter()
        read = 0
        async for number, state in self._duties.late_this_year():
            read += 1
            if read > MOST_DOSSIERS:
                continue
            if read % TURN == 0:
                await asyncio.sleep(0)
            found = duty(number, state, sight, limit)
            if found is None:
                continue
            where = place(found.unit)
            if month.a <= found.lateness.month_day < month.b:
                late[where, charged(state, sight.zone.midnight(found.lateness.day + 1)) or ""] += 1
            for name, one in (("explanation", found.explanation), ("apology", found.apology)):
                if one.sent_at is None and one.owed <= sight.now:
                    labels = where._asdict() | {"dossier": number, "official": found.official, "duty": name}
                    owed.append((labelled(OWED, labels), days(sight.zone.day(one.owed))))
        counted = [(labelled(LATE, _of(who)), float(count)) for who, count in late.items()]
        return await asyncio.to_thread(_ordered, {OWED: owed, LATE: counted}, max(0, read - MOST_DOSSIERS))

    def _places(self) -> Callable[[str], _Place]:
        today = self._desk.today()
        registry, tree = self._lists.registry, self._desk.layout(today).tree

        def place(unit: str) -> _Place:
            known = registry.on(unit, today)
            return _Place(unit, None if known is None else known.name, tree.province(unit))

        return cache(place)

    def _soon(self) -> Callable[[str], int]:
        """The last day that is soon, by unit; the day before today where the unit wants no such notice."""
        today, line, calendar = self._desk.today(), self._lists.line(), self._desk.calendar

        def last(unit: str) -> int:
            ahead = setting(self._lists.registry, line(unit), "due_soon_days", today)
            return calendar.add(today, ahead) if ahead else today - 1

        return cache(last)

    def _farthest(self) -> int:
        """The most working days ahead that any unit wants to know of."""
        entries = self._lists.registry.entries.get("setting", {})
        named = [entry.values["value"] for code, found in entries.items() if code.endswith(":due_soon_days") for entry in found]
        return max(int(DEFAULTS["due_soon_days"]), *map(int, named), 0)


def _of(who: tuple[_Place, str]) -> dict[str, str | None]:
    where, official = who
    return {**where._asdict(), "official": official}


def _value(fact: tuple[int, Any] | None) -> Any:
    return None if fact is None else fact[1]


def _ordered(found: Mapping[str, list[tuple[Labels, float]]], left_out: int) -> Found:
    """What is worst first: the largest number, of what is due the smallest; equal ones as they were read. Numbers alone sort fast."""
    return {name: Rows(sorted(series, key=lambda one: one[1], reverse=name != DUE), left_out) for name, series in found.items()}
