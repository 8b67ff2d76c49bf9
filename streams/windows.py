"""The windows of one owned partition: load → fold → write."""

from dataclasses import dataclass
from typing import Protocol

from indicators.buckets import RowKey
from indicators.fold import Change, fold
from indicators.times import Zone
from streams.batch import Batch, Reader
from streams.failpoints import reach
from streams.pump import advanced
from streams.store.store import Position, Store, Writes

ROWS_CACHED = 200_000


class Watch(Protocol):
    """Who is told of every applied batch: partition, what was written, seconds it took."""

    def __call__(self, partition: int, writes: Writes, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Shared:
    """What the windows of all partitions of a worker share."""

    store: Store
    reader: Reader
    zone: Zone
    watch: Watch


class Windows:
    """The `Work` of a partition of dossier events."""

    def __init__(self, partition: int, shared: Shared) -> None:
        self._partition = partition
        self._store, self._reader, self._zone, self._watch = shared.store, shared.reader, shared.zone, shared.watch
        self._rows: dict[RowKey, int] = {}

    def forget(self) -> None:
        """Rows seen lately are read from the store again."""
        self._rows.clear()

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """Loads, folds, and says what is to be written."""
        reading = self._reader.read(batch)
        numbers = list(reading.groups)
        reach("windows.decoded")
        stored = dict(zip(numbers, await self._store.states(self._partition, numbers), strict=True))
        reach("windows.loaded")
        change = fold(reading.groups, stored, self._zone)
        reach("windows.folded")
        rows = await self._absolute(change)
        reach("windows.ready")
        heard = change.applied + change.no_effect + change.duplicate
        after = advanced(position, batch, (change.applied, change.no_effect, change.duplicate, len(batch.records) - heard))
        first_ms = batch.records[0].timestamp
        return Writes(position, after, first_ms, change.states, rows, change.due, change.held, reading.rejected, kinds=change.kinds)

    def applied(self, writes: Writes, seconds: float) -> None:
        """Remembers the rows, and tells."""
        if len(self._rows) > ROWS_CACHED:
            self._rows.clear()
        self._rows.update(writes.rows)
        self._watch(self._partition, writes, seconds)

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
        stored = await self._store.rows(self._partition, list(unknown))
        for (key, delta), old in zip(unknown.items(), stored, strict=True):
            rows[key] = old + delta
        return rows
