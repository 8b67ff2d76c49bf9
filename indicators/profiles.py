"""The other clock, profile `province`: some provinces count a dossier that waits for the citizen as always in time, and one withdrawn or stopped as on time.

`document` is `ontime.clock`; everything not said here is the same in both. Source: the table of settings of one-stop offices.
"""

from indicators.dossier import State
from indicators.ontime import ASKED_TWICE, LATE, ON_TIME, Clock, Wait, pairs
from indicators.times import Zone

FORGIVEN = ("withdrawn", "stopped")


def province(state: State, times: Clock, zone: Zone) -> Clock:
    """The clock under profile `province` of a dossier whose clock under `document` is `times`."""
    if times.outcome == ASKED_TWICE:  # asked again and again is still waiting
        return _waiting(times, ((zone.day(state.asked[0][0]), None),))
    if times.finished_day is None:
        asked = _unanswered(state, zone)
        return times if asked is None or times.waiting else _waiting(times, (*times.waits, (max(asked, times.received_day), None)))
    if times.verdict == LATE and times.outcome in FORGIVEN:
        return times._replace(verdict=ON_TIME, became_day=None)
    return times


def _waiting(times: Clock, waits: tuple[Wait, ...]) -> Clock:
    return times._replace(effective_day=None, finished_at=None, finished_day=None, outcome=None, verdict=None, became_day=None, waits=waits)


def _unanswered(state: State, zone: Zone) -> int | None:
    """The day of a request that nobody answered yet, whenever it was asked."""
    found = pairs(state.asked, state.given) if state.asked else []
    return zone.day(found[-1][0]) if found and found[-1][1] is None else None
