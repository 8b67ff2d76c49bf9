"""Where a dossier stands: what it counts, when it is due, and which lists it is on. A pure function of its state; the fold writes what differs.

Lists are candidates. Whoever reads one judges by the registry and the calendar of the day, so neither may decide here.
"""

from typing import NamedTuple

from indicators.buckets import Tally, tally_of
from indicators.dossier import State
from indicators.facts import at
from indicators.ontime import LATE, Clock, clock, end
from indicators.profiles import province
from indicators.times import DAY, Zone

# name → the day a member is listed under
LISTS = (
    "late",  # finished late: day finished
    "asked",  # a supplement was asked for: day of the first request
    "odd",  # finished before received, or heard of more than a day before its reception: day received
    "slow",  # filed online, and perhaps accepted later than 8 working hours after: day received
    "declared",  # the agency declared it late: day it said so
    "differ",  # counts otherwise under profile `province`: day received
)
NO_LISTS: tuple[int | None, ...] = (None,) * len(LISTS)
HOUR = 3600
_EAST = 7 * HOUR  # office hours are Vietnam's, whatever zone days are counted in
_OPENS, _NOON, _AFTERNOON, _CLOSES = 7 * HOUR + 1800, 11 * HOUR + 1800, 13 * HOUR + 1800, 17 * HOUR


class Standing(NamedTuple):
    """`due` is the effective due moment (seconds) of an open dossier that can become overdue, `held` the day an unreceived one was first heard of,
    `lists` the days under which it is listed, in the order of LISTS.
    """

    counted: Tally | None
    due: int | None
    held: int | None
    lists: tuple[int | None, ...]


NOWHERE = Standing(None, None, None, NO_LISTS)


def standing(number: str, state: State, zone: Zone) -> Standing:
    """Where a dossier stands."""
    times = clock(state, zone)
    counted = tally_of(number, state, times)
    due = due_moment(times, zone) if counted is not None and counted.finished is None and counted.became is not None else None
    held = None if state.received else zone.day(state.first_at)
    return Standing(counted, due, held, _lists(number, state, times, counted, zone))


def due_moment(times: Clock | None, zone: Zone) -> int:
    """The stated time of day on the effective due day, seconds."""
    assert times is not None
    assert times.due_at is not None
    assert times.became_day is not None
    moment = times.due_at + (times.became_day - zone.day(times.due_at)) * DAY
    # where a zone changes its offset, the same time of day may lie an hour beyond midnight
    return moment if zone.day(moment) == times.became_day else zone.midnight(times.became_day) + DAY // 2


def _lists(number: str, state: State, times: Clock | None, counted: Tally | None, zone: Zone) -> tuple[int | None, ...]:
    late = counted.finished if counted is not None and counted.verdict == LATE else None
    odd = times is not None and _odd(state, times)
    if late is None and not (odd or state.asked or state.declared or state.filed_at or times is None):
        return NO_LISTS
    asked = zone.day(state.asked[0][0]) if state.asked else None
    declared = zone.day(at(state.declared)) if state.declared else None
    if times is None:
        return late, asked, None, None, declared, None
    day = times.received_day
    other = province(state, times, zone)
    differs = counted is not None and other is not times and counted != tally_of(number, state, other)
    return late, asked, day if odd else None, day if _slow(state) else None, declared, day if differs else None


def _odd(state: State, times: Clock) -> bool:
    if state.reception_heard - state.first_heard > DAY:
        return True
    received = at(state.received)
    if times.finished_at != received:  # a clock never ends before it begins
        return False
    ended = end(state)[1]
    return ended is not None and ended < received


def _slow(state: State) -> bool:
    """Whether eight working hours may have passed before acceptance if every day were a working day: what the calendar calls late is among these."""
    if state.filed_at is None or not state.received or (state.channel is not None and state.channel[1] != "online"):
        return False
    filed = state.filed_at[1]
    midnight = filed - (filed + _EAST) % DAY
    second = filed - midnight
    if second < _OPENS:
        return at(state.received) > midnight + _CLOSES
    if second >= _CLOSES:
        return at(state.received) > midnight + DAY + _CLOSES
    return at(state.received) > midnight + DAY + (_NOON if _NOON < second < _AFTERNOON else second)
