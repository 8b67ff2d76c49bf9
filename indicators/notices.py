"""Whom a dossier calls: what is to be told of it by a moment, given what was told before. Pure: the clock, the calendar and the settings are arguments.

A notice's id follows from the dossier, its due moment and the kind, so whatever is computed again after a fault has the id it had. What a later stage
makes idle is not told: a dossier that became overdue while nobody looked is told as overdue, not as due soon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import msgspec

from indicators.buckets import Tally
from indicators.dossier import State, at
from indicators.numbers import prefix
from indicators.ontime import LATE, clock
from indicators.standing import LISTS, Standing
from indicators.times import DAY, Zone

DUE_SOON, OVERDUE, FINISHED_LATE, APOLOGY_OWED, OFF_RECORD, EXTRA_PAPERS = (
    *("due_soon", "overdue", "finished_late"),
    *("apology_owed", "off_record", "extra_papers"),
)
OVERDUE_STAGE = 9  # stages before it are the places of `Terms.soon`
PAST = 30 * DAY  # the topic keeps so much: what is older could not be told apart from what was told already
TWICE = 2
ODD = LISTS.index("odd")


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

    def look_again(self, moment: int) -> None:
        """Look again at a moment, or earlier."""
        self.watch = moment if self.watch is None else min(self.watch, moment)


def look(state: State, stands: Standing, told: Told, now: int, rules: tuple[Terms, Zone]) -> Found:
    """Looks at one dossier at a moment (seconds)."""
    found = Found([], msgspec.structs.replace(told))
    one = _Look(found, state, stands, now, *rules)
    if stands.due is not None:
        one.open(stands.due)
    else:
        found.told.due = found.told.stage = 0
        one.stand(holds=False)
        if stands.counted is not None and stands.counted.verdict == LATE:
            one.finished(stands.counted)
    if stands.held is not None:
        one.held(stands.held)
    one.signs()
    return found


class _Look(NamedTuple):
    """What one look has before it."""

    found: Found
    state: State
    stands: Standing
    now: int
    terms: Terms
    zone: Zone

    def open(self, due: int) -> None:
        """It is open, and has a due moment."""
        told, day = self.found.told, self.zone.day(due)
        changed = told.due != due
        if changed:
            told.due, told.stage = due, 0
        begins = self.zone.midnight(day + 1)
        if self.now < begins:
            self.stand(holds=False)
            self.soon(due)
            return
        if told.stage != OVERDUE_STAGE:
            told.stage = OVERDUE_STAGE
            self.found.notices.append(Notice(OVERDUE, str(due), begins, {}))
        if changed or not told.standing:
            told.standing = self.found.standing = True
        self.apology(day)

    def soon(self, due: int) -> None:
        """The last stage that has come, unless it came before the dossier did."""
        stages = self.terms.soon(due)
        come = [(place, ahead, moment) for place, (ahead, moment) in enumerate(stages, 1) if moment <= self.now]
        if come and come[-1][0] > self.found.told.stage:
            place, ahead, moment = come[-1]
            self.found.told.stage = place
            if moment >= at(self.state.received):
                self.found.notices.append(Notice(DUE_SOON, f"{due}:{ahead}", moment, {"ahead": ahead}))

    def finished(self, counted: Tally) -> None:
        """It was finished late."""
        times = clock(self.state, self.zone)
        assert times is not None
        assert counted.finished is not None
        if self.found.told.finished != counted.finished:
            self.found.told.finished = counted.finished
            late = None if times.effective_day is None else counted.finished - times.effective_day
            detail: dict[str, object] = {"finished_at": times.finished_at, "days_late": late}
            self.recent(Notice(FINISHED_LATE, f"{times.effective_day}:{counted.finished}", times.finished_at or self.now, detail))
        if times.became_day is not None:
            self.apology(times.became_day)

    def apology(self, day: int) -> None:
        """It became overdue at the end of a day; somebody must apologise."""
        if self.state.letters or self.state.apologised_at is not None or self.found.told.apology == day:
            return
        late = self.terms.apology(day)
        if self.now < late:
            self.found.look_again(late)
        else:
            self.found.told.apology = day
            self.recent(Notice(APOLOGY_OWED, str(day), late, {}))

    def held(self, day: int) -> None:
        """It is known by later events only, since a day."""
        if self.found.told.held:
            return
        late = self.terms.held(day)
        if self.now < late:
            self.found.look_again(late)
        else:
            self.found.told.held = True
            self.recent(Notice(OFF_RECORD, "held", late, {"sign": "not_received"}))

    def signs(self) -> None:
        """Signs that the state alone shows."""
        told, state = self.found.told, self.state
        if self.stands.lists[ODD] is not None and not told.odd:
            told.odd = True
            after = state.reception_heard - state.first_heard > DAY
            seen = state.reception_heard if after else at(state.received)
            self.recent(Notice(OFF_RECORD, "odd", seen, {"sign": "received_after_the_fact" if after else "finished_before_received"}))
        asked = len(state.asked)
        if asked >= TWICE and asked > told.papers:
            told.papers = asked
            self.recent(Notice(EXTRA_PAPERS, str(asked), state.asked[-1][0], {"times": asked}))

    def recent(self, notice: Notice) -> None:
        """Tells, unless it is long past."""
        if self.now - notice.at <= PAST:
            self.found.notices.append(notice)

    def stand(self, *, holds: bool) -> None:
        """Whether the overdue topic is to hold it."""
        if self.found.told.standing != holds:
            self.found.told.standing = self.found.standing = holds


def charged(state: State, overdue_from: int) -> str | None:
    """The official who held the dossier when it became overdue (its last step before); None where no step says so, for then it is the unit."""
    held = [official for moment, official in state.steps if moment < overdue_from]
    return held[-1] if held else None


def unit_of(number: str, state: State) -> str:
    """Whose dossier it is; '' where nothing says so."""
    return state.unit[1] if state.unit is not None else prefix(number) or ""
