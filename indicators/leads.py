"""How far ahead of its due moment a dossier calls: two working days and four working hours, or as a unit wishes."""

from functools import lru_cache
from typing import NamedTuple

from indicators.times import DAY, Zone
from indicators.workdays import Calendar
from indicators.workhours import DEFAULT, Sessions, back

HOUR = 3600
FARTHEST = 60 * DAY


class Wishes(NamedTuple):
    """The settings of a unit that decide when it is told."""

    days: int = 2  # working days ahead; 0: not told
    hours: int = 4  # working hours ahead; 0: not told
    apology_days: int = 1  # working days after the due day on which a missing letter is late
    sessions: Sessions = DEFAULT


class Leads:
    """The `Terms` of units with the same wishes."""

    def __init__(self, wishes: Wishes, calendar: Calendar, zone: Zone) -> None:
        self.wishes = wishes
        self._calendar, self._zone = calendar, zone
        self._day_back = lru_cache(maxsize=4096)(lambda day: calendar.back(day, wishes.days))

    def _two_days(self, due: int) -> int:
        """The same time of day, so many working days before."""
        day = self._zone.day(due)
        return due - (day - self._day_back(day)) * DAY

    def _four_hours(self, due: int) -> int:
        return back(self._calendar, self.wishes.sessions, due, self.wishes.hours * HOUR)

    def soon(self, due: int) -> list[tuple[str, int]]:
        found = []
        if self.wishes.days:
            found.append((f"{self.wishes.days}d", self._two_days(due)))
        if self.wishes.hours:
            found.append((f"{self.wishes.hours}h", self._four_hours(due)))
        return sorted(found, key=lambda one: one[1])

    def apology(self, overdue_day: int) -> int:
        return self._zone.midnight(self._calendar.add(overdue_day, self.wishes.apology_days) + 1)

    def held(self, day: int) -> int:
        return self._zone.midnight(self._calendar.add(day, 2) + 1)

    def reached(self, now: int) -> dict[str, int]:
        """Stage → the greatest due moment that is told of by now: the stage's moment never falls as the due moment rises."""
        days, hours = self.wishes.days, self.wishes.hours
        found = {}
        if days:
            found[f"{days}d"] = _greatest(self._two_days, now)
        if hours:
            found[f"{hours}h"] = _greatest(self._four_hours, now)
        return found


def _greatest(of: object, now: int) -> int:
    """The greatest due moment whose stage has come, by halving."""
    low, high = now, now + FARTHEST
    while low < high:
        middle = (low + high + 1) // 2
        if of(middle) <= now:  # type: ignore[operator]
            low = middle
        else:
            high = middle - 1
    return low
