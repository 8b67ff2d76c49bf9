"""Working time of an office: seconds inside its sessions on working days, counted by whole days and one look into the day at each end.

Moments are seconds since 1970, the clock on the wall is Vietnam's (+07:00, no summer time). A Saturday that is worked has a Monday's hours.

    07:30        11:30   13:00        17:00            07:30
      |############|       |############|    (night)     |####
    before opening: opening; lunch: afternoon; after closing or on a day off: the next working day's opening
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from indicators.times import DAY
from indicators.workdays import Calendar

OFFSET = 7 * 3600
HOUR = 3600
DEFAULT = "07:30-11:30,13:00-17:00"
_CLOCK = r"((?:[01]\d|2[0-3]):[0-5]\d|24:00)"
_SESSION = re.compile(rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*")


@dataclass(frozen=True, slots=True)
class Sessions:
    """The hours of a working day: when each session opens and closes, in seconds since midnight, in order and apart from each other."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]  # working seconds of the day that lie before each session
    length: int  # working seconds of a day

    def worked(self, second: int) -> int:
        """Working seconds of a day up to this second of it."""
        place = bisect_right(self.opens, second) - 1
        if place < 0:
            return 0
        return self.before[place] + min(second, self.closes[place]) - self.opens[place]

    def last(self, worked: int) -> int:
        """The last second of the day up to which so much was worked, 0 ≤ worked < length: in lunch, the afternoon's opening."""
        place = bisect_right(self.before, worked) - 1
        return self.opens[place] + worked - self.before[place]

    def first(self, worked: int) -> int:
        """The first second of the day at which so much is worked, 0 < worked ≤ length: in lunch, the morning's close."""
        place = bisect_left(self.before, worked) - 1
        return self.opens[place] + worked - self.before[place]


@lru_cache(maxsize=256)
def sessions(text: str = DEFAULT) -> Sessions:
    """`07:30-11:30,13:00-17:00` read. Raises ValueError for anything that is no such list, in order and without overlap."""
    found = [_SESSION.fullmatch(part) for part in text.split(",")]
    bounds = [_seconds(clock) for one in found if one is not None for clock in one.groups()]
    if None in found or any(later <= earlier for earlier, later in pairwise(bounds)):
        raise ValueError("must be sessions of a day in order, like 07:30-11:30,13:00-17:00")
    opens, closes = bounds[::2], bounds[1::2]
    before = list(accumulate((close - open_ for open_, close in zip(opens, closes, strict=True)), initial=0))
    return Sessions(tuple(opens), tuple(closes), tuple(before[:-1]), before[-1])


def _seconds(clock: str) -> int:
    return int(clock[:2]) * HOUR + int(clock[3:]) * 60


def add(calendar: Calendar, hours: Sessions, moment: int, seconds: int) -> int:
    """The first moment by which so many working seconds went by since `moment`.

    For 0 the first moment, not before this one, at which work goes on. The end of a full session is its close: 07:30 and 4 hours are 11:30.
    """
    day, worked = _place(calendar, hours, moment)
    return _first(calendar, hours, day, worked + seconds) if seconds > 0 else _last(calendar, hours, day, worked)


def back(calendar: Calendar, hours: Sessions, moment: int, seconds: int) -> int:
    """The last moment from which so many working seconds go by until `moment`; the mirror of `add`: 17:00 less 4 hours are 13:00."""
    day, worked = _place(calendar, hours, moment)
    return _last(calendar, hours, day, worked - seconds) if seconds > 0 else _first(calendar, hours, day, worked)


def between(calendar: Calendar, hours: Sessions, a: int, b: int) -> int:
    """Working seconds from `a` to `b`; 0 where `b` is not later."""
    if b <= a:
        return 0
    day, worked = _place(calendar, hours, a)
    until, then = _place(calendar, hours, b)
    return calendar.between(day, until) * hours.length + then - worked


def _place(calendar: Calendar, hours: Sessions, moment: int) -> tuple[int, int]:
    """(working day, working seconds of it) of a moment; on a day off, the end of the working day before."""
    day, second = divmod(moment + OFFSET, DAY)
    if calendar.is_workday(day):
        return day, hours.worked(second)
    return calendar.back(day, 1), hours.length


def _last(calendar: Calendar, hours: Sessions, day: int, worked: int) -> int:
    """The last moment at which so much was worked since the start of a working day, before it where negative."""
    days, rest = divmod(worked, hours.length)
    return _walk(calendar, day, days) * DAY - OFFSET + hours.last(rest)


def _first(calendar: Calendar, hours: Sessions, day: int, worked: int) -> int:
    """The first such moment."""
    days, rest = divmod(worked - 1, hours.length)
    return _walk(calendar, day, days) * DAY - OFFSET + hours.first(rest + 1)


def _walk(calendar: Calendar, day: int, days: int) -> int:
    return calendar.add(day, days) if days >= 0 else calendar.back(day, -days)
