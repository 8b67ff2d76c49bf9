"""Working days of the state sector: Monday to Friday without days off, and the Saturdays worked in exchange."""

from bisect import bisect_right
from collections.abc import Collection

from indicators.times import date_of

_SATURDAY = 5


class Calendar:
    """Days are day numbers. `confirmed` are the years whose days off are decided; others are a guess, and should be shown as such."""

    def __init__(self, days_off: Collection[int], extra_days: Collection[int], confirmed: Collection[int]) -> None:
        self._off = frozenset(days_off)
        self._extra = frozenset(extra_days)
        self.confirmed = frozenset(confirmed)
        self._known: list[int] = []
        self._from = self._to = 0

    def is_workday(self, day: int) -> bool:
        """Whether offices work."""
        return day in self._extra or (date_of(day).weekday() < _SATURDAY and day not in self._off)

    def is_confirmed(self, day: int) -> bool:
        """Whether the year's days off are decided."""
        return date_of(day).year in self.confirmed

    def days_off(self, years: range) -> list[int]:
        """Weekdays off and weekend days worked in these years: what makes this calendar another than the bare week."""
        return sorted(day for day in self._off | self._extra if date_of(day).year in years)

    def between(self, after: int, upto: int) -> int:
        """Working days later than `after`, up to and with `upto`; 0 where `upto` is not later."""
        if upto <= after:
            return 0
        self._cover(after, upto)
        return bisect_right(self._known, upto) - bisect_right(self._known, after)

    def add(self, day: int, count: int) -> int:
        """The `count`-th working day after `day`."""
        while count > 0:
            day += 1
            count -= self.is_workday(day)
        return day

    def _cover(self, first: int, last: int) -> None:
        """Makes sure the sorted list of working days reaches from `first` to `last`."""
        if self._known and self._from <= first and last <= self._to:
            return
        self._from, self._to = (min(self._from, first), max(self._to, last)) if self._known else (first, last)
        self._known = [day for day in range(self._from, self._to + 1) if self.is_workday(day)]
