"""The windows of one owned partition of facts: load → fold → write. What is read and folded is the family's affair."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from indicators.buckets import RowKey
from indicators.fold import Change
from indicators.services import lit
from streams.alarm import Alarm
from streams.batch import Batch, Reading
from streams.failpoints import reach
from streams.progress import advanced
from streams.store.store import Position, Store, Writes

ROWS_CACHED = 200_000


class Watch(Protocol):
    """Who is told of every applied batch: partition, what was written, seconds it took."""

    def __call__(self, partition: int, writes: Writes, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Family:
    """What kind of events these are: `read` admits and groups them, `fold` computes what they change, `tell` makes outbox entries of tellings."""

    read: Callable[[Batch], Reading]
    fold: Callable[[Mapping[str, Sequence[Any]], Mapping[str, bytes | None]], Change]
    tell: Callable[[Change], dict[str, bytes]] = lambda _: {}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the windows of all partitions of a worker share."""

    store: Store
    family: Family
    watch: Watch
    alarm: Callable[[int], Alarm | None] = lambda _: None  # timers of a partition, where there are any


class Windows:
    """The `Work` of a partition."""

    waiting = False

    def __init__(self, partition: int, shared: Shared) -> None:
        self._partition = partition
        self._alarm = shared.alarm(partition)
        self._store, self._family, self._watch = shared.store, shared.family, shared.watch
        self._rows: dict[RowKey, int] = {}
        self._lit: dict[str, list[str]] = {}

    def forget(self) -> None:
        """Rows seen lately are read from the store again."""
        self._rows.clear()
        if self._alarm is not None:
            self._alarm.forget()

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """Loads, folds, and says what is to be written."""
        reading = self._family.read(batch)
        numbers = list(reading.groups)
        reach("windows.decoded")
        stored = dict(zip(numbers, await self._store.states(self._partition, numbers), strict=True))
        reach("windows.loaded")
        change = self._family.fold(reading.groups, stored)
        reach("windows.folded")
        rows = await self._absolute(change)
        reach("windows.ready")
        heard = change.applied + change.no_effect + change.duplicate
        after = advanced(position, batch, (change.applied, change.no_effect, change.duplicate, len(batch.records) - heard))
        first_ms = batch.records[0].timestamp
        outbox = reading.rejected | self._family.tell(change)
        moved = () if self._alarm is None else await self._alarm.concerned(change)
        plain = position, after, first_ms, change.states, rows, change.due, change.held, outbox
        return Writes(*plain, kinds=change.kinds, lit=self._lit, lists=change.lists, moved=moved, heard=change.heard)

    def applied(self, writes: Writes, seconds: float) -> None:
        """Remembers the rows, and tells."""
        if len(self._rows) > ROWS_CACHED:
            self._rows.clear()
        self._rows.update(writes.rows)
        if self._alarm is not None:
            self._alarm.noted(writes)
        self._watch(self._partition, writes, seconds)

    async def _absolute(self, change: Change) -> dict[RowKey, int]:
        """The rows that change, as they are to stand; those not seen lately are read from the store."""
        cached = self._rows
        self._lit = {}
        rows: dict[RowKey, int] = {}
        unknown: dict[RowKey, int] = {}
        for key, delta in change.rows.items():
            if delta:
                old = cached.get(key)
                if old is None:
                    unknown[key] = delta
                else:
                    self._put(rows, key, old, delta)
        stored = await self._store.rows(self._partition, list(unknown))
        for (key, delta), old in zip(unknown.items(), stored, strict=True):
            self._put(rows, key, old, delta)
        return rows

    def _put(self, rows: dict[RowKey, int], key: RowKey, old: int, delta: int) -> None:
        """Notes which procedures of a month begin or cease to have dossiers or payments: readers keep these as sets."""
        rows[key] = new = old + delta
        if key[0] == "procedure" and lit(old) != lit(new):
            self._lit.setdefault(key[1], []).append(key[2])
