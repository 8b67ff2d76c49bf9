"""Numerators and denominators of a period, from sums of day counters; of one unit, or arrays of many.

A flag counts for every member of the workload: received with it before b, less finished with it before a. 5.3 and 5.4 take away what is overdue or
aggrieved, each once: those that are both were counted apart.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np

from indicators.figures import Counts, Totals, handling, within
from indicators.periods import Period
from indicators.scores import half_up
from indicators.times import day_of

Pair = tuple[Any, Any]  # numerator, denominator
Pairs = dict[str, Pair]


def dossiers(totals: Totals, counts: Counts, period: Period, today: int) -> Pairs:
    """Indicators that rest on dossiers alone. 1.4 by the portal's rule, 3.3 without the synchronisation ratio; 2.2 for whole months only."""
    flag, workload = _flags(totals, period), counts.workload
    found = {
        "1.4": (counts.received, counts.received),
        "2.1": (counts.in_time, workload),
        "3.3": (flag("online_with_result"), workload),
        "3.6": (flag("paid_online"), flag("fee_owed")),
        "4.1": (flag("electronic_result"), workload),
        "4.2": (flag("digitised"), workload),
        "4.3": (flag("reused"), workload),
        "4.4": (flag("personal_store"), workload),
        "4.5b": (flag("population_data"), workload),
        "5.4": (workload - _blamed(totals, counts, period, today), workload),
    }
    if period.whole_months:
        found["2.2"] = handling(totals, period), counts.finished
    return found


def synchronised(totals: Totals, counts: Counts, period: Period, reported: Any) -> Pair:
    """1.4 by the document: the greater of what national reports and the portal received; where neither has any, last year's share."""
    year = period.first.year
    last_year, this_year = (totals.upto("received", day_of(dt.date(one, 1, 1))) for one in (year - 1, year))
    months = max(1, round((period.b - period.a) / 30.4))
    share = half_up((this_year - last_year) * months, 12)
    greater = np.maximum(reported, counts.received)
    return counts.received, np.where(greater > 0, greater, share)


def petitions(totals: Totals, counts: Counts, period: Period, today: int) -> Pairs:
    """Indicators that rest on petitions: their windows have the shape of dossiers'."""
    total = counts.workload
    return {
        "5.1": (_flags(totals, period)("about_official"), total),
        "5.2": (counts.in_time, total),
        "5.3": (total - _blamed(totals, counts, period, today), total),
    }


def _flags(totals: Totals, period: Period) -> Callable[[str], Any]:
    return lambda name: totals.upto(f"received_{name}", period.b) - totals.upto(f"finished_{name}", period.a)


def _blamed(totals: Totals, counts: Counts, period: Period, today: int) -> Any:
    """Overdue, or aggrieved, or both, each once."""
    a, b = period.a, period.b
    aggrieved = totals.upto("received_aggrieved", b) - totals.upto("finished_aggrieved", a)
    late = totals.upto("late_aggrieved", b) - totals.upto("late_aggrieved", a)
    due = totals.upto("became_aggrieved", min(today, b)) - totals.upto("ceased_aggrieved", b)
    return counts.overdue + aggrieved - late - within(due, counts.open_overdue)
