"""A partition goes on from the store's position, whatever happened; the log here is a list, the store is in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from connectors.codec import partition
from indicators import events as ev
from streams import pump as module
from streams.batch import Batch
from streams.pump import Ports, Pump
from streams.store.memory import MemoryStore
from streams.store.store import Identity, Position, RefusedError, StoreDownError, Writes
from streams.topology import EVENTS, SYNC
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, batch, make, received

IDENTITY = Identity("cluster", "topic", "1", "Asia/Ho_Chi_Minh")
HERE = partition(b"H44.07", 1)
RAW = replace(IDENTITY, zone="", rules="")
LIFE = [
    received(due_at="2026-08-10"),
    make(ev.Step, "2026-08-04", official="A"),
    make(ev.Processed, "2026-08-05"),
    make(ev.Returned, "2026-08-06"),
]


class ListLog:
    """A log of events; `flow` hands everything from an offset over, two records a batch."""

    def __init__(self, events: list[ev.Event], first: int = 0) -> None:
        self.events, self.first = events, first
        self.seeks: list[int] = []
        self.pump: Pump | None = None
        self.feeding: asyncio.Task[None] | None = None
        self.late: list[int] = []  # offsets fetched before the log was sought, handed over after

    async def extent(self, partition: int) -> tuple[int, int]:
        return self.first, self.first + len(self.events)

    async def flow(self, partition: int, offset: int) -> int:
        self.seeks.append(offset)
        self.feeding = asyncio.create_task(self._feed(offset, len(self.seeks)))
        return len(self.seeks)

    async def _feed(self, offset: int, flow: int) -> None:
        assert self.pump is not None
        for start in self.late:
            await self.pump.put(replace(self.at(start), flow=flow - 1))
        for start in range(offset, self.first + len(self.events), 2):
            await self.pump.put(replace(self.at(start), flow=flow))

    def at(self, start: int) -> Batch:
        place = start - self.first
        return batch(*self.events[place : place + 2], first=start, partition=HERE)

    def pause(self, partition: int) -> None:
        if self.feeding is not None:
            self.feeding.cancel()


class FaultyStore(MemoryStore):
    """Fails as told: each entry of `faults` is used up by one apply."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Callable[[Writes], None]] = []
        self.lost_replies = 0

    async def apply(self, partition: int, writes: Writes) -> None:
        if self.faults:
            self.faults.pop(0)(writes)
        await super().apply(partition, writes)
        if self.lost_replies:
            self.lost_replies -= 1
            raise StoreDownError("the reply was lost")


class Rig:
    """One partition with its log and store; `until` waits for a condition."""

    def __init__(self, log: ListLog, store: FaultyStore | None = None, identity: Identity = IDENTITY) -> None:
        self.store, self.log = store or FaultyStore(), log
        self.applied: list[Writes] = []
        shared = Shared(self.store, DOSSIERS, lambda _partition, writes, _seconds: self.applied.append(writes))
        self.ports = Ports(self.store, log, identity, lambda _partition: None)
        self.pump = log.pump = Pump(HERE, self.ports, Windows(HERE, shared))
        self.task = asyncio.create_task(self.pump.run())

    @property
    def position(self) -> Position:
        return self.store.partitions[HERE].position

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                if self.task.done():
                    self.task.result()
                    assert condition()
                await asyncio.sleep(0)


@pytest.fixture
async def start(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Rig]]:
    monkeypatch.setattr(module, "PATIENCE", (0.0,))
    monkeypatch.setattr(module, "LOST_FOR", 0.0)
    rigs: list[Rig] = []

    def make_rig(
        events: list[ev.Event] = LIFE, log: ListLog | None = None, store: FaultyStore | None = None, identity: Identity = IDENTITY
    ) -> Rig:
        rigs.append(Rig(log or ListLog(events), store, identity))
        return rigs[-1]

    yield make_rig
    for rig in rigs:
        rig.log.pause(HERE)
        rig.task.cancel()


async def figures(start: Callable[..., Rig]) -> dict:
    """The rows of an undisturbed run."""
    rig = start()
    await rig.until(lambda: rig.position.next == len(LIFE))
    return rig.store.partitions[HERE].rows


async def test_everything_is_applied_and_accounted_for(start: Callable[..., Rig]) -> None:
    rig = start()
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert rig.position.counts == (3, 1, 0, 0)  # the step has no effect on windows


async def test_a_successor_goes_on_and_recognises_the_last_record(start: Callable[..., Rig]) -> None:
    first = start(LIFE[:3])
    await first.until(lambda: first.position.next == 3)
    second = start(LIFE, store=first.store)
    await second.until(lambda: second.position.next == 4)
    assert second.log.seeks == [2]
    assert sum(second.position.counts) == 4
    assert second.store.partitions[HERE].rows == await figures(start)


async def test_a_lost_reply_is_never_retried_blindly(start: Callable[..., Rig]) -> None:
    store = FaultyStore()
    store.lost_replies = 2
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert sum(rig.position.counts) == len(LIFE)
    assert store.partitions[HERE].rows == await figures(start)


async def test_a_store_from_yesterday_heals_by_replay(start: Callable[..., Rig]) -> None:
    store = FaultyStore()

    def restored(_writes: Writes) -> None:
        store.partitions.clear()

    store.faults = [lambda _writes: None, restored]
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert rig.log.seeks == [0, 0]
    assert store.partitions[HERE].rows == await figures(start)


async def test_a_store_that_went_back_while_nothing_came_heals_all_the_same(
    start: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_LOOK", 0.02)
    rig = start()
    await rig.until(lambda: rig.position.next == len(LIFE))
    wanted = dict(rig.store.partitions[HERE].rows)
    rig.store.partitions.clear()
    await rig.until(lambda: rig.position.next == len(LIFE) and rig.store.partitions[HERE].rows == wanted)


async def test_who_lost_the_partition_is_refused_and_waits(start: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOST_FOR", 3600.0)
    store = FaultyStore()

    def taken(_writes: Writes) -> None:
        of = store.partitions[HERE]
        of.position = replace(of.position, epoch="somebody else's")

    store.faults = [taken]
    rig = start(store=store)
    await rig.until(lambda: not store.faults)
    for _ in range(100):
        await asyncio.sleep(0)
    assert (rig.position.epoch, rig.position.next, rig.log.seeks) == ("somebody else's", 0, [0])


async def test_a_claim_of_our_own_that_comes_late_is_nobody_else(start: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOST_FOR", 3600.0)
    store = FaultyStore()

    def overtaken(_writes: Writes) -> None:
        of = store.partitions[HERE]
        of.position = replace(of.position, epoch=rig.ports.owner + "before")

    store.faults = [overtaken]
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert rig.position.epoch.startswith(rig.ports.owner)
    assert store.partitions[HERE].rows == await figures(start)


async def test_a_store_that_is_away_is_waited_for(start: Callable[..., Rig]) -> None:
    store = FaultyStore()

    def away(_writes: Writes) -> None:
        raise StoreDownError("away")

    store.faults = [away, away]
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert store.partitions[HERE].rows == await figures(start)


async def test_a_batch_that_came_late_is_not_applied_over_a_gap(start: Callable[..., Rig]) -> None:
    rig = start(LIFE[:2])
    await rig.until(lambda: rig.position.next == 2)
    rig.log.events = LIFE
    await rig.pump.put(replace(batch(LIFE[3], first=3, partition=HERE), flow=len(rig.log.seeks)))
    await rig.until(lambda: rig.position.next == 4)
    assert sum(rig.position.counts) == 4


@pytest.mark.parametrize("applied", [0, 2])
async def test_a_batch_fetched_before_the_seek_is_neither_witness_nor_gap(start: Callable[..., Rig], applied: int) -> None:
    first = start(LIFE[:applied])
    await first.until(lambda: first.position.next == applied)
    second = start(LIFE, store=first.store)
    second.log.late = [2]  # read on before a connection broke, handed over when the log was sought anew
    await second.until(lambda: second.position.next == len(LIFE))
    assert (second.pump.halted, sum(second.position.counts)) == (False, len(LIFE))
    assert second.store.partitions[HERE].rows == await figures(start)


class Overtaken(ListLog):
    """Its first `seeks_lost` seeks are overtaken by another: it goes on elsewhere."""

    def __init__(self, events: list[ev.Event], seeks_lost: int) -> None:
        super().__init__(events)
        self.seeks_lost = seeks_lost

    async def _feed(self, offset: int, flow: int) -> None:
        lost = len(self.seeks) <= self.seeks_lost
        await super()._feed(2 if lost else offset, flow)


async def test_a_seek_that_was_overtaken_loses_no_record(start: Callable[..., Rig]) -> None:
    rig = start(log=Overtaken(LIFE, seeks_lost=1))
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert (rig.position.unaccounted, rig.store.partitions[HERE].rows) == (0, await figures(start))


async def test_a_gap_that_is_there_each_time_is_the_logs_own(start: Callable[..., Rig]) -> None:
    rig = start(log=Overtaken(LIFE, seeks_lost=1 << 30))
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert (rig.log.seeks, sum(rig.position.counts)) == ([0, 0], 2)


async def halted(rig: Rig) -> str:
    await rig.until(lambda: rig.store.partitions[HERE].halted is not None)
    assert rig.pump.halted
    await rig.pump.put(Batch("t", HERE, []))  # nobody waits for a halted partition
    return str(rig.store.partitions[HERE].halted)


@pytest.mark.parametrize(
    ("position", "first", "says"),
    [
        (Position(next=9, crc="x"), 0, "lost its tail"),
        (Position(next=2, crc="x"), 3, "records were deleted"),
        (Position(next=2, crc="not this one"), 0, "another log"),
        (Position(next=2, crc="x", identity={"cluster": "elsewhere"}), 0, "cluster elsewhere"),
        (Position(next=2, crc="x", identity={"rules": "0"}), 0, "chiso rebuild"),
    ],
)
async def test_a_position_that_does_not_belong_to_the_log_halts(
    start: Callable[..., Rig], position: Position, first: int, says: str
) -> None:
    store = FaultyStore()
    store.partitions[HERE].position = position
    assert says in await halted(start(log=ListLog(LIFE, first), store=store))
    assert store.partitions[HERE].position.next == position.next


@pytest.mark.parametrize("events", [LIFE, []])
async def test_a_store_that_lost_everything_begins_with_what_the_raw_topic_still_has(
    start: Callable[..., Rig], events: list[ev.Event]
) -> None:
    """It forgets after a week, and nobody has to decide about that; also where nothing is left at all, so that nobody waits for it."""
    rig = start(log=ListLog(events, first=5), identity=RAW)
    await rig.until(lambda: rig.position.next == 5 + len(events))
    assert (rig.position.gap, rig.position.unaccounted, rig.pump.halted) == (5, 0, False)


async def test_rules_that_changed_are_nothing_to_the_raw_topic(start: Callable[..., Rig]) -> None:
    store = FaultyStore()
    store.partitions[HERE].position = Position(next=4, crc="gap", identity=IDENTITY.fields() | {"rules": "0", "zone": "UTC"})
    rig = start(store=store, identity=RAW)
    await rig.until(lambda: rig.pump.taken)
    assert store.partitions[HERE].halted is None


async def test_another_raw_log_is_for_somebody_to_decide_and_no_rebuild_would_help(start: Callable[..., Rig]) -> None:
    store = FaultyStore()
    store.partitions[HERE].position = Position(next=2, crc="x", identity=IDENTITY.fields() | {"cluster": "elsewhere"})
    assert "chiso accept-gap" in await halted(start(store=store, identity=RAW))


async def test_a_bug_leaves_the_position_unmoved(start: Callable[..., Rig]) -> None:
    def bug(_writes: Writes) -> None:
        raise ZeroDivisionError

    store = FaultyStore()
    store.faults = [bug]
    rig = start(store=store)
    with pytest.raises(ZeroDivisionError):
        await rig.task
    assert rig.position.next == 0


async def test_a_store_that_was_emptied_while_it_was_read_is_no_bug(start: Callable[..., Rig]) -> None:
    """A dossier's state is read before, its unit's counters after: less than nothing would be left of them."""
    store = FaultyStore()

    def emptied(_writes: Writes) -> None:
        store.partitions.clear()
        raise OverflowError("a counter left its range")

    rig = start(store=store)
    store.faults = [lambda _writes: None, emptied]
    await rig.until(lambda: rig.position.next == len(LIFE) and not store.faults)
    assert store.partitions[HERE].rows == await figures(start)


async def test_refusals_without_a_reason_end_in_reading_the_position(start: Callable[..., Rig]) -> None:
    def refuse(_writes: Writes) -> None:
        raise RefusedError("due is a string")

    store = FaultyStore()
    store.faults = [refuse]
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert rig.log.seeks == [0, 0]


async def test_a_fetch_that_lost_its_beginning_after_a_seek_is_sought_again(start: Callable[..., Rig]) -> None:
    first = start(LIFE[:2])
    await first.until(lambda: first.position.next == 2)
    second = start(log=Overtaken(LIFE, seeks_lost=1), store=first.store)  # what came first was beyond the record applied last
    await second.until(lambda: second.position.next == len(LIFE))
    assert (second.pump.halted, second.log.seeks, second.position.unaccounted) == (False, [1, 1], 0)
    assert second.store.partitions[HERE].rows == await figures(start)


async def test_a_record_applied_last_that_never_comes_again_halts(start: Callable[..., Rig]) -> None:
    first = start(LIFE[:2])
    await first.until(lambda: first.position.next == 2)
    second = start(log=Overtaken(LIFE, seeks_lost=1 << 30), store=first.store)
    assert "another log" in await halted(second)


class Marked(ListLog):
    """Offsets between the records, and after the last, hold marks of transactions, which nobody is given."""

    topic = SYNC

    def at(self, start: int) -> Batch:
        found = super().at(start)
        for record in found.records:
            record.offset = record.offset * 3 + 1
        return replace(found, topic=self.topic)

    async def extent(self, partition: int) -> tuple[int, int]:
        return 0, len(self.events) * 3 + 2

    async def _feed(self, offset: int, flow: int) -> None:
        assert self.pump is not None
        for start in range(0, len(self.events), 2):
            some = self.at(start).since(offset)
            if some.records:
                await self.pump.put(replace(some, flow=flow))
        await self.pump.put(Batch(self.topic, HERE, [], flow, len(self.events) * 3 + 2))


async def test_offsets_that_hold_no_record_are_passed_and_accounted_for(start: Callable[..., Rig]) -> None:
    rig = start(log=Marked(LIFE))
    end = len(LIFE) * 3 + 2
    await rig.until(lambda: rig.position.next == end)
    assert (rig.position.gap, sum(rig.position.counts), rig.position.unaccounted) == (end - len(LIFE), len(LIFE), 0)
    assert rig.store.partitions[HERE].rows == await figures(start)
    again = start(log=Marked(LIFE), store=rig.store)  # goes on where nothing can be recognised
    await again.until(lambda: bool(again.log.seeks))
    assert (again.pump.halted, again.log.seeks) == (False, [end])


async def test_offsets_without_a_record_in_a_topic_that_only_chiso_writes_are_not_accounted_for(start: Callable[..., Rig]) -> None:
    log = Marked(LIFE)
    log.topic = EVENTS
    rig = start(log=log)
    end = len(LIFE) * 3 + 2
    await rig.until(lambda: rig.position.next == end)
    first = 2  # of the log's beginning, with the first batch of two records
    assert rig.position.gap == first + 1
    assert rig.position.unaccounted == end - len(LIFE) - rig.position.gap > 0


async def test_a_store_that_takes_no_batch_is_asked_ever_less_often_and_is_no_hang(
    start: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    attempts: list[bool] = []
    monkeypatch.setattr(module, "PATIENCE", (0.001, 0.002, 0.004))
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(seconds)

    monkeypatch.setattr(module.asyncio, "sleep", sleep)
    store = FaultyStore()

    def full(_writes: Writes) -> None:
        attempts.append(rig.pump.waiting)
        raise StoreDownError("OOM command not allowed")

    store.faults = [full] * 5
    rig = start(store=store)
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert attempts == [False, True, True, True, True]
    assert [one for one in slept if one] == [0.001, 0.002, 0.004, 0.004, 0.004]
    assert not rig.pump.waiting


async def test_a_record_that_no_client_can_read_halts_its_partition(start: Callable[..., Rig]) -> None:
    rig = start()
    await rig.until(lambda: rig.position.next == len(LIFE))
    await rig.pump.put(Batch("t", HERE, (), len(rig.log.seeks), -1))
    assert "not UTF-8" in await halted(rig)
    assert rig.position.next == len(LIFE)
