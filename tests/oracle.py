"""Figures straight from the CSV files, in plain Python, sharing no code with chiso: what every unit and month must show."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NEW_YORK = ZoneInfo("America/New_York")


class Dossier(NamedTuple):
    unit: str
    sector: str | None
    official: str | None
    procedure: str | None
    received: dt.date
    due: dt.date | None
    finished: dt.date | None


def _iso(text: str) -> dt.date | None:
    return dt.datetime.fromisoformat(text).astimezone(VIETNAM).date() if text else None


def _american(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=NEW_YORK).astimezone(VIETNAM).date() if text else None


def _sane(date: dt.date | None) -> dt.date | None:
    return date if date is not None and date.year >= 2000 else None


def permits(path: Path) -> dict[str, Dossier]:
    found = {}
    for row in csv.DictReader(path.read_text().splitlines()):
        received, due, finished = (_iso(row[f"case:{name}"]) for name in ("startdate", "deadline", "enddate"))
        assert received is not None
        sector = None if row["case:group"] in ("", "EMPTY") else row["case:group"]
        found[row["case:concept:name"]] = Dossier(
            row["case:department"], sector, row["case:responsible"] or None, None, received, due, finished
        )
    return found


def requests(path: Path) -> dict[str, Dossier]:
    found = {}
    for row in csv.DictReader(path.read_text().splitlines()):
        received, due, finished = (_sane(_american(row[name])) for name in ("Created Date", "Due Date", "Closed Date"))
        if received is not None:
            finished = max(received, finished) if finished is not None else None
            found[row["Unique Key"]] = Dossier(
                row["Agency"], row["Borough"] or None, None, row["Complaint Type"] or None, received, due, finished
            )
    return found


def months(dossiers: list[Dossier]) -> Iterator[tuple[dt.date, dt.date]]:
    """[first day, first day of the next month) of every month from the first event to the last."""
    days = [day for one in dossiers for day in (one.received, one.finished) if day is not None]
    first = min(days).replace(day=1)
    while first <= max(days):
        following = (first + dt.timedelta(days=32)).replace(day=1)
        yield first, following
        first = following


def counts(dossiers: list[Dossier], a: dt.date, b: dt.date, today: dt.date) -> dict[str, int]:
    """Counts of [a, b), one dossier after another."""
    names = "received carried_over finished finished_early finished_on_time finished_late open open_in_time open_overdue waiting"
    found = dict.fromkeys(names.split(), 0)
    for one in dossiers:
        if one.received >= b or (one.finished is not None and one.finished < a):
            continue
        found["received" if one.received >= a else "carried_over"] += 1
        if one.finished is not None and one.finished < b:
            verdict = "on_time" if one.due is None or one.finished == one.due else "early" if one.finished < one.due else "late"
            found["finished"] += 1
            found[f"finished_{verdict}"] += 1
        else:
            found["open"] += 1
            found["open_overdue" if one.due is not None and one.due < min(b, today) else "open_in_time"] += 1
    return found
