"""What was published, as it stands in `chiso.publications.v1`: where the newest record of each unit's month lies, and the cuts of each month.

Values of units' months are read from Kafka when asked for: a country's two years would weigh more in memory than all its windows.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.publications import CUTS, Label, UnitMonth, decode_month, decode_unit, label
from indicators.errors import UnreachableError
from indicators.publication import Cut
from streams.topology import PUBLICATIONS

POLL_MS, RETRY_SECONDS, PATIENCE = 500, 1.0, 20.0
LOOK_SECONDS = 0.02
AWAY = "what was published cannot be read just now; ask again in a moment"
NEAR = 2000  # records that are rather read over than sought past
_log = logging.getLogger("chiso.publications")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit's month lies, and what its headers say."""

    partition: int
    offset: int
    label: Label

    def seen(self, digest: str) -> "Place":
        """The same figures under another digest."""
        return replace(self, label=msgspec.structs.replace(self.label, digest=digest))


@dataclass(slots=True)
class Shelf:
    """One for a process. `places` by month and unit; `cuts` by month, newest last. Methods raise UnreachableError."""

    bootstrap: str
    places: dict[str, dict[str, Place]] = field(default_factory=dict)
    cuts: dict[str, tuple[Cut, ...]] = field(default_factory=dict)
    loaded: bool = False
    _next: dict[TopicPartition, int] = field(default_factory=dict)
    _idle: Any = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Follows the topic until cancelled; waits where Kafka is away."""
        try:
            await self._follow()
        finally:
            if self._idle is not None:
                await self._idle.stop()

    async def _follow(self) -> None:
        while True:
            consumer = _made(self.bootstrap)
            try:
                await consumer.start()
                places = await _partitions(consumer)
                consumer.assign(places)
                for place in places:
                    consumer.seek(place, self._next[place]) if place in self._next else await consumer.seek_to_beginning(place)
                while True:
                    await self._step(consumer, places)
            except (KafkaError, OSError, UnreachableError) as error:
                _log.warning("what was published cannot be read (%s)", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                await consumer.stop()

    async def _step(self, consumer: Any, places: list[TopicPartition]) -> None:
        for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
            for record in records:
                self._take(record)
        for place in places:
            self._next[place] = await consumer.position(place)
        if not self.loaded:
            self.loaded = self._reached(await consumer.end_offsets(places))

    def _reached(self, ends: dict[TopicPartition, int]) -> bool:
        return all(self._next.get(place, 0) >= end for place, end in ends.items())

    def _take(self, record: Any) -> None:
        key = (record.key or b"").decode()
        unit, _, month = key.rpartition(":")
        try:
            if unit == CUTS:
                self.cuts[month] = decode_month(record.value).cuts
            else:
                self.places.setdefault(month, {})[unit] = Place(record.partition, record.offset, label(record.headers))
        except (KeyError, ValueError, TypeError):
            _log.warning("%s %s:%s is no publication; left out", PUBLICATIONS, record.partition, record.offset)

    async def catch_up(self) -> None:
        """Returns once everything that is in the topic now was seen."""
        deadline = time.monotonic() + PATIENCE
        async with self._asked() as consumer:
            ends = await consumer.end_offsets(await _partitions(consumer))
        while not self._reached(ends):
            if time.monotonic() > deadline:
                raise UnreachableError(AWAY)
            await asyncio.sleep(LOOK_SECONDS)

    @contextlib.asynccontextmanager
    async def _asked(self) -> AsyncIterator[Any]:
        """A consumer for questions, one at a time, kept for the next: on the one that follows they would wait for its fetches."""
        async with self._lock:
            consumer, self._idle = self._idle, None
            try:
                if consumer is None:
                    consumer = _made(self.bootstrap)
                    await consumer.start()
                yield consumer
                consumer.unsubscribe()
                self._idle = consumer
            except (KafkaError, OSError):
                raise UnreachableError(AWAY) from None
            finally:
                if consumer is not None and self._idle is not consumer:
                    await consumer.stop()

    async def fetch(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UnitMonth]:
        """(unit, month) → all its versions; those without any are left out."""
        wanted: dict[int, list[int]] = defaultdict(list)
        for unit, month in keys:
            place = self.places.get(month, {}).get(unit)
            if place is not None:
                wanted[place.partition].append(place.offset)
        found: dict[tuple[str, str], UnitMonth] = {}
        if not wanted:
            return found
        async with self._asked() as consumer:
            for partition, offsets in wanted.items():
                for record in await _read(consumer, TopicPartition(PUBLICATIONS, partition), sorted(offsets)):
                    one = decode_unit(record.value)
                    found[one.unit, one.month] = one
        if len(found) < sum(map(len, wanted.values())):
            raise UnreachableError("what was published has just changed; ask again in a moment")
        return found


def _made(bootstrap: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", request_timeout_ms=10_000)


async def _partitions(consumer: Any) -> list[TopicPartition]:
    metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `partitions_for_topic` knows only what was subscribed to
    found = [TopicPartition(PUBLICATIONS, number) for number in sorted(metadata.partitions_for_topic(PUBLICATIONS) or ())]
    if not found:
        raise UnreachableError(f"topic {PUBLICATIONS} is missing; `chiso topics apply` makes it")
    return found


async def _read(consumer: Any, place: TopicPartition, offsets: list[int]) -> list[Any]:
    """Records at offsets given in order. One that was compacted away has a newer one, which whoever asks again is told of."""
    consumer.assign([place])
    consumer.seek(place, offsets[0])
    found, at, deadline = [], 0, time.monotonic() + PATIENCE
    while at < len(offsets):
        records = (await consumer.getmany(place, timeout_ms=POLL_MS)).get(place, [])
        if time.monotonic() > deadline:
            raise UnreachableError(AWAY)
        for record in records:
            while at < len(offsets) and offsets[at] < record.offset:
                at += 1
            if at < len(offsets) and offsets[at] == record.offset:
                found.append(record)
                at += 1
        if records and at < len(offsets) and offsets[at] > records[-1].offset + NEAR:
            consumer.seek(place, offsets[at])
    return found


async def cuts(bootstrap: str) -> dict[str, tuple[Cut, ...]]:
    """The cuts of all months, by month, oldest first. Raises UnreachableError."""
    shelf = Shelf(bootstrap)
    following = asyncio.create_task(shelf.run())
    deadline = time.monotonic() + PATIENCE
    try:
        while not shelf.loaded:
            if time.monotonic() > deadline:
                raise UnreachableError(AWAY)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        following.cancel()
        await asyncio.wait([following])
    return shelf.cuts
