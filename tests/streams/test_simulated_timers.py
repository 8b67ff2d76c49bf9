"""Timers under everything that Hypothesis can think of: time passes, dossiers change, workers die at any named place, the store goes back or is lost.

The same alarm, windows and relay that run in production, over lists instead of topics. The relay sends while looks go on, and how far notices were read back is noted. Whatever happened: no notice stands in its topic twice, none of
what must be told lacks, and the overdue topic holds exactly the dossiers that are open and overdue.
"""

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connectors.notices import identity
from indicators import events as ev
from indicators.dossier import State, join
from indicators.leads import Leads, Wishes
from indicators.notices import FINISHED_LATE, OVERDUE, PAST, Notice
from indicators.ontime import LATE, clock
from indicators.standing import standing
from indicators.times import DAY
from streams import alarm as alarm_module
from streams import failpoints
from streams.alarm import Alarms, Rules
from streams.outbox import FROM, Relay
from streams.pump import Ports, Pump
from streams.store.memory import MemoryStore, Partition
from streams.timers import Timers as Clockwork
from streams.topology import NOTICES
from streams.wanted import OVERDUE as MARK
from streams.wanted import SOON
from streams.windows import Shared, Windows
from tests.builders import CALENDAR, DOSSIERS, HCM, admitted, batch, life, moment
from tests.streams.test_simulated_workers import HERE, IDENTITY, NUMBERS

POINTS = [name for name in failpoints.POINTS if name.startswith(("timers.", "outbox.", "apply.", "windows."))]
LEADS = Leads(Wishes(), CALENDAR, HCM)
HOUR = 3600


class Crashed(BaseException):
    """The process is gone."""


class Busy(MemoryStore):
    """Whenever somebody asks how much waits, the relay has sent in between."""

    sending: Callable[[int], Awaitable[None]]

    async def waiting(self, partition: int) -> int:
        await self.sending(partition)
        return await super().waiting(partition)


class Topics:
    """What Kafka holds of notices and overdue dossiers; it is the relay's producer too."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.overdue: dict[str, int] = {}

    async def send(self, topic: str, *, key: bytes, value: bytes | None, headers: list[tuple[str, bytes]]) -> Any:
        told = dict(headers)
        assert told[FROM] == str(HERE).encode()
        offset = len(self.notices)
        if topic == NOTICES:
            self.notices.append(told["ce_id"].decode())
        elif value is None:
            self.overdue.pop(key.decode(), None)
        else:
            self.overdue[key.decode()] = due_of(value)
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sent.set_result(SimpleNamespace(topic=topic, partition=0, offset=offset))
        return sent


def due_of(value: bytes) -> int:

    return int(json.loads(value)["due"])


class Log:
    """The pump's log."""

    def __init__(self, events: list[ev.Event]) -> None:
        self.events, self.cursor = events, 0

    async def extent(self, partition: int) -> tuple[int, int]:
        return 0, len(self.events)

    async def flow(self, partition: int, offset: int) -> int:
        self.cursor = offset
        return 0

    def pause(self, partition: int) -> None:
        pass


async def live(store: Busy, events: list[ev.Event], topics: Topics, now: int) -> None:
    """One worker: takes the partition, reads back, applies what there is, looks, sends."""
    alarms, log = Alarms(store), Log(events)
    relay = Relay(store, topics, alarms.known, alarms.noting)
    store.sending = relay._send
    pump = Pump(HERE, Ports(store, log, IDENTITY, lambda _: None), Windows(HERE, Shared(store, DOSSIERS, lambda *_: None, alarms.of)))
    await pump._take()
    alarm = alarms.of(HERE)
    alarm.topic = dict(topics.overdue)
    mark, end = (await store.marks(HERE)).get("to 0", 0), len(topics.notices)
    alarm.known = set(topics.notices[mark:])
    alarm.upto = {"to 0": end} if end > mark else {}
    rules = Rules(
        HCM,
        lambda _: LEADS,
        lambda at: {MARK: HCM.midnight(HCM.day(at)) - 1, **{f"{SOON}{name}": upto for name, upto in LEADS.reached(at).items()}},
    )
    while some := events[log.cursor : log.cursor + 3]:
        fetched = batch(*some, first=log.cursor, partition=HERE)
        log.cursor += len(some)
        await pump.apply(fetched)
        if alarm.calls(now, rules):
            await alarm.step(pump, now, rules, lambda _: None)
    await alarm.step(pump, now, rules, lambda _: None)
    await relay._send(HERE)
    await Clockwork(alarms, relay, None, None, 1)._note(pump, alarm)
    assert (await store.marks(HERE)).get("to 0", 0) == len(topics.notices), "whoever comes next reads nothing again"


class Timers(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.events: list[ev.Event] = []
        self.store = Busy()
        self.topics = Topics()
        self.copies: list[Partition] = []
        self.now = moment("2026-01-20T00:00")

    @rule(events=st.one_of([life(number, 3) for number in NUMBERS]))
    def said(self, events: list[ev.Event]) -> None:
        self.events += events

    @rule(hours=st.integers(1, 24 * 9))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule()
    def works(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alarm_module, "CHUNK", 1)
            asyncio.run(live(self.store, self.events, self.topics, self.now))

    @rule(point=st.sampled_from(POINTS), count=st.integers(1, 3))
    def dies(self, point: str, count: int) -> None:
        reached = []

        def hook(name: str) -> None:
            reached.append(name)
            if name == point and reached.count(point) == count:
                raise Crashed

        failpoints.hook = hook
        try:
            self.works()
        except Crashed:
            pass
        finally:
            failpoints.hook = None

    @rule()
    def copied(self) -> None:
        self.copies.append(copy.deepcopy(self.store.partitions[HERE]))

    @precondition(lambda self: self.copies)
    @rule(place=st.integers(0, 100))
    def restored(self, place: int) -> None:
        self.store.partitions[HERE] = copy.deepcopy(self.copies[place % len(self.copies)])

    @rule()
    def flushed(self) -> None:
        self.store.partitions.clear()

    def teardown(self) -> None:
        if not hasattr(self, "events"):
            return
        self.works()
        assert len(self.topics.notices) == len(set(self.topics.notices)), "told twice"
        states: dict[str, State] = {}
        for event in self.events:
            join(states.setdefault(event.dossier, State()), *admitted(event))
        overdue, wanted = {}, {}
        for number, state in states.items():
            stands, times = standing(number, state, HCM), clock(state, HCM)
            if stands.due is not None and self.now >= HCM.midnight(HCM.day(stands.due) + 1):
                overdue[number] = stands.due
                wanted[identity(number, Notice(OVERDUE, str(stands.due), 0, {}))] = OVERDUE, state, times
            if stands.counted is not None and stands.counted.verdict == LATE and self.now - (times.finished_at or 0) <= PAST - DAY:
                wanted[identity(number, Notice(FINISHED_LATE, str(stands.counted.finished), 0, {}))] = FINISHED_LATE, state, times
        assert self.topics.overdue == overdue
        lacking = [wanted[one] for one in wanted.keys() - set(self.topics.notices)]
        assert not lacking, (self.now, lacking)


TestTimers = Timers.TestCase
TestTimers.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
