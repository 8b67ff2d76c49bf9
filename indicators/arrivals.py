"""What is kept of how news arrives: which running numbers of an agency's day were seen, and how long after it happened news of its dossiers came.

Both are rows that only grow, written in the same step as everything else. A row of numbers has a bit for each running number.
"""

from indicators.buckets import Rows, month_of
from indicators.lanes import SYNC_LANE
from indicators.numbers import prefix
from indicators.times import DAY, Zone

NUMBERS, SYNC = "numbers", "sync"
LARGEST = 20_000  # running numbers beyond are not those of a day
LONGEST = 8  # digits
BACKFILL = 30 * DAY  # what is told later than this is a file of the past, not a late synchronisation
HOUR = 3600
News = dict[tuple[str, str, int], int]  # (agency, source, Kafka second) → row of what was new
_RECORDS, _BACKFILLED, _AFTER_HOUR = SYNC_LANE["records"], SYNC_LANE["backfilled"], SYNC_LANE["after_hour"]
_AFTER_DAY = _AFTER_HOUR + SYNC_LANE["after_day"]
_SECONDS = SYNC_LANE["seconds"].bit_length() - 1


def running(number: str) -> tuple[str, str, int] | None:
    """(agency, day as yyyymmdd, running number) of a canonical dossier number; None where it has no such form."""
    agency, rest = prefix(number), number.partition("-")[2]
    day, dash, last = rest[:8], rest[8:9], rest[9:]
    if agency is None or dash != "-" or len(last) > LONGEST or not (day.isdecimal() and last.isdecimal()):
        return None
    place = int(last)
    return (agency, day, place) if place <= LARGEST else None


def count_number(rows: Rows, number: str) -> None:
    """A dossier is heard of for the first time."""
    found = running(number)
    if found is not None:
        agency, day, place = found
        key = (NUMBERS, agency, day)
        rows[key] = rows.get(key, 0) + (1 << place)


def count_news(rows: Rows, news: News) -> None:
    """Counts what came, month by month of its arrival."""
    for (agency, source, recorded), row in news.items():
        if row:
            key = (SYNC, agency, f"{month_of(_days(recorded))} {source}")
            rows[key] = rows.get(key, 0) + row


def delayed(seconds: int) -> int:
    """The row of one piece of news that Kafka has so long after it happened."""
    if seconds > HOUR:
        if seconds > BACKFILL:
            return _BACKFILLED
        return _RECORDS + (seconds << _SECONDS) + (_AFTER_DAY if seconds > DAY else _AFTER_HOUR)
    return _RECORDS + (seconds << _SECONDS) if seconds > 0 else _RECORDS


_VIETNAM = Zone("Asia/Ho_Chi_Minh")
_days = _VIETNAM.day


def gaps(row: int) -> list[int]:
    """Running numbers missing between the least and the greatest that were seen."""
    return [number for number in range((row & -row).bit_length() - 1, row.bit_length()) if not row >> number & 1] if row else []
