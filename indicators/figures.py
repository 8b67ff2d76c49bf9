"""Counts of a period [a, b) and indicator 2.1, from prefix sums; as the facts stand now.

received + carried_over = finished + open = the workload          (before: summed over all days before)
received      received before b − before a
carried_over  received before a − finished before a
open          received before b − finished before b
open_overdue  became overdue on days over by min(now, b) − ceased before b
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from indicators.cube import PLACE, Ints
from indicators.lanes import DUE_LANES, FINISHED, MONTH_COUNTERS, counters
from indicators.periods import Period
from indicators.times import date_of


@dataclass(frozen=True, slots=True)
class Counts:
    """Dossiers of a period, by state: of one unit, or an array each of many."""

    received: Any
    carried_over: Any
    finished: Any
    finished_early: Any
    finished_on_time: Any
    finished_late: Any
    open: Any
    open_in_time: Any
    open_overdue: Any
    waiting: Any

    @property
    def workload(self) -> Any:
        """All that there was to do: the denominator of 2.1."""
        return self.received + self.carried_over

    @property
    def in_time(self) -> Any:
        """The numerator of 2.1."""
        return self.finished_early + self.finished_on_time + self.open_in_time

    @property
    def overdue(self) -> Any:
        """Finished late, or open and overdue."""
        return self.finished_late + self.open_overdue

    @property
    def ratio(self) -> float | None:
        """2.1; None where there was nothing to do."""
        return self.in_time / self.workload if self.workload else None

    @property
    def on_time_of_finished(self) -> float | None:
        """Early and on time among the finished; None where nothing was finished."""
        return (self.finished_early + self.finished_on_time) / self.finished if self.finished else None

    def at(self, place: int) -> "Counts":
        """Those of one unit, as plain numbers."""
        return Counts(*(int(getattr(self, name)[place]) for name in self.__slots__))

    def fields(self) -> dict[str, int]:
        """As in JSON."""
        return asdict(self)


class Totals(Protocol):
    """Sums over all days before one, by name of a day counter; `finished` may be asked for."""

    def upto(self, name: str, day: int) -> Any:
        """The counter's sum over days < `day`."""


class DayTotals:
    """Totals from sums of day rows: `before` gives them in the order of DAY_COUNTERS, of one unit or of many."""

    def __init__(self, before: Callable[[int], Ints]) -> None:
        self._before = before

    def upto(self, name: str, day: int) -> Any:
        return self._before(day)[..., PLACE[name]]


class MonthTotals:
    """Totals from one code's month rows (`2026-08` → counters). Days must begin months, but for `became_overdue`."""

    def __init__(self, rows: Mapping[str, Mapping[str, int]]) -> None:
        self._rows = rows

    def upto(self, name: str, day: int) -> int:
        date = date_of(day)
        month = f"{date:%Y-%m}"
        names = DUE_LANES if name == "became_overdue" else (name,)
        total = sum(row.get(lane, 0) for key, row in self._rows.items() if key < month for lane in names)
        if name == "became_overdue":
            total += sum(self._rows.get(month, {}).get(lane, 0) for lane in DUE_LANES[: date.day - 1])
        return total


def month_rows(stored: Mapping[str, bytes]) -> dict[str, dict[str, dict[str, int]]]:
    """Stored rows (`2026-08 CODE` → row) as code → month → counters."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for key, row in stored.items():
        month, _, code = key.partition(" ")
        found.setdefault(code, {})[month] = counters(row, MONTH_COUNTERS)
    return found


def counts(totals: Totals, period: Period, today: int) -> Counts:
    """Counts of the period; `today` is a day number."""
    a, b = period.a, period.b
    received = {day: totals.upto("received", day) for day in (a, b)}
    before = {(name, day): totals.upto(name, day) for name in FINISHED for day in (a, b)}
    early, on_time, late = (before[name, b] - before[name, a] for name in FINISHED)
    carried_over = received[a] - sum(before[name, a] for name in FINISHED)
    unfinished = received[b] - sum(before[name, b] for name in FINISHED)
    overdue = totals.upto("became_overdue", min(today, b)) - totals.upto("ceased_overdue", b)
    # an end may be stated up to a day ahead of now, and then ceases what has not begun
    overdue = within(overdue, unfinished)
    return Counts(
        received=received[b] - received[a],
        carried_over=carried_over,
        finished=early + on_time + late,
        finished_early=early,
        finished_on_time=on_time,
        finished_late=late,
        open=unfinished,
        open_in_time=unfinished - overdue,
        open_overdue=overdue,
        waiting=totals.upto("wait_began", b) - totals.upto("wait_ended", b),
    )


def handling(totals: Totals, period: Period) -> Any:
    """Handling time of what was finished in the period, in seconds; `totals` from days or months."""
    low, high = (totals.upto(name, period.b) - totals.upto(name, period.a) for name in ("handling_seconds", "handling_seconds_high"))
    return low + (high << 32)


def within(value: Any, most: Any) -> Any:
    """From 0 to `most`."""
    return np.clip(value, 0, most) if isinstance(value, np.ndarray) else min(max(value, 0), most)


SOON = 2  # working days within which a dossier is due soon


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Open dossiers today, each in one state only: of one unit, or an array each of many."""

    in_time: Any
    due_soon: Any
    overdue: Any
    waiting: Any

    def at(self, place: int) -> "OpenNow":
        """Those of one unit, as plain numbers."""
        return OpenNow(*(int(getattr(self, name)[place]) for name in self.__slots__))


def open_now(totals: Totals, now: Counts, today: int, soon: int) -> OpenNow:
    """`now` are counts of a period that ends after today; due soon is due from `today` up to and with day `soon`."""
    due = totals.upto("became_overdue", soon + 1) - totals.upto("became_overdue", today)
    due_soon = within(due, within(now.open_in_time - now.waiting, now.open))
    return OpenNow(now.open_in_time - now.waiting - due_soon, due_soon, now.open_overdue, now.waiting)
