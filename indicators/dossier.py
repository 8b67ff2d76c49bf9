"""A dossier's state: the join of every fact stated about it.

A fact is `(stamp, value)`. The stamp packs (stated_at, at) into one integer, so `new > old` on the tuple *is* the rule "the later statement
wins, then the later `at`, then the greater value", and no event id has to be kept. Sets unite and keep their earliest members, or their
earliest and their latest, which bounds them. All are joins (associative, commutative, idempotent): the state is the same whatever the order of
arrival and however often an event comes.

`State` is stored as a msgpack array in this field order: new facts go to the end, none is ever removed.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from indicators import events as ev
from indicators.facts import KEPT, KEPT_STEPS, Dates, Flag, Supplements, Text, Time, dates_kept, ends_kept, later, stamp, unite
from indicators.times import EPOCH_2000, seconds


class State(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """What is known of one dossier. Stamps are 0 and facts None where nothing was stated. The fold alone changes one in place, by `join`."""

    received: int = 0
    first_at: int = 0  # the earliest `at` of any event, seconds
    unit: Text = None
    procedure: Text = None
    sector: Text = None
    assigned: Text = None  # official of `received` and `transferred`
    channel: Text = None
    accepted: Flag = None
    fee_owed: Flag = None
    paper_result: Flag = None
    population_data: Flag = None
    personal_store: Flag = None
    filed_at: Time = None
    receiving_unit: Text = None
    dues: Dates = ()  # as stated in `received`
    processed: int = 0
    handled_by: Text = None  # official of `processed`
    electronic_result: Flag = None
    returned: int = 0
    stopped: int = 0
    refused: int = 0
    withdrawn: int = 0
    reason: Text = None
    reopened: int = 0
    asked: Supplements = ()
    given: Supplements = ()
    rescheduled: Dates = ()
    steps: tuple[tuple[int, str], ...] = ()  # (at, official)
    paid_online: Flag = None
    papers_digitised: Flag = None
    result_digitised: Flag = None
    papers_reused: Flag = None
    result_reused: Flag = None
    rating: Text = None
    petitions: tuple[tuple[str, int, bool], ...] = ()  # (petition, stamp, withdrawn)
    explained_at: Time = None
    apologised_at: Time = None
    role: Text = None
    late_reason: Text = None
    new_date: Time = None
    procedure_name: Text = None
    sector_name: Text = None
    unit_name: Text = None
    papers: tuple[tuple[int, str], ...] = ()  # (moment asked, component code)
    new_dates: Dates = ()  # (stated_at, date promised anew) of `late`, seconds
    letters: tuple[tuple[int, str], ...] = ()  # (apology sent at, by which role or '')
    declared: int = 0  # the agency said that it is late
    first_heard: int = 0  # Kafka time of the first record of its reception or of anything that only follows one, seconds
    reception_heard: int = 0  # the same of its first reception
    last_at: int = 0  # the latest `at` of any event, seconds
    undated: tuple[tuple[int, str], ...] = ()  # (stamp, end) of ends whose source gave no moment: `ends_kept` of all that were stated
    stepped: int = 0  # the latest reopening by a step, packed as (at, stated_at): by when it happened


decode_state: Callable[[bytes], State] = msgspec.msgpack.Decoder(State).decode
encode_state: Callable[[State], bytes] = msgspec.msgpack.Encoder().encode

# event field → state field, of the facts that are plain values
_RECEIVED = {
    "unit": "unit",
    "procedure": "procedure",
    "sector": "sector",
    "official": "assigned",
    "channel": "channel",
    "accepted": "accepted",
    "fee_owed": "fee_owed",
    "paper_result": "paper_result",
    "population_data": "population_data",
    "personal_store": "personal_store",
    "receiving_unit": "receiving_unit",
    "procedure_name": "procedure_name",
    "sector_name": "sector_name",
    "unit_name": "unit_name",
}
_FACTS: dict[type[ev.Event], dict[str, str]] = {
    ev.Received: _RECEIVED,
    ev.Processed: {"official": "handled_by", "electronic_result": "electronic_result"},
    ev.Returned: {"electronic_result": "electronic_result"},
    ev.Refused: {"reason": "reason"},
    ev.Withdrawn: {"reason": "reason"},
    ev.Stopped: {"reason": "reason"},
    ev.Transferred: {"unit": "unit", "official": "assigned"},
    ev.FeeRequested: {"fee_owed": "fee_owed"},
    ev.Paid: {"fee_owed": "fee_owed"},
    ev.Digitised: {"papers": "papers_digitised", "result": "result_digitised"},
    ev.Reused: {"papers": "papers_reused", "result": "result_reused"},
    ev.Late: {"role": "role", "reason": "late_reason"},
    ev.Rated: {"rating": "rating"},
}
_TIMES: dict[type[ev.Event], dict[str, str]] = {
    ev.Received: {"filed_at": "filed_at"},
    ev.Late: {"explanation_at": "explained_at", "apology_at": "apologised_at", "new_date": "new_date"},
}
# what shows that a dossier was taken in; what a filed one may say of itself does not
_FOLLOWING = {ev.Received, ev.Step, ev.Transferred, ev.SupplementRequested, ev.SupplementGiven, ev.Processed, ev.Returned, ev.Stopped}
# the moment itself is the fact
_MOMENTS: dict[type[ev.Event], str] = {
    ev.Received: "received",
    ev.Processed: "processed",
    ev.Returned: "returned",
    ev.Stopped: "stopped",
    ev.Refused: "refused",
    ev.Withdrawn: "withdrawn",
    ev.Reopened: "reopened",
    ev.Late: "declared",
}


def _getter(fields: dict[str, str]) -> Callable[[Any], tuple[Any, ...]]:
    names = tuple(fields)
    if len(names) == 1:  # attrgetter of one name gives the bare value
        only = attrgetter(names[0])
        return lambda event: (only(event),)
    return attrgetter(*names)


_PLAIN = {kind: (_getter(fields), tuple(fields.values())) for kind, fields in _FACTS.items()}
_DATED = {kind: (_getter(fields), tuple(fields.values())) for kind, fields in _TIMES.items()}


def join(state: State, event: ev.Event, stated: int, moment: int, recorded: int = 0) -> bool:  # noqa: C901, PLR0912, PLR0915 - the hottest loop: calls cost more than branches
    """Takes the event's facts into `state`, in place; says whether anything changed.

    `stated` and `moment` are the event's `stated_at` and `at` in seconds, `recorded` the Kafka time of its record (0: not known).
    Raises ValueError when one of its other times is no time.
    """
    slot, plain, dated, special, follows, apart = _HOW[type(event)]
    stamped = (stated - EPOCH_2000) << 32 | (moment - EPOCH_2000)  # stamp(stated, moment)
    changed = False
    if apart is not None and getattr(event, apart):
        changed = _apart(state, slot, stated, moment)
    elif slot is not None and stamped > getattr(state, slot):
        setattr(state, slot, stamped)
        changed = True
    if plain is not None:
        for value, name in zip(plain[0](event), plain[1], strict=True):
            if value is not None:
                old = getattr(state, name)
                if old is None or (stamped, value) > old:
                    setattr(state, name, (stamped, value))
                    changed = True
    if dated is not None:
        for text, name in zip(dated[0](event), dated[1], strict=True):
            if text is not None:
                changed |= later(state, name, (stamped, seconds(text)))
    if special is not None:
        changed |= special(state, event, stated, moment)
    if not state.first_at or moment < state.first_at:
        state.first_at = moment
        changed = True
    if moment > state.last_at:
        state.last_at = moment
        changed = True
    if follows and recorded and (recorded < state.first_heard or not state.first_heard):
        state.first_heard = recorded
        changed = True
    if slot == "received" and recorded and (recorded < state.reception_heard or not state.reception_heard):
        state.reception_heard = recorded
        changed = True
    return changed


def is_accepted(state: State) -> bool:
    """Whether a dossier was taken in, where it was received: so it is unless that was denied, and no reception was stated since."""
    fact = state.accepted
    return fact is None or fact[1] or fact[0] < state.received


def _apart(state: State, slot: str, stated: int, moment: int) -> bool:
    """An end without a moment of its own, or a reopening by a step: neither is the latest word of its kind."""
    if slot == "reopened":
        packed = stamp(moment, stated)
        changed, state.stepped = packed > state.stepped, max(packed, state.stepped)
        return changed
    kept = ends_kept((*state.undated, (stamp(stated, moment), slot)))
    changed, state.undated = kept != state.undated, kept
    return changed


def _date(state: State, name: str, stated: int, text: str) -> bool:
    old: Dates = getattr(state, name)
    new = (stated, seconds(text))
    if new in old:
        return False
    kept = dates_kept((*old, new)) if old else (new,)
    setattr(state, name, kept)
    return kept != old


def _due(state: State, event: ev.Received, stated: int, _at: int) -> bool:
    return event.due_at is not None and _date(state, "dues", stated, event.due_at)


def _rescheduled(state: State, event: ev.Rescheduled, stated: int, _at: int) -> bool:
    return _date(state, "rescheduled", stated, event.due_at)


def _step(state: State, event: ev.Step, _stated: int, moment: int) -> bool:
    return unite(state, "steps", (moment, event.official), KEPT_STEPS)


def _supplement(state: State, name: str, event: ev.SupplementRequested | ev.SupplementGiven, stated: int, moment: int) -> bool:
    """A supplement is known by its moment; the date promised with it is a fact of its own, of which the later statement wins."""
    old: Supplements = getattr(state, name)
    new = (moment, stated, seconds(event.due_at)) if event.due_at is not None else (moment, 0, 0)
    known = next((member for member in old if member[0] == moment), None)
    if known is not None and new <= known:
        return False
    united = tuple(sorted((*(member for member in old if member is not known), new)))[:KEPT]
    setattr(state, name, united)
    return united != old


def _asked(state: State, event: ev.SupplementRequested, stated: int, moment: int) -> bool:
    changed = _supplement(state, "asked", event, stated, moment)
    for code in event.papers or ():
        changed |= unite(state, "papers", (moment, code))
    return changed


def _late(state: State, event: ev.Late, stated: int, _at: int) -> bool:
    changed = event.new_date is not None and _date(state, "new_dates", stated, event.new_date)
    return changed | (event.apology_at is not None and unite(state, "letters", (seconds(event.apology_at), event.role or "")))


def _given(state: State, event: ev.SupplementGiven, stated: int, moment: int) -> bool:
    return _supplement(state, "given", event, stated, moment)


def _paid(state: State, event: ev.Paid, stated: int, moment: int) -> bool:
    return later(state, "paid_online", (stamp(stated, moment), event.online and event.fee_owed))


def _petitioned(state: State, event: ev.Petitioned, stated: int, moment: int) -> bool:
    old = state.petitions
    new = (event.petition, stamp(stated, moment), event.withdrawn)
    known = next((member for member in old if member[0] == event.petition), None)
    if known is not None and new <= known:
        return False
    # the earliest by petition id, for the moment of a petition may be stated anew
    state.petitions = tuple(sorted((*(member for member in old if member is not known), new)))[:KEPT]
    return state.petitions != old


_SPECIAL: dict[type[ev.Event], Callable[[State, Any, int, int], bool]] = {
    ev.Received: _due,
    ev.Rescheduled: _rescheduled,
    ev.Step: _step,
    ev.SupplementRequested: _asked,
    ev.SupplementGiven: _given,
    ev.Late: _late,
    ev.Paid: _paid,
    ev.Petitioned: _petitioned,
}
# the field that sets an event apart: then its moment is not that of its slot
_APART: dict[type[ev.Event], str] = {
    **dict.fromkeys((ev.Processed, ev.Returned, ev.Stopped, ev.Refused, ev.Withdrawn), "undated"),
    ev.Reopened: "by_step",
}
# all that `join` asks of an event's type, by one look: the slot of its moment, plain facts, times, what is special, whether a reception precedes it,
# what sets it apart
_HOW: dict[type[ev.Event], tuple[Any, ...]] = {
    kind: (_MOMENTS.get(kind), _PLAIN.get(kind), _DATED.get(kind), _SPECIAL.get(kind), kind in _FOLLOWING, _APART.get(kind))
    for kind in ev.TYPES
}
