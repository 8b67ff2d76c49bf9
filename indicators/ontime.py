"""The clock of 2.1, profile `document`: what is due, what has ended, and what of it was early, on time or late.

Everything is compared by day of the counting zone. In order:

1. The counted due date. Of the dates stated in `received`, in order of statement, each replaces the one before only if it was stated before
   that one's day was over. Then each date that came with a supplement replaces it if the supplement was asked before that day was over.
2. The end: 9 processed, else 10 returned, 8 stopped, 3 refused, 7 withdrawn, unless voided by a later `reopened`; never before reception.
   Of a kind that was never dated, the first that was said. Two or more requests for supplements and nothing else: ended on the day of the
   second, late.
3. Waits: from a request to the next supplement given, or to the end. Each closed wait adds its whole days to the due day, if it was asked by
   the effective due day so far and not already answered by a due date that was moved at or after the asking. An open wait asked in time has no
   due day: the dossier is waiting. Asked later, it changes nothing.

        received        asked      given           due    effective
           |--------------|~~~~~~~~~~|---------------|~~~~~~~~~~|
"""

from typing import NamedTuple

from indicators.dossier import State
from indicators.facts import LOW, Dates, Supplements, at
from indicators.times import DAY, Zone

EARLY, ON_TIME, LATE = 0, 1, 2
FARTHEST_DUE = 3653 * DAY
ENDS = ("processed", "returned", "stopped", "refused", "withdrawn")
ASKED_TWICE = "asked_twice"

Wait = tuple[int, int | None]  # day asked, day answered or None while open


class Clock(NamedTuple):
    """A received dossier's times; days are day numbers, times seconds, absent is None.

    `effective_day` is None without a due date and while waiting; `became_day` is the day whose passing made it overdue (or will);
    `verdict` is EARLY, ON_TIME, LATE, or None while open; `waits` are those that were asked in time.
    """

    received_day: int
    due_at: int | None
    effective_day: int | None
    finished_at: int | None
    finished_day: int | None
    outcome: str | None
    verdict: int | None
    became_day: int | None
    waits: tuple[Wait, ...]

    @property
    def waiting(self) -> bool:
        """Open, and the citizen was asked for something in time and has not brought it."""
        return self.finished_day is None and any(answered is None for _, answered in self.waits)


def clock(state: State, zone: Zone) -> Clock | None:
    """The clock of a dossier; None where its reception is not known."""
    if not state.received:
        return None
    received_at = at(state.received)
    received_day = zone.day(received_at)
    outcome, finished_at = end(state)
    if finished_at is not None and finished_at < received_at:
        finished_at = received_at
    finished_day = None if finished_at is None else zone.day(finished_at)
    due_at, moved_at = _counted_due(state, zone)
    effective = None if due_at is None else zone.day(due_at)
    waits: tuple[Wait, ...] = ()
    if state.asked:
        effective, waits = _waits(pairs(state.asked, state.given), (received_day, finished_day), (effective, moved_at), zone)
    verdict = None if finished_day is None else _verdict(finished_day, effective)
    if outcome == ASKED_TWICE:
        verdict = LATE
    became = _became(effective, due_at, received_at, zone)
    if became is not None and finished_day is not None and (verdict != LATE or became >= finished_day):
        became = None
    return Clock(received_day, due_at, effective, finished_at, finished_day, outcome, verdict, became, waits)


def end(state: State) -> tuple[str | None, int | None]:
    """How and when handling ended (seconds), or (None, None) while it goes on."""
    done, back = state.processed, state.stepped
    if done and done >= state.reopened and (back >> 32 <= done & LOW or back & LOW < done >> 32):  # as `stands`: a call costs more
        return "processed", at(done)
    if state.returned or state.stopped or state.refused or state.withdrawn or state.undated:
        for name in ENDS:
            stamped = end_of(state, name)
            if stamped:
                return name, at(stamped)
    if len(state.asked) > 1 and not state.given:
        return ASKED_TWICE, state.asked[1][0]
    return None, None


def end_of(state: State, name: str) -> int:
    """The stamp of the end of a kind: the dated one if it stands, else the first that was said without a date and stands; 0 where none does."""
    dated: int = getattr(state, name)
    if dated and stands(state, dated):
        return dated
    return next((stamped for stamped, kind in state.undated if kind == name and stands(state, stamped)), 0)


def stands(state: State, stamped: int) -> bool:
    """Whether no reopening took an end back."""
    return stamped >= state.reopened and not stepped_over(state, stamped)


def stepped_over(state: State, stamped: int) -> bool:
    """Whether a step took an end back: one that happened after it, and was not said before it."""
    return state.stepped >> 32 > stamped & LOW and state.stepped & LOW >= stamped >> 32


def pairs(asked: Supplements, given: Supplements) -> list[tuple[int, int | None]]:
    """Waits as (asked at, given at or None), seconds, in time order: a wait runs from the first unanswered request to the next supplement."""
    moments = sorted([(moment, 0) for moment, _, _ in asked] + [(moment, 1) for moment, _, _ in given])
    found: list[tuple[int, int | None]] = []
    since: int | None = None
    for moment, answer in moments:
        if not answer:
            since = moment if since is None else since
        elif since is not None:
            found.append((since, moment))
            since = None
    return found if since is None else [*found, (since, None)]


def _counted_due(state: State, zone: Zone) -> tuple[int | None, int]:
    """The counted due date, and the moment of the last move that was counted (0: none)."""
    dues = state.dues
    if not state.asked and (len(dues) == 1 or (len(dues) == 2 and dues[0][1] == dues[1][1])):  # said once, or again and again
        return dues[0][1], 0
    due, moved_at = _follow(None, dues, zone, 0)
    return _follow(due, _supplement_dates(state), zone, moved_at)


def _follow(due: int | None, dates: Dates, zone: Zone, moved_at: int) -> tuple[int | None, int]:
    for moment, date in dates:
        if due is None:
            due = date
        elif zone.day(moment) <= zone.day(due):
            if zone.day(date) != zone.day(due):
                moved_at = max(moved_at, moment)
            due = date
    return due, moved_at


def _supplement_dates(state: State) -> Dates:
    """Dates that came with supplements, each at the moment its supplement was asked."""
    dates = [(moment, due) for moment, _, due in state.asked if due]
    answers = {given_at: asked_at for asked_at, given_at in pairs(state.asked, state.given)}
    dates += [(answers.get(moment, moment), due) for moment, _, due in state.given if due]
    return tuple(sorted(dates))


def _waits(
    found: list[tuple[int, int | None]], life: tuple[int, int | None], due: tuple[int | None, int], zone: Zone
) -> tuple[int | None, tuple[Wait, ...]]:
    """The effective due day and the waits asked in time, within the dossier's life (day received, day finished)."""
    (received_day, finished_day), (effective, moved_at) = life, due
    waits: list[Wait] = []
    for asked_at, given_at in found:
        asked = max(zone.day(asked_at), received_day)
        given = None if given_at is None else max(zone.day(given_at), asked)
        if finished_day is not None:
            if asked > finished_day:
                break
            given = finished_day if given is None else min(given, finished_day)
        if effective is not None and asked > effective:
            continue
        waits.append((asked, given))
        if given is None:
            return None, tuple(waits)
        if effective is not None and asked_at > moved_at:
            effective += given - asked
    return effective, tuple(waits)


def _verdict(finished_day: int, effective: int | None) -> int:
    if effective is None or finished_day == effective:
        return ON_TIME
    return EARLY if finished_day < effective else LATE


def _became(effective: int | None, due_at: int | None, received_at: int, zone: Zone) -> int | None:
    """The day whose passing makes the dossier overdue; a due date beyond ten years makes none, one before reception counts from reception."""
    if effective is None or due_at is None or due_at > received_at + FARTHEST_DUE:
        return None
    return max(effective, zone.day(received_at))
