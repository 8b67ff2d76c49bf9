"""A procedure's state at one agency, a join of facts as a dossier's is, and what it is in a period: a few bits.

Source: Decision 766 and the decree on control of procedures. Published at least 20 working days before the text takes effect by a ministry, 5 by a
province; opened to the public within 10 or 5 working days of the decision. Late once in the period: late.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from indicators import procedure_events as pe
from indicators.facts import later, stamp, unite
from indicators.fold import Change
from indicators.periods import Period
from indicators.times import Zone, seconds
from indicators.workdays import Calendar

Admitted = tuple[pe.ProcedureEvent, int, int]  # event, stated_at, at (seconds)
History = tuple[tuple[int, int, str], ...]  # (at, stated_at, value): how it is served from a moment on
SEPARATOR = "\x1f"  # of procedure and unit in a state's name; admission lets nothing through that is not printable
MINISTRY = "G"
AHEAD = {True: 20, False: 5}  # working days before the text takes effect; of a ministry, of others
OPENED_WITHIN = {True: 10, False: 5}
BITS = (
    "listed",
    "online",
    "fee",
    "payable",
    "citizens",
    "population",
    "open",
    "complete",
    "published",
    "published_late",
    "to_open",
    "opened_late",
)
BIT = {name: 1 << place for place, name in enumerate(BITS)}
_SERVED = {"level": "level", "fee": "fee", "online_payment": "payment", "citizens": "citizens", "population_data": "population"}


class ProcedureState(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """What is known of one procedure at one agency. New facts go to the end, none is ever removed."""

    published: tuple[tuple[int, int], ...] = ()  # (at, when the text takes effect or 0), seconds
    opened: tuple[int, ...] = ()
    abolished: tuple[int, ...] = ()
    complete: tuple[int, bool] | None = None
    level: History = ()
    fee: History = ()
    payment: History = ()
    citizens: History = ()
    population: History = ()
    paper: History = ()


decode_procedure: Callable[[bytes], ProcedureState] = msgspec.msgpack.Decoder(ProcedureState).decode
encode_procedure: Callable[[ProcedureState], bytes] = msgspec.msgpack.Encoder().encode


def key(event: pe.ProcedureEvent) -> str:
    """The name of the state it belongs to."""
    return f"{event.procedure}{SEPARATOR}{event.unit}"


def join(state: ProcedureState, event: pe.ProcedureEvent, stated: int, moment: int) -> bool:
    """Takes the event's facts into `state`, in place; says whether anything changed. Times in seconds."""
    if isinstance(event, pe.Published):
        return unite(state, "published", (moment, seconds(event.effective_at) if event.effective_at else 0))
    if isinstance(event, pe.Opened):
        return unite(state, "opened", moment)
    if isinstance(event, pe.Abolished):
        return unite(state, "abolished", moment)
    if isinstance(event, pe.Described):
        return later(state, "complete", (stamp(stated, moment), event.complete))
    assert isinstance(event, pe.Served)
    changed = False
    for name, slot in (*_SERVED.items(), ("paper_result", "paper")):
        value = getattr(event, name)
        if value is not None:
            changed |= _since(state, slot, (moment, stated, str(value)))
    return changed


def _since(state: ProcedureState, name: str, new: tuple[int, int, str]) -> bool:
    """A fact that holds from a moment on: of two statements about one moment the later wins, then the greater value."""
    old: History = getattr(state, name)
    known = next((one for one in old if one[0] == new[0]), None)
    if known is not None and new <= known:
        return False
    made = tuple(sorted((*(one for one in old if one is not known), new)))[:32]
    setattr(state, name, made)
    return made != old


def fold(groups: Mapping[str, Sequence[Admitted]], stored: Mapping[str, bytes | None]) -> Change:
    """Folds admitted events, grouped by `key`, onto the stored states. There are no rows: readers compute a period from the states, which are few."""
    found = Change()
    for name, admitted in groups.items():
        before = stored[name]
        state = ProcedureState() if before is None else decode_procedure(before)
        changed = sum(join(state, *one) for one in admitted)
        found.duplicate += len(admitted) - changed
        found.applied += changed
        if changed:
            found.states[name] = encode_procedure(state)
            found.kinds[name.partition(SEPARATOR)[2]] = ""
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """For which period, and on which day, one looks; with the zone and calendar that count days."""

    period: Period
    today: int
    zone: Zone
    calendar: Calendar


def bits(state: ProcedureState, unit: str, look: Look) -> int:
    """What it is in a period, as BIT says: how it stands at the period's end (or now), and what happened in the period."""
    period, zone = look.period, look.zone
    published = [(zone.day(at), zone.day(effective) if effective else None) for at, effective in state.published]
    opened, abolished = ([zone.day(one) for one in moments] for moments in (state.opened, state.abolished))
    found = _published(published, unit, look) | _openings([day for day, _ in published], opened, abolished, unit.startswith(MINISTRY), look)
    begun = [day for day, _ in published] + [zone.day(history[0][0]) for history in (state.level, state.fee, state.citizens) if history]
    standing = [day for day in begun if day < period.b]
    if not standing or any(max(standing) <= day < period.b for day in abolished):
        return found
    found |= BIT["listed"]
    upto = zone.midnight(period.b)
    found |= BIT["online"] if _at(state.level, upto) in ("full", "partial") else 0
    for name, history in (("fee", state.fee), ("payable", state.payment), ("citizens", state.citizens), ("population", state.population)):
        found |= BIT[name] if _at(history, upto) == "True" else 0
    if any(day < period.b for day in opened):
        found |= BIT["open"] | (BIT["complete"] if state.complete is not None and state.complete[1] else 0)
    return found


def _at(history: History, moment: int) -> str | None:
    """What held just before a moment."""
    return next((value for at, _, value in reversed(history) if at < moment), None)


def _published(published: Sequence[tuple[int, int | None]], unit: str, look: Look) -> int:
    """Whether it was published in the period, and once too late."""
    found = 0
    for day, effective in published:
        if look.period.a <= day < look.period.b:
            late = effective is not None and look.calendar.between(day, effective) < AHEAD[unit.startswith(MINISTRY)]
            found |= BIT["published"] | (BIT["published_late"] if late else 0)
    return found


def _openings(published: Sequence[int], opened: Sequence[int], abolished: Sequence[int], ministry: bool, look: Look) -> int:  # noqa: FBT001
    """Whether an opening was owed in the period (decided in it, or carried over into it), and once too late. What is published anew or
    abolished need not be opened any more.
    """
    a, b = look.period.a, look.period.b
    found = 0
    for day, following in zip(published, [*published[1:], None], strict=False):
        if day >= b:
            break
        ends = [one for one in (following, *(gone for gone in abolished if gone >= day)) if one is not None]
        done = next((one for one in opened if one >= day and one < min(ends, default=one + 1)), None)
        settled = min([*ends, *([] if done is None else [done])], default=None)
        if settled is not None and settled < a and day < a:
            continue
        until = min(look.today, b) if settled is None or settled >= b else settled
        due = look.calendar.add(day, OPENED_WITHIN[ministry])
        found |= BIT["to_open"] | (BIT["opened_late"] if due < until else 0)
    return found
