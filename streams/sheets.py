"""Scorecards of any period, from what is followed; kept until something they rest on changes."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from indicators import inputs
from indicators.book import Book
from indicators.cube import Cube, Ints
from indicators.figures import SOON, DayTotals, OpenNow, counts, open_now
from indicators.formulas import Rule
from indicators.layout import Layout
from indicators.periods import Period, months_of
from indicators.procedures import Look
from indicators.registry import Registry
from indicators.services import Services
from indicators.sheet import Sheet, build
from indicators.times import Zone
from indicators.units import Tree
from indicators.workdays import Calendar

KEPT = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """How counting is done here: zone, calendar, rule, and the unit whose room this is."""

    zone: Zone
    calendar: Calendar
    rule: Rule
    room: str


class Sheets:
    """One for a process. `registry` gives the registry as it is now, `today` the day number of now."""

    def __init__(self, dossiers: Cube, petitions: Cube, book: Book, services: Services) -> None:
        self._cubes, self._book, self._services = (dossiers, petitions), book, services
        self._layouts: dict[int, tuple[Tree, int, Layout]] = {}
        self._summed: OrderedDict[tuple[int, int], tuple[int, Layout, Ints]] = OrderedDict()
        self._kept: OrderedDict[tuple[int, int, int], tuple[object, Sheet]] = OrderedDict()

    def tree(self, registry: Registry, day: int, room: str) -> Tree:
        """Who belonged to whom; a room nobody registered is the root of all units without a parent."""
        tree = registry.tree(day)
        if room in tree.parents:
            return tree
        units = tuple(sorted({unit for unit in self._known() if not tree.parents.get(unit) and unit != room}))
        return replace(tree, parents={**tree.parents, room: None}, children={**tree.children, room: units})

    def _known(self) -> set[str]:
        return {*self._cubes[0].index, *self._cubes[1].index, *self._book.units()}

    def layout(self, registry: Registry, day: int, room: str) -> Layout:
        """The order of units on a day."""
        plain = registry.tree(day)
        known = self._known()
        kept = self._layouts.get(id(plain))
        if kept is None or kept[0] is not plain or kept[1] != len(known):
            if len(self._layouts) >= KEPT:
                self._layouts.clear()
            kept = self._layouts[id(plain)] = plain, len(known), Layout(self.tree(registry, day, room), known)
        return kept[2]

    def _before(self, family: int, layout: Layout) -> Callable[[int], Ints]:
        """Sums before a day of every unit and all below it."""
        cube = self._cubes[family]

        def before(day: int) -> Ints:
            kept = self._summed.pop((family, day), None)
            if kept is None or kept[0] != cube.version or kept[1] is not layout:
                own = cube.before(day)
                kept = cube.version, layout, layout.summed(layout.spread(list(cube.index), own))
            self._summed[family, day] = kept
            if len(self._summed) > KEPT:
                self._summed.popitem(last=False)
            return kept[2]

        return before

    def of(self, registry: Registry, period: Period, today: int, terms: Terms) -> Sheet:
        """The scorecard of a period as facts stand now."""
        layout = self.layout(registry, period.b - 1, terms.room)
        stamp = (layout, registry, terms, self._cubes[0].version, self._cubes[1].version, self._book.version, self._services.version)
        key = period.a, period.b, today
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] != stamp:
            kept = stamp, self._built(registry, layout, period, today, terms)
        self._kept[key] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]

    def _built(self, registry: Registry, layout: Layout, period: Period, today: int, terms: Terms) -> Sheet:
        dossiers, petitions = (DayTotals(self._before(family, layout)) for family in (0, 1))
        counted, complaints = counts(dossiers, period, today), counts(petitions, period, today)
        pairs = inputs.dossiers(dossiers, counted, period, today) | inputs.petitions(petitions, complaints, period, today)
        months = months_of(period) if period.whole_months else None
        look = Look(period, today, terms.zone, terms.calendar)
        pairs |= self._book.pairs(layout, look, self._services, months)
        reported = registry.reported(months or [])
        pairs["4.6"] = layout.summed(layout.column(reported["4.6"], 0)), layout.summed(layout.column(reported["4.6"], 1))
        if terms.rule == "document":
            received = layout.summed(layout.column(reported["1.4"], 1))
            pairs["1.4"] = inputs.synchronised(dossiers, counted, period, received)
        return build(layout, period, terms.rule, counted, pairs)

    def totals(self, sheet: Sheet) -> tuple[DayTotals, DayTotals]:
        """Sums of dossiers and of petitions, by unit with everything below, in the order of the sheet."""
        dossiers, petitions = (DayTotals(self._before(family, sheet.layout)) for family in (0, 1))
        return dossiers, petitions

    def open_now(self, sheet: Sheet, today: int, calendar: Calendar) -> OpenNow:
        """Open dossiers by state today; `sheet` is of a period that ends after today."""
        totals = DayTotals(self._before(0, sheet.layout))
        return open_now(totals, sheet.counts, today, calendar.add(today, SOON))
