"""The indicator topics: whichever reading process holds the lease publishes what changed, at most every five seconds, and never while behind.

`chiso.indicator.current.v1` is compacted: `UNIT:PERIOD:ID` → how it stands. Whoever gains the lease reads the topic back and goes on from there, so
versions only grow. `chiso.indicator.changes.v1` says what changed and why; a change is with Kafka before the figure that it led to, so whoever
dies in between leaves one that is said again.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np
from redis.exceptions import RedisError

from connectors.codec import Record, partition
from indicators.errors import UnreachableError
from indicators.formulas import table
from indicators.layout import Ints
from indicators.periods import Period, before, parse
from indicators.scores import NONE
from indicators.sheet import Sheet
from indicators.tabulate import tabulate
from indicators.times import date_of
from streams.cards import Cards
from streams.desk import Desk
from streams.lease import Lease
from streams.reading import everything
from streams.sending import Sender, sender
from streams.store.keys import PUBLISHED
from streams.topology import CHANGES, CURRENT, LETTERS

TICK, EVERY = 0.5, 5.0
HELD = 5_000  # figures that wait for their changes: bounds memory where the whole country is published
_json = msgspec.json.Encoder().encode
_log = logging.getLogger("chiso.publisher")


class Figure(NamedTuple):
    """How one figure stands; score in hundredths of a point."""

    numerator: int | None
    denominator: int | None
    score: int | None
    rank: int | None
    complete: bool


def published_periods(today: int) -> list[Period]:
    """The month, quarter and year of a day, and those before."""
    date = date_of(today)
    now = [parse(text, today) for text in (f"{date:%Y-%m}", f"{date.year}-Q{(date.month + 2) // 3}", f"{date.year}")]
    ends = [parse_before(one, today) for one in now]
    return [*now, *ends]


def parse_before(period: Period, today: int) -> Period:
    """The whole period before."""
    closed = Period(period.id, period.a, period.b, open=False)
    return parse(before(closed, today).id, today)


class Publisher:
    """One for a process."""

    def __init__(self, desk: Desk, cards: Cards, lease: Lease, bootstrap: str) -> None:
        self._desk, self._cards, self._lease, self._bootstrap = desk, cards, lease, bootstrap
        self._known: dict[str, tuple[Figure, int]] | None = None  # key → (figure, version), while the lease is ours
        self._tables: dict[str, tuple[Sheet, dict[str, Ints]]] = {}  # period → what was published last
        self._causes: tuple[int, object, object] | None = None  # day, registry and calendar of the pass before

    async def run(self) -> None:
        """Until cancelled."""
        done: object = None
        seen: object = None
        last = 0.0
        while True:
            await asyncio.sleep(TICK)
            try:
                if not await self._lease.held():
                    self._known = None
                    continue
                stamp = self._stamp()
                quiet, seen = stamp == seen, stamp
                if self._desk.current and (self._known is None or stamp != done) and (quiet or time.monotonic() - last > EVERY):
                    await self._publish()
                    done, last = stamp, time.monotonic()
            except (RedisError, OSError, UnreachableError) as error:
                _log.warning("indicator topics wait: %s", error or type(error).__name__)
                self._known, done = None, None
                await asyncio.sleep(TICK)

    def _stamp(self) -> object:
        desk = self._desk
        return json.dumps([desk.positions(), desk.today()]), id(desk.names.registry)

    async def _publish(self) -> None:
        """One pass: sends what differs from what was published."""
        desk, today = self._desk, self._desk.today()
        positions = desk.positions()
        if self._known is None:
            self._known = {name: _read(value) for name, value in (await everything(self._bootstrap, CURRENT)).items()}
            self._tables.clear()
        cause = self._cause(today)
        async with sender(self._bootstrap) as out:
            post = _Post(out, {topic: await out.partitions(topic) for topic in (CURRENT, CHANGES)})
            for period in published_periods(today):
                sheet = desk.sheet(period)
                if self._tables.get(period.id, (None,))[0] is not sheet:
                    for unit, name, figure in self._figures(sheet):
                        await self._one(post, (unit, period, name), figure, cause)
                await asyncio.sleep(0)
            await post.flush()
        shown = {"p": "positions", "q": "petitions", "u": "procedures"}
        assert set(shown) <= set(LETTERS.values())
        await self._lease.client.hset(PUBLISHED, mapping={letter: json.dumps(positions[name]) for letter, name in shown.items()})

    def _cause(self, today: int) -> str:
        """Why figures differ from the pass before: the most particular thing that changed."""
        now = today, self._desk.names.registry, self._desk.calendar
        old, self._causes = self._causes, now
        if old is None or (old[0] == now[0] and old[1] is now[1] and old[2] is now[2]):
            return "events"
        if old[0] != now[0]:
            return "formula" if table(self._desk.terms.rule, old[0]) != table(self._desk.terms.rule, today) else "day"
        return "registry"

    def _figures(self, sheet: Sheet) -> Iterator[tuple[str, str, Figure]]:
        """(unit, id, figure) of all that changed since the sheet before."""
        assert self._known is not None
        old = self._tables.get(sheet.period.id)
        new = tabulate(sheet, self._cards.places(sheet))
        self._tables[sheet.period.id] = sheet, new
        comparable = old is not None and old[0].layout is sheet.layout
        halted = self._desk.halted
        for name, rows in new.items():
            changed = np.arange(len(rows))
            if comparable and not halted and old is not None and name in old[1]:
                changed = np.flatnonzero((rows != old[1][name]).any(axis=1))
            for place in changed.tolist():
                unit = sheet.layout.codes[place]
                values = [None if value == NONE else value for value in rows[place].tolist()]
                if any(value is not None for value in values) or f"{unit}:{sheet.period.id}:{name}" in self._known:
                    complete = not halted or self._desk.complete(sheet.layout.tree.members(unit))
                    yield unit, name, Figure(values[0], values[1], values[2], values[3], complete)

    async def _one(self, post: "_Post", place: tuple[str, Period, str], figure: Figure, cause: str) -> None:
        assert self._known is not None
        unit, period, name = place
        key = f"{unit}:{period.id}:{name}"
        old, version = self._known.get(key, (None, 0))
        if old == figure:
            return
        version += old is None or old[:4] != figure[:4]
        self._known[key] = figure, version
        head = {"unit": unit, "period": period.id, "id": name}
        as_of = self._desk.as_of()
        if old is None or old[:4] != figure[:4]:
            why = "restatement" if cause == "events" and not period.open else cause
            change = {
                **head,
                "old": None if old is None else _shown(old),
                "new": _shown(figure),
                "version": version,
                "cause": why,
                "as_of": as_of,
            }
            # figures may move before a version is said again, and then it is another change
            said = "/".join(str(one) for one in figure[:4])
            await post.change(Record(unit.encode(), _json(change), _headers(f"{key}:{version}:{said}")))
        value = {**head, **_shown(figure), "as_of": as_of, "version": version, "complete": figure.complete}
        await post.stand(Record(key.encode(), _json(value), _headers(f"{key}:{version}")))


class _Post:
    """Sends changes as they come, and what stands now only once Kafka has their changes: a successor reads that back, and never says a change it finds there."""

    def __init__(self, out: Sender, counts: dict[str, int]) -> None:
        self._out, self._counts = out, counts
        self._held: list[Record] = []

    async def change(self, record: Record) -> None:
        """Queues one of CHANGES."""
        await self._send(CHANGES, record)

    async def stand(self, record: Record) -> None:
        """Holds one of CURRENT, whose change was queued before."""
        self._held.append(record)
        if len(self._held) >= HELD:
            await self.flush()

    async def flush(self) -> None:
        """Returns when Kafka has acknowledged everything."""
        await self._out.flush()
        for record in self._held:
            await self._send(CURRENT, record)
        self._held.clear()
        await self._out.flush()

    async def _send(self, topic: str, record: Record) -> None:
        await self._out.send(topic, partition(record.key, self._counts[topic]), record)


def _shown(figure: Figure) -> dict[str, Any]:
    ratio = figure.numerator / figure.denominator if figure.numerator is not None and figure.denominator else None
    score = None if figure.score is None else figure.score / 100
    return {"numerator": figure.numerator, "denominator": figure.denominator, "ratio": ratio, "score": score, "rank": figure.rank}


def _headers(id_: str) -> list[tuple[str, bytes]]:
    return [("ce_id", id_.encode()), ("ce_type", b"chiso.indicator.changed.v1"), ("ce_source", b"chiso")]


def _read(value: bytes) -> tuple[Figure, int]:
    found = json.loads(value)
    score = None if found["score"] is None else round(found["score"] * 100)
    return Figure(found["numerator"], found["denominator"], score, found["rank"], found["complete"]), found["version"]
