"""Counts of a period straight from the simulator's truth file: read as text, counted dossier by dossier, without any of chiso's own code."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

VIETNAM = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True)
class Staged:
    """An accepted dossier, all moments as days in Vietnam."""

    unit: str
    received: dt.date
    due: dt.date | None  # the effective due day; None while a supplement is waited for
    asked: dt.date | None
    waited_until: dt.date | None
    finished: dt.date | None


def _day(text: str) -> dt.date | None:
    return dt.datetime.fromisoformat(text).astimezone(VIETNAM).date() if text else None


def read(path: Path) -> list[Staged]:
    """All that count: accepted and received."""
    found = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            received = _day(row["received_at"])
            if row["accepted"] != "yes" or received is None:
                continue
            due = dt.date.fromisoformat(row["effective_due"]) if row["effective_due"] else None
            finished = _day(row["finished_at"])
            found.append(Staged(row["unit"], received, due, _day(row["asked_at"]), _day(row["given_at"]), finished))
    return found


def months(staged: Iterable[Staged]) -> list[tuple[dt.date, dt.date]]:
    """[first, first of the next) of every month with anything in it."""
    days = [day for one in staged for day in (one.received, one.finished) if day]
    year, month = min(days).year, min(days).month
    found = []
    while (year, month) <= (max(days).year, max(days).month):
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        found.append((dt.date(year, month, 1), dt.date(*following, 1)))
        year, month = following
    return found


def counts(staged: Iterable[Staged], belongs: Callable[[str], bool], span: tuple[dt.date, dt.date], today: dt.date) -> dict[str, int]:
    """As in `show --json`."""
    first, after = span
    names = "received carried_over finished finished_early finished_on_time finished_late open open_in_time open_overdue waiting".split()
    found = dict.fromkeys(names, 0)
    for one in staged:
        if not belongs(one.unit) or one.received >= after or (one.finished and one.finished < first):
            continue
        found["received" if one.received >= first else "carried_over"] += 1
        if (
            one.asked
            and one.asked < after
            and not (one.waited_until and one.waited_until < after)
            and not (one.finished and one.finished < after)
        ):
            found["waiting"] += 1
        if one.finished and one.finished < after:
            assert one.due is not None
            found["finished"] += 1
            found["finished_early" if one.finished < one.due else "finished_on_time" if one.finished == one.due else "finished_late"] += 1
        else:
            found["open"] += 1
            overdue = one.due is not None and one.due < min(after, today)
            found["open_overdue" if overdue else "open_in_time"] += 1
    return found
