"""How far ahead of its due moment a dossier calls: two working days and four working hours, or as a unit wishes."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from indicators.times import DAY, Zone
from indicators.workdays import Calendar
from indicators.workhours import DEFAULT, back, sessions

HOUR = 3600
FARTHEST = 120 * DAY
RECEPTION_WITHIN = 2  # working days after which a dossier that is known must have been received


class Wishes(NamedTuple):
    """The settings of a unit that decide when it is told; 0 of `days` or `hours`: not told so far ahead."""

    days: int = 2  # working days
    hours: float = 4.0  # working hours
    apology_days: int = 1  # working days after the due day on which a missing letter is late
    sessions: str = DEFAULT


class Leads:
    """The `Terms` (`indicators.notices`) of units with the same wishes."""

    def __init__(self, wishes: Wishes, calendar: Calendar, zone: Zone) -> None:
        self._wishes, self._calendar, self._zone = wishes, calendar, zone
        self._hours = sessions(wishes.sessions)
        stages = ((f"{wishes.days}d", wishes.days, self._days_ahead), (f"{wishes.hours:g}h", wishes.hours, self._hours_ahead))
        self.stages: dict[str, Callable[[int], int]] = {name: of for name, wanted, of in stages if wanted}
        self._back = lru_cache(maxsize=4096)(lambda day: calendar.back(day, wishes.days))

    def _days_ahead(self, due: int) -> int:
        """The same time of day so many working days before; of a day off, the day's beginning, so that a later due moment never calls earlier."""
        day = self._zone.day(due)
        if self._calendar.is_workday(day):
            return due - (day - self._back(day)) * DAY
        return self._zone.midnight(self._back(day))

    def _hours_ahead(self, due: int) -> int:
        return back(self._calendar, self._hours, due, int(self._wishes.hours * HOUR))

    def soon(self, due: int) -> list[tuple[str, int]]:
        """(how far ahead, moment to tell) in order of time."""
        return sorted(((name, of(due)) for name, of in self.stages.items()), key=lambda one: one[1])

    def apology(self, overdue_day: int) -> int:
        """The moment from which a missing letter of apology is late."""
        return self._zone.midnight(self._calendar.add(overdue_day, self._wishes.apology_days) + 1)

    def days_late(self, due_day: int, finished_day: int) -> int:
        """Working days from the one to the other."""
        return self._calendar.between(due_day, finished_day)

    def held(self, day: int) -> int:
        """The moment from which a dossier first heard of on that day lacks its reception."""
        return self._zone.midnight(self._calendar.add(day, RECEPTION_WITHIN) + 1)

    def reached(self, now: int) -> dict[str, int]:
        """Stage → the greatest due moment that calls by now; with a due moment a stage's moment rises or stays."""
        return {name: _greatest(of, now) for name, of in self.stages.items()}


def _greatest(of: Callable[[int], int], now: int) -> int:
    low, high = now, now + FARTHEST
    while low < high:
        middle = (low + high + 1) // 2
        if of(middle) <= now:
            low = middle
        else:
            high = middle - 1
    return low
