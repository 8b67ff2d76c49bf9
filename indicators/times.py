"""Times as whole seconds since 1970 (UTC), days as whole days since 1970-01-01 in the counting zone.

`seconds` reads the canonical form `2026-08-13T00:30:00Z` by two table look-ups; any other RFC 3339 form takes the slow road.
A naive time is +07:00, as the contract says.
"""

import datetime as dt
from zoneinfo import ZoneInfo

DAY = 86_400
QUARTER = 900
VIETNAM = dt.timezone(dt.timedelta(hours=7))
EPOCH_2000 = 946_684_800
LAST_LOOKED = EPOCH_2000 + 38 * 365 * DAY  # what rules a zone has then, it keeps
_EPOCH = dt.date(1970, 1, 1)
_LAST_DAY = (dt.date.max - _EPOCH).days
_LAST_QUARTER = (_LAST_DAY * DAY - 1) // QUARTER  # of which every zone still knows the offset
_CANONICAL = len("2026-08-13T00:30:00Z")
_CACHE_LIMIT = 100_000


class _Dates(dict[str, int]):
    """`2026-08-13` → seconds at its midnight UTC."""

    def __missing__(self, text: str) -> int:
        value = (dt.date.fromisoformat(text) - _EPOCH).days * DAY
        if len(self) < _CACHE_LIMIT:
            self[text] = value
        return value


class _Clocks(dict[str, int]):
    """`T00:30:00Z` → seconds of the day; KeyError for any other shape."""

    def __missing__(self, text: str) -> int:
        if not (text[0] == "T" and text[3] == text[6] == ":" and text[9] == "Z"):
            raise KeyError(text)
        clock = dt.time.fromisoformat(text[1:9])
        value = clock.hour * 3600 + clock.minute * 60 + clock.second
        self[text] = value
        return value


_DATES = _Dates()
_CLOCKS = _Clocks()


def seconds(text: str) -> int:
    """Whole seconds since 1970 of an RFC 3339 time. Raises ValueError for anything else."""
    if len(text) == _CANONICAL:
        try:
            return _DATES[text[:10]] + _CLOCKS[text[10:]]
        except KeyError:
            pass
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=VIETNAM)
    return int(moment.timestamp() // 1)


def rfc3339(value: int) -> str:
    """Whole seconds → `2026-08-13T00:30:00Z`."""
    return dt.datetime.fromtimestamp(value, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Zone:
    """Counting days of one time zone: `day(seconds)` is the number of the day since 1970-01-01 there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = ZoneInfo(name)
        self._offsets: dict[int, int] = {}
        self._fixed = self._never_moved()

    def _never_moved(self) -> int | None:
        """The offset of a zone whose clocks were never moved since 2000, else None."""
        found = {self.offset(day * DAY) for day in range(EPOCH_2000 // DAY, LAST_LOOKED // DAY)}
        return found.pop() if len(found) == 1 else None

    def offset(self, value: int) -> int:
        """Seconds to add to UTC at this moment, looked up once a quarter of an hour of history (some zones change at half past)."""
        quarter = min(value // QUARTER, _LAST_QUARTER)
        found = self._offsets.get(quarter)
        if found is None:
            delta = dt.datetime.fromtimestamp(quarter * QUARTER, self._info).utcoffset()
            found = int(delta.total_seconds()) if delta else 0
            if len(self._offsets) < _CACHE_LIMIT:
                self._offsets[quarter] = found
        return found

    def day(self, value: int) -> int:
        """The day this moment falls in."""
        if self._fixed is not None and value >= EPOCH_2000:
            return (value + self._fixed) // DAY
        return (value + self.offset(value)) // DAY

    def date(self, value: int) -> dt.date:
        """The same as a date."""
        return date_of(self.day(value))

    def midnight(self, day: int) -> int:
        """Seconds at which the day begins."""
        start = dt.datetime.combine(date_of(day), dt.time(), self._info)
        return int(start.timestamp())

    def iso(self, value: int) -> str:
        """RFC 3339 with the zone's own offset, as people of the zone read it; what lies beyond the year 9999 is its last second."""
        try:
            moment = dt.datetime.fromtimestamp(value, self._info)
        except (ValueError, OverflowError):
            moment = dt.datetime.max.replace(microsecond=0, tzinfo=self._info)
        return moment.isoformat()


def date_of(day: int) -> dt.date:
    """Day number → date; what lies beyond the year 9999 (a due date there, moved by a wait) is its last day."""
    return _EPOCH + dt.timedelta(days=min(day, _LAST_DAY))


def day_of(date: dt.date) -> int:
    """Date → day number."""
    return (date - _EPOCH).days
