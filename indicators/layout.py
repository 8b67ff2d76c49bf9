"""All units in one order, and how figures add up along the tree: whole arrays at once, the deepest level first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indicators.units import Tree

Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]
NOBODY = -1


class Layout:
    """The order of units: those of the tree and any others, sorted. An array by unit has a row for each of `codes`."""

    def __init__(self, tree: Tree, others: Iterable[str] = ()) -> None:
        self.tree = tree
        self.codes: tuple[str, ...] = tuple(sorted({*tree.parents, *others}))
        self.index = {code: place for place, code in enumerate(self.codes)}

    def places(self, codes: Iterable[str]) -> Ints:
        """Rows of units."""
        return np.array([self.index[code] for code in codes], np.int64)

    @cached_property
    def parents(self) -> Ints:
        """Row of each unit's parent, NOBODY for none."""
        found = (self.tree.parents.get(code) for code in self.codes)
        return np.array([NOBODY if parent is None else self.index[parent] for parent in found], np.int64)

    @cached_property
    def tops(self) -> Ints:
        """Row of the province or ministry each unit belongs to, itself included; NOBODY for none."""
        found = (self.tree.province(code) for code in self.codes)
        return np.array([NOBODY if top is None else self.index[top] for top in found], np.int64)

    @cached_property
    def peers(self) -> Mapping[tuple[str, str | None], list[str]]:
        """(kind, parent) → units that are compared with each other."""
        found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for code, kind in self.tree.kinds.items():
            found[kind, self.tree.parents.get(code)].append(code)
        return found

    def peers_of(self, unit: str) -> list[str]:
        """The unit and all it is compared with; empty where it is not ranked."""
        kind = self.tree.kinds.get(unit)
        return [] if kind is None else self.peers[kind, self.tree.parents.get(unit)]

    @cached_property
    def levels(self) -> Sequence[tuple[Ints, Ints, Ints]]:
        """(children by parent, where each parent's begin, parents) of each level, deepest first."""
        depth = np.array([len(self.tree.above(code)) for code in self.codes], np.int64)
        found = []
        for level in range(int(depth.max(initial=0)), 0, -1):
            children = np.flatnonzero(depth == level)
            children = children[np.argsort(self.parents[children], kind="stable")]
            parents, starts = np.unique(self.parents[children], return_index=True)
            found.append((children, starts, parents))
        return found

    def spread(self, codes: Sequence[str], rows: Ints) -> Ints:
        """Rows given by other codes' order, in this one; the other units have zeros."""
        found = np.zeros((len(self.codes), *rows.shape[1:]), rows.dtype)
        found[self.places(codes)] = rows
        return found

    def column(self, values: Mapping[str, tuple[int, ...]], place: int) -> Ints:
        """One of the values of each unit, 0 for the others."""
        found = np.zeros(len(self.codes), np.int64)
        for code, numbers in values.items():
            if code in self.index:
                found[self.index[code]] = numbers[place]
        return found

    def summed(self, own: Ints) -> Ints:
        """Every unit's own and all below it."""
        found = own.copy()
        for children, starts, parents in self.levels:
            found[parents] += np.add.reduceat(found[children], starts, axis=0)
        return found

    def united(self, own: Bits) -> Bits:
        """Sets as bits: every unit's own and all below it."""
        found = own.copy()
        for children, starts, parents in self.levels:
            found[parents] |= np.bitwise_or.reduceat(found[children], starts, axis=0)
        return found
