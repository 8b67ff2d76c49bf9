"""Reads `chiso.notices.v1` into the queues. The place per partition stands in Redis; how far everything is settled is also committed to Kafka, for a store
that was emptied: what then waited is read again, and nothing before it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from connectors.notices import read_notice
from indicators.times import VIETNAM
from streams.delivery.entry import Address, Entry
from streams.delivery.mailbox import Mailbox
from streams.topology import NOTICES

POLL_MS = 200
BATCH = 500
COMMIT_SECONDS = 1.0
AGAIN_SECONDS = 3600.0  # a commit is said again before the broker forgets it
RETRY_SECONDS = 1.0
ANSWER_SECONDS = 5.0
_log = logging.getLogger("chiso.delivery")


class Lost(Exception):  # noqa: N818 - not a fault, a reason to begin again
    """The store does not stand where this reader left it. Raised by Reader, who reads the position again."""


class Registered(Protocol):
    """An address as the registry has it."""

    @property
    def sink(self) -> str: ...

    @property
    def to(self) -> str: ...

    def wants(self, kind: str) -> bool: ...


class Addresses(Protocol):
    """Whoever knows the registry: a unit's own addresses on a day."""

    def __call__(self, unit: str, day: int) -> Sequence[Registered]: ...


def wanting(found: Iterable[Registered], kind: str) -> list[Address]:
    """Addresses that want a kind, each once."""
    return list(dict.fromkeys(Address(one.sink, one.to) for one in found if one.wants(kind)))


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in asks of the others: addresses, whether the registry is known, what to do with what cannot wait, whom to wake, the time."""

    addresses: Addresses
    ready: Callable[[], Awaitable[None]]
    lost: Callable[[Address, str], None]
    sinks: Mapping[str, object]
    wake: Callable[[], None]
    now: Callable[[], float]
    keep: float


class Reader:
    """One for a process."""

    def __init__(self, mailbox: Mailbox, intake: Intake, bootstrap: str, group: str) -> None:
        self._mailbox, self._intake, self._bootstrap, self._group = mailbox, intake, bootstrap, group
        self._next: dict[int, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; waits where Kafka is away; the store's errors come through."""
        await self._intake.ready()
        quiet = False
        while not stop.is_set():
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                request_timeout_ms=10_000,
            )
            try:
                await consumer.start()
                places = await self._begin(consumer)
                quiet = False
                await self._follow(consumer, places, stop)
            except Lost:
                _log.warning("the store lost its place among the notices; what is not settled is read again")
            except (KafkaError, OSError) as error:
                if not quiet:
                    _log.warning("notices wait: Kafka does not answer (%s)", type(error).__name__)
                quiet = True
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                with contextlib.suppress(KafkaError):
                    await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """From where Redis stands or, if that is farther, from what is settled for sure; from the beginning where the log is another one."""
        metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `partitions_for_topic` knows only what was subscribed to
        places = [TopicPartition(NOTICES, number) for number in sorted(metadata.partitions_for_topic(NOTICES) or ())]
        if not places:
            raise KafkaError("no such topic yet")
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        stored = await self._mailbox.places(place.partition for place in places)
        self._next = {}
        for place in places:
            async with asyncio.timeout(ANSWER_SECONDS):
                settled = await consumer.committed(place)
            known = [offset for offset in (stored[place.partition][0], settled) if offset is not None and offset <= ends[place]]
            self._next[place.partition] = max(known, default=0)
            consumer.seek(place, self._next[place.partition])
        await self._mailbox.stand(self._next)
        return places

    async def _follow(self, consumer: AIOKafkaConsumer, places: list[TopicPartition], stop: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        committed: dict[int, int] = {}
        last = said = clock()
        while not stop.is_set():
            for place, records in (await consumer.getmany(*places, timeout_ms=POLL_MS, max_records=BATCH)).items():
                await self._take(place.partition, records)
            if clock() - last >= COMMIT_SECONDS:
                last = clock()
                settled = await self._settled()
                if settled != committed or clock() - said > AGAIN_SECONDS:
                    offsets = {TopicPartition(NOTICES, number): OffsetAndMetadata(offset, "") for number, offset in settled.items()}
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await consumer.commit(offsets)
                    committed, said = settled, clock()

    async def _settled(self) -> dict[int, int]:
        """Partition → up to where nothing waits any more. Raises Lost."""
        found = await self._mailbox.places(self._next)
        if any(stands != self._next[number] for number, (stands, _) in found.items()):
            raise Lost
        return {number: self._next[number] if first is None else min(first, self._next[number]) for number, (_, first) in found.items()}

    async def _take(self, partition: int, records: Sequence[Any]) -> None:
        """Queues what the records say, then goes on. Raises Lost."""
        now = self._intake.now()
        pairs = [pair for record in records for pair in self._pairs(record, now)]
        for to, entry in await self._mailbox.put(pairs, now):
            _log.warning("too much waits for an address of sink %s: given up %s", to.sink, entry.id)
            self._intake.lost(to, "given_up")
        old, new = self._next[partition], records[-1].offset + 1
        if not await self._mailbox.move(partition, old, new):
            raise Lost
        self._next[partition] = new
        if pairs:
            self._intake.wake()

    def _pairs(self, record: Any, now: float) -> Iterator[tuple[Address, Entry]]:
        """To whom a notice goes; nobody is alarmed by what is historical."""
        notice = read_notice(record.value)
        if notice is None:
            _log.warning("%s partition %s offset %s is no notice; passed over", NOTICES, record.partition, record.offset)
            return
        if notice.get("historical"):
            return
        for to in wanting(self._intake.addresses(notice["unit"], day_in_vietnam(now)), notice["kind"]):
            if self._intake.sinks.get(to.sink) is None:
                self._intake.lost(to, "off")
            else:
                yield to, Entry(notice["id"], notice, now, now + self._intake.keep, record.partition, record.offset)


def day_in_vietnam(now: float) -> int:
    """Day number of a moment."""
    return (int(now) + int(VIETNAM.utcoffset(None).total_seconds())) // 86_400
