"""Answers every question of the reading side: figures from the cube, lists and dossiers from Redis."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from connectors import answers
from connectors.codec import partition as partition_of
from indicators.cube import Sums
from indicators.describe import describe
from indicators.dossier import State, decode_state
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.figures import Counts, DayTotals, MonthTotals, counts, month_rows
from indicators.lanes import decode, encode
from indicators.numbers import canonical_number, partition_key
from indicators.ontime import clock as clock_of
from indicators.periods import Period, current_month, parse
from indicators.times import Zone
from indicators.units import Tree
from indicators.workdays import Calendar
from streams import clock
from streams.ends import Ends
from streams.follow import Follower
from streams.registry import RegistryFollower
from streams.store.keys import DIMENSIONS, Keys

CHUNK = 500  # hashes read in one go


@dataclass(frozen=True, slots=True)
class Sources:
    """What is followed: figures in the store, the registry's topic, the ends of the log."""

    figures: Follower
    registry: RegistryFollower
    ends: Ends


class Desk:
    """One for a process; all answers are JSON-ready. Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, sources: Sources, zone: Zone, calendar: Calendar) -> None:
        self.follower, self.names, self.ends = sources.figures, sources.registry, sources.ends
        self.zone, self.calendar = zone, calendar

    def today(self) -> int:
        """Day number of now."""
        return self.zone.day(int(clock.now()))

    def positions(self) -> dict[str, Any]:
        """Where the cube stands."""
        stands = self.follower.stands
        return {
            "positions": {str(number): stand.next for number, stand in sorted(stands.items())},
            "halted": {str(number): stand.halted for number, stand in sorted(stands.items()) if stand.halted},
            "registry": self.names.next,
            "stale": self.follower.stale,
        }

    def lagging(self) -> set[int]:
        """Partitions that are halted, or have not reached an end that was seen a second ago."""
        stands = self.follower.stands
        behind = {number for number, end in self.ends.before.items() if number in stands and stands[number].next < end}
        return behind | {number for number, stand in stands.items() if stand.halted}

    def as_of_seconds(self) -> int | None:
        """Now when caught up, else the time of the last applied record."""
        stands = self.follower.stands.values()
        if not self.follower.stale and self.ends.now and not self.lagging():
            return int(clock.now())
        last = max((stand.as_of for stand in stands), default=0)
        return last // 1000 or None

    def as_of(self) -> str | None:
        """The same, RFC 3339."""
        moment = self.as_of_seconds()
        return None if moment is None else self.zone.iso(moment)

    def unit(self, code: str, day: int) -> dict[str, Any]:
        """One of `units`, as registered on a day."""
        registry = self.names.registry
        return answers.unit(code, self.follower.kinds.get(code), registry.on(code, day), registry.tree(day).parents.get(code))

    def units(self) -> list[dict[str, Any]]:
        """Every unit that is registered or has figures."""
        today = self.today()
        known = {*self.names.registry.units, *self.follower.cube.units()}
        return [self.unit(code, today) for code in sorted(known)]

    def tree(self, period: Period) -> Tree:
        """Who belonged to whom on the period's last day."""
        return self.names.registry.tree(period.b - 1)

    def period(self, text: str | None) -> Period:
        """The period of a text, the current month for none."""
        today = self.today()
        return parse(text or current_month(today), today)

    def complete(self, members: list[str]) -> bool:
        """Whether all partitions that hold windows of the units are up to date."""
        held = {partition for unit in members for partition in self.follower.cube.partitions(unit)}
        return not self.follower.stale and not self.lagging() & held

    def total(self, unit: str, day: int) -> Sums:
        """Prefix sums of the unit and everything below it on a day."""
        return self.follower.cube.total(unit, self.names.registry.tree(day))

    def counts(self, unit: str, period: Period) -> Counts:
        """Of the unit and everything below it."""
        return counts(DayTotals(self.total(unit, period.b - 1)), period, self.today())

    async def figures(self, unit: str, text: str | None = None, by: str | None = None) -> dict[str, Any]:
        """The JSON of `/v1/units/{unit}/indicators`."""
        period = self.period(text)
        about = self.unit(unit, period.b - 1)
        if not about["registered"] and not self.follower.cube.partitions(unit):
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        members = self.tree(period).members(unit)
        answer = answers.figures(about, period, self.counts(unit, period), self.as_of(), complete=self.complete(members))
        if by is not None:
            answer |= {"by": by, "rows": [answers.by_row(code, row) for code, row in await self._by(members, period, by)]}
        return answer

    async def _by(self, members: list[str], period: Period, by: str) -> list[tuple[str, Counts]]:
        """Counts by code of a dimension, codes without any dossier left out."""
        if by not in DIMENSIONS:
            raise UsageError(f"by {by!r} is none of {', '.join(DIMENSIONS)}")
        if not period.whole_months:
            raise UsageError(f"by {by} answers whole months and unions of months only, not {period.id}")
        merged: dict[str, int] = defaultdict(int)
        async with self._redis() as client:
            held = [
                keys.rows(by, unit) for unit in members for keys in self.follower.keys if keys.number in self.follower.cube.partitions(unit)
            ]
            for start in range(0, len(held), CHUNK):
                async with client.pipeline(transaction=False) as pipe:
                    for name in held[start : start + CHUNK]:
                        pipe.hgetall(name)
                    for found in await pipe.execute():
                        for name, row in found.items():
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
        members = None if unit is None else set(self.names.registry.tree(today).members(unit))
        until = self.calendar.add(today, within) if within else today - 1
        found: list[tuple[int, str, dict[str, Any]]] = []
        for keys in self.follower.keys:
            for number, day, state in await self._due(keys, until):
                row = describe(number, state, self.zone)
                if (members is None or row["unit"] in members) and official in (None, row["official"]):
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
