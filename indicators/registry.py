"""What is known beside the facts, each valid for a time: units, procedures, sectors, targets, reports, peers' figures, settings, officials, addresses.

It acts on the reading side only, so it may change at any time without replay.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from indicators.addresses import Address, address
from indicators.units import Tree, Unit, Version, bounds, grow

REPORTED = ("1.4", "4.6")
Pairs = dict[str, tuple[int, int]]  # unit → numerator, denominator


@dataclass(frozen=True, slots=True)
class Entry:
    """What held of a code from day `first` up to and with day `last` (day numbers, None for unbounded)."""

    values: Mapping[str, Any]
    first: int | None = None
    last: int | None = None

    def holds(self, day: int) -> bool:
        """Whether it held on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


Entries = Mapping[str, Mapping[str, tuple[Entry, ...]]]  # kind → code → entries


@dataclass(frozen=True)
class Registry:
    """Everything registered; values never change, a new registry takes their place."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    entries: Entries = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", lru_cache(maxsize=64)(self._grow))

    def on(self, code: str, day: int) -> Version | None:
        """What held of a unit on a day, None where nobody registered it."""
        unit = self.units.get(code)
        return None if unit is None else unit.on(day)

    @cached_property
    def _days(self) -> list[int]:
        return sorted({day for unit in self.units.values() for version in unit.versions for day in bounds(version)})

    def tree(self, day: int) -> Tree:
        """Who belonged to whom on a day; the same object for all days on which nothing changed."""
        tree: Tree = self._tree(bisect_right(self._days, day))  # type: ignore[attr-defined]
        return tree

    def _grow(self, epoch: int) -> Tree:
        day = self._days[epoch - 1] if epoch else (self._days[0] - 1 if self._days else 0)
        return grow(self.units, day)

    def entry(self, kind: str, code: str, day: int) -> Mapping[str, Any] | None:
        """What was registered of a code of a kind on a day; None where nothing was."""
        found = (one for one in self.entries.get(kind, {}).get(code, ()) if one.holds(day))
        return next((one.values for one in found), None)

    def name(self, kind: str, code: str, day: int) -> str | None:
        """The name of a procedure, sector or official."""
        found = self.entry(kind, code, day)
        return None if found is None else found["name"]

    def official(self, code: str, day: int) -> str | None:
        """Whose code it was on a day."""
        return self.name("official", code, day)

    def addresses(self, unit: str, day: int) -> list[Address]:
        """Where the unit's own notices go; a unit without an address gets none, and nobody above gets them in its place."""
        return [found for entry, found in self._addresses.get(unit, ()) if entry.holds(day)]

    @cached_property
    def _addresses(self) -> Mapping[str, list[tuple[Entry, Address]]]:
        found: dict[str, list[tuple[Entry, Address]]] = {}
        for _, entries in sorted(self.entries.get("address", {}).items()):
            for entry in entries:
                one = address(entry.values)
                found.setdefault(one.unit, []).append((entry, one))
        return found

    def target(self, line: Iterable[str], indicator: str, day: int) -> float | None:
        """The ratio aimed at: that of the first unit of `line` (itself, then those above) that has one."""
        found = (self.entry("target", f"{unit}:{indicator}", day) for unit in line)
        return next((one["ratio"] for one in found if one is not None), None)

    def reported(self, months: Iterable[str]) -> dict[str, Pairs]:
        """What agencies reported of indicators that no event tells: sums of the months for 1.4, the last month's for 4.6."""
        found: dict[str, Pairs] = {name: {} for name in REPORTED}
        wanted = sorted(months)
        by_code = self._reports
        for month in wanted:
            for unit, name, numerator, denominator in by_code.get(month, ()):
                old = found[name].get(unit, (0, 0)) if name == "1.4" else (0, 0)
                found[name][unit] = old[0] + numerator, old[1] + denominator
        return found

    @cached_property
    def _reports(self) -> Mapping[str, list[tuple[str, str, int, int]]]:
        found: dict[str, list[tuple[str, str, int, int]]] = {}
        for code, entries in self.entries.get("report", {}).items():
            month, unit, name = code.split(":", 2)
            values = entries[-1].values
            found.setdefault(month, []).append((unit, name, values["numerator"], values["denominator"]))
        return found

    @cached_property
    def published(self) -> tuple[int, Mapping[str, int]] | None:
        """(day, unit → total in hundredths) of the figures published last, as `chiso peers load` took them."""
        readings = [(entry.first or 0, entry.values["totals"]) for entries in self.entries.get("peers", {}).values() for entry in entries]
        return max(readings, key=lambda one: one[0]) if readings else None


def overlapping(entries: Iterable[Entry]) -> bool:
    """Whether two of them hold on the same day."""
    ordered = sorted(entries, key=lambda one: float("-inf") if one.first is None else one.first)
    return any(one.last is None or other.first is None or other.first <= one.last for one, other in pairwise(ordered))
