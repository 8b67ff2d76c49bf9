"""What stands on the live page now, of all units at once: counts by whole arrays after every change, scores more seldom.

Figures never fall because something is read again. Where a partition went back (the store lost part of what it held, or is filled anew), what stood
before goes on standing, marked as not complete, until the partition is where it was.
"""

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from connectors import answers
from indicators.cube import PLACE
from indicators.figures import SOON, counts, open_now, within
from indicators.formulas import grade
from indicators.layout import Ints, Layout
from indicators.periods import Period
from indicators.scores import NONE
from streams.basis import incomplete
from streams.cards import Cards
from streams.desk import Desk

FIELDS = (
    "overdue",
    "due_today",
    "due_soon",
    "waiting",
    "in_time",
    "received",
    "carried_over",
    "finished_early",
    "finished_on_time",
    "finished_late",
    "open",
    "numerator",
    "denominator",
)  # the last two are 2.1
SCORES_SECONDS = 5.0
FAR = 1000  # so many records to go, and a twentieth of all: the store is being filled
OK, BEHIND, FILLING, AWAY = "ok", "behind", "filling", "away"


class _Columns:
    """Totals of all units, summed up the tree one counter at a time."""

    def __init__(self, desk: Desk, layout: Layout) -> None:
        self._cube, self._layout = desk.follower.cube, layout
        self._places = layout.places(self._cube.index)
        self._kept: dict[tuple[str, int], Ints] = {}

    def upto(self, name: str, day: int) -> Ints:
        """The counter's sum over days < `day`, by unit."""
        found = self._kept.get((name, day))
        if found is None:
            own = np.zeros(len(self._layout.codes), np.int64)
            own[self._places] = self._cube.before(day)[:, PLACE[name]]
            found = self._kept[name, day] = self._layout.summed(own)
        return found


@dataclass(frozen=True)
class Scores:
    """Totals in hundredths of a point and places of all units, NONE for none; `of` is how many have a place among the unit's peers."""

    layout: Layout
    totals: Ints
    places: Ints

    @cached_property
    def of(self) -> dict[tuple[str, str | None], int]:
        """By kind and parent."""
        layout = self.layout
        return {peers: int((self.places[layout.places(codes)] != NONE).sum()) for peers, codes in layout.peers.items()}

    def fields(self, unit: str) -> dict[str, Any]:
        """Of a unit: total, grade, place, of."""
        place = self.layout.index.get(unit)
        total = None if place is None or self.totals[place] == NONE else int(self.totals[place])
        named = grade(total)
        rank = None if place is None or self.places[place] == NONE else int(self.places[place])
        tree = self.layout.tree
        peers = (tree.kinds[unit], tree.parents.get(unit)) if rank is not None else None
        return {
            "total": answers.points(total),
            "grade": None if named is None else named[0],
            "place": rank,
            "of": None if peers is None else self.of[peers],
        }


@dataclass(frozen=True)
class Snapshot:
    """All units at a moment. `rows` has a row a unit and a column for each of FIELDS; `known` says which ever received a dossier."""

    layout: Layout
    period: Period
    rows: Ints
    known: Any


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is ok, behind (records to come), filling (so many that figures would mislead) or away (no store); `progress` of filling, 0 to 1."""

    state: str
    progress: float | None = None
    back: bool = False


@dataclass(slots=True)
class Live:
    """One for a process; whoever streams asks it. A computation is shared by all that ask until something changes."""

    desk: Desk
    cards: Cards
    cost: float = 0.0  # seconds the last computation took
    _now: Snapshot | None = None
    _scores: tuple[float, object, Scores] | None = None
    _high: dict[int, int] = field(default_factory=dict)
    _stamp: object = None
    _as_of: str | None = None
    _lacking: tuple[float, frozenset[str]] = 0.0, frozenset()

    def standing(self) -> Standing:
        """How far what is shown can be trusted."""
        follower, ends = self.desk.follower, self.desk.ends.now.get(self.desk.follower.topic, {})
        back = any(one.loading for one in self.desk.sources.followers) and self._now is not None
        done = 0
        for number, stand in follower.stands.items():
            high = self._high.get(number, 0)
            if number in ends and high > ends[number]:
                high = 0  # another log
            self._high[number] = max(high, stand.next)
            back = back or stand.next < high
            done += min(stand.next, ends.get(number, stand.next))
        total = sum(ends.values())
        progress = done / total if total else 1.0
        if self.desk.stale:
            return Standing(AWAY, None, back)
        if back or (total - done > FAR and progress < 0.95):
            return Standing(FILLING, progress, back)
        return Standing(OK if self.desk.caught_up else BEHIND)

    def snapshot(self, standing: Standing) -> Snapshot | None:
        """All units now, or as they stood before a partition went back; None where nothing is worth showing yet."""
        if standing.back or (self._now is None and standing.state in {FILLING, AWAY}):
            return self._now
        desk, today = self.desk, self.desk.today()
        if standing.state != AWAY:
            self._as_of = desk.as_of()
        period = desk.period(None)
        stamp = desk.follower.cube.version, desk.names.registry, today, desk.terms
        if self._now is not None and stamp == self._stamp:
            return self._now
        started = time.perf_counter()
        layout = desk.layout(period.b - 1)
        self._now, self._stamp = self._made(layout, period, today), stamp
        self.cost = time.perf_counter() - started
        return self._now

    def _made(self, layout: Layout, period: Period, today: int) -> Snapshot:
        totals = _Columns(self.desk, layout)
        now = counts(totals, period, today)
        still = open_now(totals, now, today, self.desk.calendar.add(today, SOON))
        due_today = within(totals.upto("became_overdue", today + 1) - totals.upto("became_overdue", today), still.due_soon)
        rows: tuple[Ints, ...] = (still.overdue, due_today, still.due_soon, still.waiting, still.in_time, now.received, now.carried_over)
        rows += (now.finished_early, now.finished_on_time, now.finished_late, now.open, now.in_time, now.workload)
        known = totals.upto("received", period.b) > 0
        return Snapshot(layout, period, np.stack(rows, axis=1), known)

    @property
    def as_of(self) -> str | None:
        """Of what is shown, RFC 3339."""
        return self._as_of

    def incomplete(self, unit: str, standing: Standing) -> bool:
        """Whether something of the unit, or of one below it, is missing."""
        if standing.state == OK:
            return False
        if standing.back or standing.state != BEHIND:
            return True
        if time.monotonic() - self._lacking[0] > 1:
            self._lacking = time.monotonic(), incomplete(self.desk, self.desk.period(None))
        return unit in self._lacking[1]

    def scores(self, snapshot: Snapshot) -> Scores:
        """Looked at anew every five seconds, where anything changed."""
        sources = self.desk.sources
        stamp = sources.figures.cube.version, sources.petitions.cube.version, sources.procedures.book.version, snapshot.layout
        if self._scores is None or (time.monotonic() - self._scores[0] >= SCORES_SECONDS and self._scores[1] != stamp):
            sheet = self.desk.sheet(snapshot.period)
            self._scores = time.monotonic(), stamp, Scores(sheet.layout, sheet.totals, self.cards.places(sheet))
        return self._scores[2]
