"""The windows of one owned partition: load → fold → apply, batch after batch, from the position in the store.

Whatever goes wrong with the store ends in the same way: the position is read again, and the log is sought back to it. So nothing is lost or
counted twice, whether an answer was lost after the script ran, the store came back from an earlier copy, or somebody else owns the partition now.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from indicators.buckets import RowKey
from indicators.errors import HaltedError
from indicators.fold import Change, fold
from indicators.times import Zone
from streams.batch import Batch, Reader, Reading, checksum
from streams.store.store import Identity, Position, RefusedError, Store, StoreDownError, Writes

ROWS_CACHED = 200_000
PATIENCE = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between attempts while the store is away; the last one again and again
LOST_FOR = 10.0  # seconds before a partition that somebody else claimed is claimed again, if it is still assigned here
_Answer = TypeVar("_Answer")
_log = logging.getLogger("chiso.windows")


class Log(Protocol):
    """What is asked of the transport."""

    async def extent(self, partition: int) -> tuple[int, int]:
        """First offset of the log, and the one after its last."""

    async def flow(self, partition: int, offset: int) -> None:
        """Seeks there and lets batches come."""

    def pause(self, partition: int) -> None:
        """No more batches, please."""


class Watch(Protocol):
    """Who is told of every applied batch: partition, what it changed, what was rejected, what was written, seconds it took."""

    def __call__(self, partition: int, change: Change, writes: Writes, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What all partitions of a worker share."""

    store: Store
    log: Log
    reader: Reader
    zone: Zone
    identity: Identity
    watch: Watch
    relay: Callable[[int], None]  # called where the outbox of a partition has something to send


class AstrayError(Exception):
    """The batch does not go on where the store stands: seek again. Raised and caught here."""


class Windows:
    """One partition. `inbox` takes its batches; `run` is its life, ended by cancelling it, or by itself where the partition is halted."""

    def __init__(self, partition: int, ports: Ports) -> None:
        self.partition = partition
        self.inbox: asyncio.Queue[Batch] = asyncio.Queue(maxsize=1)
        self.halted = False
        self._ports = ports
        self._position = Position()
        self._rows: dict[RowKey, int] = {}
        self._witness = False
        self._sought = False

    async def run(self) -> None:
        """Takes the partition and applies what comes, for as long as it may."""
        try:
            while True:
                await self._take()
                try:
                    while True:
                        await self.apply(await self.inbox.get())
                except (AstrayError, RefusedError, StoreDownError) as error:
                    _log.warning("partition %s: %s; reading its position again", self.partition, error or type(error).__name__)
                    await self._settle()
        except HaltedError as error:
            await self._halt(str(error))

    async def put(self, batch: Batch) -> None:
        """Hands a batch over; waits while the one before is being worked on."""
        if not self.halted:
            await self.inbox.put(batch)

    async def _halt(self, sentence: str) -> None:
        self.halted = True
        self._ports.log.pause(self.partition)
        self._drop()
        _log.error("partition %s is halted: %s", self.partition, sentence)
        await self._answered(lambda: self._ports.store.halt(self.partition, sentence))

    def _drop(self) -> None:
        while not self.inbox.empty():
            self.inbox.get_nowait()

    async def _take(self) -> None:
        """Claims the partition, makes sure that position and log belong together, and seeks there. Raises HaltedError."""
        ports, number = self._ports, self.partition
        ports.log.pause(number)
        self._drop()
        self._rows.clear()
        epoch = secrets.token_hex(8)
        self._position = position = await self._answered(lambda: ports.store.claim(number, epoch, ports.identity))
        first, end = await ports.log.extent(number)
        check(position, ports.identity, first, end)
        await self._answered(lambda: ports.store.halt(number, None))
        # the last applied record comes first once more, to be recognised by its checksum
        self._witness = bool(position.crc) and position.next > first
        self._sought = True
        ports.relay(number)
        await ports.log.flow(number, position.next - 1 if self._witness else position.next)

    async def _settle(self) -> None:
        """After a refusal or an unknown outcome: goes on at once, unless somebody else has gone on from where we stood."""
        self._ports.log.pause(self.partition)
        found = await self._answered(lambda: self._ports.store.position(self.partition))
        if found.epoch not in ("", self._position.epoch) and found.next >= self._position.next:
            _log.warning("partition %s belongs to another worker now", self.partition)
            await asyncio.sleep(LOST_FOR)

    async def _answered(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Asks until the store answers."""
        for attempt in range(1 << 30):
            try:
                return await ask()
            except StoreDownError as error:
                if attempt in (0, len(PATIENCE)):
                    _log.warning("partition %s waits for the store: %s", self.partition, error)
                await asyncio.sleep(PATIENCE[min(attempt, len(PATIENCE) - 1)])
        raise AssertionError

    async def apply(self, batch: Batch) -> None:
        """Load, fold, apply. Raises AstrayError, RefusedError or StoreDownError with nothing changed here."""
        batch = self._placed(batch)
        if not batch.records:
            return
        started = time.perf_counter()
        store, number = self._ports.store, self.partition
        reading = self._ports.reader.read(batch)
        numbers = list(reading.groups)
        stored = dict(zip(numbers, await store.states(number, numbers), strict=True))
        change = fold(reading.groups, stored, self._ports.zone)
        rows = await self._absolute(change)
        writes = self._writes(batch, reading, change, rows)
        await store.apply(number, writes)
        self._position = writes.position
        self._remember(rows)
        if reading.rejected:
            self._ports.relay(number)
        self._ports.watch(number, change, writes, time.perf_counter() - started)

    def _placed(self, batch: Batch) -> Batch:
        """The part of the batch that is to be applied; checks that it goes on where the store stands."""
        expected = self._position.next
        if self._witness:
            self._witness = False
            if batch.first != expected - 1 or checksum(batch.records[0]) != self._position.crc:
                raise HaltedError(
                    "the record before the position is not the one applied last: this is another log. `chiso rebuild` starts anew from it"
                )
        batch = batch.since(expected)
        if batch.records:
            # straight after seeking, a gap is the log's own; later, it means that a fetch from before a seek came late
            if batch.first > expected and not self._sought:
                raise AstrayError(f"expected offset {expected}, got {batch.first}")
            self._sought = False
        return batch

    async def _absolute(self, change: Change) -> dict[RowKey, int]:
        """The rows that change, as they are to stand; those not seen lately are read from the store."""
        cached = self._rows
        rows: dict[RowKey, int] = {}
        unknown: dict[RowKey, int] = {}
        for key, delta in change.rows.items():
            if delta:
                old = cached.get(key)
                if old is None:
                    unknown[key] = delta
                else:
                    rows[key] = old + delta
        stored = await self._ports.store.rows(self.partition, list(unknown))
        for (key, delta), old in zip(unknown.items(), stored, strict=True):
            rows[key] = old + delta
        return rows

    def _remember(self, rows: dict[RowKey, int]) -> None:
        if len(self._rows) > ROWS_CACHED:
            self._rows.clear()
        self._rows.update(rows)

    def _writes(self, batch: Batch, reading: Reading, change: Change, rows: dict[RowKey, int]) -> Writes:
        last = batch.records[-1]
        applied, no_effect, duplicate, rejected = self._position.counts
        heard = change.applied + change.no_effect + change.duplicate
        counts = (
            applied + change.applied,
            no_effect + change.no_effect,
            duplicate + change.duplicate,
            rejected + len(batch.records) - heard,
        )
        after = replace(self._position, next=batch.next, crc=checksum(last), as_of=last.timestamp, counts=counts)
        return Writes(
            self._position, after, batch.records[0].timestamp, change.states, rows, change.due, change.held, reading.rejected, change.kinds
        )


def check(position: Position, identity: Identity, first: int, end: int) -> None:
    """Raises HaltedError unless the position belongs to this log and these rules, and lies within the log."""
    wanted = identity.fields()
    for name, stored in position.identity.items():
        if stored != wanted[name]:
            raise HaltedError(
                f"the store was filled with {name} {stored}, this is {name} {wanted[name]}; `chiso rebuild` computes everything anew"
            )
    if position.next > end:
        raise HaltedError(
            f"the log ends at {end}, but {position.next} was applied: the log lost its tail; `chiso rebuild` starts anew from what is left"
        )
    if position.next < first:
        raise HaltedError(
            f"the log begins at {first}, but {position.next} is to be applied next: records were deleted; restore them, or `chiso accept-gap`"
        )
