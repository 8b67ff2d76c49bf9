"""Who is late again and again in a year: units, and the officials who held dossiers when they became overdue.

Each late dossier counts once: in the month it was finished late, or while it is open in the month it became overdue.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

GRADING = 3  # months with lateness from which somebody belongs on the list for the year's grading
YEAR = 12


class Repeat(NamedTuple):
    """`official` None is the unit itself. `months` are months (1 to 12) with lateness, `worst` the month with most and how many."""

    unit: str
    official: str | None
    months: tuple[int, ...]
    late: int
    worst: tuple[int, int]
    trend: str
    grading: bool


def repeats(late: Iterable[tuple[str, str | None, int]], elapsed: int) -> list[Repeat]:
    """`late` is (unit, official charged, month) of each late dossier, `elapsed` how many months of the year have begun. Most months first.

    A dossier that nobody is charged with counts for its unit alone.
    """
    found: dict[tuple[str, str | None], Counter[int]] = {}
    for unit, official, month in late:
        for whose in {None, official}:
            found.setdefault((unit, whose), Counter())[month] += 1
    rows = [_repeat(unit, official, months, elapsed) for (unit, official), months in found.items()]
    return sorted(rows, key=lambda row: (-len(row.months), -row.late, row.unit, row.official or ""))


def _repeat(unit: str, official: str | None, months: Counter[int], elapsed: int) -> Repeat:
    worst = max(months, key=lambda month: (months[month], -month))
    late = tuple(sorted(months))
    return Repeat(unit, official, late, months.total(), (worst, months[worst]), trend(months, elapsed), len(late) >= GRADING)


def trend(months: Counter[int], elapsed: int) -> str:
    """The later half of the months begun against the earlier one; a month in the middle counts for neither."""
    half = elapsed // 2
    first = sum(months[month] for month in range(1, half + 1))
    last = sum(months[month] for month in range(elapsed - half + 1, elapsed + 1))
    return "up" if last > first else "down" if last < first else "flat"
