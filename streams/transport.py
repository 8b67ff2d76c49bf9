"""Everything that overrides Faust's inside: one Faust event per fetched partition batch, and positions that come from the store.

Faust seeks back to the group's committed offset after every rebalance, and skips offset 0 and None on the way. Here that step hands the assigned
partitions to their owner instead, who claims each in the store and lets it flow from the position found there.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import faust
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.batch import Batch
from streams.failpoints import reach
from streams.store.store import StoreDownError

POLL = 0.2  # seconds; a partition that begins to flow waits at most this long to be fetched
FETCH_WAIT_MS = 100  # Faust asks the broker to wait 1.5 s, which would delay every other partition of that broker
FETCH_MAX_BYTES = 16_000_000
UNREADABLE = -1  # in place of records, or of the offset where the log goes on


class Owner(Protocol):
    """Who looks after the partitions of this process."""

    def assigned(self, places: set[TP]) -> None:
        """These, and only these, are ours from now on."""

    def revoked(self, places: set[TP]) -> None:
        """These are not ours any more."""


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Sets what Faust hard-codes."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001 - no setting of Faust reaches it
        consumer._fetch_max_bytes = FETCH_MAX_BYTES  # noqa: SLF001
        return consumer


class Consumer(driver.Consumer):
    """Yields one message per partition and fetch; `TopicLog` makes it the `Log` of `streams.pump`. The app carries `owner`.

    `_flowing` are the partitions that were sought to a position of the store. Faust's own active partitions are not enough: it fetches from a
    partition as soon as it is assigned, before anything could seek.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._flowing: set[TP] = set()
        self._flows: dict[TP, int] = {}  # how often each was sought
        self._handed: dict[TP, int] = {}  # where each goes on after what was handed over
        self._dropped: set[TP] = set()  # of these something was fetched and dropped since

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ARG002, ASYNC109 - Faust's signature
        """One message per fetched partition batch. A fetch that a rebalance or a seek overtook is dropped. It may be of after the seek all the same, and
        nobody would fetch it again, so its partition is sought once more.
        """
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        await self._seek_dropped()
        generation, flows = self.app.consumer_generation_id, dict(self._flows)
        wanted = self._flowing & self._get_active_partitions()
        if not wanted:
            await asyncio.sleep(POLL)
            return
        come = await self._fetch(wanted)
        reach("consumer.fetched")
        overtaken = self.should_stop or not self.flow_active or self.app.consumer_generation_id != generation
        for tp, records in come.items():
            if overtaken or tp not in self._flowing or flows.get(tp) != self._flows.get(tp):
                self._dropped.add(tp)
            else:
                self._dropped.discard(tp)
                # Faust remembers the offset of what it handed over once it was taken, which may be after a seek; what comes twice is the pump's to know
                self._read_offset.pop(tp, None)
                message = self._batch_message(tp, records)
                self._handed[tp] = max(self._handed[tp], message.value.next)
                yield tp, message

    async def _fetch(self, wanted: set[TP]) -> dict[TP, Any]:
        """Records by place, or where its log goes on. Until it is known what came, and again until that is handed over, places count as dropped: whatever
        ends this in the midst loses nothing.
        """
        still = set(self._dropped)
        self._dropped |= wanted
        try:
            fetched = await self._getmany(active_partitions=wanted, timeout=POLL)
        except UnicodeDecodeError:
            fetched, still = await self._apart(wanted), wanted
        except NoOffsetForPartitionError:
            return {}  # a rebalance overtook the fetch; whoever owns the partition seeks
        except OffsetOutOfRangeError:
            self.app.owner.assigned(self.assignment())  # the log moved away under us; each looks at its extent
            return {}
        come = {TP(found.topic, found.partition): records for found, records in fetched.items() if records}
        self._dropped -= wanted - come.keys() - still
        return come | await self._passed(wanted - self._dropped)

    async def _apart(self, places: set[TP]) -> dict[Any, Any]:
        """Each place fetched alone, for one holds a record that aiokafka cannot read: that place gives `UNREADABLE`. What the fetch that failed had of
        the others is sought once more.
        """
        found: dict[Any, Any] = {}
        for place in places:
            try:
                await self._getmany(active_partitions={place}, timeout=0)
            except UnicodeDecodeError:
                found[driver.ensure_aiokafka_TP(place)] = UNREADABLE
        return found

    async def _passed(self, places: set[TP]) -> dict[TP, int]:
        """Places where nothing came although there is more, and where the log goes on: what lies between are marks of somebody's transactions."""
        found = {}
        for place in places:
            handed = self._handed.get(place)
            if handed is not None and (self._end(place) or 0) > handed:
                with suppress(KafkaError, TimeoutError):
                    at = await self.position(driver.ensure_aiokafka_TP(place))
                    if at is not None and at > handed:
                        found[place] = at
        return found

    async def _seek_dropped(self) -> None:
        """To where each goes on after what was handed over, so nothing comes twice."""
        for place in self._dropped & self._flowing:
            number = self._flows[place]
            try:
                await self.seek_wait({driver.ensure_aiokafka_TP(place): self._handed[place]})
            except (KafkaError, TimeoutError):
                continue  # it is not ours any more, or Kafka is away: the next time
            self._read_offset.pop(place, None)
            if self._flows[place] == number:
                self._dropped.discard(place)

    def _batch_message(self, tp: TP, found: list[Any] | int) -> Any:
        """Of records, or of none but where the log goes on."""
        if isinstance(found, int):
            message = self._to_message(tp, ConsumerRecord(tp.topic, tp.partition, max(0, found - 1), 0, 0, None, None, None, 0, 0, ()))
            message.value = Batch(tp.topic, tp.partition, (), self._flows[tp], found)
        else:
            message = self._to_message(tp, found[0])
            message.value = Batch(tp.topic, tp.partition, found, self._flows[tp])
        return message

    async def seek_to_committed(self) -> dict[TP, int]:
        """Faust's last step after a rebalance: nothing flows until the owner of a partition knows its position."""
        assigned = self.assignment()
        self._flowing.clear()
        self.app.owner.assigned(assigned)
        return {}

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """The owner lets go before anybody else can claim."""
        self._flowing -= revoked
        self.app.owner.revoked(revoked)
        await super().on_partitions_revoked(revoked)

    async def extent(self, place: TP) -> tuple[int, int]:
        """First offset of a log, and the one after its last."""
        tp = driver.ensure_aiokafka_TP(place)
        first, end = await self.earliest_offsets(tp), await self.highwaters(tp)
        return first[tp], end[tp]

    async def flow(self, place: TP, offset: int) -> int:
        """Seeks and lets batches come; gives the number they carry, so that one fetched before is known."""
        self._flows[place] = number = self._flows.get(place, 0) + 1
        self._handed[place] = offset
        await self.seek_wait({driver.ensure_aiokafka_TP(place): offset})
        self._read_offset.pop(place, None)
        self._flowing.add(place)
        return number

    def hold(self, place: TP) -> None:
        """No more batches of this partition."""
        self._flowing.discard(place)

    def ends(self) -> dict[TP, int]:
        """The end of each assigned partition's log as last seen, for measuring lag."""
        marks = {tp: self._end(tp) for tp in self.assignment()}
        return {tp: mark for tp, mark in marks.items() if mark is not None}

    def _end(self, place: TP) -> int | None:
        try:
            mark: int | None = self.highwater(driver.ensure_aiokafka_TP(place))
        except (AssertionError, AttributeError):
            return None  # Faust's thread has just given it away
        return mark


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except (KafkaError, TimeoutError) as error:
        raise StoreDownError(f"Kafka: {type(error).__name__}") from None


class TopicLog:
    """The `Log` of one topic."""

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer, self._topic = consumer, topic

    async def extent(self, partition: int) -> tuple[int, int]:
        """First offset of the log, and the one after its last. Raises StoreDownError while Kafka does not answer."""
        with _answers():
            return await self._consumer.extent(TP(self._topic, partition))

    async def flow(self, partition: int, offset: int) -> int:
        """Seeks and lets batches come; gives the number they carry. Raises StoreDownError while Kafka does not answer."""
        with _answers():
            return await self._consumer.flow(TP(self._topic, partition), offset)

    def pause(self, partition: int) -> None:
        """No more batches of this partition."""
        self._consumer.hold(TP(self._topic, partition))


class Transport(driver.Transport):
    """`chiso://host:port`, by the entry point `faust.transports`."""

    Consumer = Consumer


class BatchSchema(faust.Schema):
    """Hands a batch on as it is: decoding is the fold's work."""

    def loads_key(self, app: Any, message: Any, **_options: Any) -> Any:  # noqa: ARG002 - Faust's signature
        """Keys decide partitions; nobody reads them here."""
        return message.key

    def loads_value(self, app: Any, message: Any, **_options: Any) -> Any:  # noqa: ARG002
        """The batch itself."""
        return message.value


def brokers(bootstrap: str) -> list[str]:
    """`host:port,host:port` as URLs of this transport."""
    return [f"chiso://{address.strip()}" for address in _split(bootstrap)]


def _split(bootstrap: str) -> Iterable[str]:
    return (address for address in bootstrap.split(",") if address.strip())
