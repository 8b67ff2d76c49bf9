"""What was told is read back once: a partition taken again begins where its notices were read to, and a second look at what is overdue reads none."""

import copy
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from indicators import events as ev
from streams import readback
from streams.alarm import Alarms
from streams.outbox import FROM, Relay
from streams.pump import Ports, Pump
from streams.store.memory import MemoryStore
from streams.store.store import StoreDownError
from streams.timers import Timers
from streams.topology import NOTICES
from streams.wanted import OVERDUE
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, HCM, batch, moment, received
from tests.streams.test_outbox import Producer
from tests.streams.test_simulated_timers import LEADS, Log
from tests.streams.test_simulated_workers import HERE, IDENTITY

ENDS = {0: 7, 1: 5, 2: 9}  # of the notices' topic
NOW = moment("2026-01-20")


class Rig:
    """A worker's timers over one partition; `read` are the starts of each reading of the notices' topic."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, events: list[ev.Event]) -> None:
        self.store, self.events, self.read = MemoryStore(), events, list[dict[int, int]]()
        self.start()
        monkeypatch.setattr(readback, "since", self.since)

    def start(self) -> None:
        """A process that knows nothing."""
        alarms = Alarms(self.store)  # type: ignore[arg-type]
        self.relay = Relay(self.store, Producer(), alarms.known, alarms.noting)
        wanted = SimpleNamespace(
            zone=HCM, terms=lambda _: LEADS, reached=lambda at: {OVERDUE: HCM.midnight(HCM.day(at)) - 1}, silent_from=lambda *_: None
        )
        self.timers = Timers(alarms, self.relay, wanted, SimpleNamespace(bootstrap="nowhere", ends={HERE: len(self.events)}), 12)  # type: ignore[arg-type]
        shared = Shared(self.store, DOSSIERS, lambda *_: None, alarms.of)
        self.pump = Pump(HERE, Ports(self.store, Log(self.events), IDENTITY, lambda _: None), Windows(HERE, shared))
        self.timers.pumps = lambda: {HERE: self.pump}
        self.alarm = alarms.of(HERE)

    async def since(self, _bootstrap: str, topic: str, starts: Mapping[int, int]) -> AsyncIterator[Any]:
        if topic == NOTICES:
            self.read.append(dict(starts))
            for place, end in ENDS.items():
                for offset in range(starts.get(place, 0), end):
                    headers = [(FROM, str(HERE).encode()), ("ce_id", f"{place}-{offset}".encode())]
                    yield SimpleNamespace(partition=place, offset=offset, headers=headers)

    async def take(self) -> None:
        await self.pump._take()
        if self.pump.position.next < len(self.events):
            await self.pump.apply(batch(*self.events, partition=HERE))
        await self.timers._read_back()

    async def step(self) -> None:
        for pump, alarm in self.timers._ready():
            await self.timers._step(pump, alarm, NOW)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(monkeypatch, [received("2026-01-10", dossier="H44.07-20260110-00001", due_at="2026-01-12")])


async def test_a_partition_taken_again_reads_only_notices_it_does_not_know(rig: Rig) -> None:
    await rig.take()
    assert rig.read == [{}]
    assert len(rig.alarm.known) == sum(ENDS.values())
    await rig.step()
    assert not any(name.startswith("to ") for name in await rig.store.marks(HERE)), "what the look told waits for the ids that were read"
    await rig.relay._send(HERE)
    assert not any(name.startswith("to ") for name in await rig.store.marks(HERE))
    await rig.step()
    marks = await rig.store.marks(HERE)
    assert {name: end for name, end in marks.items() if name.startswith("to ")} == {f"to {place}": end for place, end in ENDS.items()}
    rig.start()
    await rig.take()
    assert rig.read[1:] == [ENDS]
    assert not rig.alarm.known


async def test_a_look_that_did_not_end_leaves_notices_to_be_read_again(rig: Rig) -> None:
    await rig.take()
    rig.start()
    await rig.take()
    assert rig.read == [{}, {}]


async def test_the_second_look_at_what_is_overdue_reads_no_notices_and_keeps_what_is_known(rig: Rig) -> None:
    await rig.take()
    known = rig.alarm.known
    rig.timers._again[HERE] = 0.0
    await rig.timers._read_back()
    assert (len(rig.read), rig.alarm.known) == (1, known)
    await rig.step()
    await rig.relay._send(HERE)
    await rig.step()
    assert (await rig.store.marks(HERE))["to 2"] == ENDS[2]


async def test_no_marks_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: object) -> None:
        raise AssertionError("nobody asked for anything")

    monkeypatch.setattr(readback, "AIOKafkaConsumer", none)
    assert await readback.notices("nowhere", {}) == ({}, {})


async def test_a_store_that_lost_the_last_look_is_looked_at_again(rig: Rig) -> None:
    """Its position is where it was, for a look applies nothing: only the marks tell."""
    await rig.take()
    kept = copy.deepcopy(rig.store.partitions[HERE])
    await rig.step()
    told = dict(rig.store.partitions[HERE].told)
    assert told
    rig.store.partitions[HERE] = kept
    rig.timers._listened.clear()
    with pytest.raises(StoreDownError):
        await rig.step()
    await rig.timers._read_back()
    await rig.step()
    assert rig.store.partitions[HERE].told == told
