"""An alarm that is forgotten in the midst of a look gives way: notices wait for the topic to be read back, and it may not wait for them."""

import asyncio

import pytest

from indicators import events as ev
from streams.alarm import CHUNK, Alarm, Alarms, Rules
from streams.entries import unpack
from streams.pump import Ports, Pump
from streams.store.memory import MemoryStore
from streams.store.store import Firing, StoreDownError
from streams.wanted import OVERDUE
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, HCM, batch, make, moment, received
from tests.streams.test_simulated_timers import LEADS, Log
from tests.streams.test_simulated_workers import HERE, IDENTITY


async def test_a_partition_taken_anew_while_much_is_to_be_sent_is_no_deadlock() -> None:
    store = MemoryStore()
    events = [received("2026-01-10", dossier=f"H44.07-20260110-{number:05}", due_at="2026-01-12") for number in range(3 * CHUNK)]
    alarm = Alarm(HERE, store)
    shared = Shared(store, DOSSIERS, lambda *_: None, lambda _: alarm)
    pump = Pump(HERE, Ports(store, Log(events), IDENTITY, lambda _: None), Windows(HERE, shared))
    await pump._take()
    await pump.apply(batch(*events, partition=HERE))
    alarm.topic = {}
    now = moment("2026-01-20")
    rules = Rules(HCM, lambda _: LEADS, lambda at: {OVERDUE: HCM.midnight(HCM.day(at)) - 1})

    def relay(_partition: int) -> None:
        if len(store.partitions[HERE].outbox) > 2 * CHUNK:
            alarm.forget()

    async with asyncio.timeout(20):
        told = await alarm.step(pump, now, rules, relay)
    assert CHUNK < told < 6 * CHUNK
    assert alarm.topic is None
    alarm.topic = {}
    store.partitions[HERE].outbox.clear()
    async with asyncio.timeout(20):
        await alarm.step(pump, now, rules, lambda _: store.partitions[HERE].outbox.clear())
    assert sum(1 for value in store.partitions[HERE].told.values() if value) == len(events)


class Interrupted(MemoryStore):
    """Lost before the end of a first look is noted."""

    lost = False

    async def fire(self, partition: int, firing: Firing) -> None:
        if firing.marks and not self.lost:
            self.lost = True
            raise StoreDownError("away")
        await super().fire(partition, firing)


async def test_what_was_told_by_a_look_that_was_never_ended_is_looked_at_once_more() -> None:
    store = Interrupted()
    number = "H44.07-20260110-0001"
    opened = received("2026-01-10", dossier=number, due_at="2026-01-12")
    ended = make(ev.Processed, "2026-01-11", dossier=number)
    alarm = Alarm(HERE, store)
    shared = Shared(store, DOSSIERS, lambda *_: None, lambda _: alarm)
    pump = Pump(HERE, Ports(store, Log([opened, ended]), IDENTITY, lambda _: None), Windows(HERE, shared))
    await pump._take()
    await pump.apply(batch(opened, partition=HERE))
    alarm.topic = {}
    now = moment("2026-01-20")
    rules = Rules(HCM, lambda _: LEADS, lambda at: {OVERDUE: HCM.midnight(HCM.day(at)) - 1})
    with pytest.raises(StoreDownError):
        await alarm.step(pump, now, rules, lambda _: None)
    await pump._take()
    await pump.apply(batch(opened, ended, partition=HERE))  # it was finished in time all the while
    store.partitions[HERE].outbox.clear()
    alarm.topic = {number: moment("2026-01-12")}  # as sent
    await alarm.step(pump, now, rules, lambda _: None)
    assert [unpack(entry).value for entry in store.partitions[HERE].outbox.values()] == [None]


def test_what_is_sent_while_the_first_look_goes_on_is_noted_with_what_was_read_back() -> None:
    alarms = Alarms(MemoryStore())  # type: ignore[arg-type]
    alarm = alarms.of(HERE)
    assert alarms.noting(HERE, {"to 0": 9}) == {}  # nothing was read back yet
    alarm.topic, alarm.upto = {}, {"to 0": 5, "to 2": 7}
    assert alarms.noting(HERE, {"to 0": 9, "to 1": 3}) == {}
    assert alarm.upto == {"to 0": 9, "to 1": 3, "to 2": 7}
    alarm.upto = {}
    assert alarms.noting(HERE, {"to 0": 11}) == {"to 0": 11}
