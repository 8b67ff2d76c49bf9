"""Who belongs to whom: units with their names, kinds and parents, each valid for a time, and the tree they make on a day.

A unit that was merged rolls into its successor in every period, so that this year and last year compare like with like.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ROOT = "VN"
KINDS = ("country", "ministry", "province", "department", "commune")


@dataclass(frozen=True, slots=True)
class Version:
    """What held of a unit from day `first` up to and with day `last` (day numbers, None for unbounded)."""

    name: str
    kind: str
    parent: str | None = None
    first: int | None = None
    last: int | None = None
    merged_into: str | None = None

    def holds(self, day: int) -> bool:
        """Whether it is this one that holds on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Unit:
    """A code and everything that ever held of it, in time order."""

    code: str
    versions: tuple[Version, ...]

    def on(self, day: int) -> Version:
        """The version of a day; before the first it is the first, after one the last that was."""
        begun = [version for version in self.versions if version.first is None or version.first <= day]
        return begun[-1] if begun else self.versions[0]

    def successor(self) -> str | None:
        """The unit it was merged into at last."""
        return self.versions[-1].merged_into


@dataclass(frozen=True)
class Tree:
    """Parents and children on one day."""

    parents: Mapping[str, str | None]
    children: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str] = field(default_factory=dict)  # of units that were not merged into others

    def members(self, code: str) -> list[str]:
        """The unit and everything below it."""
        found = [code]
        for one in found:
            found += self.children.get(one, ())
        return found

    def above(self, code: str) -> list[str]:
        """The units above, nearest first."""
        found: list[str] = []
        while (code := self.parents.get(code) or "") and code not in found:
            found.append(code)
        return found

    def province(self, code: str) -> str | None:
        """The province or ministry the unit belongs to, itself included: the one below the country."""
        line = [code, *self.above(code)]
        return line[-2] if len(line) > 1 else None


def grow(units: Mapping[str, Unit], day: int) -> Tree:
    """Who belonged to whom on a day."""
    parents = {code: unit.successor() or unit.on(day).parent for code, unit in units.items()}
    children: dict[str, list[str]] = defaultdict(list)
    for code, parent in parents.items():
        if parent is not None:
            children[parent].append(code)
    kinds = {code: unit.on(day).kind for code, unit in units.items() if unit.successor() is None}
    return Tree(parents, {code: tuple(sorted(found)) for code, found in children.items()}, kinds)


def bounds(version: Version) -> list[int]:
    """Days on which something else begins to hold."""
    return [day for day in (version.first, None if version.last is None else version.last + 1) if day is not None]


def faults(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """(code, what is wrong) of a whole registry: unknown parents, circles, spans that overlap."""
    known = {unit.code: unit for unit in units}
    found: list[tuple[str, str]] = []
    for unit in known.values():
        for version in unit.versions:
            found += [(unit.code, f"names {other}, which is not registered") for other in _named(version) if other not in known]
        pairs = zip(unit.versions, unit.versions[1:], strict=False)
        found += [(unit.code, "has two lines for the same days") for one, next_ in pairs if _overlap(one, next_)]
    days = {day for unit in known.values() for version in unit.versions for day in (version.first, version.last) if day is not None}
    return found or _circles(known, sorted(days) or [0])


def _named(version: Version) -> list[str]:
    return [other for other in (version.parent, version.merged_into) if other is not None]


def _overlap(one: Version, following: Version) -> bool:
    return one.last is None or following.first is None or following.first <= one.last


def _circles(units: Mapping[str, Unit], days: list[int]) -> list[tuple[str, str]]:
    """Units that are above themselves on one of the days."""
    found: dict[str, str] = {}
    for day in days:
        tree = grow(units, day)
        for code in units:
            if tree.parents[code] == code or code in tree.above(code):
                found[code] = "is above itself"
    return sorted(found.items())
