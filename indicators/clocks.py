"""Two clocks: what figures of a period would be under profile `province`, from those under `document` and the few dossiers that differ."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from indicators.buckets import Tally, moments
from indicators.figures import Totals
from indicators.lanes import BITS, DAY_COUNTERS, FINISHED
from indicators.periods import Period

_COUNTED = ("received", *FINISHED, "became_overdue", "ceased_overdue", "wait_began", "wait_ended")
_PLACES = tuple((name, BITS * DAY_COUNTERS.index(name)) for name in _COUNTED)
_FINISHED = ("finished_early", "finished_on_time", "finished_late")
Both = tuple[Tally, Tally]  # under `document`, under `province`


class Moved:
    """Totals of some other figures, with these dossiers counted under `province` instead of `document`."""

    def __init__(self, totals: Totals, dossiers: Iterable[Both]) -> None:
        self._totals = totals
        self._changes: Counter[tuple[str, int]] = Counter()
        for document, province in dossiers:
            self._add(document, -1)
            self._add(province, 1)

    def _add(self, counted: Tally, sign: int) -> None:
        for day, row, _ in moments(counted):
            for name, shift in _PLACES:
                if row >> shift & 1:
                    self._changes[name, day] += sign

    def upto(self, name: str, day: int) -> Any:
        return self._totals.upto(name, day) + sum(count for (what, when), count in self._changes.items() if what == name and when < day)


class Remembered:
    """Totals that are asked for the same days again and again: `before` gives all counters of a day by name."""

    def __init__(self, before: Callable[[int], dict[str, int]]) -> None:
        self._before = before
        self._kept: dict[int, dict[str, int]] = {}

    def upto(self, name: str, day: int) -> int:
        if day not in self._kept:
            self._kept[day] = self._before(day)
        return self._kept[day].get(name, 0)


def stands(counted: Tally, period: Period, today: int) -> str | None:
    """Where one dossier stands in a period: `finished_late`, `open_overdue`, `waiting`, `open_in_time`, …; None where it has no part in it."""
    end = period.b
    if counted.received >= end or (counted.finished is not None and counted.finished < period.a):
        return None
    if counted.finished is not None and counted.finished < end:
        assert counted.verdict is not None
        return _FINISHED[counted.verdict]
    if counted.became is not None and counted.became < min(today, end):
        return "open_overdue"
    waits = any(began < end and (ended is None or ended >= end) for began, ended in counted.waits)
    return "waiting" if waits else "open_in_time"
