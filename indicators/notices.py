"""Whom a dossier calls: what is to be told of it by a moment, given what was told before. Pure: the clock, the calendar and the settings are arguments.

A notice's id follows from the dossier, its due moment and the kind, so whatever is computed again after a fault has the id it had. What a later stage
makes idle is not told: a dossier that became overdue while nobody looked is told as overdue, not as due soon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from zlib import crc32

import msgspec

from indicators.buckets import Tally
from indicators.dossier import State
from indicators.facts import at
from indicators.numbers import prefix
from indicators.ontime import ENDS, LATE, clock
from indicators.standing import LISTS, Standing
from indicators.times import DAY, Zone

DUE_SOON, OVERDUE, FINISHED_LATE, APOLOGY_OWED, OFF_RECORD, EXTRA_PAPERS = (
    *("due_soon", "overdue", "finished_late"),
    *("apology_owed", "off_record", "extra_papers"),
)
PAST = 30 * DAY  # the topic keeps so much: what is older could not be told apart from what was told already
TWICE = 2
ODD = LISTS.index("odd")


class Told(msgspec.Struct, array_like=True, omit_defaults=True, gc=False):
    """What was told of a dossier. `standing` says that the overdue topic holds it, with the due moment `due`. Its notices, hashed: `soon` of what
    will be due, forgotten when it is finished in time, and `signs` of everything else.
    """

    due: int = 0
    standing: bool = False
    soon: tuple[int, ...] = ()
    signs: tuple[int, ...] = ()


decode_told: Callable[[bytes], Told] = msgspec.msgpack.Decoder(Told).decode
encode_told: Callable[[Told], bytes] = msgspec.msgpack.Encoder().encode
NOTHING = Told()


class Terms(Protocol):
    """What the settings of a unit and the calendar say; moments in seconds, days as day numbers."""

    def soon(self, due: int) -> Sequence[tuple[str, int]]:
        """(how far ahead, moment to tell) in order of time."""

    def apology(self, overdue_day: int) -> int:
        """The moment from which a missing letter of apology is late; `overdue_day` is the due day."""

    def days_late(self, due_day: int, finished_day: int) -> int:
        """Working days from the one to the other."""

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
    counted = stands.counted
    if stands.due is not None:
        one.open(stands.due)
    else:
        one.stand(None)
        if counted is not None and counted.verdict == LATE:
            one.finished(counted)
        elif counted is not None and counted.finished is not None:
            found.told.soon = ()  # if it is opened again, that is another story
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
        begins = self.zone.midnight(self.zone.day(due) + 1)
        if self.now < begins:
            self.stand(None)
            self.soon(due)
            return
        told = self.found.told
        if not (told.standing and told.due == due):
            self.tell(OVERDUE, str(due), begins, {})
            self.stand(due)
        self.apology(self.zone.day(due))

    def soon(self, due: int) -> None:
        """The last stage that has come, unless it came before the dossier did."""
        come = [(ahead, moment) for ahead, moment in self.terms.soon(due) if moment <= self.now]
        if come and come[-1][1] >= at(self.state.received):
            ahead, moment = come[-1]
            ends = (*(getattr(self.state, name) for name in ENDS), *(stamped for stamped, _ in self.state.undated))
            voided = max(ends)  # an end that was taken back begins the count anew
            self.tell(DUE_SOON, f"{due}:{ahead}:{voided}", moment, {"ahead": ahead})

    def finished(self, counted: Tally) -> None:
        """It was finished late."""
        times = clock(self.state, self.zone)
        assert times is not None
        assert counted.finished is not None
        late = None if times.effective_day is None else self.terms.days_late(times.effective_day, counted.finished)
        detail: dict[str, object] = {"finished_at": times.finished_at, "days_late": late}
        # a due date corrected afterwards is no second lateness
        self.tell_recent(FINISHED_LATE, str(counted.finished), times.finished_at or self.now, detail)
        if times.became_day is not None:
            self.apology(times.became_day)

    def apology(self, day: int) -> None:
        """It became overdue at the end of a day; somebody must apologise."""
        if not self.state.letters and self.state.apologised_at is None:
            self.later(APOLOGY_OWED, str(day), self.terms.apology(day), {})

    def held(self, day: int) -> None:
        """It is known by later events only, since a day."""
        self.later(OFF_RECORD, "held", self.terms.held(day), {"sign": "not_received"})

    def signs(self) -> None:
        """Signs that the state alone shows."""
        state = self.state
        if self.stands.lists[ODD] is not None:
            after = state.reception_heard - state.first_heard > DAY
            seen = state.reception_heard if after else at(state.received)
            self.tell_recent(OFF_RECORD, "odd", seen, {"sign": "received_after_the_fact" if after else "finished_before_received"})
        asked = len(state.asked)
        if asked >= TWICE:
            self.tell_recent(EXTRA_PAPERS, str(asked), state.asked[-1][0], {"times": asked})

    def later(self, kind: str, key: str, moment: int, detail: dict[str, object]) -> None:
        """Tells from a moment on; until then asks to be looked at again."""
        if self.now >= moment:
            self.tell_recent(kind, key, moment, detail)
        else:
            self.found.look_again(moment)

    def tell_recent(self, kind: str, key: str, moment: int, detail: dict[str, object]) -> None:
        """Tells, unless it is long past."""
        if self.now - moment <= PAST:
            self.tell(kind, key, moment, detail)

    def tell(self, kind: str, key: str, moment: int, detail: dict[str, object]) -> None:
        """Tells, unless it was said."""
        told, said = self.found.told, crc32(f"{kind}:{key}".encode())
        if said in told.soon or said in told.signs:
            return
        if kind == DUE_SOON:
            told.soon += (said,)
        else:
            told.signs += (said,)
        self.found.notices.append(Notice(kind, key, moment, detail))

    def stand(self, due: int | None) -> None:
        """The overdue topic is to hold it with a due moment, or not at all."""
        told = self.found.told
        if due is None and told.standing:
            told.due, told.standing, self.found.standing = 0, False, False
        elif due is not None:
            told.due, told.standing, self.found.standing = due, True, True


def charged(state: State, overdue_from: int) -> str | None:
    """The official who held the dossier when it became overdue (its last step before); None where no step says so, for then it is the unit."""
    held = [official for moment, official in state.steps if moment < overdue_from]
    return held[-1] if held else None


def unit_of(number: str, state: State) -> str:
    """Whose dossier it is; '' where nothing says so."""
    return state.unit[1] if state.unit is not None else prefix(number) or ""
