"""The fold: events of one batch, grouped by dossier, into what is to be written. Pure; bytes in, bytes out.

One dossier at a time: decode its state, tally, join all its events, tally again, take the difference into the rows, encode, forget. This keeps
one state alive at a time, and the rows of a busy day are summed once a batch instead of once an event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from indicators import events as ev
from indicators.buckets import Rows, Tally, change, tally
from indicators.dossier import State, decode_state, encode_state, join
from indicators.times import Zone

Admitted = tuple[ev.Event, int, int]  # event, stated_at, at (seconds)
NOTHING: tuple[Tally | None, int | None, int | None] = (None, None, None)
WINDOWLESS = {ev.Step, ev.Rescheduled, ev.Late}


class Telling(NamedTuple):
    """A dossier is to be told that a petition is about it, or (`withdrawn`) is not any more. Times RFC 3339."""

    dossier: str
    petition: str
    withdrawn: bool
    at: str
    stated_at: str


@dataclass(slots=True)
class Change:
    """What a batch changes. `rows` are differences (lanes), everything else is absolute; None takes an entry away.

    `due` and `held` map a dossier to the day after which it is overdue, and to the day it was first heard of without being received.
    An event is a duplicate when it changed no state; of the others those of a dossier whose tally moved are applied, the rest have no effect.
    """

    states: dict[str, bytes] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    due: dict[str, int | None] = field(default_factory=dict)
    held: dict[str, int | None] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # unit → kind, as receptions state it
    tellings: list[Telling] = field(default_factory=list)  # of petitions alone
    applied: int = 0
    no_effect: int = 0
    duplicate: int = 0


def fold(groups: Mapping[str, Sequence[Admitted]], stored: Mapping[str, bytes | None], zone: Zone) -> Change:  # noqa: C901 - the hot loop, in one place
    """Folds admitted events, grouped by dossier, onto the stored states (None: never heard of)."""
    found = Change()
    for number, admitted in groups.items():
        before = stored[number]
        state = State() if before is None else decode_state(before)
        old = NOTHING if before is None else _standing(number, state, zone)
        changed = moving = 0
        for event, stated, moment in admitted:
            if join(state, event, stated, moment):
                changed += 1
                moving += type(event) not in WINDOWLESS
                if type(event) is ev.Received and event.unit_kind is not None and event.unit is not None:
                    found.kinds[event.unit] = event.unit_kind
        found.duplicate += len(admitted) - changed
        if not changed:
            continue
        found.states[number] = encode_state(state)
        new = _standing(number, state, zone)
        if new[0] == old[0]:
            moving = 0
        else:
            change(found.rows, old[0], new[0])
        found.applied += moving
        found.no_effect += changed - moving
        if new[1] != old[1]:
            found.due[number] = new[1]
        if new[2] != old[2]:
            found.held[number] = new[2]
    return found


def _standing(number: str, state: State, zone: Zone) -> tuple[Tally | None, int | None, int | None]:
    """What a dossier counts as, the day after which it is overdue if it stays open, and the day since which its reception is missing."""
    counted = tally(number, state, zone)
    due = counted.became if counted is not None and counted.finished is None else None
    return counted, due, None if state.received else zone.day(state.first_at)
