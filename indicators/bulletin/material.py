"""What tables are made of: a month's scorecards and those it is compared with, counts of flags, late dossiers, lists; all of it taken at one moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from indicators.bulletin.late import Late
from indicators.bulletin.model import Cell, Ratio, Room
from indicators.figures import Counts
from indicators.layout import Ints
from indicators.periods import Period
from indicators.registry import Registry
from indicators.scores import NONE
from indicators.sheet import Rank, Sheet
from indicators.units import KINDS


class Line(NamedTuple):
    """A unit where it stands in tables: `depth` below the room, `place` its row in arrays, `known` whether it has figures in the month."""

    code: str
    name: str
    kind: str | None
    depth: int
    place: int
    known: bool


class Form(NamedTuple):
    """Form 06a of a period: counts by unit, received online by unit, and of the room by sector: code → (name, counts, received online)."""

    period: str
    counts: Counts
    online: Ints
    sectors: Sequence[tuple[str, str, Counts, int]]


@dataclass(frozen=True)
class Material:
    """`sheets`: now, before, last_year, year, year_last (year to date, and the same days of the year before). `line` are twelve months, oldest first.

    `places`: ranks of `now` and `before`. `flags` are counts by unit of what was received (or finished) in the month with a flag. `petitions` counts.
    `lists` are rows of the lists of duty and signs as they are printed, by table. `until` is the first day not over.
    """

    room: Room
    period: Period
    until: int
    registry: Registry
    sheets: Mapping[str, Sheet]
    line: Sequence[Sheet]
    places: Mapping[str, Ints]
    ranks: tuple[Rank | None, Rank | None]  # of the room, now and before
    among: Mapping[str, int]  # province → how many it is ranked among, where others published totals
    published: int | None  # the day of those totals, where they stood in for a province without figures
    flags: Mapping[str, Ints]
    petitions: Counts
    form: Form
    sectors: Sequence[tuple[str, str, Counts, int]]  # of the month
    late: Sequence[Late]
    times: Mapping[tuple[str, str | None], int]  # (unit, official) → dossiers late since the year began; None is the unit itself
    handled: Mapping[tuple[str, str], int]  # (unit, official) → dossiers finished in the month
    lists: Mapping[str, Sequence[tuple[Cell, ...]]] = field(default_factory=dict)
    official: Callable[[str | None], str | None] = lambda _: None  # how officials are named, where they may be

    @property
    def now(self) -> Sheet:
        """The month's scorecard."""
        return self.sheets["now"]

    @cached_property
    def units(self) -> tuple[Line, ...]:
        """The room and all below it, each before those below; merged units only where they have figures of their own."""
        tree, layout = self.now.layout.tree, self.now.layout
        found: list[Line] = []

        def walk(code: str, depth: int) -> None:
            place = layout.index[code]
            known = bool(self.now.known[place])
            if known or code in tree.kinds or code == self.room.code:
                found.append(Line(code, self.name(code), tree.kinds.get(code), depth, place, known))
            for child in sorted(tree.children.get(code, ())):
                walk(child, depth + 1)

        walk(self.room.code, 0)
        return tuple(found)

    @cached_property
    def members(self) -> frozenset[str]:
        """The room and all below it."""
        return frozenset(self.now.layout.tree.members(self.room.code))

    def name(self, code: str) -> str:
        """Of a unit, as registered at the month's end; its code where nobody did."""
        found = self.registry.on(code, self.period.b - 1)
        return code if found is None else found.name

    def place(self, sheet: Sheet, code: str) -> int | None:
        """Row of a unit in another sheet, None where it is not there or has no figures."""
        found = sheet.layout.index.get(code)
        return None if found is None or not sheet.known[found] else found


def number(values: Any, place: int | None) -> int | None:
    """One of an array; None for none."""
    if place is None:
        return None
    found = int(values[place])
    return None if found == NONE else found


def ratio(numerator: int | None, denominator: int | None) -> Ratio | None:
    """None where there is nothing to divide by."""
    return Ratio(numerator, denominator) if numerator is not None and denominator else None


def less(one: int | None, other: int | None) -> int | None:
    """The difference, None where either is none."""
    return None if one is None or other is None else one - other


def kind_order(kind: str | None) -> int:
    """Ministries before provinces, departments before communes, others last."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
