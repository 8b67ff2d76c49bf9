"""Day rows of all units in memory, and their sums before any day, so that a day-aligned period of all units is two look-ups.

A unit's windows may lie in several partitions: a table each, days in order, and a row of 32-bit counters a day. Sums before the days that are
asked for again and again (the bounds of this month, quarter, year, …) are kept for all units; only those that changed are summed anew.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indicators.lanes import DAY_COUNTERS, LANE_BYTES

PLACE = {name: place for place, name in enumerate(DAY_COUNTERS)}
_SIZE = len(DAY_COUNTERS)
_WIDTH = _SIZE * LANE_BYTES
_LOW, _HIGH = PLACE["handling_seconds"], PLACE["handling_seconds_high"]
KEPT = 64  # days whose sums are kept

Ints = NDArray[np.int64]


@dataclass(slots=True)
class _Table:
    """Rows of one unit in one partition, by day."""

    days: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    rows: NDArray[np.uint32] = field(default_factory=lambda: np.zeros((0, _SIZE), np.uint32))

    def put(self, rows: Mapping[int, bytes | None]) -> None:
        kept = np.isin(self.days, np.fromiter(rows, np.int64, len(rows)), invert=True)
        new = {day: stored for day, stored in rows.items() if stored}
        table = np.frombuffer(b"".join(stored.ljust(_WIDTH, b"\0") for stored in new.values()), "<u4").reshape(-1, _SIZE)
        days = np.concatenate([self.days[kept], np.fromiter(new, np.int64, len(new))])
        order = np.argsort(days, kind="stable")
        self.days, self.rows = days[order], np.concatenate([self.rows[kept], table])[order]

    def before(self, day: int) -> Ints:
        found: Ints = self.rows[: np.searchsorted(self.days, day)].sum(axis=0, dtype=np.int64)
        return found


@dataclass(slots=True)
class _Sums:
    """Sums of all units before one day, as they were at a version of the cube."""

    version: int = 0
    rows: Ints = field(default_factory=lambda: np.zeros((0, _SIZE), np.int64))


class Cube:
    """All units. `put` replaces rows, `drop` forgets a partition, `before` answers. `version` counts changes."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[int, _Table]] = {}  # unit → partition → table
        self._changed: dict[str, int] = {}  # unit → version of its last change, in the order of `index`
        self._sums: OrderedDict[int, _Sums] = OrderedDict()
        self.index: dict[str, int] = {}  # unit → its row in `before`; never taken back
        self.version = 0

    def put(self, unit: str, partition: int, rows: Mapping[int, bytes | None]) -> None:
        """Rows of days as they stand now; None where there is none any more."""
        tables = self._tables.get(unit)
        if tables is None:
            tables = self._tables[unit] = {}
            self.index[unit] = len(self.index)
        tables.setdefault(partition, _Table()).put(rows)
        self._touch(unit)

    def _touch(self, unit: str) -> None:
        self.version += 1
        self._changed[unit] = self.version

    def drop(self, partition: int) -> None:
        """Forgets all rows of a partition."""
        for unit, tables in self._tables.items():
            if tables.pop(partition, None) is not None:
                self._touch(unit)

    def units(self) -> list[str]:
        """Units with any row, sorted."""
        return sorted(unit for unit in self._tables if self.partitions(unit))

    def first(self) -> int | None:
        """The first day that has a row; None where there is none."""
        days = (int(table.days[0]) for tables in self._tables.values() for table in tables.values() if len(table.days))
        return min(days, default=None)

    def partitions(self, unit: str) -> list[int]:
        """Partitions that hold windows of the unit."""
        return [partition for partition, table in self._tables.get(unit, {}).items() if len(table.days)]

    def of(self, unit: str, day: int) -> Ints:
        """Counters of one unit summed over all days < `day`, in the order of DAY_COUNTERS; handling time whole in its low lane."""
        found = np.zeros(_SIZE, np.int64)
        for table in self._tables.get(unit, {}).values():
            found += table.before(day)
        found[_LOW] += found[_HIGH] << 32
        found[_HIGH] = 0
        return found

    def before(self, day: int) -> Ints:
        """The same of all units, a row each by `index`. Not to be written to."""
        sums = self._sums.pop(day, None) or _Sums()
        self._sums[day] = sums
        if len(self._sums) > KEPT:
            self._sums.popitem(last=False)
        if sums.version != self.version:
            if len(sums.rows) < len(self.index):
                sums.rows = np.concatenate([sums.rows, np.zeros((len(self.index) - len(sums.rows), _SIZE), np.int64)])
            for unit, changed in self._changed.items():
                if changed > sums.version:
                    sums.rows[self.index[unit]] = self.of(unit, day)
            sums.version = self.version
        return sums.rows
