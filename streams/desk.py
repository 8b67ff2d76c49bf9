"""Answers every question of the reading side: figures from the cube, lists and dossiers from Redis."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.exceptions import RedisError

from connectors import answers
from connectors.codec import partition as partition_of
from indicators.describe import describe
from indicators.dossier import State, decode_state
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.figures import Counts, DayTotals, MonthTotals, counts, month_rows
from indicators.lanes import decode, encode
from indicators.numbers import canonical_number, partition_key
from indicators.ontime import clock as clock_of
from indicators.periods import Period, current_month, parse
from indicators.times import Zone
from indicators.workdays import Calendar
from streams import clock
from streams.ends import Ends
from streams.follow import Follower
from streams.store.keys import DIMENSIONS, Keys


class Desk:
    """One for a process; all answers are JSON-ready. Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, follower: Follower, ends: Ends, zone: Zone, calendar: Calendar) -> None:
        self.follower, self.ends, self.zone, self.calendar = follower, ends, zone, calendar

    def today(self) -> int:
        """Day number of now."""
        return self.zone.day(int(clock.now()))

    def positions(self) -> dict[str, Any]:
        """Where the cube stands."""
        stands = self.follower.stands
        return {
            "positions": {str(number): stand.next for number, stand in sorted(stands.items())},
            "halted": {str(number): stand.halted for number, stand in sorted(stands.items()) if stand.halted},
            "stale": self.follower.stale,
        }

    def lagging(self) -> set[int]:
        """Partitions that are halted, or have not reached an end that was seen a second ago."""
        stands = self.follower.stands
        behind = {number for number, end in self.ends.before.items() if number in stands and stands[number].next < end}
        return behind | {number for number, stand in stands.items() if stand.halted}

    def as_of(self) -> str | None:
        """Now when caught up, else the time of the last applied record."""
        stands = self.follower.stands.values()
        if not self.follower.stale and self.ends.now and not self.lagging():
            return self.zone.iso(int(clock.now()))
        last = max((stand.as_of for stand in stands), default=0)
        return self.zone.iso(last // 1000) if last else None

    def units(self) -> list[dict[str, Any]]:
        """Every unit with figures."""
        return [answers.unit(unit, self.follower.kinds.get(unit)) for unit in self.follower.cube.units()]

    def period(self, text: str | None) -> Period:
        """The period of a text, the current month for none."""
        today = self.today()
        return parse(text or current_month(today), today)

    def complete(self, unit: str) -> bool:
        """Whether all partitions that hold windows of the unit are up to date."""
        return not self.follower.stale and not self.lagging() & set(self.follower.cube.partitions(unit))

    async def figures(self, unit: str, text: str | None = None, by: str | None = None) -> dict[str, Any]:
        """The JSON of `/v1/units/{unit}/indicators`."""
        period = self.period(text)
        if not self.follower.cube.partitions(unit):
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        found = counts(DayTotals(self.follower.cube.sums(unit)), period, self.today())
        answer = answers.figures(unit, period, found, self.as_of(), complete=self.complete(unit))
        if by is not None:
            answer |= {"by": by, "rows": [answers.by_row(code, row) for code, row in await self._by(unit, period, by)]}
        return answer

    async def _by(self, unit: str, period: Period, by: str) -> list[tuple[str, Counts]]:
        """Counts by code of a dimension, codes without any dossier left out."""
        if by not in DIMENSIONS:
            raise UsageError(f"by {by!r} is none of {', '.join(DIMENSIONS)}")
        if not period.whole_months:
            raise UsageError(f"by {by} answers whole months and unions of months only, not {period.id}")
        merged: dict[str, int] = defaultdict(int)
        async with self._redis() as client:
            for keys in self.follower.keys:
                for name, row in (await client.hgetall(keys.rows(by, unit))).items():
                    merged[name.decode()] += decode(row)
        codes = month_rows({name: encode(row, answers.MONTH_SIZE) for name, row in merged.items()})
        rows = [(code, counts(MonthTotals(months), period, self.today())) for code, months in sorted(codes.items())]
        return [(code, row) for code, row in rows if row.workload]

    async def dossier(self, number: str) -> dict[str, Any]:
        """The JSON of `/v1/dossiers/{number}`."""
        number = canonical_number(number)
        if self.follower.keys:
            keys = self.follower.keys[partition_of(partition_key(number).encode(), len(self.follower.keys))]
            async with self._redis() as client:
                stored = await client.hget(keys.dossiers, number)
            if stored is not None:
                return describe(number, decode_state(stored), self.zone)
        raise NotFoundError(f"dossier {number} is not known; check the number (the date may be written yymmdd or yyyymmdd)")

    async def overdue(self, unit: str | None, official: str | None, within: int) -> list[dict[str, Any]]:
        """Open dossiers that are overdue, or due within so many working days; earliest due first."""
        today = self.today()
        until = self.calendar.add(today, within) if within else today - 1
        found: list[tuple[int, str, dict[str, Any]]] = []
        for keys in self.follower.keys:
            for number, day, state in await self._due(keys, until):
                row = describe(number, state, self.zone)
                if unit in (None, row["unit"]) and official in (None, row["official"]):
                    effective = clock_of(state, self.zone)
                    assert effective is not None
                    late = self.calendar.between(effective.effective_day or day, today)
                    found.append((day, number, answers.overdue_row(row, late)))
        return [row for _, _, row in sorted(found, key=lambda item: item[:2])]

    async def _due(self, keys: Keys, until: int) -> list[tuple[str, int, State]]:
        async with self._redis() as client:
            due = await client.zrange(keys.due, "-inf", until, byscore=True, withscores=True)
            numbers = [number for number, _ in due]
            stored = await client.hmget(keys.dossiers, numbers) if numbers else []
        return [
            (number.decode(), int(day), decode_state(state)) for (number, day), state in zip(due, stored, strict=True) if state is not None
        ]

    @asynccontextmanager
    async def _redis(self) -> AsyncIterator[Any]:
        try:
            yield self.follower.client
        except (RedisError, OSError) as error:
            raise UnreachableError(
                f"the store does not answer ({type(error).__name__}); lists and dossiers wait for it, figures go on"
            ) from None
