"""A petition's state, a join of facts as a dossier's is, and what it contributes to the windows.

Source: Decision 766 and the decree on one-stop practice: answer within 15 working days of filing or of the last hand-over, refuse within 2, ask for
supplements within 5. A supplement asked in that time stops the clock until it is given; working days are those of the calendar in force.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from indicators import petition_events as pe
from indicators.buckets import FLAG_BIT, Tally, change
from indicators.facts import Text, Time, at, later, stamp, unite
from indicators.fold import Change, Telling
from indicators.ontime import LATE, ON_TIME, Wait
from indicators.times import Zone, rfc3339
from indicators.workdays import Calendar

ANSWER_WITHIN, REFUSE_WITHIN, ASK_WITHIN = 15, 2, 5  # working days
Admitted = tuple[pe.PetitionEvent, int, int, int]  # event, stated_at, at, Kafka time of the record (seconds)


class PetitionState(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """What is known of one petition. New facts go to the end, none is ever removed."""

    filed: int = 0  # stamps
    first_at: int = 0
    unit: Text = None
    subject: Text = None
    about: Text = None
    handed: tuple[int, ...] = ()  # moments, seconds
    asked: tuple[int, ...] = ()
    given: tuple[int, ...] = ()
    answered: int = 0
    published: Time = None
    refused: int = 0
    reason: Text = None
    reopened: int = 0
    again: Time = None
    rating: Text = None
    abouts: tuple[str, ...] = ()  # all dossiers it was ever about
    told_at: int = 0  # `stated_at` of what dossiers were told last, seconds


decode_petition: Callable[[bytes], PetitionState] = msgspec.msgpack.Decoder(PetitionState).decode
encode_petition: Callable[[PetitionState], bytes] = msgspec.msgpack.Encoder().encode

_STAMPED: dict[type[pe.PetitionEvent], str] = {
    pe.Filed: "filed",
    pe.Answered: "answered",
    pe.PetitionRefused: "refused",
    pe.PetitionReopened: "reopened",
}
_SETS: dict[type[pe.PetitionEvent], str] = {pe.HandedOver: "handed", pe.PetitionAsked: "asked", pe.PetitionGiven: "given"}
_SEEN: dict[type[pe.PetitionEvent], str] = {pe.AnswerPublished: "published", pe.PetitionReopened: "again"}
_PLAIN = {
    pe.Filed: ("unit", "subject", "about"),
    pe.HandedOver: ("unit",),
    pe.PetitionRefused: ("reason",),
    pe.PetitionRated: ("rating",),
}


def join(state: PetitionState, event: pe.PetitionEvent, stated: int, moment: int) -> bool:
    """Takes the event's facts into `state`, in place; says whether anything changed. Times in seconds."""
    kind, stamped = type(event), stamp(stated, moment)
    changed = False
    slot = _STAMPED.get(kind)
    if slot is not None and stamped > getattr(state, slot):
        setattr(state, slot, stamped)
        changed = True
    for name in _PLAIN.get(kind, ()):
        value = getattr(event, name)
        if value is not None:
            changed |= later(state, name, (stamped, value))
    if isinstance(event, pe.Filed) and event.about is not None:
        changed |= unite(state, "abouts", event.about)
    if kind in _SETS:
        changed |= unite(state, _SETS[kind], moment)
    if kind in _SEEN:
        changed |= later(state, _SEEN[kind], (stamped, moment))
    if not state.first_at or moment < state.first_at:
        state.first_at = moment
        changed = True
    return changed


@dataclass(frozen=True, slots=True)
class PetitionClock:
    """Days of a petition: `due_day` is None while a supplement is waited for; verdict and finished_day while it is open."""

    filed_day: int
    due_day: int | None
    finished_day: int | None
    verdict: int | None
    waits: tuple[Wait, ...]


def clock(state: PetitionState, zone: Zone, calendar: Calendar) -> PetitionClock | None:
    """None until it was filed."""
    if not state.filed:
        return None
    filed = zone.day(at(state.filed))
    begun = zone.day(max([at(state.filed), *state.handed]))
    end, refused = _end(state)
    finished = None if end is None else max(zone.day(at(end)), filed)
    waits = _waits(state, zone, calendar, begun, finished)
    taken = sum(calendar.between(asked, given) for asked, given in waits if given is not None)
    waiting = finished is None and bool(waits) and waits[-1][1] is None
    due = calendar.add(begun, (REFUSE_WITHIN if refused else ANSWER_WITHIN) + taken)
    verdict = None if finished is None else ON_TIME if finished <= due else LATE
    return PetitionClock(filed, None if waiting else due, finished, verdict, waits)


def _end(state: PetitionState) -> tuple[int | None, bool]:
    """(stamp of the end in force, whether it is a refusal): answered before refused, nothing that was voided by a reopening."""
    if state.answered > state.reopened:
        return state.answered, False
    return (state.refused, True) if state.refused > state.reopened else (None, False)


def _waits(state: PetitionState, zone: Zone, calendar: Calendar, begun: int, finished: int | None) -> tuple[Wait, ...]:
    """Supplements asked in time, each with the day it was given; an end closes an open one."""
    given = [zone.day(moment) for moment in state.given]
    found: list[Wait] = []
    for day in (zone.day(moment) for moment in state.asked):
        in_time = begun <= day <= calendar.add(begun, ASK_WITHIN) and (finished is None or day <= finished)
        if in_time and not (found and (found[-1][1] is None or day < found[-1][1])):
            back = next((one for one in given if one >= day), None)
            if finished is not None:
                back = finished if back is None else min(back, finished)
            found.append((day, back))
    return tuple(found)


def tally(state: PetitionState, zone: Zone, calendar: Calendar) -> Tally | None:
    """What the petition counts as; None while its filing or its unit is unknown."""
    times = clock(state, zone, calendar)
    if times is None or state.unit is None:
        return None
    flags = FLAG_BIT["about_official"] if state.subject is not None and state.subject[1] == "official" else 0
    if state.again is not None or (state.rating is not None and state.rating[1] == "unsatisfied"):
        flags |= FLAG_BIT["unsatisfied"]  # 5.3 takes both away, once
    became = times.due_day if times.finished_day is None or times.verdict == LATE else None
    return Tally(state.unit[1], "", "", "", flags, times.filed_day, times.finished_day, times.verdict, became, times.waits, 0)


def fold(groups: Mapping[str, Sequence[Admitted]], stored: Mapping[str, bytes | None], zone: Zone, calendar: Calendar) -> Change:
    """Folds admitted events, grouped by petition, onto the stored states; says what dossiers are to be told."""
    found = Change()
    for number, admitted in groups.items():
        before = stored[number]
        state = PetitionState() if before is None else decode_petition(before)
        old = tally(state, zone, calendar)
        said = _about(state)
        changed = recorded = 0
        for event, stated, moment, recorded_at in admitted:
            if join(state, event, stated, moment):
                changed, recorded = changed + 1, recorded_at
        found.duplicate += len(admitted) - changed
        if not changed:
            continue
        new = tally(state, zone, calendar)
        if new != old:
            change(found.rows, old, new, ())
        found.applied += changed if new != old else 0
        found.no_effect += 0 if new != old else changed
        if (due := _due(new)) != _due(old):
            found.due[number] = due
        if _about(state) != said:
            found.tellings += _tell(number, state, recorded)
        found.states[number] = encode_petition(state)
    return found


def _due(counted: Tally | None) -> int | None:
    return counted.became if counted is not None and counted.finished is None else None


def _about(state: PetitionState) -> tuple[str | None, bool, tuple[str, ...]]:
    """The dossier it is about, whether it was refused, and all it was ever about."""
    return None if state.about is None else state.about[1], _end(state)[1], state.abouts


def _tell(number: str, state: PetitionState, recorded: int) -> list[Telling]:
    """For all dossiers it was ever about. Stated when the record came that changed it, and always later than what was told before: so the last word holds,
    whatever the order in which facts arrive.
    """
    about, refused, abouts = _about(state)
    state.told_at = max(recorded, state.told_at + 1)
    stated = rfc3339(state.told_at)
    happened = rfc3339(min(state.told_at, max(at(one) for one in (state.filed, state.refused, state.reopened, state.answered) if one)))
    return [Telling(dossier, number, dossier != about or refused, happened, stated) for dossier in abouts]
