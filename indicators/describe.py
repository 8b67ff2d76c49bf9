"""One dossier in words and dates for people and other systems: what was stated, what the clock makes of it, what is odd about it."""

from itertools import groupby
from typing import Any

from indicators.contradictions import contradictions
from indicators.dossier import State, is_accepted
from indicators.facts import Dates, at, stated_at
from indicators.ontime import ASKED_TWICE, ENDS, FARTHEST_DUE, Clock, clock, end, end_of, stepped_over
from indicators.sight import Sight
from indicators.times import Zone, date_of

VERDICTS = ("early", "on_time", "late")
_PLAIN = (
    "channel",
    "fee_owed",
    "paper_result",
    "population_data",
    "personal_store",
    "receiving_unit",
    "electronic_result",
    "reason",
    "paid_online",
    "papers_digitised",
    "result_digitised",
    "papers_reused",
    "result_reused",
    "rating",
    "role",
    "late_reason",
    "procedure_name",
    "sector_name",
    "unit_name",
)
_TIMES = ("filed_at", "explained_at", "apologised_at", "new_date")


def describe(number: str, state: State, zone: Zone, sight: Sight | None = None) -> dict[str, Any]:
    """The JSON of `/v1/dossiers/{number}`; times are RFC 3339 in the counting zone, absent is None.

    `findings` name contradictions too where it is said from where one looks.
    """
    times = clock(state, zone)
    official = state.handled_by or state.assigned
    return {
        "dossier": number,
        "unit": _value(state.unit),
        "sector": _value(state.sector),
        "procedure": _value(state.procedure),
        "official": _value(official),
        "received_at": zone.iso(at(state.received)) if state.received else None,
        "due_at": _iso(times.due_at if times else None, zone),
        "effective_due": _date(times.effective_day if times else None),
        "finished_at": _iso(times.finished_at if times else end(state)[1], zone),
        "outcome": None if times is None or times.verdict is None else VERDICTS[times.verdict],
        "end": times.outcome if times else end(state)[0],
        "waiting": bool(times and times.waiting),
        "facts": facts(state, zone),
        "findings": findings(state, times) + ([] if sight is None else contradictions(number, state, sight)),
    }


def facts(state: State, zone: Zone) -> dict[str, Any]:
    """Every fact that was stated, by name."""
    found: dict[str, Any] = {name: getattr(state, name)[1] for name in _PLAIN if getattr(state, name) is not None}
    found |= {name: zone.iso(getattr(state, name)[1]) for name in _TIMES if getattr(state, name) is not None}
    if state.accepted is not None:
        found["accepted"] = is_accepted(state)
    found |= _ended(state, zone)
    if state.dues:
        found["due_dates"] = _dates(state.dues, zone)
    if state.rescheduled:
        found["rescheduled"] = _dates(state.rescheduled, zone)
    for name in ("asked", "given"):
        if getattr(state, name):
            found[f"supplements_{name}"] = [zone.iso(moment) for moment, _, _ in getattr(state, name)]
    if state.steps:
        found["steps"] = [{"at": zone.iso(moment), "official": official} for moment, official in state.steps]
    found |= _told(state, zone)
    if state.petitions:
        found["petitions"] = [petition for petition, _, withdrawn in state.petitions if not withdrawn]
    return found


def _told(state: State, zone: Zone) -> dict[str, Any]:
    """What was asked, promised and apologised for, and when it was heard of."""
    found: dict[str, Any] = {}
    if state.papers:
        found["papers_asked"] = [{"at": zone.iso(moment), "paper": code} for moment, code in state.papers]
    if state.new_dates:
        found["new_dates"] = _dates(state.new_dates, zone)
    if state.letters:
        found["letters"] = [{"at": zone.iso(moment), "role": role or None} for moment, role in state.letters]
    if state.declared:
        found["declared_late"] = zone.iso(at(state.declared))
    heard = {"first_heard_at": state.first_heard, "reception_heard_at": state.reception_heard}
    return found | {name: zone.iso(moment) for name, moment in heard.items() if moment}


def _ended(state: State, zone: Zone) -> dict[str, str]:
    """Ends by kind, and what took any of them back."""
    found = {name: zone.iso(at(stamped)) for name in ENDS if (stamped := _end(state, name))}
    reopened = _reopened(state)
    return found if reopened is None else found | {"reopened": zone.iso(reopened)}


def _end(state: State, name: str) -> int:
    """The stamp of the end of a kind to be shown, 0 for none: the one that stands, else the one that was taken back."""
    return end_of(state, name) or getattr(state, name) or next((stamped for stamped, kind in state.undated if kind == name), 0)


def _reopened(state: State) -> int | None:
    """When it was last reopened, in seconds; None where that took nothing back."""
    ends = [stamped for stamped in (*(getattr(state, name) for name in ENDS), *(stamped for stamped, _ in state.undated)) if stamped]
    found = [at(state.reopened)] if any(stamped < state.reopened for stamped in ends) else []
    if any(stepped_over(state, stamped) for stamped in ends):
        found.append(stated_at(state.stepped))  # packed the other way round: by when it happened
    return max(found, default=None)


def _dates(stated: Dates, zone: Zone) -> list[str]:
    """Dates in the order in which they were stated; one that was only said again stands once."""
    return [zone.iso(date) for date, _ in groupby(date for _, date in stated)]


def findings(state: State, times: Clock | None) -> list[str]:
    """What is odd, in the words of the contract."""
    if times is None:
        return ["not_received"]
    found = []
    ended = end(state)[1]
    if ended is not None and ended < at(state.received):
        found.append("finished_before_received")
    if times.due_at is None:
        found.append("no_due_date")
    elif times.due_at > at(state.received) + FARTHEST_DUE:
        found.append("due_beyond_ten_years")
    if times.outcome == ASKED_TWICE:
        found.append(ASKED_TWICE)
    if not is_accepted(state):
        found.append("not_accepted")
    return found


def _value(fact: tuple[int, Any] | None) -> Any:
    return None if fact is None else fact[1]


def _iso(value: int | None, zone: Zone) -> str | None:
    return None if value is None else zone.iso(value)


def _date(day: int | None) -> str | None:
    return None if day is None else date_of(day).isoformat()
