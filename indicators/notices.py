"""Whom a dossier calls: what is to be told of it by a moment, given what was told before. Pure: the clock, the calendar and the settings are arguments.

A notice's id follows from the dossier, its due moment and the kind, so whatever is computed again after a fault has the id it had. What a later stage
makes idle is not told: a dossier that became overdue while nobody looked is told as overdue, not as due soon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import msgspec

from indicators.dossier import State, at
from indicators.numbers import prefix
from indicators.ontime import LATE, clock
from indicators.standing import Standing
from indicators.times import DAY, Zone

DUE_SOON, OVERDUE, FINISHED_LATE, APOLOGY_OWED, OFF_RECORD, EXTRA_PAPERS = (
    *("due_soon", "overdue", "finished_late"),
    *("apology_owed", "off_record", "extra_papers"),
)
OVERDUE_STAGE = 9  # stages before it are the places of `Terms.soon`
PAST = 30 * DAY  # the topic keeps so much: what is older could not be told apart from what was told already
TWICE = 2


class Told(msgspec.Struct, array_like=True, omit_defaults=True, gc=False):
    """What was told of a dossier: stages for the due moment `due`, and the last of each other kind. `standing` says that the overdue topic holds it."""

    due: int = 0
    stage: int = 0
    standing: bool = False
    finished: int = 0  # day
    apology: int = 0  # day it became overdue
    held: bool = False
    odd: bool = False
    papers: int = 0  # requests


decode_told: Callable[[bytes], Told] = msgspec.msgpack.Decoder(Told).decode
encode_told: Callable[[Told], bytes] = msgspec.msgpack.Encoder().encode
NOTHING = Told()


class Terms(Protocol):
    """What the settings of a unit and the calendar say; moments in seconds, days as day numbers."""

    def soon(self, due: int) -> Sequence[tuple[str, int]]:
        """(how far ahead, moment to tell) in order of time."""

    def apology(self, overdue_day: int) -> int:
        """The moment from which a missing letter of apology is late; `overdue_day` is the due day."""

    def held(self, day: int) -> int:
        """The moment from which a dossier first heard of on that day lacks its reception."""


class Notice(NamedTuple):
    """One thing to tell: `key` makes its id, `at` is the moment it is about, seconds."""

    kind: str
    key: str
    at: int
    detail: dict[str, object]


@dataclass(slots=True)
class Found:
    """What is to be told now, what is then told, and when to look again. `standing` is what the overdue topic is to hold: None for as it is."""

    notices: list[Notice]
    told: Told
    watch: int | None = None
    standing: bool | None = None

    def look(self, moment: int) -> None:
        """Look again at a moment, or earlier."""
        self.watch = moment if self.watch is None else min(self.watch, moment)


def look(state: State, stands: Standing, told: Told, now: int, terms: Terms, zone: Zone) -> Found:
    """Looks at one dossier at a moment."""
    found = Found([], msgspec.structs.replace(told))
    if stands.due is not None:
        _open(found, state, stands.due, now, terms, zone)
    else:
        found.told.due = found.told.stage = 0
        _stand(found, holds=False)
        if stands.counted is not None and stands.counted.verdict == LATE:
            _finished(found, state, stands, now, terms, zone)
    if stands.held is not None:
        _held(found, terms.held(stands.held), now)
    _signs(found, state, stands, now)
    return found


def _open(found: Found, state: State, due: int, now: int, terms: Terms, zone: Zone) -> None:
    told = found.told
    changed = told.due != due
    if changed:
        told.due, told.stage = due, 0
    day = zone.day(due)
    begins = zone.midnight(day + 1)
    if now < begins:
        _stand(found, holds=False)
        _soon(found, state, due, now, terms)
        return
    if told.stage != OVERDUE_STAGE:
        told.stage = OVERDUE_STAGE
        found.notices.append(Notice(OVERDUE, str(due), begins, {}))
    if changed or not told.standing:
        told.standing = found.standing = True
    _apology(found, state, day, now, terms)


def _soon(found: Found, state: State, due: int, now: int, terms: Terms) -> None:
    """The last stage that has come, unless it came before the dossier did."""
    come = [(place, ahead, moment) for place, (ahead, moment) in enumerate(terms.soon(due), 1) if moment <= now]
    if come and come[-1][0] > found.told.stage:
        place, ahead, moment = come[-1]
        found.told.stage = place
        if moment >= at(state.received):
            found.notices.append(Notice(DUE_SOON, f"{due}:{ahead}", moment, {"ahead": ahead}))


def _finished(found: Found, state: State, stands: Standing, now: int, terms: Terms, zone: Zone) -> None:
    counted, times = stands.counted, clock(state, zone)
    assert counted is not None
    assert counted.finished is not None
    assert times is not None
    if found.told.finished != counted.finished:
        found.told.finished = counted.finished
        late = None if times.effective_day is None else counted.finished - times.effective_day
        detail: dict[str, object] = {"finished_at": times.finished_at, "days_late": late}
        _recent(found, Notice(FINISHED_LATE, f"{times.effective_day}:{counted.finished}", times.finished_at or now, detail), now)
    if times.became_day is not None:
        _apology(found, state, times.became_day, now, terms)


def _apology(found: Found, state: State, day: int, now: int, terms: Terms) -> None:
    if state.letters or state.apologised_at is not None or found.told.apology == day:
        return
    late = terms.apology(day)
    if now < late:
        found.look(late)
        return
    found.told.apology = day
    _recent(found, Notice(APOLOGY_OWED, str(day), late, {}), now)


def _held(found: Found, late: int, now: int) -> None:
    if found.told.held:
        return
    if now < late:
        found.look(late)
    else:
        found.told.held = True
        _recent(found, Notice(OFF_RECORD, "held", late, {"sign": "not_received"}), now)


def _signs(found: Found, state: State, stands: Standing, now: int) -> None:
    """Signs that the state alone shows."""
    if stands.lists[2] is not None and not found.told.odd:
        found.told.odd = True
        _recent(found, Notice(OFF_RECORD, "odd", state.reception_heard or at(state.received), {"sign": "received_after_the_fact"}), now)
    asked = len(state.asked)
    if asked >= TWICE and asked > found.told.papers:
        found.told.papers = asked
        _recent(found, Notice(EXTRA_PAPERS, str(asked), state.asked[-1][0], {"times": asked}), now)


def _recent(found: Found, notice: Notice, now: int) -> None:
    if now - notice.at <= PAST:
        found.notices.append(notice)


def _stand(found: Found, *, holds: bool) -> None:
    if found.told.standing != holds:
        found.told.standing = found.standing = holds


def charged(state: State, overdue_from: int) -> str | None:
    """The official who held the dossier when it became overdue (its last step before); None where no step says so, for then it is the unit."""
    held = [official for moment, official in state.steps if moment < overdue_from]
    return held[-1] if held else None


def unit_of(number: str, state: State) -> str:
    """Whose dossier it is; '' where nothing says so."""
    return state.unit[1] if state.unit is not None else prefix(number) or ""
