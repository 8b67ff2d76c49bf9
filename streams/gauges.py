"""Figures as metrics: made anew at most every five seconds where anything changed, as bytes, so that a scrape touches neither Redis nor Kafka.

While part of the store is loaded, rebuilt or worked through, the last whole figures stand, and the moment they were whole; before there were any, none.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from connectors.exposition import BUDGET, Column, Piece, Shown, labels, piece, render, single, size, within
from indicators import periods
from indicators.formulas import IDS, table
from indicators.layout import Layout
from indicators.periods import Period, current_month, parse
from indicators.times import date_of
from streams import clock
from streams.cards import Cards
from streams.columns import ALL, Content, Picker, Units, columns, targets
from streams.completeness import Completeness
from streams.desk import Desk
from streams.lookout import Lookout

EVERY_SECONDS = 5.0
COMPARED = ("month", "quarter", "year")
MERGED = "merged"


def periods_shown(today: int) -> dict[str, Period]:
    """The periods that metrics show, by the value of the label `period`."""
    date = date_of(today)
    texts = {
        "month": current_month(today),
        "day": f"{date}..{date}",
        "year": str(date.year),
        "quarter": f"{date.year}-Q{(date.month + 2) // 3}",
        "rolling_30": "rolling-30",
    }
    return {name: parse(text, today) for name, text in texts.items()}


class Gauges:
    """Keeps what is shown up to date."""

    def __init__(self, desk: Desk, cards: Cards, lookout: Lookout, shown: Shown, budget: int = BUDGET) -> None:
        self._desk, self._cards, self._lookout, self._shown, self._budget = desk, cards, lookout, shown, budget
        self._completeness = Completeness(desk)
        self._stamp: Any = None
        self._as_of: int | None = None  # there were no whole figures yet
        self._series, self._left = 0, Counter[str]()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            started = time.monotonic()
            await self.refresh()
            await asyncio.sleep(max(EVERY_SECONDS - (time.monotonic() - started), 0.5))

    async def refresh(self) -> None:
        """Makes anew what is shown. Figures only where they changed and are whole."""
        desk, today = self._desk, self._desk.today()
        self._completeness.look()
        held = self._completeness.held
        if not held:
            # halted partitions have an alert of their own: they must not make all other figures look old
            self._as_of = int(clock.now()) if desk.current else desk.as_of_seconds()
            stamp = self._state(today)
            if stamp != self._stamp:
                await self._figures(today, self._budget - size(self._moment(today, held=held)))
                self._stamp = stamp
        moment = [*self._moment(today, held=held)]
        self._shown.moment = render(moment)

    def _state(self, today: int) -> Any:
        """Changes whenever figures may have."""
        desk = self._desk
        versions = [one.cube.version for one in desk.sources.followers]
        return today, *versions, desk.sources.procedures.book.version, desk.names.registry, desk.terms, self._lookout.version

    def _moment(self, today: int, *, held: bool) -> Iterator[Column]:
        desk = self._desk
        if self._as_of is not None:
            yield single("chiso_figures_timestamp_seconds", self._as_of)
        yield single("chiso_figures_held", float(held))
        yield single("chiso_partitions_halted", len(desk.positions()["halted"]))
        for year, confirmed in desk.calendar.years_in_use(today).items():
            yield single("chiso_calendar_unconfirmed", float(not confirmed), year=str(year))
        for name, value in self._lookout.single.items():
            yield single(name, value)
        yield single("chiso_series", self._series)  # without those of the moment
        for kind in ALL:
            yield single("chiso_series_left_out", self._left[kind], kind=kind)
        layout = desk.layout(today)
        yield from Picker(self._units).complete(layout, self._completeness.lacking(layout))

    def _units(self, layout: Layout) -> Units:
        own = np.zeros(len(layout.codes), np.int64)
        own[layout.places(code for code in self._desk.follower.cube.units() if code in layout.index)] = 1
        return Units(layout, layout.summed(own) > 0, self._desk.terms.room)

    async def _figures(self, today: int, budget: int) -> None:
        """Sheets are made here, a moment each; lines and packing in a thread, for they take longer than anybody who asks may wait."""
        desk = self._desk
        chosen, sheets = periods_shown(today), {}
        for name, period in chosen.items():
            sheets[name] = desk.sheet(period)
            await asyncio.sleep(0)
        then = {}
        for name in COMPARED:
            for which, other in (("previous", periods.before), ("last_year", periods.year_before)):
                then[which, name] = desk.sheet(other(chosen[name], today))
                await asyncio.sleep(0)
        layout = desk.layout(today)
        picker = Picker(self._units)
        picker.units(layout)  # asks the cube, which changes while the thread works
        for sheet in sheets.values():
            picker.units(sheet.layout)
        content = Content(sheets, then, {name: self._cards.places(sheet) for name, sheet in sheets.items()}, desk.open_now(sheets["month"]))
        about = [*self._about(layout, today), *targets(desk.names.registry, picker.units(layout), IDS, today)]
        own, delays = dict(self._lookout.own), self._lookout.delays

        def made() -> tuple[Piece, int, Counter[str]]:
            lists = [column for name, counts in own.items() for column in picker.own(layout, name, counts)]
            some = [*lists, *picker.delays(layout, delays), *columns(content, picker)]
            kept, left = within([*about, *sorted(some, key=lambda column: (column.spare != "", ALL.index(column.kind)))], budget)
            return piece(render(kept)), size(kept), left + picker.left

        self._shown.figures, self._series, self._left = await asyncio.to_thread(made)

    def _about(self, layout: Layout, today: int) -> Iterator[Column]:
        yield single("chiso_room_info", 1, unit=self._desk.terms.room)
        formulas = table(self._desk.terms.rule, today).values()
        scored = [one for one in formulas if one.block is not None]
        yield Column("chiso_indicator_max_points", "", [labels(indicator=one.id) for one in scored], [one.points for one in scored])
        tree = layout.tree
        found = []
        for unit in layout.codes:
            about = self._desk.unit(unit, today)
            kind = tree.kinds.get(unit) or (MERGED if about["registered"] and unit != self._desk.terms.room else about["kind"] or "")
            place = {"kind": kind, "parent": tree.parents.get(unit) or "", "province": tree.province(unit) or ""}
            found.append(labels(unit=unit, name=about["name"], **place))
        yield Column("chiso_unit_info", "", found, [1] * len(found))
