"""The cube follows Redis: every partition is loaded once, then its change stream names what to read again.

An entry names position from → to and the unit-months touched, never deltas. On a gap, or a position that went back, the partition is loaded anew,
so the cube can never drift from what is stored. Where the store fails in between, nothing counts as read that was not: entries are read once more, and
a partition that was being loaded is loaded anew.
"""

import asyncio
import calendar
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from redis.exceptions import RedisError

from indicators.book import Book
from indicators.cube import Cube
from indicators.lanes import decode
from indicators.services import Services
from indicators.times import day_of
from streams.store.keys import META, Keys, partitions_of
from streams.topology import EVENTS, LETTERS, PROCEDURES

BLOCK_MS = 500
ENTRIES = 500
CHECK_SECONDS = 1.0
RETRY_SECONDS = 0.5
CHUNK = 200  # hashes read in one go while loading
_unpack = msgspec.msgpack.Decoder(dict[str, list[str]]).decode
_log = logging.getLogger("chiso.follow")


@dataclass(slots=True)
class Stand:
    """Where the cube stands in one partition: next offset, Kafka ms of the last record, why it is halted, last entry of the change stream."""

    next: int = 0
    as_of: int = 0
    halted: str | None = None
    entry: bytes = b"0-0"


@dataclass(slots=True)
class Follower:
    """Keeps `cube` and `stands` up to date. `seen` is told the first and last Kafka ms of every change once it is in the cube."""

    client: Any  # redis.asyncio.Redis
    seen: Callable[[int, int], None] = lambda _first, _last: None
    topic: str = EVENTS
    cube: Cube = field(default_factory=Cube)
    services: Services | None = None  # sets of procedures, of dossiers alone
    stands: dict[int, Stand] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # unit → what kind it is, where a source said so
    stale: bool = True
    loading: bool = False  # the cube lacks part of a partition
    keys: list[Keys] = field(default_factory=list)
    _lacking: set[int] = field(default_factory=set)  # partitions that have to be loaded (anew)

    async def run(self) -> None:
        """Until cancelled; waits where the store is away."""
        while True:
            try:
                await self._start()
                while True:
                    await self._step()
                    self.stale = False
            except (RedisError, OSError) as error:
                if not self.stale:
                    _log.warning("the store does not answer (%s); figures may be old", type(error).__name__)
                self.stale = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _start(self) -> None:
        """Waits for a store that was ever written, and loads what is not loaded yet."""
        while not self.keys:
            self._follow(await self._partitions())
            if not self.keys:
                self.stale = False
                await asyncio.sleep(RETRY_SECONDS)
        for keys in self.keys:
            if keys.number in self._lacking:
                await self._load(keys)

    def _follow(self, found: list[Keys]) -> None:
        """These are the partitions from now on, and each has to be loaded; what others held goes."""
        self.keys = found
        wanted = {keys.number for keys in found}
        for number in self.stands.keys() - wanted:
            del self.stands[number]
            self._drop(number)
        self._lacking.clear()
        for number in wanted:
            self._lacks(number)

    def _lacks(self, number: int) -> None:
        """The partition is not whole, and nothing may pass it off as current: it stands at the beginning until it is loaded."""
        self._lacking.add(number)
        self.loading = True
        if number in self.stands:
            self.stands[number].next = 0

    async def _partitions(self) -> list[Keys]:
        return partitions_of(await self.client.hgetall(META), LETTERS[self.topic])

    async def _load(self, keys: Keys) -> None:
        """Reads a whole partition. The change stream's end is read first: what changes meanwhile is read twice, never missed."""
        self._lacks(keys.number)
        last = await self.client.xrevrange(keys.changes, count=1)
        stand = Stand(entry=last[0][0] if last else b"0-0")
        stand.next, stand.as_of = await self._position(keys, stand)
        await self._content(keys)
        self.stands[keys.number] = stand
        self._lacking.discard(keys.number)
        self.loading = bool(self._lacking)

    async def load_rows(self, keys: Keys) -> None:
        """The rows of a partition as they stand now, for who knows its position."""
        await self._content(keys)

    async def _content(self, keys: Keys) -> None:
        """All rows of a partition."""
        units = await self._kinds(keys)
        self._drop(keys.number)
        for start in range(0, len(units), CHUNK):
            some = units[start : start + CHUNK]
            async with self.client.pipeline(transaction=False) as pipe:
                for unit in some:
                    pipe.hgetall(keys.rows("day", unit))
                for unit, rows in zip(some, await pipe.execute(), strict=True):
                    self.cube.put(unit, keys.number, {int(day): row for day, row in rows.items()})
            if self.services is not None:
                await self._sets(keys, some, self.services)

    def _drop(self, number: int) -> None:
        """Forgets the rows of a partition."""
        self.cube.drop(number)
        if self.services is not None:
            self.services.drop(number)

    async def _sets(self, keys: Keys, units: list[str], services: Services) -> None:
        """Which procedures the units have dossiers of."""
        async with self.client.pipeline(transaction=False) as pipe:
            for unit in units:
                pipe.hgetall(keys.rows("procedure", unit))
            for unit, rows in zip(units, await pipe.execute(), strict=True):
                services.put(unit, keys.number, {field.decode(): decode(row) for field, row in rows.items()})

    async def _kinds(self, keys: Keys) -> list[str]:
        """Takes over what kind the partition's units are; gives the units."""
        found = {unit.decode(): kind.decode() for unit, kind in (await self.client.hgetall(keys.units)).items()}
        self.kinds |= {unit: kind for unit, kind in found.items() if kind}
        return list(found)

    async def _position(self, keys: Keys, stand: Stand) -> tuple[int, int]:
        """Takes `halted` over; gives the stored position and its Kafka ms. Only who loads the rows too may stand there."""
        found, as_of, halted = await self.client.hmget(keys.position, "next", "as_of", "halted")
        stand.halted = halted.decode() if halted is not None else None
        return int(found or 0), int(as_of or 0)

    async def _step(self) -> None:
        """Waits for changes, and takes them in; now and then makes sure that no position went back."""
        deadline = asyncio.get_running_loop().time() + CHECK_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            streams = {keys.changes: self.stands[keys.number].entry for keys in self.keys}
            found = await self.client.xread(streams, count=ENTRIES, block=BLOCK_MS)
            by_name = {name.decode(): entries for name, entries in found}
            for keys in self.keys:
                if keys.changes in by_name:
                    await self._take(keys, by_name[keys.changes])
        found = await self._partitions()
        if found and [keys.tag for keys in found] != [keys.tag for keys in self.keys]:
            _log.warning("the store was rebuilt; loading all of it")
            self._follow(found)
            await self._start()
        for keys in self.keys:
            stand = self.stands[keys.number]
            if (await self._position(keys, stand))[0] < stand.next:
                _log.warning("partition %s went back; loading it anew", keys.number)
                await self._load(keys)

    async def _take(self, keys: Keys, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        """Reads what the entries name; only then does the cube stand behind them. What failed midway is read once more: rows are absolute."""
        stand = self.stands[keys.number]
        at, as_of = stand.next, stand.as_of
        touched: dict[str, set[str]] = defaultdict(set)
        lit: dict[str, set[str]] = defaultdict(set)
        for _, values in entries:
            if int(values[b"to"]) <= at:
                continue  # was there when the partition was loaded
            if int(values[b"from"]) != at:
                await self._load(keys)
                return
            at, as_of = int(values[b"to"]), int(values[b"ts"])
            for unit, months in _unpack(values[b"units"]).items():
                touched[unit].update(months)
            for unit, fields in _unpack(values[b"lit"]).items() if b"lit" in values else ():
                lit[unit].update(fields)
        await self._read(keys, touched)
        await self._relight(keys, lit)
        stand.entry, stand.next, stand.as_of = entries[-1][0], at, as_of
        for _, values in entries:
            self.seen(int(values[b"first"]), int(values[b"ts"]))

    async def _read(self, keys: Keys, touched: dict[str, set[str]]) -> None:
        """The day rows of the months touched, as they stand now."""
        if not touched:
            return
        if not self.kinds.keys() >= touched.keys():
            await self._kinds(keys)
        wanted = [(unit, [day for month in sorted(months) for day in days_of(month)]) for unit, months in touched.items()]
        async with self.client.pipeline(transaction=False) as pipe:
            for unit, days in wanted:
                pipe.hmget(keys.rows("day", unit), days)
            for (unit, days), rows in zip(wanted, await pipe.execute(), strict=True):
                self.cube.put(unit, keys.number, dict(zip(days, rows, strict=True)))

    async def _relight(self, keys: Keys, lit: dict[str, set[str]]) -> None:
        """The month rows of procedures whose sets changed, as they stand now."""
        if self.services is None or not lit:
            return
        wanted = [(unit, sorted(fields)) for unit, fields in lit.items()]
        async with self.client.pipeline(transaction=False) as pipe:
            for unit, fields in wanted:
                pipe.hmget(keys.rows("procedure", unit), fields)
            for (unit, fields), rows in zip(wanted, await pipe.execute(), strict=True):
                self.services.put(unit, keys.number, {name: decode(row or b"") for name, row in zip(fields, rows, strict=True)})


@dataclass(slots=True)
class BookFollower(Follower):
    """Keeps the book of procedures up to date: there are no rows, but states, and they are few."""

    topic: str = PROCEDURES
    book: Book = field(default_factory=Book)

    def _drop(self, number: int) -> None:
        self.book.put(number, {})

    async def _content(self, keys: Keys) -> None:
        stored = await self.client.hgetall(keys.dossiers)
        self.book.put(keys.number, {name.decode(): state for name, state in stored.items()})

    async def _read(self, keys: Keys, touched: dict[str, set[str]]) -> None:  # noqa: ARG002 - nothing is named: all of it is read again
        await self._content(keys)


def days_of(month: str) -> range:
    """Day numbers of `2026-08`."""
    year, number = int(month[:4]), int(month[5:])
    first = day_of(dt.date(year, number, 1))
    return range(first, first + calendar.monthrange(year, number)[1])
