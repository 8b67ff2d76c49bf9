"""`chiso simulate`: the past at full speed, then life as it goes, into the raw topic. Its state lets a second start go on where the first ended."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from connectors.codec import Record, partition
from connectors.reference import calendar
from connectors.simulate import incident_truth, registered, truth
from connectors.simulate.incidents import Incidents
from connectors.simulate.lives import day_of
from connectors.simulate.offices import Province, provinces
from connectors.simulate.offices import registered as units_of
from connectors.simulate.stream import SPREAD, Span, Stream
from indicators.errors import UsageError
from streams import clock
from streams.registry import load, load_entries
from streams.sending import Sender, sender
from streams.topology import SYNC

PAST_DAYS = 45
SAVE_EVERY = 1.0
TRUTH_EVERY = 30.0
TICK = 0.25
STATUS = "simulation.json"
FLUSH_RECORDS = 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    provinces: int
    seed: int = 1
    days: int = PAST_DAYS
    office_hours: bool = False  # live only as real offices are: nothing comes in at night
    seconds: float | None = None  # live for so long; 0 for the past alone
    truth: Path | None = None
    incidents: bool = False


@dataclass(slots=True)
class State:
    """What was surely sent: everything up to the second `sent`. `watched` are the spans in which dossiers came in at any hour, `bursts` are
    (first, last, moment): what was to be sent in between was sent at once, at the moment.
    """

    provinces: int
    seed: int
    first_day: int
    end_day: int
    sent: int = 0
    live: bool = False
    watched: list[list[int]] = field(default_factory=list)
    incidents: bool = False
    bursts: list[list[int]] = field(default_factory=list)


def read(home: Path) -> State | None:
    """The state in a home, or None where nothing was simulated there."""
    try:
        return State(**json.loads((home / STATUS).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _save(home: Path, state: State) -> None:
    draft = home / f"{STATUS}.tmp"
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(home / STATUS)


def begin(home: Path, wish: Wish) -> State:
    """The state to start from, written; `live` is false until the past has been sent. Raises UsageError where another simulation was begun."""
    found = read(home)
    if found is None:
        today = day_of(int(clock.now()))
        found = State(wish.provinces, wish.seed, today - wish.days, today, incidents=wish.incidents)
    elif (found.provinces, found.seed, found.incidents) != (wish.provinces, wish.seed, wish.incidents):
        what = f"{found.provinces} provinces with seed {found.seed}{' and --incidents' if found.incidents else ''}"
        raise UsageError(f"{home} holds a simulation of {what}; go on with these, or choose another --home")
    found.live = False
    home.mkdir(parents=True, exist_ok=True)
    _save(home, found)
    return found


def rest(home: Path) -> None:
    """Nobody goes on with what was begun there, so nobody need wait for it."""
    found = read(home)
    if found is not None and not found.live:
        found.live = True
        _save(home, found)


async def run(bootstrap: str, home: Path, wish: Wish, tell: Callable[[str], None]) -> None:
    """Until cancelled, or for `wish.seconds` of live. Raises UnreachableError."""
    state = begin(home, wish)
    staged = provinces(wish.provinces, wish.seed)
    await load(bootstrap, units_of(staged), "the simulated units")
    incidents = None
    if wish.incidents:
        await _register(bootstrap, staged)
        incidents = Incidents(staged, wish.seed, state.end_day, calendar())
    stream = Stream(staged, wish.seed, state.first_day, state.end_day, calendar(), incidents)
    async with sender(bootstrap) as out:
        simulation = Simulation(home, state, stream, out, wish)
        try:
            await simulation.past(tell)
            await simulation.live()
        finally:
            _save(home, state)
            simulation.write_truth()


async def _register(bootstrap: str, staged: list[Province]) -> None:
    """What incidents rest on: papers that procedures list, and a limit of provinces for asking for more."""
    await load_entries(bootstrap, "procedure", registered.papers())
    await load_entries(bootstrap, "setting", registered.settings(staged))


class Simulation:
    """One stream on its way into the topic."""

    def __init__(self, home: Path, state: State, stream: Stream, out: Sender, wish: Wish) -> None:
        self._home, self._state, self._stream, self._out, self._wish = home, state, stream, out, wish
        self._count = 0

    async def past(self, tell: Callable[[str], None]) -> None:
        """Everything up to now that was not sent before."""
        state, now = self._state, int(clock.now())
        if not self._wish.office_hours and self._wish.seconds != 0:
            before = state.watched[-1][1] if state.watched else 0
            state.watched.append([max(before, now - SPREAD), now + 1])
        state.bursts.append([state.sent + 1, now, now])
        await self._send(now)
        state.live = True
        _save(self._home, state)
        tell(f"{len(self._stream.said):,} dossiers of {state.provinces} simulated provinces told of; {self._count:,} records sent")
        self.write_truth()

    async def live(self) -> None:
        """As time goes, never ahead of it."""
        started = saved = written = time.monotonic()
        while self._wish.seconds is None or time.monotonic() - started < self._wish.seconds:
            now = int(clock.now())
            if not self._wish.office_hours:
                self._state.watched[-1][1] = now + 1
            await self._send(now)
            if time.monotonic() - saved > SAVE_EVERY:
                saved = time.monotonic()
                _save(self._home, self._state)
            if time.monotonic() - written > TRUTH_EVERY:
                self.write_truth()
                written = time.monotonic()
            await asyncio.sleep(TICK)

    async def _send(self, upto: int) -> None:
        """What is sent up to a second; what was surely sent before is only told of again."""
        state = self._state
        count = await self._out.partitions(SYNC)
        waiting = 0
        for second, records in self._stream.until(upto, [Span(first, last) for first, last in state.watched]):
            if second <= state.sent:
                continue
            for record in records:
                await self._one(record, count)
            waiting += len(records)
            if waiting > FLUSH_RECORDS:
                await self._out.flush()
                waiting, state.sent = 0, second
                _save(self._home, state)
                self._tell_progress(second)
        await self._out.flush()
        state.sent = max(state.sent, upto)

    async def _one(self, record: Record, count: int) -> None:
        self._count += 1
        await self._out.send(SYNC, partition(record.key, count), record)

    def _tell_progress(self, second: int) -> None:
        if sys.stderr.isatty():
            days = self._state.end_day - day_of(second)
            sys.stderr.write(f"\r{self._count:,} records sent, {days} days before today ")
            sys.stderr.flush()

    def write_truth(self) -> None:
        """What was staged so far, where it was asked for."""
        if self._wish.truth is None:
            return
        stream, found = self._stream, None
        if stream.incidents is not None:
            found = incident_truth.Truth(stream.incidents, stream.said, self._state.bursts, int(clock.now())).all()
        truth.write(self._wish.truth, stream.said.values())
        if found is not None:
            incident_truth.write(self._wish.truth, found)
