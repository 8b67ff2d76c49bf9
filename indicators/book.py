"""All procedures of all agencies, and the indicators that rest on them: 1.1 to 1.3, 3.1, 3.2, 3.5a, 3.5b, 4.5a.

Parents unite: a procedure that ten communes handle is one procedure of their province, as the portal counts.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from indicators.inputs import Pairs
from indicators.layout import Bits, Ints, Layout
from indicators.procedures import BITS, SEPARATOR, Look, ProcedureState, bits, decode_procedure
from indicators.services import WORD, Codes, Services

KEPT = 32
# indicator → (bits counted above, bits that take away from them, bits counted below)
COUNTED = {
    "1.1": ("published", "published_late", "published"),
    "1.2": ("to_open", "opened_late", "to_open"),
    "1.3": ("complete", None, "open"),
    "3.1": ("online", None, "listed"),
    "3.5a": ("payable", None, "fee"),
    "4.5a": ("population", None, "citizens"),
}


_Drawn = tuple[Mapping[str, Bits], Pairs]  # planes by the name of their bit, and what was counted on them


class Book:
    """`put` takes states, `pairs` answers. `version` counts changes."""

    def __init__(self) -> None:
        self.codes = Codes()
        self.version = 0
        self._stored: dict[int, Mapping[str, bytes]] = {}
        self._states: dict[str, ProcedureState] = {}
        self._units: frozenset[str] = frozenset()
        self._kept: OrderedDict[object, _Drawn] = OrderedDict()

    def put(self, partition: int, stored: Mapping[str, bytes]) -> None:
        """All states of a partition as they stand now."""
        before = self._stored.get(partition, {})
        changed = {name for name in {*before, *stored} if before.get(name) != stored.get(name)}
        for name in changed:
            if name in stored:
                self._states[name] = decode_procedure(stored[name])
                self.codes[name.partition(SEPARATOR)[0]]
            else:
                self._states.pop(name, None)
        self._stored[partition] = dict(stored)
        if changed:
            self.version += 1
            self._units = frozenset(name.partition(SEPARATOR)[2] for name in self._states)

    def states(self) -> Iterator[tuple[str, str, ProcedureState]]:
        """(procedure, unit, state) of all."""
        for name, state in self._states.items():
            procedure, _, unit = name.partition(SEPARATOR)
            yield procedure, unit, state

    def units(self) -> frozenset[str]:
        """Units with any procedure."""
        return self._units

    def pairs(self, layout: Layout, look: Look, services: Services, months: list[str] | None) -> Pairs:
        """Numerators and denominators by unit; 3.2 and 3.5b only where `months` are those of the period."""
        key = look.period, look.today, self.version, layout
        planes, found = self._remembered(key, lambda: self._counted(layout, look))
        if months is None:
            return found
        _, used = self._remembered((*key, services.version), lambda: (planes, _used(planes, *services.of(layout, months))))
        return found | used

    def _remembered(self, key: object, made: Callable[[], "_Drawn"]) -> "_Drawn":
        kept = self._kept.pop(key, None)
        self._kept[key] = found = made() if kept is None else kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _counted(self, layout: Layout, look: Look) -> "_Drawn":
        planes = self._drawn(layout, look)
        found: Pairs = {}
        for name, (above, less, below) in COUNTED.items():
            counted = planes[above] & ~planes[less] if less is not None else planes[above] & planes[below]
            found[name] = _count(counted), _count(planes[below])
        return planes, found

    def _drawn(self, layout: Layout, look: Look) -> dict[str, Bits]:
        planes = np.zeros((len(BITS), len(layout.codes), max(self.codes.words, 1)), np.uint64)
        rows = list(self.states())
        units = np.array([layout.index[unit] for _, unit, _ in rows], np.int64)
        codes = np.array([self.codes[procedure] for procedure, _, _ in rows], np.uint64)
        what = np.array([bits(state, unit, look) for _, unit, state in rows], np.int64)
        for place, plane in enumerate(planes):
            has = np.flatnonzero(what >> place & 1)
            np.bitwise_or.at(plane, (units[has], codes[has] // WORD), np.uint64(1) << codes[has] % WORD)
        return {name: layout.united(plane) for name, plane in zip(BITS, planes, strict=True)}


def _used(planes: Mapping[str, Bits], used: Bits, paid: Bits) -> Pairs:
    """3.2 and 3.5b: of what is online, or owes a fee, what was received or paid for."""
    found: Pairs = {}
    for name, plane, marks in (("3.2", planes["online"], used), ("3.5b", planes["fee"], paid)):
        width = min(plane.shape[1], marks.shape[1])
        found[name] = _count(plane[:, :width] & marks[:, :width]), _count(plane)
    return found


def _count(plane: Bits) -> Ints:
    found: Ints = np.bitwise_count(plane).sum(axis=1, dtype=np.int64)
    return found
