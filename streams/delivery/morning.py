"""The morning digest: one per unit with an address for it, at 07:30 on working days; a process that was down then makes it until 11:30.

Overdue dossiers are read once for all units. Digests stand in the queues before the day is marked as done, so a crash in between makes none twice.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.digest_text import FIRST, digest
from indicators.errors import UnreachableError
from indicators.times import DAY, VIETNAM, date_of
from indicators.workdays import Calendar
from streams.delivery.entry import DIGEST, Address, Entry
from streams.delivery.mailbox import Mailbox, Pair
from streams.delivery.notices import Addresses, wanting

BEGIN, END = 7 * 3600 + 1800, 11 * 3600 + 1800  # seconds of the day
PATIENCE = 1800  # so long it waits for figures that are behind
WITHIN = 2  # working days: due soon
LOOK_SECONDS = 1.0
CHUNK = 100
_AHEAD = int(VIETNAM.utcoffset(None).total_seconds())


class Figures(Protocol):
    """Who knows dossiers and units: `streams.delivery.office`."""

    @property
    def current(self) -> bool: ...

    def unit(self, code: str, day: int) -> dict[str, Any]: ...

    def above(self, unit: str, day: int) -> Sequence[str]: ...

    async def overdue(self, within: int) -> list[dict[str, Any]]: ...

    async def card(self, unit: str) -> dict[str, Any] | None: ...


async def nobody_knows(_unit: str) -> Any:
    """Stands for a list that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Letters owed by a unit, and its silent sources; None where it is not known."""

    apologies: Callable[[str], Awaitable[int | None]] = nobody_knows
    silent: Callable[[str], Awaitable[Sequence[str] | None]] = nobody_knows


@dataclass(slots=True)
class Late:
    """Of one unit: overdue dossiers, the first of them, and how many are due soon."""

    count: int = 0
    soon: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Room:
    """What mornings ask of the others: figures, lists, who has addresses, days."""

    figures: Figures
    lists: Lists
    addresses: Addresses
    units: Callable[[], Iterable[str]]
    calendar: Callable[[], Calendar]
    off: Callable[[Address], bool]
    wake: Callable[[], None]


class Morning:
    """One for a process."""

    def __init__(self, mailbox: Mailbox, room: Room, ready: Callable[[], Awaitable[None]], now: Callable[[], float]) -> None:
        self._mailbox, self._room, self._ready, self._now = mailbox, room, ready, now

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the store's errors come through."""
        await self._ready()
        while not stop.is_set():
            await self.look(self._now())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def look(self, now: float) -> bool:
        """Whether digests were made."""
        day, second = divmod(int(now) + _AHEAD, DAY)
        if not BEGIN <= second < END or not self._room.calendar().is_workday(day) or await self._mailbox.digested() == day:
            return False
        if not self._room.figures.current and second < BEGIN + PATIENCE:
            return False
        try:
            await self._make(day, now)
        except UnreachableError:
            return False
        await self._mailbox.digest_done(day)
        return True

    async def _make(self, day: int, now: float) -> None:
        room = self._room
        to = {unit: found for unit in sorted(set(room.units())) if (found := self._wanting(unit, day))}
        if not to:
            return
        late = await self._late(to, day)
        until = (day + 1) * DAY + BEGIN - _AHEAD  # the next morning's takes its place
        waiting: list[Pair] = []
        for unit, addresses in to.items():
            content = await self._one(unit, day, late[unit])
            waiting += [(one, Entry(content["id"], content, now, until)) for one in addresses]
            if len(waiting) >= CHUNK:
                await self._mailbox.put(waiting, now)
                waiting.clear()
                room.wake()
        await self._mailbox.put(waiting, now)
        room.wake()

    def _wanting(self, unit: str, day: int) -> list[Address]:
        return [one for one in wanting(self._room.addresses(unit, day), DIGEST) if not self._room.off(one)]

    async def _late(self, units: Mapping[str, object], day: int) -> dict[str, Late]:
        """Unit → what is late there and below it. On a working day whatever is overdue is so by at least one working day."""
        found: dict[str, Late] = defaultdict(Late)
        for row in await self._room.figures.overdue(WITHIN):
            for unit in _line(self._room.figures, row["unit"], day):
                if unit in units:
                    one = found[unit]
                    if row["working_days_late"] > 0:
                        one.count += 1
                        one.first += [row] if len(one.first) < FIRST else []
                    else:
                        one.soon += 1
        return found

    async def _one(self, unit: str, day: int, late: Late) -> dict[str, Any]:
        room = self._room
        content = digest(room.figures.unit(unit, day), date_of(day).isoformat(), await room.figures.card(unit))
        first = [{name: row[name] for name in ("dossier", "due_at", "working_days_late")} for row in late.first]
        return content | {
            "overdue": {"count": late.count, "first": first},
            "due_soon": late.soon,
            "apologies_owed": await room.lists.apologies(unit),
            "silent": await room.lists.silent(unit),
        }


def _line(figures: Figures, unit: str, day: int) -> Iterator[str]:
    yield unit
    yield from figures.above(unit, day)
