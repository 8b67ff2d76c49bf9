"""Figures as metrics: computed anew every few seconds where anything changed, handed over whole, so that a scrape touches neither Redis nor Kafka."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from connectors.metrics import Figures, Rows
from indicators.figures import OpenNow
from indicators.periods import Period, current_month, parse
from indicators.scores import NONE, PERCENT
from indicators.sheet import Sheet
from indicators.times import date_of
from indicators.units import Tree
from streams.cards import Cards
from streams.desk import Desk

EVERY_SECONDS = 5.0
COUNTED = ("received", "carried_over", "finished_early", "finished_on_time", "finished_late")


def periods(today: int) -> dict[str, Period]:
    """The periods that metrics show, by the value of the label `period`."""
    date = date_of(today)
    texts = {
        "day": f"{date}..{date}",
        "month": current_month(today),
        "quarter": f"{date.year}-Q{(date.month + 2) // 3}",
        "year": str(date.year),
        "rolling_30": "rolling-30",
    }
    return {name: parse(text, today) for name, text in texts.items()}


class Gauges:
    """Keeps a collector's rows up to date."""

    def __init__(self, desk: Desk, cards: Cards, figures: Figures) -> None:
        self._desk, self._cards, self._figures, self._room = desk, cards, figures, desk.terms.room

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            started = time.monotonic()
            self._figures.rows = await self.rows()
            await asyncio.sleep(max(EVERY_SECONDS - (time.monotonic() - started), 0.5))

    async def rows(self) -> Rows:
        """All of them as figures stand now."""
        desk, today = self._desk, self._desk.today()
        found: dict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
        found["chiso_room_info"].append(((self._room,), 1))
        found["chiso_figures_timestamp_seconds"].append(((), desk.as_of_seconds() or 0))
        found["chiso_partitions_halted"].append(((), len(desk.positions()["halted"])))
        in_use = desk.calendar.years_in_use(today)
        found["chiso_calendar_unconfirmed"] += [((str(year),), float(not confirmed)) for year, confirmed in in_use.items()]
        layout = desk.layout(today)
        units = [(unit, layout.index[unit]) for unit in self._units(layout.tree)]
        for unit, _ in units:
            about = desk.unit(unit, today)
            labels = unit, about["name"], about["kind"] or "", about["parent"] or "", layout.tree.province(unit) or ""
            found["chiso_unit_info"].append((labels, 1))
        for name, period in periods(today).items():
            await asyncio.sleep(0)
            sheet = desk.sheet(period)
            if name == "month":
                for state, numbers in _fields(desk.open_now(sheet)):
                    found["chiso_dossiers_open"] += [((unit, state), int(numbers[place])) for unit, place in units]
            for count in COUNTED:
                numbers = getattr(sheet.counts, count)
                found["chiso_dossiers_counted"] += [((unit, name, count), int(numbers[place])) for unit, place in units]
            if name != "day":
                for metric, values, value in self._scores(sheet, name, units):
                    found[metric].append((values, value))
        return found

    def _units(self, tree: Tree) -> list[str]:
        """Those with figures, and all above them."""
        own = self._desk.follower.cube.units()
        return sorted({*own, *(above for unit in own for above in tree.above(unit))})

    def _scores(self, sheet: Sheet, name: str, units: list[tuple[str, int]]) -> Iterator[tuple[str, tuple[str, ...], float]]:
        """Indicators, blocks, totals and ranks; nothing where there is nothing, for 0 would be a figure."""
        for indicator, (numerator, denominator) in sheet.pairs.items():
            for unit, place in units:
                if denominator[place]:
                    yield "chiso_indicator_numerator", (unit, indicator, name), int(numerator[place])
                    yield "chiso_indicator_denominator", (unit, indicator, name), int(denominator[place])
        places = self._cards.places(sheet)
        for unit, place in units:
            if sheet.known[place]:
                yield from self._points(sheet, name, unit, place)
                if places[place] != NONE:
                    yield "chiso_rank", (unit, sheet.layout.tree.kinds[unit], name), int(places[place])

    def _points(self, sheet: Sheet, name: str, unit: str, place: int) -> Iterator[tuple[str, tuple[str, ...], float]]:
        for indicator in sheet.card.indicators:
            score = sheet.score(indicator, place)
            if score is not None:
                yield "chiso_indicator_score_points", (unit, indicator, name), score / PERCENT
        for block, score in sheet.blocks(unit).items():
            yield "chiso_block_score_points", (unit, block, name), score / PERCENT
        yield "chiso_total_score_points", (unit, name), (sheet.total(unit) or 0) / PERCENT


def _fields(found: OpenNow) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(found, name)) for name in found.__slots__)
