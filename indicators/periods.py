"""Periods as people write them: `2026-08`, `2026-Q3`, `2026-H1`, `2026-9M`, `2026`, `rolling-30`, `bc-2026-Q3`, `2026-08-01..2026-08-15`.

A period is [a, b) in day numbers of the counting zone. `bc-` is the reporting period of form 06a: its quarters begin on the 15th of the month
before the calendar quarter's last but one (`bc-2026-Q3` is 15 June to 14 September), its year on 15 December.
"""

import datetime as dt
import re
from dataclasses import dataclass

from indicators.errors import UsageError
from indicators.times import date_of, day_of

EXAMPLES = "2026-08, 2026-Q3, 2026-H1, 2026-9M, 2026, rolling-30, bc-2026-Q3, bc-2026 or 2026-08-01..2026-08-15"
ROLLING = (7, 30, 90)
_MONTHS = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])|(9M)))?")
_REPORT = re.compile(r"bc-(\d{4})(?:-Q([1-4]))?")
_ROLLING = re.compile(r"rolling-(\d+)")
_FIRST_YEAR, _LAST_YEAR = 2000, 2199  # beyond them nothing happened, and calendars end


@dataclass(frozen=True, slots=True)
class Period:
    """[a, b) in day numbers. `open` while its last day is not over."""

    id: str
    a: int
    b: int
    open: bool

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return date_of(self.a)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return date_of(self.b - 1)

    @property
    def whole_months(self) -> bool:
        """Whether it is a month or a union of months."""
        return self.first.day == 1 and date_of(self.b).day == 1


def current_month(today: int) -> str:
    """The period meant where none is named."""
    return f"{date_of(today):%Y-%m}"


def parse(text: str, today: int) -> Period:
    """The period of a text; `today` is a day number. Raises UsageError with examples."""
    for reader in (_months, _report, _rolling, _between):
        found = reader(text, today)
        if found is not None:
            a, b = found
            if a >= b:
                break
            return Period(text, a, b, b > today)
    raise UsageError(f"{text!r} is no period; write {EXAMPLES}")


def name(a: int, b: int) -> str:
    """How people call [a, b): a month, a quarter, a half, a year, else its first and last day."""
    first, last = date_of(a), date_of(b - 1)
    length = _months_between(a, b)
    if length == 1:
        return f"{first:%Y-%m}"
    if length in _NAMED and (first.month - 1) % length == 0:
        return f"{first.year}{_NAMED[length].format(first.month // length + 1)}"
    return f"{first}..{last}"


_NAMED = {3: "-Q{}", 6: "-H{}", 12: ""}


def _months_between(a: int, b: int) -> int | None:
    """Months from a to b where both are the same day of a month up to the 28th, and it begins a month; None otherwise."""
    first, end = date_of(a), date_of(b)
    return (end.year - first.year) * 12 + end.month - first.month if first.day == end.day == 1 else None


def _shifted(day: int, months: int) -> int:
    """The same day of another month, or that month's last."""
    date = date_of(day)
    begun = _day(date.year, date.month + months)
    return min(begun + date.day - 1, _day(date.year, date.month + months + 1) - 1)


def _compared(a: int, b: int, period: Period, today: int) -> Period:
    """[a, b), or of it as many days as have passed of an open period."""
    if period.open:
        b = max(a + 1, min(b, a + today + 1 - period.a))
    return Period(name(a, b), a, b, b > today)


def before(period: Period, today: int) -> Period:
    """The period before, of the same length; of an open period the same days passed."""
    first, end = period.first, date_of(period.b)
    if first.day == end.day:  # whole months, or reporting periods
        months = (end.year - first.year) * 12 + end.month - first.month
        return _compared(_shifted(period.a, -months), period.a, period, today)
    return _compared(period.a - (period.b - period.a), period.a, period, today)


def year_before(period: Period, today: int) -> Period:
    """The same period of the year before; of an open period the same days passed."""
    return _compared(_shifted(period.a, -12), _shifted(period.b, -12), period, today)


def months_of(period: Period) -> list[str]:
    """`2026-08`, … of whole months."""
    found, day = [], period.a
    while day < period.b:
        found.append(f"{date_of(day):%Y-%m}")
        day = _shifted(day, 1)
    return found


def _day(year: int, month: int, day: int = 1) -> int:
    """Day number; months beyond the year's go on in the next or the one before."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return day_of(dt.date(year, month, day))


def _months(text: str, _today: int) -> tuple[int, int] | None:
    found = _MONTHS.fullmatch(text)
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    year = int(found[1])
    month, quarter, half, nine = found.groups()[1:]
    if month:
        start, length = int(month), 1
    elif quarter:
        start, length = int(quarter) * 3 - 2, 3
    elif half:
        start, length = int(half) * 6 - 5, 6
    else:
        start, length = 1, 9 if nine else 12
    return (_day(year, start), _day(year, start + length)) if 1 <= start <= 12 else None


def _report(text: str, _today: int) -> tuple[int, int] | None:
    found = _REPORT.fullmatch(text)
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    year = int(found[1])
    start, length = (int(found[2]) * 3 - 3, 3) if found[2] else (0, 12)
    return _day(year, start, 15), _day(year, start + length, 15)


def _rolling(text: str, today: int) -> tuple[int, int] | None:
    found = _ROLLING.fullmatch(text)
    if not found or int(found[1]) not in ROLLING:
        return None
    return today + 1 - int(found[1]), today + 1


def _between(text: str, _today: int) -> tuple[int, int] | None:
    first, dots, last = text.partition("..")
    try:
        days = [dt.date.fromisoformat(one) for one in (first, last)] if dots else []
    except ValueError:
        return None
    if not days or not all(_FIRST_YEAR <= day.year <= _LAST_YEAR for day in days):
        return None
    return day_of(days[0]), day_of(days[1]) + 1
