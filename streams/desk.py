"""Answers every question of the reading side: figures from the cube, lists and dossiers from Redis."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from connectors import answers
from connectors.codec import partition as partition_of
from indicators.describe import describe
from indicators.dossier import State, decode_state
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.figures import Counts, DayTotals, MonthTotals, OpenNow, counts, handling, month_rows
from indicators.lanes import decode, encode
from indicators.layout import Layout
from indicators.notices import unit_of
from indicators.numbers import canonical_number, partition_key
from indicators.ontime import clock as clock_of
from indicators.periods import Period, current_month, parse
from indicators.sheet import Sheet
from indicators.sight import Sight
from indicators.workdays import Calendar
from streams import clock
from streams.ends import Ends
from streams.follow import BookFollower, Follower
from streams.registry import RegistryFollower
from streams.sheets import Sheets, Terms
from streams.store.keys import DIMENSIONS, Keys
from streams.topology import EVENTS, LETTERS

CHUNK = 500  # hashes read in one go


@dataclass(frozen=True, slots=True)
class Sources:
    """What is followed: windows of dossiers and of petitions, procedures, the registry's topic, the ends of the logs."""

    figures: Follower
    petitions: Follower
    procedures: BookFollower
    registry: RegistryFollower
    ends: Ends

    @property
    def followers(self) -> tuple[Follower, ...]:
        """Those that follow the store."""
        return self.figures, self.petitions, self.procedures


class Desk:
    """One for a process; all answers are JSON-ready. Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, sources: Sources, terms: Terms) -> None:
        self.sources, self.terms = sources, terms
        self.follower, self.names, self.ends = sources.figures, sources.registry, sources.ends
        self.zone = terms.zone
        services = sources.figures.services
        assert services is not None
        self._sheets = Sheets(sources.figures.cube, sources.petitions.cube, sources.procedures.book, services)

    @property
    def calendar(self) -> Calendar:
        """The calendar in force."""
        return self.terms.calendar

    def reckon_by(self, calendar: Calendar) -> None:
        """Another calendar takes its place; what was computed by the old one is computed anew."""
        self.terms = replace(self.terms, calendar=calendar)

    def years(self) -> dict[str, Any]:
        """`calendar` of readyz and the overview: years in use whose days off nobody confirmed."""
        in_use = self.calendar.years_in_use(self.today())
        return {"unconfirmed": [year for year, confirmed in in_use.items() if not confirmed]}

    def today(self) -> int:
        """Day number of now."""
        return self.zone.day(int(clock.now()))

    def sight(self) -> Sight:
        """From where lists are looked at: now, by the calendar in force."""
        return Sight(int(clock.now()), self.zone, self.calendar)

    @property
    def stale(self) -> bool:
        """Whether the store does not answer."""
        return any(follower.stale for follower in self.sources.followers)

    def positions(self) -> dict[str, Any]:
        """Where the cube stands."""
        dossiers, petitions, procedures = (
            {str(number): stand.next for number, stand in sorted(follower.stands.items())} for follower in self.sources.followers
        )
        halted = {
            ("" if follower.topic == EVENTS else LETTERS[follower.topic]) + str(number): stand.halted
            for follower in self.sources.followers
            for number, stand in sorted(follower.stands.items())
            if stand.halted
        }
        return {
            "positions": dossiers,
            "petitions": petitions,
            "procedures": procedures,
            "halted": halted,
            "registry": self.names.next,
            "stale": self.stale,
        }

    def lagging(self, follower: Follower) -> set[int]:
        """Partitions that are halted, or have not reached an end that was seen a second ago."""
        stands, ends = follower.stands, self.ends.before.get(follower.topic, {})
        behind = {number for number, end in ends.items() if number in stands and stands[number].next < end}
        return behind | {number for number, stand in stands.items() if stand.halted}

    @property
    def blind(self) -> bool:
        """Whether nobody knows what is behind: Kafka does not answer, or was asked only once."""
        return not self.ends.before

    @property
    def halted(self) -> bool:
        """Whether any partition waits for somebody's decision."""
        return any(stand.halted for follower in self.sources.followers for stand in follower.stands.values())

    @property
    def current(self) -> bool:
        """Whether every partition that may go on has reached its end."""
        late = (follower.stands[number] for follower in self.sources.followers for number in self.lagging(follower))
        return not self.stale and not self.blind and all(stand.halted for stand in late)

    @property
    def caught_up(self) -> bool:
        """Whether everything that Kafka has is in the figures."""
        return not self.stale and not self.blind and not any(self.lagging(follower) for follower in self.sources.followers)

    def as_of_seconds(self) -> int | None:
        """Now when caught up, else the time of the last applied record."""
        if self.caught_up:
            return int(clock.now())
        last = max((stand.as_of for stand in self.follower.stands.values()), default=0)
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
        known = {
            *self.names.registry.units,
            *self.follower.cube.units(),
            *self.sources.petitions.cube.units(),
            *self.sources.procedures.book.units(),
        }
        return [self.unit(code, today) for code in sorted(known)]

    def layout(self, day: int) -> Layout:
        """All units on a day, and who belongs to whom; a room nobody registered is the root of all."""
        return self._sheets.layout(self.names.registry, day, self.terms.room)

    def sheet(self, period: Period) -> Sheet:
        """The scorecard of all units."""
        return self._sheets.of(self.names.registry, period, self.today(), self.terms)

    def totals(self, sheet: Sheet) -> tuple[DayTotals, DayTotals]:
        """Sums over days of dossiers and of petitions, of all units of a sheet."""
        return self._sheets.totals(sheet)

    def open_now(self, sheet: Sheet) -> OpenNow:
        """Open dossiers of all units by state today; the sheet is of a period that ends after today."""
        return self._sheets.open_now(sheet, self.today(), self.calendar)

    def period(self, text: str | None) -> Period:
        """The period of a text, the current month for none."""
        today = self.today()
        return parse(text or current_month(today), today)

    def complete(self, members: list[str]) -> bool:
        """Whether all partitions that hold windows of the units are up to date; none is said to be while Kafka does not answer."""
        if self.stale or self.blind or self.lagging(self.sources.procedures):
            return False
        followers = (self.sources.figures, self.sources.petitions)
        return not any(self.lagging(one).intersection(*[one.cube.partitions(unit)]) for one in followers for unit in members)

    def known(self, unit: str, day: int) -> dict[str, Any]:
        """As `unit`. Raises NotFoundError for one that is neither registered nor has figures."""
        about = self.unit(unit, day)
        if not about["registered"] and unit not in self.layout(day).index:
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        return about

    async def by(self, members: list[str], period: Period, by: str) -> list[tuple[str, Counts, int]]:
        """Counts and handling time (seconds, of the finished) by code of a dimension, codes without any dossier left out."""
        if by not in DIMENSIONS:
            raise UsageError(f"by {by!r} is none of {', '.join(DIMENSIONS)}")
        if not period.whole_months:
            raise UsageError(f"by {by} answers whole months and unions of months only, not {period.id}")
        totals = await self.totals_by(members, by)
        rows = [(code, counts(one, period, self.today()), handling(one, period)) for code, one in totals]
        return [(code, row, seconds) for code, row, seconds in rows if row.workload]

    async def totals_by(self, members: Sequence[str], by: str) -> list[tuple[str, MonthTotals]]:
        """Sums over months by code of a dimension, of some units together."""
        merged: dict[str, int] = defaultdict(int)
        async with self.store() as client:
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
        return [(code, MonthTotals(months)) for code, months in sorted(codes.items())]

    def unmapped(self) -> dict[str, list[str]]:
        """Units that events name and nobody registered; procedures likewise, once any was registered."""
        registry, services = self.names.registry, self.follower.services
        assert services is not None
        units = [one["unit"] for one in self.units() if not one["registered"]]
        known = registry.entries.get("procedure", {})
        return {"units": units, "procedures": sorted(set(services.codes.known()) - set(known)) if known else []}

    async def dossier(self, number: str) -> dict[str, Any]:
        """The JSON of `/v1/dossiers/{number}`."""
        number = canonical_number(number)
        return describe(number, await self.state(number), self.zone, self.sight())

    async def state(self, number: str) -> State:
        """Of a dossier by its canonical number. Raises NotFoundError, UnreachableError."""
        if self.follower.keys:
            keys = self.follower.keys[partition_of(partition_key(number).encode(), len(self.follower.keys))]
            async with self.store() as client:
                stored = await client.hget(keys.dossiers, number)
            if stored is not None:
                return decode_state(stored)
        raise NotFoundError(f"dossier {number} is not known; check the number (the date may be written yymmdd or yyyymmdd)")

    async def overdue(self, unit: str | None, official: str | None, within: int, *, late: bool = True) -> list[dict[str, Any]]:
        """Open dossiers that are overdue (unless not `late`), or due within so many working days; earliest due first. The room itself is never unknown."""
        today = self.today()
        since: int | str = "-inf" if late else self.zone.midnight(today)
        if unit is not None and unit != self.terms.room:
            self.known(unit, today)
        members = None if unit is None else set(self.layout(today).tree.members(unit))
        until = self.zone.midnight((self.calendar.add(today, within) if within else today - 1) + 1) - 1
        found: list[tuple[int, str, dict[str, Any]]] = []
        for keys in self.follower.keys:
            for number, moment, state in await self._due(keys, since, until):
                row = describe(number, state, self.zone) | {"unit": unit_of(number, state)}
                if (members is None or row["unit"] in members) and official in (None, row["official"]):
                    effective = clock_of(state, self.zone)
                    assert effective is not None
                    day = self.zone.day(moment)
                    days = self.calendar.between(day if effective.effective_day is None else effective.effective_day, today)
                    found.append((day, number, answers.overdue_row(row, days)))
        return [row for _, _, row in sorted(found, key=lambda item: item[:2])]

    async def _due(self, keys: Keys, since: int | str, until: int) -> list[tuple[str, int, State]]:
        async with self.store() as client:
            due = await client.zrange(keys.due, since, until, byscore=True, withscores=True)
            numbers = [number for number, _ in due]
            stored = await client.hmget(keys.dossiers, numbers) if numbers else []
        return [
            (number.decode(), int(day), decode_state(state)) for (number, day), state in zip(due, stored, strict=True) if state is not None
        ]

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Any]:
        """The store, for lists; its errors become UnreachableError."""
        try:
            yield self.follower.client
        except (RedisError, OSError) as error:
            raise UnreachableError(
                f"the store does not answer ({type(error).__name__}); lists and dossiers wait for it, figures go on"
            ) from None
