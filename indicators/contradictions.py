"""Where what was stated about a dossier does not fit together, or does not fit the clock. All of it is kept and shown; the clock alone counts."""

from indicators.dossier import State
from indicators.duties import MOST_NEW_DATES, denied, lateness, new_dates
from indicators.facts import at
from indicators.ontime import Clock, clock
from indicators.sight import Sight
from indicators.signs import AFTER_THE_FACT, odd
from indicators.times import Zone


def contradictions(number: str, state: State, sight: Sight) -> list[str]:
    """Keys, in the order in which a life goes."""
    times = clock(state, sight.zone)
    found = [AFTER_THE_FACT for sign in odd(number, state) if sign.sign == AFTER_THE_FACT]
    if times is not None:
        found += _due(state, times, sight)
    if len({sight.zone.day(date) for date in new_dates(state, times, sight.zone)}) > MOST_NEW_DATES:
        found.append("second_rescheduling")
    return found + _declared(number, state, sight.today, sight.zone)


def _due(state: State, times: Clock, sight: Sight) -> list[str]:
    found = []
    days = {sight.zone.day(due) for _, due in state.dues}
    if len(days) > 1:
        found.append("due_changed")
    if times.due_at is not None:
        day = sight.zone.day(times.due_at)
        if day < sight.zone.day(at(state.received)):
            found.append("due_before_received")
        if not sight.calendar.is_workday(day):
            found.append("due_on_day_off")
    return found


def _declared(number: str, state: State, today: int, zone: Zone) -> list[str]:
    if lateness(number, state, today, zone) is not None:
        return [] if state.declared else ["late_not_declared"]
    return ["declared_not_late"] * denied(number, state, today, zone) + ["apology_not_late"] * bool(state.letters)
