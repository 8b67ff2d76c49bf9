"""Scores that fell: once a month's first version is published, units whose total lies five points or a grade below the month before are told.

Who holds the publishing lease tells, once a month; a repetition after a crash has the same ids.
"""

import asyncio
import logging
from collections.abc import Iterator

from redis.exceptions import RedisError

from connectors.codec import Record, partition
from connectors.notices import Fall, fall_record
from indicators import periods
from indicators.errors import UnreachableError
from indicators.formulas import changed, grade
from indicators.sheet import Sheet
from indicators.times import seconds
from streams import clock
from streams.desk import Desk
from streams.lease import Lease
from streams.sending import sender
from streams.shelf import Shelf
from streams.store.keys import FELL
from streams.topology import NOTICES

EVERY = 30.0
FELL_BY = 500  # hundredths of a point
_log = logging.getLogger("chiso.publications")


def falls(sheet: Sheet, before: Sheet) -> Iterator[Fall]:
    """Units that lost much, of two comparable scorecards."""
    for unit in sheet.layout.codes:
        new, old = sheet.total(unit), before.total(unit) if unit in before.layout.index else None
        if new is not None and old is not None and new < old and (old - new >= FELL_BY or grade(new) != grade(old)):
            yield Fall(unit, sheet.period.id, old, new)


class Falls:
    """One for a process."""

    def __init__(self, desk: Desk, lease: Lease, shelf: Shelf) -> None:
        self._desk, self._lease, self._shelf = desk, lease, shelf

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._look()
            except (RedisError, OSError, UnreachableError) as error:
                _log.warning("notices of scores wait: %s", error or type(error).__name__)

    async def _look(self) -> None:
        cuts = {month: cuts[0] for month, cuts in self._shelf.cuts.items() if cuts and cuts[0].done}
        month = max(cuts, default=None)
        if month is None or not self._desk.current or not await self._lease.held():
            return
        client = self._lease.client
        if (await client.get(FELL) or b"").decode() >= month:
            return
        today, rule = self._desk.today(), self._desk.terms.rule
        period = periods.parse(month, today)
        earlier = periods.before(period, today)
        if not changed(rule, period.b - 1, earlier.b - 1):
            await self._tell(falls(self._desk.sheet(period), self._desk.sheet(earlier)), seconds(cuts[month].at))
        await client.set(FELL, month)

    async def _tell(self, fallen: Iterator[Fall], at: int) -> None:
        async with sender(self._shelf.bootstrap, None) as out:
            count = await out.partitions(NOTICES)
            for one in fallen:
                record: Record = fall_record(one, at, int(clock.now()), self._desk.zone)
                await out.send(NOTICES, partition(record.key, count), record)
            await out.flush()
