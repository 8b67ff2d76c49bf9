"""Workers that crash, sleep, wake as zombies, and a store that goes back in time, in any order that Hypothesis can think of.

The same pump and windows that run in production, over a log that is a list; every step is taken by hand, so the scheduler is the test.
"""

import copy
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from connectors.codec import partition
from indicators import events as ev
from indicators.arrivals import NUMBERS as RUNNING
from indicators.buckets import change, tally
from indicators.dossier import State, join
from streams.pump import AstrayError, Ports, Pump
from streams.store.memory import MemoryStore, Partition
from streams.store.store import Identity, RefusedError
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, HCM, admitted, batch, life, windows

HERE = partition(b"H44.07", 1)
IDENTITY = Identity("cluster", "topic", "1", "Asia/Ho_Chi_Minh")
NUMBERS = ("H44.07-20260801-0001", "H44.07-20260801-0002")


def drive(work: Any) -> Any:
    """Runs what never really waits."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


class Worker:
    """One worker's life of the partition, step by step."""

    def __init__(self, store: MemoryStore, log: list[ev.Event]) -> None:
        self._log = log
        self.cursor = 0
        shared = Shared(store, DOSSIERS, lambda *_: None)
        self.pump = Pump(HERE, Ports(store, self, IDENTITY, lambda _: None), Windows(HERE, shared))
        self.take()

    def take(self) -> None:
        drive(self.pump._take())

    def step(self, records: int) -> None:
        """Applies what was fetched; whatever the store says against it, the position is read again, as `run` does."""
        some = self._log[self.cursor : self.cursor + records]
        if not some:
            return
        fetched = batch(*some, first=self.cursor, partition=HERE)
        self.cursor += len(some)
        try:
            drive(self.pump.apply(fetched))
        except (AstrayError, RefusedError):
            self.take()

    async def extent(self, partition: int) -> tuple[int, int]:
        return 0, len(self._log)

    async def flow(self, partition: int, offset: int) -> int:
        self.cursor = offset
        return 0

    def pause(self, partition: int) -> None:
        pass


class Workers(RuleBasedStateMachine):
    alive = Bundle("alive")

    @initialize()
    def begin(self) -> None:
        self.log: list[ev.Event] = []
        self.store = MemoryStore()
        self.copies: list[Partition] = []

    @rule(events=st.one_of([life(number, 3) for number in NUMBERS]))
    def said(self, events: list[ev.Event]) -> None:
        self.log += events

    @precondition(lambda self: self.log)
    @rule(place=st.integers(0, 10_000))
    def said_again(self, place: int) -> None:
        self.log.append(self.log[place % len(self.log)])

    @rule(target=alive)
    def joins(self) -> Worker:
        return Worker(self.store, self.log)

    @rule(worker=alive, records=st.integers(1, 4))
    def steps(self, worker: Worker, records: int) -> None:
        """Any of them: the owner, or a zombie who does not know."""
        worker.step(records)

    @rule(worker=alive)
    def takes_again(self, worker: Worker) -> None:
        worker.take()

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

    @invariant()
    def every_stored_state_is_that_of_a_prefix_of_the_log(self) -> None:
        if not hasattr(self, "log"):
            return
        of = self.store.partitions[HERE]
        assert sum(of.position.counts) == of.position.next
        assert +Counter(windows(of.rows)) == plain(self.log[: of.position.next])
        seen = {event.dossier for event in self.log[: of.position.next]}
        assert {number for (kind, agency, day), row in of.rows.items() if kind == RUNNING for number in bits(agency, day, row)} == seen

    def teardown(self) -> None:
        last = Worker(self.store, self.log)
        while self.store.partitions[HERE].position.next < len(self.log):
            last.step(3)
        self.every_stored_state_is_that_of_a_prefix_of_the_log()


def bits(agency: str, day: str, row: int) -> list[str]:
    return [f"{agency}-{day}-{number:04}" for number in range(row.bit_length()) if row >> number & 1]


def plain(log: list[ev.Event]) -> Counter[Any]:
    """All rows by one look at each dossier's whole story."""
    states: dict[str, State] = {}
    for event in log:
        join(states.setdefault(event.dossier, State()), *admitted(event))
    rows: dict[Any, int] = {}
    for number, state in states.items():
        change(rows, None, tally(number, state, HCM))
    return +Counter(rows)


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
