"""Day rows of all units in memory, and prefix sums over them, so that any day-aligned period is two look-ups.

A unit's windows may lie in several partitions; rows are kept as stored, one a partition and day, and summed when the unit is asked for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indicators.lanes import DAY_COUNTERS, LANE_BYTES
from indicators.units import Tree

PLACE = {name: place for place, name in enumerate(DAY_COUNTERS)}
_WIDTH = len(DAY_COUNTERS) * LANE_BYTES


class Sums:
    """Prefix sums of one unit: `before(day)` gives every counter summed over all days before it, in the order of DAY_COUNTERS."""

    def __init__(self, days: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        self._days, self._rows = days, rows
        self._sums = np.zeros((len(days) + 1, len(DAY_COUNTERS)), np.int64)
        np.cumsum(rows, axis=0, out=self._sums[1:])

    def before(self, day: int) -> NDArray[np.int64]:
        """Counters of all days < `day`."""
        found: NDArray[np.int64] = self._sums[np.searchsorted(self._days, day)]
        return found


def added(parts: Sequence[Sums]) -> Sums:
    """The sums of several units as one."""
    if len(parts) == 1:
        return parts[0]
    days, places = np.unique(np.concatenate([part._days for part in parts]), return_inverse=True)  # noqa: SLF001 - its own kind
    table = np.zeros((len(days), len(DAY_COUNTERS)), np.int64)
    np.add.at(table, places, np.concatenate([part._rows for part in parts]))  # noqa: SLF001
    return Sums(days, table)


def sums_of(rows: Mapping[int, list[bytes]]) -> Sums:
    """Prefix sums of rows by day; several rows of a day add up."""
    days = np.array(sorted(rows), np.int64)
    table = np.zeros((len(days), len(DAY_COUNTERS)), np.int64)
    for place, day in enumerate(days.tolist()):
        for stored in rows[day]:
            table[place] += np.frombuffer(stored.ljust(_WIDTH, b"\0"), "<u4")
    return Sums(days, table)


class Cube:
    """All units. `put` replaces rows, `drop` forgets a partition, `sums` answers."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, dict[int, bytes]]] = defaultdict(dict)  # unit → partition → day → stored row
        self._sums: dict[str, Sums] = {}
        self._stamps: dict[str, int] = defaultdict(int)  # unit → how often its rows changed
        self._totals: dict[str, tuple[object, int, Sums]] = {}  # unit → (tree, stamps of its members, sums of all of them)

    def put(self, unit: str, partition: int, rows: Mapping[int, bytes | None]) -> None:
        """Rows of days as they stand now; None where there is none any more."""
        kept = self._rows[unit].setdefault(partition, {})
        for day, stored in rows.items():
            if stored:
                kept[day] = stored
            else:
                kept.pop(day, None)
        self._changed(unit)

    def _changed(self, unit: str) -> None:
        self._sums.pop(unit, None)
        self._stamps[unit] += 1

    def drop(self, partition: int) -> None:
        """Forgets all rows of a partition."""
        for unit, parts in self._rows.items():
            if parts.pop(partition, None) is not None:
                self._changed(unit)

    def units(self) -> list[str]:
        """Units with any row, sorted."""
        return sorted(unit for unit, parts in self._rows.items() if any(parts.values()))

    def partitions(self, unit: str) -> list[int]:
        """Partitions that hold windows of the unit."""
        return [partition for partition, rows in self._rows.get(unit, {}).items() if rows]

    def sums(self, unit: str) -> Sums:
        """Prefix sums of the unit."""
        found = self._sums.get(unit)
        if found is None:
            merged: dict[int, list[bytes]] = defaultdict(list)
            for rows in self._rows.get(unit, {}).values():
                for day, stored in rows.items():
                    merged[day].append(stored)
            found = self._sums[unit] = sums_of(merged)
        return found

    def total(self, unit: str, tree: Tree) -> Sums:
        """Prefix sums of the unit and everything below it."""
        members = tree.members(unit)
        if len(members) == 1:
            return self.sums(unit)
        stamp = sum(self._stamps.get(member, 0) for member in members)
        kept = self._totals.get(unit)
        if kept is None or kept[0] is not tree or kept[1] != stamp:
            parts = [self.sums(unit), *(self.total(child, tree) for child in tree.children[unit])]
            kept = self._totals[unit] = tree, stamp, added(parts)
        return kept[2]
