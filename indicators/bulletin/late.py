"""Late dossiers of a month: finished late in it, or open and overdue at its end, by the very rule of the windows; what happened later changes nothing.

How they stood is read from the facts as they are known now. So their number by unit equals `finished_late` and `open_overdue` of the month's figures.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from indicators.buckets import tally_of
from indicators.dossier import State
from indicators.duties import Lateness
from indicators.facts import at, stated_at
from indicators.notices import charged
from indicators.ontime import ENDS, LATE, Clock, clock
from indicators.periods import Period
from indicators.times import Zone, date_of

FINISHED_LATE, OPEN_OVERDUE = "finished_late", "open_overdue"


class Late(NamedTuple):
    """Days are day numbers. `due` is the due day that counts (waits for the citizen added), `finished` None while it was open at the month's end.

    `official` held it when it became overdue, as its steps say; None where none says so: then it is the unit.
    """

    dossier: str
    unit: str
    official: str | None
    received: int
    due: int | None
    finished: int | None
    note: str
    became: int

    def row(self) -> dict[str, Any]:
        """As in `late_dossiers` of publication.json."""
        days = {"received": self.received, "due": self.due, "finished": self.finished}
        dates = {name: None if day is None else date_of(day).isoformat() for name, day in days.items()}
        return {"dossier": self.dossier, "unit": self.unit, "official": self.official, **dates, "note": self.note}


def late(number: str, state: State, period: Period, until: int, zone: Zone) -> Late | None:
    """How a dossier was late in a period; None where it was not. `until` is the first day that is not over by then: the period's end, or today."""
    times = clock(state, zone)
    counted = tally_of(number, state, times)
    if counted is None or times is None:
        return None
    finished, became = counted.finished, counted.became
    if finished is not None and finished < period.b:
        if finished < period.a or counted.verdict != LATE:
            return None
        since = finished if became is None else became
        return Late(number, counted.unit, _held(state, since, zone), times.received_day, _due(times, zone), finished, FINISHED_LATE, since)
    if became is None or became >= min(until, period.b) or times.received_day >= period.b:
        return None
    return Late(number, counted.unit, _held(state, became, zone), times.received_day, _due(times, zone), None, OPEN_OVERDUE, became)


def ahead(found: Iterable[Late], until: int) -> Counter[str]:
    """Unit → dossiers whose end was stated ahead, and who become overdue before it but not yet: windows already take them from what is open and overdue."""
    return Counter(one.unit for one in found if one.finished is not None and until <= one.became < one.finished)


def _held(state: State, became: int, zone: Zone) -> str | None:
    return charged(state, zone.midnight(became + 1))


def _due(times: Clock, zone: Zone) -> int | None:
    if times.effective_day is not None:
        return times.effective_day
    return None if times.due_at is None else zone.day(times.due_at)


def lateness_of(found: Late, times: Clock) -> Lateness:
    """The same as duties take it."""
    return Lateness(times, found.became, found.became if found.finished is None else found.finished)


def as_at(state: State, moment: int) -> State:
    """What had happened to a late dossier before a moment: later ends, letters and dates are left out. For what was owed, never for what counts."""
    gone: dict[str, Any] = {
        name: 0 for name in (*ENDS, "reopened", "declared") if getattr(state, name) and at(getattr(state, name)) >= moment
    }
    gone["undated"] = tuple(one for one in state.undated if at(one[0]) < moment)
    if state.stepped and stated_at(state.stepped) >= moment:  # packed the other way round: by when it happened
        gone["stepped"] = 0
    for name in ("explained_at", "apologised_at"):
        fact = getattr(state, name)
        if fact is not None and fact[1] >= moment:
            gone[name] = None
    for name in ("asked", "given", "letters"):
        gone[name] = tuple(one for one in getattr(state, name) if one[0] < moment)
    for name in ("new_dates", "rescheduled"):
        gone[name] = tuple(one for one in getattr(state, name) if one[0] < moment)
    for name in ("late_reason", "role"):
        fact = getattr(state, name)
        if fact is not None and stated_at(fact[0]) >= moment:
            gone[name] = None
    return msgspec.structs.replace(state, **gone)
