"""All figures as columns of series, the most important first: what of them is shown depends on what kind of unit it is of.

The country, ministries, provinces and the room itself are shown in full; departments too, but of other periods than the month where there is
room after everything else; of communes totals alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.exposition import Column, labels
from indicators.figures import OpenNow
from indicators.formulas import BLOCKS, GRADES, changed
from indicators.layout import Ints, Layout
from indicators.registry import Registry
from indicators.scores import NONE, PERCENT
from indicators.sheet import Sheet
from indicators.tabulate import tabulate
from indicators.units import KINDS

TOP, MIDDLE, LOW = "province", "department", "commune"
TOPS = ("country", "ministry", "province")
COUNTED = ("received", "carried_over", "finished_early", "finished_on_time", "finished_late")
ALL, UPPER = (TOP, MIDDLE, LOW), (TOP, MIDDLE)
ON_TIME = "2.1"

# group → period → of whom it is shown; whatever is not here is left out, and counted as such
SHOWN: Mapping[str, Mapping[str, Sequence[str]]] = {
    "open": {"month": ALL},
    "counted": {"day": (TOP,), "month": ALL, "quarter": (TOP,), "year": UPPER, "rolling_30": (TOP,)},
    "on_time": {"month": ALL, "quarter": UPPER, "year": UPPER, "rolling_30": UPPER},
    "indicator": {"month": UPPER, "quarter": (TOP,), "year": (TOP,), "rolling_30": (TOP,)},
    "block": {"month": UPPER, "quarter": (TOP,), "year": UPPER, "rolling_30": (TOP,)},
    "total": {"month": ALL, "quarter": UPPER, "year": ALL, "rolling_30": UPPER},
    "rank": {"month": ALL, "quarter": UPPER, "year": UPPER, "rolling_30": UPPER},
    "grade": {"month": UPPER, "quarter": (TOP,), "year": UPPER, "rolling_30": (TOP,)},
    "before": {"month": UPPER, "quarter": (TOP,), "year": UPPER},
    "last_year": {"month": (TOP,), "year": (TOP,)},
    "list": {"month": UPPER},
}
# group → periods shown of departments too, where the budget has room: in a province's room, not of the whole country
SPARE: Mapping[str, Sequence[str]] = {
    "counted": ("quarter", "rolling_30"),
    "indicator": ("quarter", "year", "rolling_30"),
    "block": ("quarter", "rolling_30"),
}


@dataclass(frozen=True)
class Units:
    """Who is shown: units of a layout, those that have figures (`known`), sorted by how much of them is shown."""

    layout: Layout
    known: NDArray[np.bool_]
    room: str

    @cached_property
    def tails(self) -> list[str]:
        """The last label of every unit."""
        return [labels(unit=code) for code in self.layout.codes]

    @cached_property
    def tiers(self) -> dict[str, NDArray[np.bool_]]:
        """Tier → which units are of it."""
        kinds = [TOP if code == self.room else self.layout.tree.kinds.get(code, "") for code in self.layout.codes]
        found = [TOP if kind in TOPS else MIDDLE if kind == MIDDLE else LOW for kind in kinds]
        return {tier: np.array([one == tier for one in found], np.bool_) for tier in ALL}


@dataclass
class Picker:
    """Takes of each figure what is shown; counts in `left` what is not. `find` gives the units of a layout: two periods may have two."""

    find: Callable[[Layout], Units]
    left: Counter[str] = field(default_factory=Counter)
    _found: dict[int, tuple[Layout, Units]] = field(default_factory=dict)

    def units(self, layout: Layout) -> Units:
        """Those of a layout."""
        if id(layout) not in self._found:
            self._found[id(layout)] = layout, self.find(layout)
        return self._found[id(layout)][1]

    def pick(self, place: tuple[str, str, Layout], name: str, head: Mapping[str, str], values: Any, where: Any) -> Iterator[Column]:
        """Columns of those to be shown. `place`: group, period and layout; `where` says who has a value at all, None: who has figures."""
        group, period, layout = place
        units = self.units(layout)
        shown, start = SHOWN[group].get(period, ()), labels(**head) + "," * bool(head)
        for tier, members in units.tiers.items():
            places = np.flatnonzero(members & (units.known if where is None else where))
            spare = f"{group} {period}" if tier == MIDDLE and period in SPARE.get(group, ()) else ""
            if tier not in shown and not spare:
                self.left[tier] += len(places)
            elif len(places):
                yield Column(name, start, [units.tails[at] for at in places.tolist()], values[places].tolist(), tier, spare)

    def open(self, sheet: Sheet, now: OpenNow) -> Iterator[Column]:
        """Open dossiers by state."""
        for state in now.__slots__:
            yield from self.pick(("open", "month", sheet.layout), "chiso_dossiers_open", {"state": state}, getattr(now, state), None)

    def counted(self, name: str, sheet: Sheet) -> Iterator[Column]:
        """Dossiers of a period."""
        for count in COUNTED:
            head = {"count": count, "period": name}
            yield from self.pick(("counted", name, sheet.layout), "chiso_dossiers_counted", head, getattr(sheet.counts, count), None)

    def indicators(self, name: str, sheet: Sheet, table: Mapping[str, Ints]) -> Iterator[Column]:
        """Numerators, denominators and points; nothing where there is nothing, for 0 would be a figure."""
        for indicator, (numerator, denominator) in sheet.pairs.items():
            place = "on_time" if indicator == ON_TIME else "indicator", name, sheet.layout
            head = {"indicator": indicator, "period": name}
            yield from self.pick(place, "chiso_indicator_numerator", head, numerator, denominator > 0)
            yield from self.pick(place, "chiso_indicator_denominator", head, denominator, denominator > 0)
            scores = table[indicator][:, 2]
            place = "indicator", name, sheet.layout
            yield from self.pick(place, "chiso_indicator_score_points", head, scores / PERCENT, scores != NONE)

    def blocks(self, name: str, sheet: Sheet, table: Mapping[str, Ints]) -> Iterator[Column]:
        """Points of blocks, the country's as the portal makes them."""
        for block, rows in table.items():
            if set(block.split("+")) <= set(BLOCKS):
                head = {"block": block, "period": name}
                place = "block", name, sheet.layout
                yield from self.pick(place, "chiso_block_score_points", head, rows[:, 2] / PERCENT, rows[:, 2] != NONE)

    def totals(self, name: str, sheet: Sheet) -> Iterator[Column]:
        """Totals, and their grades."""
        totals, head = sheet.totals, {"period": name}
        yield from self.pick(("total", name, sheet.layout), "chiso_total_score_points", head, totals / PERCENT, totals != NONE)
        grades = np.maximum(np.searchsorted([least * PERCENT for least, *_ in GRADES[::-1]], totals, side="right"), 1)
        yield from self.pick(("grade", name, sheet.layout), "chiso_grade", head, grades, totals != NONE)

    def ranks(self, name: str, sheet: Sheet, places: Ints) -> Iterator[Column]:
        """Places among peers."""
        kinds = np.array([sheet.layout.tree.kinds.get(code, "") for code in sheet.layout.codes])
        for kind in KINDS:
            head = {"peers": kind, "period": name}
            yield from self.pick(("rank", name, sheet.layout), "chiso_rank", head, places, (places != NONE) & (kinds == kind))

    def then(self, which: str, name: str, sheet: Sheet, base: Layout) -> Iterator[Column]:
        """Totals of a period to compare with: `previous` or `last_year`."""
        totals = aligned(sheet.totals, sheet.layout, base)
        metric = f"chiso_total_score_points_{which}"
        yield from self.pick(("before", name, base), metric, {"period": name}, totals / PERCENT, totals != NONE)

    def last_year(self, name: str, sheet: Sheet, base: Layout) -> Iterator[Column]:
        """Ratios and counts of the same period last year; nothing where nothing was heard of that time."""
        for indicator, pair in sheet.pairs.items():
            numerator, denominator = (aligned(values, sheet.layout, base, 0) for values in pair)
            place = "before" if indicator == ON_TIME else "last_year", name, base
            ratios = numerator / np.maximum(denominator, 1)
            head = {"indicator": indicator, "period": name}
            yield from self.pick(place, "chiso_indicator_ratio_last_year", head, ratios, denominator > 0)
        known = aligned(sheet.counts.workload, sheet.layout, base, 0) > 0
        for count in COUNTED:
            values = aligned(getattr(sheet.counts, count), sheet.layout, base, 0)
            head = {"count": count, "period": name}
            yield from self.pick(("last_year", name, base), "chiso_dossiers_counted_last_year", head, values, known)

    def own(self, layout: Layout, name: str, own: Mapping[str, int]) -> Iterator[Column]:
        """Something counted by unit, for each and all below it; 0 where a unit with figures has none."""
        values = layout.summed(layout.column({unit: (count,) for unit, count in own.items()}, 0))
        yield from self.pick(("list", "month", layout), name, {}, values, self.units(layout).known | (values > 0))

    def delays(self, layout: Layout, delays: Mapping[str, tuple[int, int]]) -> Iterator[Column]:
        """Mean delay of synchronisation from (seconds, records) by unit."""
        seconds, records = (layout.summed(layout.column(delays, place)) for place in (0, 1))
        name = "chiso_sync_delay_seconds"
        yield from self.pick(("list", "month", layout), name, {}, seconds / np.maximum(records, 1), records > 0)

    def complete(self, layout: Layout, lacking: frozenset[str]) -> Iterator[Column]:
        """Whose figures are complete."""
        values = np.array([code not in lacking for code in layout.codes], np.float64)
        yield from self.pick(("list", "month", layout), "chiso_figures_complete", {}, values, np.ones(len(values), np.bool_))


@dataclass(frozen=True)
class Content:
    """What columns are made of: sheets and places by name of the period, sheets to compare with by (which, name), open dossiers of the month."""

    sheets: Mapping[str, Sheet]
    then: Mapping[tuple[str, str], Sheet]
    places: Mapping[str, Ints]
    now: OpenNow


def columns(content: Content, picker: Picker) -> Iterator[Column]:
    """Of each period what matters most first; places last."""
    yield from picker.open(content.sheets["month"], content.now)
    for name, sheet in content.sheets.items():
        yield from picker.counted(name, sheet)
        if name == "day":
            continue
        table = tabulate(sheet, content.places[name])
        yield from picker.indicators(name, sheet, table)
        yield from picker.totals(name, sheet)
        yield from picker.blocks(name, sheet, table)
    for (which, name), sheet in content.then.items():
        base = content.sheets[name]
        if not changed(sheet.rule, base.period.b - 1, sheet.period.b - 1):
            yield from picker.then(which, name, sheet, base.layout)
        if which == "last_year":
            yield from picker.last_year(name, sheet, base.layout)
    for name, sheet in content.sheets.items():
        if name != "day":
            yield from picker.ranks(name, sheet, content.places[name])


def aligned(values: Ints, old: Layout, new: Layout, none: int = NONE) -> Ints:
    """Values by one layout in the order of another; `none` for who was not there."""
    if old is new:
        return values
    found = np.full(len(new.codes), none, np.int64)
    both = [(new.index[code], place) for place, code in enumerate(old.codes) if code in new.index]
    if both:
        places = np.array(both, np.int64)
        found[places[:, 0]] = values[places[:, 1]]
    return found


def targets(registry: Registry, units: Units, indicators: Sequence[str], day: int) -> list[Column]:
    """Targets: of provinces, ministries and the country those in force, of others their own."""
    layout, found = units.layout, []
    registered = {code.partition(":")[0] for code in registry.entries.get("target", {})}
    if not registered:
        return []
    for tier, members in units.tiers.items():
        for place in np.flatnonzero(members).tolist():
            unit = layout.codes[place]
            if tier != TOP and unit not in registered:
                continue
            line = [unit, *layout.tree.above(unit)] if tier == TOP else [unit]
            pairs = [(indicator, registry.target(line, indicator, day)) for indicator in indicators]
            some = [(labels(indicator=indicator, unit=unit), ratio) for indicator, ratio in pairs if ratio is not None]
            if some:
                found.append(Column("chiso_target_ratio", "", [tail for tail, _ in some], [ratio for _, ratio in some], tier))
    return found
