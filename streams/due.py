"""Dossiers by when they are due, page by page: only as many are read as a page needs. And who holds them."""

import heapq
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from indicators.dossier import State, decode_state
from indicators.errors import UsageError
from indicators.facts import at
from indicators.figures import SOON
from indicators.notices import charged, unit_of
from indicators.ontime import clock as clock_of
from streams.desk import Desk
from streams.store.keys import Keys

CHUNK = 200
FRESH = 5.0  # seconds; who holds what is counted over all of a unit's dossiers
STATES = ("overdue", "today", "soon")


class Line(NamedTuple):
    """A dossier in a list; sorts by due moment, then number."""

    due: int
    number: str
    state: State
    unit: str


@dataclass(frozen=True, slots=True)
class Span:
    """Due moments from `low` on (None: from the beginning) up to `high`, of these units (None: all)."""

    low: int | None
    high: int
    members: Collection[str] | None


class Due:
    """Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    async def listed(self, unit: str | None, state: str, official: str | None, page: tuple[int, str | None]) -> dict[str, Any]:
        """The JSON of `/v1/due`; `page` is how many, and after which cursor."""
        limit, after = page
        span, start = self._span(unit, state), _place(after)
        found: list[Line] = []
        async for line in self._merged(span, start):
            if official is None or official == (self._holder(line) or ""):
                found.append(line)
                if len(found) > limit:
                    break
        following = f"{found[limit - 1].due}:{found[limit - 1].number}" if len(found) > limit else None
        return {"as_of": self._desk.as_of(), "state": state, "items": [self._row(line) for line in found[:limit]], "next": following}

    def _span(self, unit: str | None, state: str) -> Span:
        desk, today = self._desk, self._desk.today()
        if state not in STATES:
            raise UsageError(f"state {state!r} is none of {', '.join(STATES)}")
        first = desk.zone.midnight(today)
        last = {"overdue": today - 1, "today": today, "soon": desk.calendar.add(today, SOON)}[state]
        members = None
        if unit is not None and (unit != desk.terms.room or unit in desk.names.registry.units):
            desk.known(unit, today)
            members = frozenset(desk.layout(today).tree.members(unit))
        return Span(None if state == "overdue" else first, desk.zone.midnight(last + 1) - 1, members)

    async def _merged(self, span: Span, start: tuple[int, str] | None) -> AsyncIterator[Line]:
        """Lines of all partitions, the earliest due first."""
        flows = [self._flow(keys, span, start) for keys in self._desk.follower.keys if self._holds(keys, span.members)]
        heads: list[tuple[int, str, int, Line]] = []
        for place, flow in enumerate(flows):
            if (line := await anext(flow, None)) is not None:
                heads.append((line.due, line.number, place, line))
        heapq.heapify(heads)
        while heads:
            _, _, place, line = heads[0]
            yield line
            following = await anext(flows[place], None)
            if following is None:
                heapq.heappop(heads)
            else:
                heapq.heapreplace(heads, (following.due, following.number, place, following))

    def _holds(self, keys: Keys, members: Collection[str] | None) -> bool:
        cube = self._desk.follower.cube
        return members is None or any(keys.number in cube.partitions(unit) for unit in members)

    async def _flow(self, keys: Keys, span: Span, start: tuple[int, str] | None) -> AsyncIterator[Line]:
        """Lines of one partition."""
        low: float | str = "-inf" if span.low is None else span.low
        if start is not None:
            low = max(start[0], span.low or start[0])
        at_ = 0
        async with self._desk.store() as client:
            while True:
                some = await client.zrange(keys.due, low, span.high, byscore=True, withscores=True, offset=at_, num=CHUNK)
                stored = await client.hmget(keys.dossiers, [number for number, _ in some]) if some else []
                for (number, due), state in zip(some, stored, strict=True):
                    if state is None or (start is not None and (int(due), number.decode()) <= start):
                        continue
                    known = decode_state(state)
                    unit = unit_of(number.decode(), known)
                    if span.members is None or unit in span.members:
                        yield Line(int(due), number.decode(), known, unit)
                if len(some) < CHUNK:
                    return
                at_ += CHUNK

    def _holder(self, line: Line) -> str | None:
        """Who has it: who had when it became overdue, else who has now."""
        state, zone = line.state, self._desk.zone
        held = charged(state, zone.midnight(zone.day(line.due) + 1))
        own = state.handled_by or state.assigned
        return held or (own[1] if own is not None else None)

    def _row(self, line: Line) -> dict[str, Any]:
        """One of `items`; `working_days` is how many it is late, or (negative) are left."""
        desk, state = self._desk, line.state
        day, today = desk.zone.day(line.due), desk.today()
        times = clock_of(state, desk.zone)
        procedure = None if state.procedure is None else state.procedure[1]
        late = desk.calendar.between(day, today) if day < today else -desk.calendar.between(today, day)
        return {
            "dossier": line.number,
            "unit": line.unit,
            "unit_name": self._unit_name(line.unit, state),
            "official": self._holder(line),
            "procedure": procedure,
            "procedure_name": self._procedure_name(procedure, state),
            "received_at": desk.zone.iso(at(state.received)) if state.received else None,
            "due_at": None if times is None or times.due_at is None else desk.zone.iso(times.due_at),
            "due": desk.zone.iso(line.due),
            "working_days": late,
        }

    def _unit_name(self, unit: str, state: State) -> str:
        """A unit nobody registered may still have the name a source gave it."""
        about = self._desk.unit(unit, self._desk.today())
        given = None if state.unit_name is None else state.unit_name[1]
        return str(about["name"] if about["registered"] or not given else given)

    def _procedure_name(self, code: str | None, state: State) -> str | None:
        known = None if code is None else self._desk.names.registry.name("procedure", code, self._desk.today())
        return known or (None if state.procedure_name is None else state.procedure_name[1])

    async def holders(self, unit: str | None) -> dict[str, Any]:
        """The JSON of `/v1/holders`: overdue dossiers of a unit and those below it by unit and official, those who hold most first."""
        key = unit or ""
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        started = time.monotonic()
        counted: dict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0, 0])
        names: dict[str, str] = {}
        async for line in self._merged(self._span(unit, "overdue"), None):
            row = counted[line.unit, self._holder(line)]
            row[0] += 1
            row[1] = row[1] or line.due
            names.setdefault(line.unit, self._unit_name(line.unit, line.state))
        desk = self._desk
        rows = [
            {"unit": whose, "unit_name": names[whose], "official": official, "overdue": count, "longest": self._late(first)}
            for (whose, official), (count, first) in sorted(counted.items(), key=_most_first)
        ]
        found = {"as_of": desk.as_of(), "items": rows}
        if len(self._kept) > CHUNK:
            self._kept.clear()
        self._kept[key] = time.monotonic() + max(FRESH, 50 * (time.monotonic() - started)), found
        return found

    def _late(self, due: int) -> int:
        return self._desk.calendar.between(self._desk.zone.day(due), self._desk.today())


def _most_first(one: tuple[tuple[str, str | None], list[int]]) -> tuple[int, int, str, str]:
    (unit, official), (count, first) = one
    return -count, first, unit, official or ""


def _place(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    due, _, number = text.partition(":")
    if not due.isdecimal() or not number:
        raise UsageError("cursor is none that an answer gave as `next`")
    return int(due), number
