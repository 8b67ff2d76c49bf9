"""The fold: events of one batch, grouped by dossier, into what is to be written. Pure; bytes in, bytes out.

One dossier at a time: decode its state, see where it stands, join all its events, see again, take the difference into the rows, encode, forget.
This keeps one state alive at a time, and the rows of a busy day are summed once a batch instead of once an event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from indicators import events as ev
from indicators.arrivals import News, count_news, count_number, delayed
from indicators.buckets import Rows, change
from indicators.dossier import State, decode_state, encode_state, join
from indicators.numbers import prefix
from indicators.standing import LISTS, NOWHERE, Standing, standing
from indicators.times import Zone

Admitted = tuple[ev.Event, int, int, int]  # event, stated_at, at, Kafka time of the record (seconds)
WINDOWLESS = {ev.Step, ev.Rescheduled, ev.Late}


class Telling(NamedTuple):
    """A dossier is to be told that a petition is about it, or (`withdrawn`) is not any more. Times RFC 3339."""

    dossier: str
    petition: str
    withdrawn: bool
    at: str
    stated_at: str


class Moved(NamedTuple):
    """The due moment of a dossier was another, or its lists: those whose notices may have to be looked at."""

    before: int | None
    after: int | None
    listed: bool


@dataclass(slots=True)
class Change:
    """What a batch changes. `rows` are differences (lanes), everything else is absolute; None takes an entry away.

    `due` maps a dossier to the moment (of petitions: the day) after which it is overdue, `held` to the day it was first heard of without being
    received, `lists` to the day under which it is listed, by name. `heard` holds when an agency's source was heard last, Kafka seconds.
    An event is a duplicate when it changed no state; of the others those of a dossier whose tally moved are applied, the rest have no effect.
    """

    states: dict[str, bytes] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    due: dict[str, int | None] = field(default_factory=dict)
    held: dict[str, int | None] = field(default_factory=dict)
    lists: dict[str, dict[str, int | None]] = field(default_factory=dict)
    moved: dict[str, Moved] = field(default_factory=dict)
    heard: dict[tuple[str, str], int] = field(default_factory=dict)  # (agency, source) → seconds
    kinds: dict[str, str] = field(default_factory=dict)  # unit → kind, as receptions state it
    tellings: list[Telling] = field(default_factory=list)  # of petitions alone
    applied: int = 0
    no_effect: int = 0
    duplicate: int = 0


def fold(groups: Mapping[str, Sequence[Admitted]], stored: Mapping[str, bytes | None], zone: Zone) -> Change:
    """Folds admitted events, grouped by dossier, onto the stored states (None: never heard of)."""
    found, news = Change(), News()
    for number, admitted in groups.items():
        before = stored[number]
        if before is None:
            state, old = State(), NOWHERE
            count_number(found.rows, number)
        else:
            state = decode_state(before)
            old = standing(number, state, zone)
        changed, moving = _join(found, news, number, state, admitted)
        found.duplicate += len(admitted) - changed
        if not changed:
            continue
        found.states[number] = encode_state(state)
        new = standing(number, state, zone)
        if new.counted == old.counted:
            moving = 0
        else:
            change(found.rows, old.counted, new.counted)
        found.applied += moving
        found.no_effect += changed - moving
        if new[1:] != old[1:]:
            _differ(found, number, old, new)
    count_news(found.rows, news)
    for agency, source, recorded in news:
        found.heard[agency, source] = max(recorded, found.heard.get((agency, source), 0))
    return found


def _join(found: Change, news: News, number: str, state: State, admitted: Sequence[Admitted]) -> tuple[int, int]:  # noqa: C901 - as `join`
    """How many events changed the state, and how many of those may move a window; notes how the news came."""
    changed = moving = 0
    agency = prefix(number)
    whose: tuple[str, str, int] | None = None
    row = 0  # of news that came from the same source in the same second
    for event, stated, moment, recorded in admitted:
        last = state.last_at
        kind = type(event)
        if join(state, event, stated, moment, recorded):
            changed += 1
            if kind not in WINDOWLESS:
                moving += 1
            if kind is ev.Received and event.unit_kind is not None and event.unit is not None:  # type: ignore[attr-defined]
                found.kinds[event.unit] = event.unit_kind  # type: ignore[attr-defined]
        if kind is ev.Petitioned:
            continue  # chiso's own word
        if whose is None or agency is None or recorded != whose[2] or (event.source or "") != whose[1]:
            if whose is not None:
                news[whose] = news.get(whose, 0) + row
            whose, row = (agency or (state.unit[1] if state.unit is not None else ""), event.source or "", recorded), 0
        if state.last_at != last:
            row += delayed(recorded - moment)
    if whose is not None:
        news[whose] = news.get(whose, 0) + row
    return changed, moving


def _differ(found: Change, number: str, old: Standing, new: Standing) -> None:
    if new.due != old.due:
        found.due[number] = new.due
    if new.held != old.held:
        found.held[number] = new.held
    for name, before, after in zip(LISTS, old.lists, new.lists, strict=True):
        if before != after:
            found.lists.setdefault(name, {})[number] = after
    found.moved[number] = Moved(old.due, new.due, new.lists != old.lists or new.held != old.held)
