"""What is kept of how news arrives: which running numbers of an agency's day were seen, and how long after it happened news of its dossiers came.

Both are rows that only grow, written in the same step as everything else. A row of numbers has a bit for each running number.
"""

import re

from indicators.buckets import Rows, month_of
from indicators.lanes import SYNC_LANE
from indicators.times import DAY, Zone

NUMBERS, SYNC = "numbers", "sync"
LARGEST = 20_000  # running numbers beyond are not those of a day
BACKFILL = 30 * DAY  # what is told later than this is a file of the past, not a late synchronisation
HOUR = 3600
_RUNNING = re.compile(r"^([GH]\d{2}(?:\.\d+)*)-(\d{8})-(\d{1,8})$")
_RECORDS = SYNC_LANE["records"]
_SECONDS = SYNC_LANE["seconds"].bit_length() - 1


def running(number: str) -> tuple[str, str, int] | None:
    """(agency, day as yyyymmdd, running number) of a canonical dossier number; None where it has no such form."""
    found = _RUNNING.match(number)
    if found is None or int(found[3]) > LARGEST:
        return None
    return found[1], found[2], int(found[3])


def count_number(rows: Rows, number: str) -> None:
    """A dossier is heard of for the first time."""
    found = running(number)
    if found is not None:
        key = (NUMBERS, found[0], found[1])
        rows[key] = rows.get(key, 0) + (1 << found[2])


def count_news(rows: Rows, agency: str, source: str, moment: int, recorded: int) -> None:
    """Something new happened at `moment`, and Kafka has it since `recorded`, seconds."""
    key = (SYNC, agency, f"{month_of(_days(recorded))} {source}")
    rows[key] = rows.get(key, 0) + _delayed(max(0, recorded - moment))


def _delayed(seconds: int) -> int:
    if seconds > BACKFILL:
        return SYNC_LANE["backfilled"]
    row = _RECORDS + (seconds << _SECONDS)
    if seconds > HOUR:
        row += SYNC_LANE["after_hour"] + (SYNC_LANE["after_day"] if seconds > DAY else 0)
    return row


_VIETNAM = Zone("Asia/Ho_Chi_Minh")
_days = _VIETNAM.day


def gaps(row: int) -> list[int]:
    """Running numbers missing between the least and the greatest that were seen."""
    return [number for number in range((row & -row).bit_length() - 1, row.bit_length()) if not row >> number & 1] if row else []
