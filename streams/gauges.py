"""Figures as metrics: computed anew every few seconds where anything changed, handed over whole, so that a scrape touches neither Redis nor Kafka."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict

from connectors.metrics import Figures, Rows
from indicators.figures import SOON, Counts, DayTotals, counts, open_now
from indicators.periods import Period, current_month, parse
from indicators.times import date_of
from streams.desk import Desk

EVERY_SECONDS = 5.0
BREATH = 20  # units computed before others get their turn
COUNTED = ("received", "carried_over", "finished_early", "finished_on_time", "finished_late")
INDICATOR = "2.1"


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

    def __init__(self, desk: Desk, figures: Figures, room: str) -> None:
        self._desk, self._figures, self._room = desk, figures, room

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
        spans = periods(today)
        soon = desk.calendar.add(today, SOON)
        for place, unit in enumerate(self._units(today)):
            if place % BREATH == 0:
                await asyncio.sleep(0)
            about = desk.unit(unit, today)
            province = desk.names.registry.tree(today).province(unit) or ""
            found["chiso_unit_info"].append(((unit, about["name"], about["kind"] or "", about["parent"] or "", province), 1))
            for name, values, value in self._of(unit, spans, today, soon):
                found[name].append((values, value))
        return found

    def _units(self, today: int) -> list[str]:
        """Those with figures, and all above them."""
        tree = self._desk.names.registry.tree(today)
        own = self._desk.follower.cube.units()
        return sorted({*own, *(above for unit in own for above in tree.above(unit))})

    def _of(self, unit: str, spans: dict[str, Period], today: int, soon: int) -> Iterator[tuple[str, tuple[str, ...], float]]:
        totals = DayTotals(self._desk.total(unit, today))
        month: Counts | None = None
        for name, period in spans.items():
            found = counts(totals, period, today)
            month = found if name == "month" else month
            for count in COUNTED:
                yield "chiso_dossiers_counted", (unit, name, count), getattr(found, count)
            if name != "day":
                yield "chiso_indicator_numerator", (unit, INDICATOR, name), found.in_time
                yield "chiso_indicator_denominator", (unit, INDICATOR, name), found.workload
        assert month is not None
        for state, number in asdict(open_now(totals, month, today, soon)).items():
            yield "chiso_dossiers_open", (unit, state), number
