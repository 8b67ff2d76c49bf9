"""Published versions of a closed month: when one is due, what differs between two, and why.

Figures of a unit are flat: counts by name (`received`), indicators by id (`"2.1": [numerator, denominator, score]`), blocks by code, `total`, all
scores in hundredths of a point, `grade`, `rank` ([place, of, peers, published]), `complete`, and `members` (digests of the units it is made of: of all, of those with figures).
Version 1 holds them all, later ones only those that differ from before; None where a figure is no more.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from indicators.figures import Counts
from indicators.times import DAY, VIETNAM, day_of, seconds

WAIT_DAYS = 5  # after a month's last day
HOUR = 6
LOOKED_AT = 25  # months, this one among them
OFFSET = 7 * 3600
COUNTS = frozenset(Counts.__slots__)
CLOCKED = frozenset({"1.1", "1.2", "5.2", "5.3", "CKMB", "MDHL"})  # count working days
REPORTED = frozenset({"1.4", "4.6", "CKMB", "MDSH"})  # rest on what agencies report
SUMS = frozenset({"total", "grade", "rank"})
HIDDEN = frozenset({"complete", "members"})

Figures = dict[str, Any]


class Cut(msgspec.Struct, frozen=True):
    """What is common to the versions of one cut: where the log stood, and by which rules was counted. `done` once all its versions are sent."""

    cut: int
    at: str  # RFC 3339, +07:00
    as_of: str | None
    positions: dict[str, dict[str, int]]  # positions, petitions, procedures → partition → next offset
    halted: dict[str, str]
    rule: str
    formulas: str  # digest of the month's formulas
    rules: str  # of dossiers' windows
    calendar: str  # digest of its days
    zone: str
    registry: int  # offset of dvc.registry.v1
    reports: str  # digest of what agencies reported of the month
    units: int  # versions it made
    done: bool = False


class Version(msgspec.Struct, frozen=True):
    """One version of a unit's month; `cut` says what else holds of it."""

    version: int
    cut: int
    at: str
    figures: Figures


def moment(text: str) -> int:
    """`2026-09-05T06:00` of Vietnam as seconds since 1970."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM).timestamp())


def iso(now: int) -> str:
    """RFC 3339 in Vietnam's time."""
    return dt.datetime.fromtimestamp(now, VIETNAM).isoformat()


def first_due(month: str) -> int:
    """When version 1 of `2026-08` is due: 06:00 of the fifth day after its last, whatever the zone counted in."""
    year, number = int(month[:4]), int(month[5:])
    last = dt.date(year + number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)
    return (day_of(last) + WAIT_DAYS) * DAY + HOUR * 3600 - OFFSET


def daily(now: int) -> int:
    """The latest 06:00 in Vietnam that is not after `now`."""
    return now - (now + OFFSET - HOUR * 3600) % DAY


def due(now: int, month: str, last: int | None) -> bool:
    """Whether a month is to be looked at; `last` is when it was cut or looked at last, None for never. All in seconds since 1970."""
    return now >= first_due(month) and (last is None or last < daily(now))


def months(now: int) -> list[str]:
    """The closed months that are looked at, oldest first."""
    date = dt.datetime.fromtimestamp(now, VIETNAM).date()
    index = date.year * 12 + date.month - 1
    return [f"{one // 12}-{one % 12 + 1:02}" for one in range(index - LOOKED_AT + 1, index)]


def differing(old: Figures, new: Figures) -> Figures:
    """What a version after `old` holds."""
    return {name: new.get(name) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)}


def moved(old: Figures, new: Figures) -> bool:
    """Whether a new version is called for. How many are ranked beside a unit is not its figure; what was complete stays so."""
    found = differing(old, new)
    if old.get("rank") and new.get("rank") and old["rank"][0] == new["rank"][0]:
        found.pop("rank", None)
    return any(name not in HIDDEN or (name == "complete" and new.get(name)) for name in found)


def standing(versions: Iterable[Version]) -> Figures:
    """All figures after the last of some versions, given from the first."""
    found: Figures = {}
    for one in versions:
        found |= one.figures
    return {name: value for name, value in found.items() if value is not None}


def until(versions: Sequence[Version], day: int) -> list[Version]:
    """The versions published by the end of a day of Vietnam's."""
    return [one for one in versions if seconds(one.at) < (day + 1) * DAY - OFFSET]


def cause(name: str, old: Figures, new: Figures, cuts: tuple[Cut, Cut]) -> str:
    """Why a figure moved between a unit's figures of two cuts, the most particular reason: rules, formula, registry, else events."""
    before, after = cuts
    if (before.rules, before.zone) != (after.rules, after.zone):
        return "rules"
    if before.calendar != after.calendar and name in CLOCKED | SUMS:
        return "rules"
    if (before.rule, before.formulas) != (after.rule, after.formulas) and name not in COUNTS | HIDDEN:
        return "formula"
    reported = before.reports != after.reports and name in REPORTED | SUMS
    still = before.positions == after.positions and before.registry != after.registry
    return "registry" if _others(old, new) or reported or still else "events"


def _others(old: Figures, new: Figures) -> bool:
    """Whether other units belong to it: by registration, not because one had its first figures; and it matters, for they have figures."""
    pairs = zip(old.get("members") or (), new.get("members") or (), strict=False)
    found = [one != other for one, other in pairs]
    return bool(found) and all(found)
