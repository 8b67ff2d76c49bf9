"""Signs of what is off the record, to be checked line by line: what was heard of before its reception, accepted late, or skipped in the numbering.

A sign says what the records show, never why. Every one of them may have an innocent cause: a system that was down, a number given by mistake.
"""

from typing import NamedTuple

from indicators.arrivals import gaps
from indicators.dossier import State
from indicators.facts import at
from indicators.notices import unit_of
from indicators.ontime import end
from indicators.sight import SettingOf, Sight
from indicators.times import DAY
from indicators.workhours import Sessions, between

NOT_RECEIVED, AFTER_THE_FACT, FINISHED_FIRST = "not_received", "received_after_the_fact", "finished_before_received"
ACCEPTED_LATE, MISSING_NUMBERS = "accepted_late", "missing_numbers"
HOUR = 3600
MOST_MISSING = 1000  # more missing numbers than these: the agency does not number its dossiers in sequence
NAMED = 20


class Sign(NamedTuple):
    """`at` is the moment it is about (seconds), `dossier` is None for gaps; times in `detail` are seconds and named `…_at`."""

    sign: str
    unit: str
    dossier: str | None
    official: str | None
    at: int
    detail: dict[str, object]


def not_received(number: str, state: State, sight: Sight) -> Sign | None:
    """Something happened to a dossier that was never received, and two working days have passed since."""
    if state.received or not sight.missing(sight.zone.day(state.first_at)):
        return None
    return Sign(NOT_RECEIVED, unit_of(number, state), number, None, state.first_at, {"first_heard_at": state.first_heard or None})


def odd(number: str, state: State) -> list[Sign]:
    """Its reception came more than a day after the first news of it, or it is said to have ended before."""
    if not state.received:
        return []
    received, ended = at(state.received), end(state)[1]
    found = []
    if state.reception_heard - state.first_heard > DAY:
        heard = {"first_heard_at": state.first_heard, "reception_heard_at": state.reception_heard, "received_at": received}
        found.append(Sign(AFTER_THE_FACT, unit_of(number, state), number, None, received, dict(heard)))
    if ended is not None and ended < received:
        found.append(Sign(FINISHED_FIRST, unit_of(number, state), number, None, received, {"finished_at": ended, "received_at": received}))
    return found


def accepted_late(number: str, state: State, sight: Sight, hours: SettingOf, sessions: Sessions) -> Sign | None:
    """Filed online, and accepted or refused later than so many working hours after: a lateness of who receives, not of who handles.

    `hours` is asked for the desk that received it, on the day it was filed; `sessions` are that desk's.
    """
    online = state.channel is None or state.channel[1] == "online"
    if state.filed_at is None or not state.received or not online:
        return None
    filed, received = state.filed_at[1], at(state.received)
    desk = receiving(number, state)
    limit = hours(desk, sight.zone.day(filed))
    worked = between(sight.calendar, sessions, filed, received)
    if worked <= limit * HOUR:
        return None
    detail: dict[str, object] = {"filed_at": filed, "received_at": received, "working_hours": round(worked / HOUR, 2), "limit": limit}
    return Sign(ACCEPTED_LATE, desk, number, receiver(state), received, detail)


def receiving(number: str, state: State) -> str:
    """The unit whose desk took it in: not always the one that handles it."""
    return state.receiving_unit[1] if state.receiving_unit is not None else unit_of(number, state)


def receiver(state: State) -> str | None:
    """The official whom the reception names; None where a later statement put another in that place."""
    return state.assigned[1] if state.assigned is not None and at(state.assigned[0]) == at(state.received) else None


def missing_numbers(agency: str, day: int, row: int, sight: Sight) -> Sign | None:
    """Running numbers of an agency's day that nobody heard of, between the least and the greatest; `row` has a bit for each number seen."""
    if not row or not sight.missing(day):
        return None
    first, last = (row & -row).bit_length() - 1, row.bit_length() - 1
    missing = last - first + 1 - row.bit_count()
    if not 0 < missing <= MOST_MISSING:
        return None
    detail: dict[str, object] = {"agency": agency, "first": first, "last": last, "missing": missing, "numbers": gaps(row)[:NAMED]}
    return Sign(MISSING_NUMBERS, agency, None, None, sight.zone.midnight(day), detail)
