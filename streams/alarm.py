"""The due-time timers of one partition. They change no figure: they look at dossiers whose time has come, and tell.

Nothing is scanned: open dossiers stand in `due` by their due moment, and a mark for each stage says up to which due moment it was told. What changes
below the marks is noted by the batch that changes it (`moved`). A dossier that calls at a moment of its own stands in `watch`. What was told is kept
(`told`), written in the same step as what is to be sent, so a fault repeats the look and not the notice.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from indicators.dossier import decode_state
from indicators.fold import Change
from indicators.leads import Leads
from indicators.notices import Told, decode_told, encode_told, look, unit_of
from indicators.standing import standing
from indicators.times import Zone
from streams.entries import notice_entry, overdue_entry
from streams.failpoints import reach
from streams.store.redis import RedisStore
from streams.store.store import Firing, Position, Store, Writes
from streams.wanted import OVERDUE, SOON

CHUNK = 1000
SINCE_DAYS = {"late": 31, "odd": 400, "asked": 120}  # how far back lists are looked through where nothing was ever told
NEVER = 1 << 62


class Partition(Protocol):
    """The pump of the partition: nothing is applied while `still` is held."""

    partition: int
    halted: bool

    @property
    def still(self) -> asyncio.Lock: ...

    @property
    def position(self) -> Position: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Who is told when: the terms of a unit, and the marks of all terms there are at a moment."""

    zone: Zone
    terms: Callable[[str], Leads]
    reached: Callable[[int], Mapping[str, int]]


@dataclass(slots=True)
class Alarm:
    """One partition's. `forget` whenever the store may be another than it was."""

    partition: int
    store: Store
    topic: Mapping[str, int] | None = None  # what the overdue topic holds: dossier → due moment; None until it was read
    known: Collection[str] = frozenset()  # ids of notices that are in their topic already
    upto: Mapping[str, int] = field(
        default_factory=dict
    )  # marks up to which that was read, to be noted once nobody needs those ids any more
    _horizon: int | None = None  # changes of dossiers due up to here have to be looked at; None before anything was ever looked at
    _marks: dict[str, int] | None = None
    _compared: bool = False  # whether what was told is what the topic holds
    _next: dict[str, int] = field(default_factory=dict)  # mark → the least due moment above it
    _watch: int = 0
    _moved: bool = True

    def forget(self) -> None:
        """Everything is read again."""
        self.topic = self._horizon = self._marks = None
        self.upto = {}
        self._compared, self._moved = False, True

    def went_back(self, stored: Mapping[str, int]) -> bool:
        """Whether timers of the store have fired less far than is known here: it lost what the last look wrote."""
        return any(stored.get(mark, 0) < upto for mark, upto in (self._marks or {}).items() if mark == OVERDUE or mark.startswith(SOON))

    @property
    def looked(self) -> bool:
        """Whether a look has ended since everything was forgotten."""
        return self._compared

    async def _load(self) -> dict[str, int]:
        if self._marks is None:
            self._marks = await self.store.marks(self.partition)
            if OVERDUE in self._marks:
                self._horizon = max(upto for mark, upto in self._marks.items() if mark == OVERDUE or mark.startswith(SOON))
        return self._marks

    async def concerned(self, change: Change) -> list[str]:
        """The dossiers of a batch that have to be looked at. Raises StoreDownError."""
        await self._load()
        horizon = self._horizon
        if horizon is None:
            return []  # the first look sees everything
        return [
            number
            for number, (before, after, listed) in change.moved.items()
            if listed or (before is not None and before <= horizon) or (after is not None and after <= horizon)
        ]

    def noted(self, writes: Writes) -> None:
        """The batch was applied."""
        self._moved = self._moved or bool(writes.moved)
        if writes.due and self._marks is not None:
            for mark, told in self._marks.items():
                if mark in self._next:
                    self._next[mark] = min([self._next[mark], *(due for due in writes.due.values() if due is not None and due > told)])

    def calls(self, now: int, rules: Rules) -> bool:
        """Whether there is anything to do."""
        if self._marks is None or self._moved or self._watch <= now:
            return True
        return any(self._next.get(mark, 0) <= upto for mark, upto in rules.reached(now).items())

    async def step(self, pump: Partition, now: int, rules: Rules, relay: Callable[[int], None]) -> int:
        """Looks at everything whose time has come by `now`; gives how many notices there were. Raises RefusedError and StoreDownError."""
        told: dict[str, Told] = {}
        async with pump.still:
            marks = await self._load()
            if not self._compared:
                told = await self._differing(marks.get(OVERDUE, 0))
            reached = dict(rules.reached(now))
            self._horizon = max([*reached.values(), self._horizon or 0])
            numbers = await self._whose_time_has_come(marks, reached, rules.zone.day(now), now)
        reach("timers.read")
        notices = 0
        rest = iter({*numbers, *told})
        while some := list(islice(rest, CHUNK)):
            async with pump.still:
                if self._marks is not marks:
                    return notices  # everything was forgotten meanwhile: what is left is looked at again
                notices += await self._look(pump.position, some, told, now, rules)
            relay(self.partition)
            await self._breathe()
        async with pump.still:
            await self._settle(pump.position, marks, reached)
        return notices

    async def _differing(self, mark: int) -> dict[str, Told]:
        """Where the overdue topic holds something else than what was told: what it says is what was told. And what was told beyond the mark, by a look
        that was never ended: what changed of it since then nobody noted.
        """
        stored = {number: decode_told(value) for number, value in (await self.store.told(self.partition)).items()}
        topic = self.topic or {}
        ours = {number: told.due for number, told in stored.items() if told.standing}
        found = {}
        for number in topic.keys() | ours.keys():
            if topic.get(number) != ours.get(number):
                found[number] = told = stored.get(number, Told())
                told.due, told.standing = topic.get(number, 0), number in topic
            elif ours[number] > mark:
                found[number] = stored[number]
        return found

    async def _whose_time_has_come(self, marks: Mapping[str, int], reached: Mapping[str, int], today: int, now: int) -> set[str]:
        self._moved = False
        numbers = set(await self.store.moved(self.partition))
        numbers.update(await self.store.between(self.partition, "watch", 0, now))
        for mark, upto in reached.items():
            numbers.update(await self.store.between(self.partition, "due", marks.get(mark, 0), upto))
        if OVERDUE not in marks:
            numbers.update(await self.store.between(self.partition, "held", 0, NEVER))
            for name, days in SINCE_DAYS.items():
                numbers.update(await self.store.between(self.partition, f"list:{name}", today - days, NEVER))
        return numbers

    async def _look(self, position: Position, numbers: list[str], told: Mapping[str, Told], now: int, rules: Rules) -> int:
        """One chunk, written in one step."""
        states = await self.store.states(self.partition, numbers)
        before = await self.store.told(self.partition, numbers)
        outbox: dict[str, bytes] = {}
        after: dict[str, bytes | None] = {}
        watch: dict[str, int | None] = {}
        count = 0
        for number, packed in zip(numbers, states, strict=True):
            old = told.get(number) or (decode_told(before[number]) if number in before else Told())
            if packed is None:  # only the overdue topic knows it
                outbox.update([overdue_entry(number, None, 0, rules.zone)])
                after[number] = None
                continue
            state = decode_state(packed)
            terms = rules.terms(unit_of(number, state))
            found = look(state, standing(number, state, rules.zone), old, now, (terms, rules.zone))
            outbox.update(notice_entry(number, state, notice, now, rules.zone) for notice in found.notices)
            if found.standing is not None:
                outbox.update([overdue_entry(number, state if found.standing else None, found.told.due, rules.zone)])
            after[number] = encode_told(found.told) if found.told != Told() else None
            watch[number] = found.watch
            count += len(found.notices)
        reach("timers.looked")
        await self.store.fire(self.partition, Firing(position, outbox, after, watch, numbers))
        reach("timers.fired")
        return count

    async def _breathe(self) -> None:
        """Waits while much is still to be sent; not where the partition is taken anew, for then notices wait for us."""
        while self.topic is not None and await self.store.waiting(self.partition) > 2 * CHUNK:  # noqa: ASYNC110 - the outbox is in the store
            await asyncio.sleep(0.05)

    async def _settle(self, position: Position, marks: dict[str, int], reached: Mapping[str, int]) -> None:
        """Moves the marks, and finds out what comes next. Where everything was forgotten meanwhile, the store refuses or nothing is remembered."""
        changed = {mark: upto for mark, upto in reached.items() if marks.get(mark, 0) < upto}
        await self.store.fire(self.partition, Firing(position, marks=changed))
        marks |= changed
        following = {mark: await self.store.earliest(self.partition, "due", marks[mark]) for mark in reached}
        watch = await self.store.earliest(self.partition, "watch", 0)
        if self._marks is marks:
            self._next = {mark: NEVER if least is None else least for mark, least in following.items()}
            self._watch = NEVER if watch is None else watch
            self._compared = True


class Alarms:
    """Those of a worker's partitions; they stay when a partition goes and comes."""

    def __init__(self, store: RedisStore) -> None:
        self.store = store
        self._of: dict[int, Alarm] = {}

    def of(self, partition: int) -> Alarm:
        """The alarm of a partition."""
        return self._of.setdefault(partition, Alarm(partition, self.store))

    def known(self, partition: int) -> Collection[str] | None:
        """Ids of a partition's notices that are in their topic already; None until that was read."""
        alarm = self.of(partition)
        return None if alarm.topic is None else alarm.known

    def noting(self, partition: int, marks: Mapping[str, int]) -> Mapping[str, int]:
        """What may be noted of how far a partition's notices are known: whoever comes after us does not read what is before that. What may not yet is
        noted with what was read back.
        """
        alarm = self.of(partition)
        if alarm.topic is None:
            return {}
        if not alarm.upto:
            return marks
        alarm.upto = {name: max(marks.get(name, 0), alarm.upto.get(name, 0)) for name in marks.keys() | alarm.upto.keys()}
        return {}
