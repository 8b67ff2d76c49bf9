"""Working days of the state sector: Monday to Friday without days off, and the Saturdays worked in exchange."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection

from indicators.times import date_of

_WEEK, _SATURDAY = 7, 5
_THURSDAY = 3  # day 0, 1970-01-01
_SLACK = 400  # days the list is made longer than asked, so that a reader who goes on day by day does not make it anew each time
_FAR = 20 * 366  # days from which on working days are counted by weeks: a due date of the year 9999 would make a list of millions
_DECEMBER = 12


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
        return day in self._extra or (_weekday(day) and day not in self._off)

    def is_confirmed(self, day: int) -> bool:
        """Whether the year's days off are decided."""
        return date_of(day).year in self.confirmed

    def years_in_use(self, today: int) -> dict[int, bool]:
        """The year whose days off count now, from 1 December on the next one too, and whether each is confirmed."""
        date = date_of(today)
        return {year: year in self.confirmed for year in range(date.year, date.year + 1 + (date.month == _DECEMBER))}

    def days_off(self, years: range) -> list[int]:
        """Weekdays off and weekend days worked in these years: what makes this calendar another than the bare week."""
        return sorted(day for day in self._off | self._extra if date_of(day).year in years)

    def between(self, after: int, upto: int) -> int:
        """Working days later than `after`, up to and with `upto`; 0 where `upto` is not later."""
        if upto <= after:
            return 0
        if upto - after > _FAR:
            return self._by_weeks(after, upto)
        self._cover(after, upto)
        return bisect_right(self._known, upto) - bisect_right(self._known, after)

    def _by_weeks(self, after: int, upto: int) -> int:
        """The same without a list of days."""
        off = sum(after < day <= upto and _weekday(day) for day in self._off - self._extra)
        extra = sum(after < day <= upto and not _weekday(day) for day in self._extra)
        return _weekdays(upto) - _weekdays(after) - off + extra

    def add(self, day: int, count: int) -> int:
        """The `count`-th working day after `day`; `day` itself for 0."""
        if count <= 0:
            return day
        self._cover(day, day + _reach(count))
        place = bisect_right(self._known, day) + count - 1
        while place >= len(self._known):  # so many days off that even the reach was too short
            self._cover(day, self._to + _SLACK)
        return self._known[place]

    def back(self, day: int, count: int) -> int:
        """The `count`-th working day before `day`; `day` itself for 0."""
        if count <= 0:
            return day
        self._cover(day - _reach(count), day)
        while (place := bisect_left(self._known, day) - count) < 0:
            self._cover(self._from - _SLACK, day)
        return self._known[place]

    def _cover(self, first: int, last: int) -> None:
        """Makes sure the sorted list of working days reaches from `first` to `last`."""
        if self._known and self._from <= first and last <= self._to:
            return
        first, last = (min(self._from, first), max(self._to, last)) if self._known else (first, last)
        if first < self._from or not self._known:
            first -= _SLACK
        if last > self._to or not self._known:
            last += _SLACK
        self._from, self._to = first, last
        self._known = [day for day in range(first, last + 1) if self.is_workday(day)]


def _weekday(day: int) -> bool:
    """Monday to Friday."""
    return (day + _THURSDAY) % _WEEK < _SATURDAY


def _weekdays(upto: int) -> int:
    """Mondays to Fridays from a Monday long ago up to and with a day."""
    weeks, rest = divmod(upto + _THURSDAY + 1, _WEEK)
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def _reach(count: int) -> int:
    """Calendar days in which so many working days surely lie, but for long holidays."""
    return count * _WEEK // _SATURDAY + _SLACK // 10
