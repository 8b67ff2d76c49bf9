"""What a statement is kept as: a stamp and a value, or a member of a set that stays bounded. Each way of taking one in is a join."""

from collections.abc import Iterable
from typing import Any

import msgspec

from indicators.times import EPOCH_2000

KEPT = 32
HALF = KEPT // 2  # of a set that keeps its earliest and its latest
KEPT_STEPS = 256  # a long history still says who held the dossier when it became overdue
LOW = 0xFFFFFFFF

Text = tuple[int, str] | None
Flag = tuple[int, bool] | None
Time = tuple[int, int] | None
Dates = tuple[tuple[int, int], ...]  # (stated_at, due_at), seconds: `dates_kept` of all that were stated
Supplements = tuple[tuple[int, int, int], ...]  # (at, stated_at of the due date, due_at or 0), seconds


def stamp(stated_at: int, at: int) -> int:
    """(stated_at, at), seconds since 1970 and not before 2000, as one integer of the same order."""
    return (stated_at - EPOCH_2000) << 32 | (at - EPOCH_2000)


def at(stamped: int) -> int:
    """The `at` of a stamp, in seconds since 1970."""
    return (stamped & LOW) + EPOCH_2000


def stated_at(stamped: int) -> int:
    """The `stated_at` of a stamp, in seconds since 1970."""
    return (stamped >> 32) + EPOCH_2000


def later(state: msgspec.Struct, name: str, fact: tuple[int, Any]) -> bool:
    """A plain fact: the later statement wins, then the greater value. Says whether anything changed."""
    old = getattr(state, name)
    if old is None or fact > old:
        setattr(state, name, fact)
        return True
    return False


def unite(state: msgspec.Struct, name: str, member: Any, kept: int = KEPT) -> bool:
    """Adds a member to a set that keeps its earliest. Says whether anything changed."""
    old = getattr(state, name)
    if member in old:
        return False
    new = tuple(sorted((*old, member)))[:kept]
    setattr(state, name, new)
    return bool(new != old)


def dates_kept(stated: Iterable[tuple[int, int]]) -> Dates:
    """What is kept of dates that were stated: of each its earliest statement, of the 16 that were stated first, and its latest, of the 16 stated last.

    So a date said again every night takes two places, and what came after it is not lost. The least statement of a date, and the 16 least of
    those, are the same of a set and of what is kept of its parts, for nothing that is left out anywhere may be among them; so are the greatest.
    """
    first: dict[int, tuple[int, int]] = {}
    last: dict[int, tuple[int, int]] = {}
    for statement in sorted(stated):
        first.setdefault(statement[1], statement)
        last[statement[1]] = statement
    return tuple(sorted({*sorted(first.values())[:HALF], *sorted(last.values())[-HALF:]}))


def ends_kept(stated: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """What is kept of ends without a moment of their own: the 16 that were said first, and the 16 said last."""
    ordered = sorted(set(stated))
    return tuple(ordered if len(ordered) <= KEPT else ordered[:HALF] + ordered[-HALF:])
