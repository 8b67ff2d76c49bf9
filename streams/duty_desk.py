"""Answers of duty: what is owed for late dossiers, who is late again and again, and the two clocks."""

import datetime as dt
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from connectors import duty_answers as shapes
from indicators.buckets import tally_of
from indicators.clocks import Both, Moved, Remembered, stands
from indicators.dossier import State, decode_state, encode_state
from indicators.duties import declared_day, denied, duty, lateness
from indicators.figures import counts
from indicators.lanes import DAY_COUNTERS
from indicators.lateness import repeats
from indicators.notices import charged, unit_of
from indicators.ontime import clock
from indicators.profiles import province
from indicators.settings_of_units import setting
from indicators.sight import SettingOf, Sight
from indicators.times import date_of, day_of
from streams.lists import Lines, Lists, Within


class DutyDesk:
    """Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, lists: Lists) -> None:
        self._lists, self._desk = lists, lists.desk

    async def duties(self, unit: str | None, month: str | None) -> Lines[tuple[int, str, bytes]]:
        """Late dossiers and what is owed for each, the earliest late first; declared ones that are not late among them.

        Without a month all that are overdue and open, and what was finished or declared late in the current year.
        """
        today, zone = self._desk.today(), self._desk.zone
        within = self._lists.within(unit, today)
        span = self._lists.month(month, f"{date_of(today).year}")
        found: dict[str, tuple[int, bytes]] = {}  # a hundred thousand states at once take too much memory as they are
        async for number, state in self._late(span.a if month else None, (span.a, span.b - 1)):
            late = lateness(number, state, today, zone)
            if late is not None and unit_of(number, state) in within:
                found[number] = late.day, encode_state(state)
        async for number, state in self._lists.listed("declared", span.a, span.b - 1):
            if unit_of(number, state) in within and denied(number, state, today, zone):
                found[number] = declared_day(state, zone), encode_state(state)
        lines = sorted((day, number, stored) for number, (day, stored) in found.items())
        days, sight = self.apology_days(), self._desk.sight()
        return Lines(lines, lambda line: self._row(line[1], decode_state(line[2]), sight, days))

    async def of(self, number: str) -> dict[str, Any] | None:
        """What is owed for one dossier, by its canonical number; None where it is not late. Raises NotFoundError."""
        state = await self._desk.state(number)
        owed = duty(number, state, self._desk.sight(), self.apology_days())
        return None if owed is None else shapes.duty_row(number, state, owed, self._desk.zone)

    async def late_this_year(self) -> AsyncIterator[tuple[str, State]]:
        """What may be late: open dossiers that are overdue, however long, and those finished late this year."""
        year = self._lists.month(None, f"{date_of(self._desk.today()).year}")
        async for found in self._late(None, (year.a, year.b - 1)):
            yield found

    def _row(self, number: str, state: State, sight: Sight, days: SettingOf) -> dict[str, Any]:
        owed = duty(number, state, sight, days)
        return shapes.denied_row(number, state, sight.zone) if owed is None else shapes.duty_row(number, state, owed, sight.zone)

    async def _late(self, since: int | None, span: tuple[int, int]) -> AsyncIterator[tuple[str, State]]:
        """Open dossiers overdue since a day (None: whenever) up to the span's end, and those finished late in the span."""
        first, last = span
        async for found in self._lists.overdue(since, min(last, self._desk.today() - 1)):
            yield found
        async for found in self._lists.listed("late", first, last):
            yield found

    def apology_days(self) -> SettingOf:
        """After how many working days a letter is sent late, by unit."""
        line, registry = self._lists.line(), self._lists.registry
        return cache(lambda unit, day: setting(registry, line(unit), "apology_days", day))

    async def repeat_late(self, unit: str | None, year: int | None) -> dict[str, Any]:
        """Units and officials by how many months of a year they were late in."""
        today = self._desk.today()
        date = date_of(today)
        within = self._lists.within(unit, today)
        year = date.year if year is None else year
        first, last = day_of(dt.date(year, 1, 1)), day_of(dt.date(year, 12, 31))
        late = {}
        async for number, state in self._late(first, (first, last)):
            how = lateness(number, state, today, self._desk.zone)
            whose = unit_of(number, state)
            if how is not None and first <= how.month_day <= last and whose in within:
                late[number] = whose, charged(state, self._desk.zone.midnight(how.day + 1)), date_of(how.month_day).month
        elapsed = 12 if year < date.year else date.month if year == date.year else 0
        rows = repeats(late.values(), elapsed)
        return {"year": year, "items": [shapes.repeat_row(row, year, self._name(row.unit, row.official, min(last, today))) for row in rows]}

    def _name(self, unit: str, official: str | None, day: int) -> str | None:
        """Of the official, where one was loaded; else of the unit."""
        registry = self._lists.registry
        if official is not None:
            return registry.official(official, day)
        known = registry.on(unit, day)
        return None if known is None else known.name

    async def clocks(self, unit: str, text: str | None) -> dict[str, Any]:
        """Counts of a unit under both profiles, and the dossiers that stand otherwise in the period."""
        desk, today = self._desk, self._desk.today()
        period = desk.period(text)
        about = desk.known(unit, period.b - 1)
        members = desk.layout(period.b - 1).tree.members(unit)
        document = Remembered(lambda day: self._before(members, day))
        differing = {number: both async for number, both in self._differing(Within(members), period.b - 1)}
        both = counts(document, period, today), counts(Moved(document, differing.values()), period, today)
        places = {number: tuple(stands(one, period, today) for one in tallies) for number, tallies in differing.items()}
        rows = [{"dossier": number, "document": one, "province": other} for number, (one, other) in sorted(places.items()) if one != other]
        return {**about, **shapes.clocks(period, *both), "dossiers": rows}

    def _before(self, members: list[str], day: int) -> dict[str, int]:
        sums = sum(self._desk.follower.cube.of(one, day) for one in members)
        return dict(zip(DAY_COUNTERS, (int(value) for value in sums), strict=True))  # type: ignore[union-attr]

    async def _differing(self, within: Within, last: int) -> AsyncIterator[tuple[str, Both]]:
        zone = self._desk.zone
        async for number, state in self._lists.listed("differ", None, last):
            times = clock(state, zone)
            document = tally_of(number, state, times)
            if times is not None and document is not None and document.unit in within:
                other = tally_of(number, state, province(state, times, zone))
                assert other is not None
                yield number, (document, other)
