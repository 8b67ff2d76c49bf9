"""What the head of a unit owes for a late dossier: an explanation and a letter of apology that names a new date. Signs to be checked, not verdicts.

                due day      owed from this midnight      late from the midnight ending the n-th working day after
    ...-----------|###########|----------------------------|~~~~~~~~~~~~
                   (a letter sent on the due day, or before, counts as sent)

Late is what the clock of 2.1 calls late; what the agency declares changes nothing, and where it differs both are shown.
"""

from typing import NamedTuple

from indicators.buckets import tally_of
from indicators.dossier import State
from indicators.facts import at
from indicators.notices import charged, unit_of
from indicators.ontime import LATE, Clock, clock
from indicators.sight import SettingOf, Sight
from indicators.times import Zone

MOST_NEW_DATES = 1


class Owed(NamedTuple):
    """`owed` since when, `sent_at` when first (None: not yet), `late` whether it came, or is still lacking, after its limit. Moments in seconds."""

    owed: int
    sent_at: int | None
    late: bool


class Lateness(NamedTuple):
    """`day` is the day whose passing made it late, `month_day` the day it is listed under: finished, or while open the day it became overdue."""

    times: Clock
    day: int
    month_day: int


class Duty(NamedTuple):
    """A late dossier and what is owed for it. Days are day numbers, moments seconds, `days_late` working days, `times` how often a new date was set."""

    unit: str
    official: str | None
    lateness: Lateness
    days_late: int
    explanation: Owed
    apology: Owed
    role: str | None
    reason: str | None
    new_date: int | None
    times: int
    flags: tuple[str, ...]


def lateness(number: str, state: State, today: int, zone: Zone) -> Lateness | None:
    """How a dossier is late by the clock; None where it is not, does not count, or is not known to have been received."""
    times = clock(state, zone)
    if times is None or tally_of(number, state, times) is None:
        return None
    if times.finished_day is None:
        became = times.became_day
        return None if became is None or became >= today else Lateness(times, became, became)
    if times.verdict != LATE:
        return None
    return Lateness(times, times.finished_day if times.became_day is None else times.became_day, times.finished_day)


def duty(number: str, state: State, sight: Sight, apology_days: SettingOf) -> Duty | None:
    """What is owed for a dossier; None where it is not late."""
    late = lateness(number, state, sight.today, sight.zone)
    if late is None:
        return None
    unit = unit_of(number, state)
    owed = sight.zone.midnight(late.day + 1)
    limit = sight.after(late.day, apology_days(unit, late.day))
    letter = state.letters[0] if state.letters else None  # the first that was sent
    explanation = _owed(owed, limit, _value(state.explained_at), sight.now)
    apology = _owed(owed, limit, None if letter is None else letter[0], sight.now)
    dates = new_dates(state, late.times, sight.zone)
    new_date = dates[-1] if dates else None
    until = sight.today if late.times.finished_day is None else late.times.finished_day
    since = late.day if late.times.effective_day is None else late.times.effective_day
    times = len({sight.zone.day(date) for date in dates})
    found = Duty(
        unit,
        charged(state, owed),
        late,
        sight.calendar.between(since, until),
        explanation,
        apology,
        (letter[1] if letter else None) or _text(state.role),
        _text(state.late_reason),
        new_date,
        times,
        (),
    )
    return found._replace(flags=tuple(_flags(found, state, sight)))


def new_dates(state: State, times: Clock | None, zone: Zone) -> list[int]:
    """Dates set anew, in the order in which they were stated; one on the due day itself sets nothing anew. Moments."""
    due = None if times is None or times.due_at is None else zone.day(times.due_at)
    return [date for _, date in sorted({*state.new_dates, *state.rescheduled}) if zone.day(date) != due]


def _owed(owed: int, limit: int, sent_at: int | None, now: int) -> Owed:
    return Owed(owed, sent_at, (now if sent_at is None else sent_at) >= limit)


def _flags(found: Duty, state: State, sight: Sight) -> list[str]:
    explanation, apology, times = found.explanation, found.apology, found.lateness.times
    lacking = {"explanation_missing": explanation, "apology_missing": apology}
    flags = [name for name, one in lacking.items() if one.sent_at is None and sight.now >= one.owed]
    if len(flags) == len(lacking):
        flags.append("none_sent")
    sent = [one for one in (explanation, apology) if one.sent_at is not None]
    if any(one.late for one in sent):
        flags.append("sent_late")
    if sent and found.reason is None:
        flags.append("no_reason")
    if apology.sent_at is not None and found.new_date is None:
        flags.append("no_new_date")
    if found.times > MOST_NEW_DATES:
        flags.append("second_rescheduling")
    ended = sight.today if times.finished_day is None else times.finished_day
    if found.new_date is not None and sight.zone.day(found.new_date) < ended:
        flags.append("new_date_missed")
    if not state.declared:
        flags.append("not_declared")
    return flags


def denied(number: str, state: State, today: int, zone: Zone) -> bool:
    """Whether the agency declared it late, and the clock does not: it is on time, has no due date, does not count, or was never received."""
    return bool(state.declared) and lateness(number, state, today, zone) is None


def declared_day(state: State, zone: Zone) -> int:
    """The day of the declaration."""
    return zone.day(at(state.declared))


def _value(fact: tuple[int, int] | None) -> int | None:
    return None if fact is None else fact[1]


def _text(fact: tuple[int, str] | None) -> str | None:
    return None if fact is None else fact[1]
