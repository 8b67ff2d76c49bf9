"""Cutting versions of closed months: whoever holds the publishing lease does it, once a day at 06:00, and never while figures are behind.

A month's cut is put on record first, then its versions, then that it is done. Whoever comes after a kill sees a cut that is not done, and makes one
more of what is lacking: a unit whose figures stand as they were published gets no second version.
"""

import asyncio
import logging
import time

from msgspec.structs import replace
from redis.exceptions import RedisError

from connectors.codec import Record, partition
from connectors.publications import CUTS, Month, UnitMonth, month_record, record
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.periods import Period, months_of, parse
from indicators.publication import Cut, Version, differing, due, months, moved, standing
from indicators.snapshot import Snapshot
from indicators.times import seconds
from streams import clock
from streams.basis import basis, incomplete, snapshot
from streams.cards import Cards
from streams.desk import Desk
from streams.door import door_passed
from streams.ends import look_at_ends
from streams.lease import Lease
from streams.sending import sender
from streams.shelf import Place, Shelf
from streams.topology import PUBLICATIONS, REGISTRY

TICK, BUSY = 1.0, 5.0  # seconds; busy: so long it waits for a moment without change
SETTLE, PATIENCE = 5.0, 900.0  # a month that is still being filled waits, but not for ever
CHUNK = 500  # versions sent between two looks at the lease
BREATH = 50  # versions made between two rests for others
ENDS_SECONDS = 5.0
FAILED_SECONDS = 60.0
_log = logging.getLogger("chiso.publications")


class Publications:
    """One for a process; cuts only while the lease is ours."""

    def __init__(self, desk: Desk, cards: Cards, lease: Lease, shelf: Shelf) -> None:
        self._desk, self._cards, self._lease, self._shelf = desk, cards, lease, shelf
        self._looked: dict[str, int] = {}  # month → when it was found unchanged
        self._filling: dict[str, tuple[float, float, int]] = {}  # month without versions → first and last look, dossiers received
        self._cutting = asyncio.Lock()
        self._seen: tuple[object, float] = (None, 0.0)  # where the log stood, and since when it has been moving

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(TICK)
            try:
                months_ = self._due(int(clock.now())) if self._ready() else []
                wanted = [month for month in months_ if self._settled(month)]
                if wanted and await self._lease.held() and await self._complete():
                    for month in wanted:
                        async with self._cutting:
                            await self._cut(month)
            except (RedisError, OSError, UnreachableError) as error:
                _log.warning("versions of closed months wait: %s", error or type(error).__name__)
                await asyncio.sleep(BUSY)
            except Exception:  # noqa: BLE001 - one month that cannot be cut must not end all publishing
                _log.exception("versions of closed months wait; this should not have happened")
                await asyncio.sleep(FAILED_SECONDS)

    async def cut(self, month: str) -> Cut:
        """The cut in force of a closed month, made now where none stands or figures moved.

        Raises UsageError for what is no closed month, NotFoundError where it has no figures, UnreachableError while behind or not ours to do.
        """
        period = self._period(month)
        if period.open or not period.whole_months or months_of(period) != [month]:
            raise UsageError(f"{month} is no closed month; write one that is over, such as {months(int(clock.now()))[-1]}")
        if not await self._lease.held():
            raise UnreachableError("another reading process publishes; ask that one")
        if not self._current or not await self._complete():
            raise UnreachableError("figures are behind; ask again once `chiso drain` returns")
        async with self._cutting:
            await self._cut(month)
        found = self._shelf.cuts.get(month)
        if not found:
            raise NotFoundError(f"no unit has figures in {month}")
        return found[-1]

    def _period(self, month: str) -> Period:
        return parse(month, self._desk.today())

    @property
    def _current(self) -> bool:
        return self._shelf.loaded and self._desk.current and not any(one.loading for one in self._desk.sources.followers)

    def _ready(self) -> bool:
        """Whether nothing is behind, and either nothing has changed for a tick or changes never end."""
        stamp = self._desk.positions()
        seen, since = self._seen
        if not self._current:
            self._seen = None, time.monotonic()
            return False
        quiet = stamp == seen
        busy = not quiet and seen is not None and time.monotonic() - since > BUSY
        self._seen = stamp, time.monotonic() if quiet or busy or seen is None else since
        return quiet or busy

    async def _complete(self) -> bool:
        """Whether nothing waits at the door, and all of the registry is known here."""
        if not await door_passed(self._desk, self._shelf.bootstrap, SETTLE):
            return False
        ends = await asyncio.to_thread(look_at_ends, self._shelf.bootstrap, ENDS_SECONDS, REGISTRY)
        return self._desk.names.next >= ends.get(0, 0)

    def _due(self, now: int) -> list[str]:
        """Months to be looked at now, oldest first."""
        cubes = self._desk.sources.figures.cube, self._desk.sources.petitions.cube
        days = [day for cube in cubes if (day := cube.first()) is not None]
        return [month for month in months(now) if days and self._period(month).b > min(days) and self._wanted(month, now)]

    def _wanted(self, month: str, now: int) -> bool:
        cuts = self._shelf.cuts.get(month)
        if cuts and not cuts[-1].done:
            return True
        looked = [self._looked[month]] if month in self._looked else []
        last = [*looked, *([seconds(cuts[-1].at)] if cuts else [])]
        return due(now, month, max(last, default=None))

    def _settled(self, month: str) -> bool:
        """Whether a month without any version is no longer being filled: cut in the midst of a file, it would be restated the day after."""
        if self._shelf.cuts.get(month):
            return True
        now, received = time.monotonic(), int(self._desk.sheet(self._period(month)).counts.received.sum())
        first, last, before = self._filling.get(month, (now, now, -1))
        if before == received and now - last < SETTLE:
            return False
        if before == received or now - first > PATIENCE:
            return True
        self._filling[month] = first, now, received
        return False

    async def _cut(self, month: str) -> None:
        """One month: nothing is sent where every unit stands as it was published."""
        await self._shelf.catch_up()
        if not self._current:
            raise UnreachableError("figures are behind")
        cuts = self._shelf.cuts.get(month, ())
        now = int(clock.now())
        period = self._period(month)
        # from here to the first `await` nothing moves: figures and what they rest on are of one moment
        rests = replace(basis(self._desk, period, now), cut=cuts[-1].cut + 1 if cuts else 1)
        taken, lacking = snapshot(self._desk, self._cards, period), incomplete(self._desk, period)
        records = await self._versions(taken, lacking, rests)
        if records:
            await self._send(month, (*cuts, replace(rests, units=len(records))), records)
        elif cuts and not cuts[-1].done:
            await self._send(month, cuts, [])
        self._looked[month] = now
        self._filling.pop(month, None)

    async def _versions(self, taken: Snapshot, lacking: frozenset[str], cut: Cut) -> list[Record]:
        """A record for each unit whose figures differ from what was published of it."""
        month, digests = taken.sheet.period.id, taken.digests
        places = self._shelf.places.setdefault(month, {})
        units = [
            unit for unit in sorted({*digests, *places} - {CUTS}) if _differs(places.get(unit), digests.get(unit), unit not in lacking)
        ]
        old = await self._shelf.fetch((unit, month) for unit in units if unit in places)
        found = []
        for number, unit in enumerate(units):
            if number % BREATH == 0:
                await asyncio.sleep(0)
            before = old[unit, month] if unit in places else UnitMonth(unit, month, ())
            new = taken.figures(unit, complete=unit not in lacking)
            stood, digest = standing(before.versions), digests.get(unit, "")
            if before.versions and not moved(stood, new):  # made by another release, whose digests are others
                places[unit] = places[unit].seen(digest)
                continue
            version = Version(len(before.versions) + 1, cut.cut, cut.at, differing(stood, new))
            made = UnitMonth(unit, month, (*before.versions, version))
            found.append(record(made, digest, complete=unit not in lacking))
        return found

    async def _send(self, month: str, cuts: tuple[Cut, ...], records: list[Record]) -> None:
        """The cut, its versions, and that it is done; each acknowledged before the next. Returns when all of it was read back."""
        async with sender(self._shelf.bootstrap) as out:
            count = await out.partitions(PUBLICATIONS)

            async def put(some: list[Record]) -> None:
                if not await self._lease.held():
                    raise UnreachableError("another reading process publishes now, and completes the cut")
                for one in some:
                    await out.send(PUBLICATIONS, partition(one.key, count), one)
                await out.flush()

            if records:
                await put([month_record(Month(month, cuts))])
            for start in range(0, len(records), CHUNK):
                await put(records[start : start + CHUNK])
            await put([month_record(Month(month, (*cuts[:-1], replace(cuts[-1], done=True))))])
        await self._shelf.catch_up()


def _differs(place: Place | None, digest: str | None, complete: bool) -> bool:  # noqa: FBT001 - two of three states, told by name
    """Whether a unit's month is to be compared with what was published of it."""
    if place is None:
        return digest is not None
    return place.label.digest != (digest or "") or (complete and not place.label.complete)
