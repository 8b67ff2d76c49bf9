"""The life of one owned partition: take it, work through its batches from the position in the store, and find back after anything goes wrong.

Whatever goes wrong with the store ends in the same way: the position is read again, and the log is sought back to it. So nothing is lost or
counted twice, whether an answer was lost after the script ran, the store came back from an earlier copy, or somebody else owns the partition now.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from indicators.errors import HaltedError
from streams.batch import Batch, checksum
from streams.failpoints import reach
from streams.progress import begins_anywhere, beyond, check, way_out
from streams.store.store import GAP, Identity, Position, RefusedError, Store, StoreDownError, Writes
from streams.topology import SYNC

PATIENCE = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between attempts while the store is away; the last one again and again
DECISION_EVERY = 1.0  # seconds between looks for an operator's decision about a halted partition
IDLE_LOOK = 2.0  # seconds without a batch after which the stored position is looked at
LOST_FOR = 10.0  # seconds before a partition that somebody else claimed is claimed again, if it is still assigned here
_Answer = TypeVar("_Answer")
_log = logging.getLogger("chiso.pump")


class Log(Protocol):
    """What is asked of the transport, for one topic."""

    async def extent(self, partition: int) -> tuple[int, int]:
        """First offset of the log, and the one after its last."""

    async def flow(self, partition: int, offset: int) -> int:
        """Seeks there and lets batches come; gives the number they carry, so that one fetched before is known."""

    def pause(self, partition: int) -> None:
        """No more batches, please."""


class Work(Protocol):
    """What is done with the batches of one partition."""

    @property
    def waiting(self) -> bool:
        """Whether it waits for Kafka to take what it sends: no hang."""

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """Everything the batch writes; nothing may be remembered yet. Raises StoreDownError."""

    def applied(self, writes: Writes, seconds: float) -> None:
        """The store has it; `seconds` is how long the whole batch took."""

    def forget(self) -> None:
        """Whatever was remembered of the store may be wrong now."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What all partitions of a topic share."""

    store: Store
    log: Log
    identity: Identity
    relay: Callable[[int], None]  # called where the outbox of a partition has something to send
    owner: str = field(default_factory=lambda: secrets.token_hex(8))  # begins every epoch that this process claims


class AstrayError(Exception):
    """The batch does not go on where the store stands: seek again. Raised and caught here."""


class Pump:
    """One partition. `put` takes its batches; `run` is its life, ended by cancelling it."""

    def __init__(self, partition: int, ports: Ports, work: Work) -> None:
        self.partition = partition
        self.halted = self.taken = False
        self.still = asyncio.Lock()  # whoever holds it finds the store and the position unmoved
        self._inbox: asyncio.Queue[Batch] = asyncio.Queue(maxsize=1)
        self._ports = ports
        self._work = work
        self._position = Position()
        self._asking = False  # what was asked of store or log could not be answered
        self._failures = 0  # attempts since a batch was last applied that the store did not take
        self._witness = False
        self._sought = False
        self._gap: tuple[int, int] | None = None  # offset expected, offset that came
        self._flow = 0

    @property
    def position(self) -> Position:
        """Where it stands, as far as is known here."""
        return self._position

    @property
    def waiting(self) -> bool:
        """Whether it can do nothing but wait for others."""
        return self._asking or self._failures > 0 or self._work.waiting

    async def run(self) -> None:
        """Takes the partition and applies what comes; where it may not go on, waits for somebody's decision."""
        while True:
            try:
                await self._live()
            except HaltedError as error:
                await self._halt(str(error))

    async def _live(self) -> None:
        while True:
            try:
                await self._take()
                while True:
                    batch = await self._next()
                    reach("pump.received")
                    await self.apply(batch)
            except (AstrayError, RefusedError, StoreDownError) as error:
                _log.warning("partition %s: %s; reading its position again", self.partition, error or type(error).__name__)
                if isinstance(error, StoreDownError):
                    await self._rest()
                await self._settle()

    async def _rest(self) -> None:
        """A store that is nearly full answers everything but takes no batch: asking it again at once would be all a worker does."""
        self._failures += 1
        self._ports.log.pause(self.partition)
        await asyncio.sleep(PATIENCE[min(self._failures, len(PATIENCE)) - 1])

    async def _next(self) -> Batch:
        """The next batch. While none comes, makes sure now and then that the store has not gone back: a restored copy must heal without waiting
        for events. Raises AstrayError.
        """
        while True:
            try:
                async with asyncio.timeout(IDLE_LOOK):
                    batch = await self._inbox.get()
                if batch.flow == self._flow:
                    return batch  # else it was fetched before the log was sought, and says nothing about where we stand
            except TimeoutError:
                if await self._went_back():
                    raise AstrayError("the store is not where it was left") from None

    async def _went_back(self) -> bool:
        """Whether the store stands elsewhere than where it was left, or belongs to somebody else."""
        found = await self._ports.store.position(self.partition)
        return (found.next, found.epoch) != (self._position.next, self._position.epoch)

    async def put(self, batch: Batch) -> None:
        """Hands a batch over; waits while the one before is being worked on."""
        if not self.halted:
            await self._inbox.put(batch)
            reach("agent.handed")

    async def _halt(self, sentence: str) -> None:
        self.halted = True
        self._ports.log.pause(self.partition)
        self._drop()
        _log.error("partition %s is halted: %s", self.partition, sentence)
        await self._answered(lambda: self._ports.store.halt(self.partition, sentence))
        while await self._answered(lambda: self._ports.store.halted(self.partition)) is not None:  # noqa: ASYNC110 - decided in the store
            await asyncio.sleep(DECISION_EVERY)
        self.halted = False
        _log.warning("partition %s: somebody decided; looking again", self.partition)

    def _drop(self) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait()

    async def _take(self) -> None:
        """Claims the partition, makes sure that position and log belong together, and seeks there. Raises HaltedError."""
        ports, number = self._ports, self.partition
        self.taken = False
        ports.log.pause(number)
        self._drop()
        self._work.forget()
        reach("take.begun")
        epoch = ports.owner + secrets.token_hex(8)
        self._position = position = await self._answered(lambda: ports.store.claim(number, epoch, ports.identity))
        reach("take.claimed")
        first, end = await self._answered(lambda: ports.log.extent(number))
        reach("take.extent_known")
        check(position, ports.identity, first, end)
        reach("take.checked")
        await self._answered(lambda: ports.store.halt(number, None))
        reach("take.resumed")
        self._witness = False
        if first > position.next and begins_anywhere(position, ports.identity):
            _log.warning("partition %s of the raw topic begins at %s, for the log has nothing older", number, first)
            await self.apply(Batch(SYNC, number, (), passed=first))
            position = self._position
        # the last applied record comes first once more, to be recognised by its checksum
        self._witness = position.crc not in ("", GAP) and position.next > first
        self._sought = True
        ports.relay(number)
        start = position.next - 1 if self._witness else position.next
        self._flow = await self._answered(lambda: ports.log.flow(number, start))
        self.taken = True
        reach("take.sought")

    async def _settle(self) -> None:
        """After a refusal or an unknown outcome: goes on at once, unless somebody else has gone on from where we stood. A claim of ours may reach
        the store late, by a connection given up long ago, and after the one that followed it: that is nobody else.
        """
        self._ports.log.pause(self.partition)
        found = await self._answered(lambda: self._ports.store.position(self.partition))
        reach("settle.known")
        if found.epoch and not found.epoch.startswith(self._ports.owner) and found.next >= self._position.next:
            _log.warning("partition %s belongs to another worker now", self.partition)
            await asyncio.sleep(LOST_FOR)

    async def _answered(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Asks until the store answers."""
        for attempt in range(1 << 30):
            try:
                found = await ask()
            except StoreDownError as error:
                self._asking = True
                if attempt in (0, len(PATIENCE)):
                    _log.warning("partition %s waits for the store: %s", self.partition, error)
                await asyncio.sleep(PATIENCE[min(attempt, len(PATIENCE) - 1)])
            else:
                self._asking = False
                return found
        raise AssertionError

    async def apply(self, batch: Batch) -> None:
        """One batch, whole or not at all. Raises AstrayError, RefusedError or StoreDownError with nothing remembered."""
        async with self.still:
            await self._apply(batch)

    async def _apply(self, batch: Batch) -> None:
        if batch.next < 0:
            raise HaltedError(
                f"a record at {self._position.next} or soon after it has a header whose name is not UTF-8, so nothing from there on can be read; "
                "have Kafka delete the records up to it (kafka-delete-records.sh), then `chiso accept-gap`"
            )
        batch = self._placed(batch)
        if batch.next <= self._position.next or (self._witness and not batch.records):
            return
        started = time.perf_counter()
        try:
            writes = await self._work.prepare(self._position, batch) if batch.records else beyond(self._position, batch)
            reach("apply.before")
            await self._ports.store.apply(self.partition, writes)
        except (RefusedError, StoreDownError):
            raise
        except Exception:
            # states read before a store was emptied, and rows after it, make counters below nothing: no bug of ours
            if await self._went_back():
                raise AstrayError("the store went back while it was read") from None
            raise
        reach("apply.after")
        self._position, self._failures = writes.position, 0
        self._work.applied(writes, time.perf_counter() - started)
        reach("apply.remembered")
        if writes.outbox:
            self._ports.relay(self.partition)

    def _placed(self, batch: Batch) -> Batch:
        """The part of the batch that is to be applied; checks that it goes on where the store stands."""
        expected = self._position.next
        begin = expected - 1 if self._witness else expected
        first = batch.first if batch.records else expected
        if first > begin and self._strays(begin, first):
            raise AstrayError(f"expected offset {begin}, got {first}")
        if self._witness and batch.records:
            self._witness = False
            if first != begin or checksum(batch.records[0]) != self._position.crc:
                raise HaltedError(
                    f"the record before the position is not the one applied last: this is another log; {way_out(self._ports.identity)}"
                )
        batch = batch.since(expected)
        if batch.records:
            self._sought, self._gap = False, None
        return batch

    def _strays(self, begin: int, first: int) -> bool:
        """A gap is the log's own where it is there straight after seeking, and after seeking again; else a fetch or a seek was overtaken."""
        gap = begin, first
        if self._sought and gap == self._gap:
            return False
        self._gap = gap if self._sought else None
        return True
