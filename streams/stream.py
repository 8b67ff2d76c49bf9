"""`/v1/stream`: a unit and those right below it, as they change. First everything, then only what is another than what was sent.

A frame without rows comes every two seconds, so that whoever reads knows the age of what they see, and that we are there.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from connectors import answers
from indicators.errors import NotFoundError
from indicators.layout import Layout
from streams import clock
from streams.live import AWAY, FIELDS, FILLING, OK, Live, Scores, Snapshot, Standing

LOOK_SECONDS = 0.1
BEAT_SECONDS = 2.0
SHARE = 200  # so many times what a computation costs, nothing is computed
LEAST, MOST = 0.15, 0.6  # seconds between computations where figures keep changing

Frame = tuple[str, dict[str, Any], str | None]  # event, data, id


class Bell(Protocol):
    """Who hears notices."""

    def since(self, place: int) -> tuple[int, list[dict[str, Any]]]: ...


@dataclass(slots=True)
class _Sent:
    """What a reader has: who is listed, their rows, their scores."""

    head: object = None
    rows: dict[str, list[int] | None] = field(default_factory=dict)
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    scored: Scores | None = None
    snapshot: Snapshot | None = None
    standing: Standing | None = None


class Stream:
    """Opens streams. Raises NotFoundError for a unit that is neither registered nor has figures."""

    def __init__(self, live: Live, bell: Bell) -> None:
        self._live, self._bell, self._room = live, bell, live.desk.terms.room
        self._ended = False

    def end(self) -> None:
        """All streams come to their end; a server that stops would wait for them otherwise."""
        self._ended = True

    def open(self, unit: str | None, wait: Literal["", "known"] = "") -> AsyncIterator[Frame]:
        """Frames for one reader, until they go. With `wait` one for a unit nobody knows says `known: false` until it is known."""
        unit = unit or self._room
        if not wait and not self._known(unit):
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        return self._frames(unit)

    def _known(self, unit: str) -> bool:
        return unit == self._room or unit in self._live.desk.layout(self._live.desk.today()).index

    async def _frames(self, unit: str) -> AsyncIterator[Frame]:
        sent, heard, beat, free = _Sent(), 0, 0.0, 0.0
        while not self._ended:
            now = time.monotonic()
            if now >= free:
                found = self._frame(unit, sent)
                if found is not None or now - beat >= BEAT_SECONDS:
                    yield "figure", self._clock(unit, sent) | (found or {}), None
                    beat = now
                free = now + min(max(self._live.cost * SHARE, LEAST), MOST) if found else 0.0
            heard, notices = self._bell.since(heard)
            for notice in notices:
                if self._concerns(unit, notice["unit"]):
                    yield "notice", notice, notice["id"]
            await asyncio.sleep(LOOK_SECONDS)

    def _concerns(self, unit: str, whose: str) -> bool:
        if unit in (whose, self._room):
            return True
        return unit in self._live.desk.layout(self._live.desk.today()).tree.above(whose)

    def _clock(self, unit: str, sent: _Sent) -> dict[str, Any]:
        """In every frame: how old, how far to be trusted."""
        standing = sent.standing or Standing(OK)
        return {
            "now": self._live.desk.zone.iso(int(clock.now())),
            "as_of": self._live.as_of,
            "known": self._known(unit) or standing.state in {FILLING, AWAY},
            "complete": not self._live.incomplete(unit, standing),
            "state": standing.state,
            "progress": None if standing.progress is None else round(standing.progress, 3),
        }

    def _frame(self, unit: str, sent: _Sent) -> dict[str, Any] | None:
        """What changed since the last one; None for nothing."""
        standing = self._live.standing()
        turned, sent.standing = standing != sent.standing, standing
        snapshot = self._live.snapshot(standing)
        if snapshot is None or unit not in snapshot.layout.index:
            return {} if turned else None
        scores = self._live.scores(snapshot)
        if snapshot is sent.snapshot and scores is sent.scored:
            return {} if turned else None
        found: dict[str, Any] = {}
        head = snapshot.layout, snapshot.period, self._live.desk.names.registry
        codes = list(sent.rows)
        if head != sent.head:
            sent.head, codes = head, [unit, *self._below(unit, snapshot.layout)]
            found = self._head(unit, codes, snapshot)
            sent.rows = {code: sent.rows.get(code, []) for code in codes}
        rows = self._rows(codes, snapshot, sent)
        if scores is not sent.scored or found:
            for code in codes:
                fields = scores.fields(code)
                if fields != sent.scores.get(code) and sent.rows[code] is not None:
                    rows[code] = (rows.get(code) or {}) | fields
                    sent.scores[code] = fields
        sent.snapshot, sent.scored = snapshot, scores
        if rows:
            found["rows"] = rows
        return found or ({} if turned else None)

    def _rows(self, codes: list[str], snapshot: Snapshot, sent: _Sent) -> dict[str, dict[str, Any] | None]:
        """By code, only the counts that are others than those sent; None for a unit without any data."""
        found: dict[str, dict[str, Any] | None] = {}
        places = snapshot.layout.places(codes)
        for code, known, row in zip(codes, snapshot.known[places].tolist(), snapshot.rows[places].tolist(), strict=True):
            old = sent.rows[code]
            new = row if known else None
            if new == old:
                continue
            if new is None:
                found[code] = None
            else:
                found[code] = {
                    name: value for place, (name, value) in enumerate(zip(FIELDS, new, strict=True)) if not old or old[place] != value
                }
            sent.rows[code] = new
        return found

    def _head(self, unit: str, codes: list[str], snapshot: Snapshot) -> dict[str, Any]:
        """Whom it is about, sent anew where the registry or the month is another."""
        desk, day = self._live.desk, self._live.desk.today()
        tree = snapshot.layout.tree
        kinds = ("unit", "name", "kind", "registered")
        return {
            "unit": desk.unit(unit, day),
            "path": [{"unit": code, "name": desk.unit(code, day)["name"]} for code in reversed(tree.above(unit))],
            "period": answers.period(snapshot.period),
            "units": [{name: about[name] for name in kinds} for about in (desk.unit(code, day) for code in codes[1:])],
            "target": desk.names.registry.target([unit, *tree.above(unit)], "2.1", day),
            "calendar": desk.years(),
        }

    def _below(self, unit: str, layout: Layout) -> list[str]:
        """The units right below that were not merged; at the root also those nobody registered."""
        tree = layout.tree
        found = [code for code in tree.children.get(unit, ()) if code in tree.kinds or code not in self._live.desk.names.registry.units]
        return found + [code for code in layout.codes if code not in tree.parents and code not in found] if unit == self._room else found
