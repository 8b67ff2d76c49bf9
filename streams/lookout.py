"""What boards, page and digests show of the store's lists: letters owed, signs, silence. Read now and then, never for a scrape."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from indicators.duties import duty, lateness
from indicators.errors import ChisoError, UnreachableError
from indicators.lateness import GRADING
from indicators.notices import unit_of
from indicators.periods import current_month
from indicators.times import date_of
from streams.desk import Desk
from streams.duty_desk import DutyDesk
from streams.ends import Look
from streams.sign_desk import SignDesk
from streams.topology import REJECTED

EVERY = 30.0
SOON = 5.0  # while there is more to come
SHARE = 20  # a look that takes a second is followed by twenty of rest at least
CHUNK = 1000
LETTERS = "chiso_apologies_owed"
_log = logging.getLogger("chiso.metrics")


@dataclass
class Lookout:
    """The newest of each; absent until it was looked at once. `own` are counts by unit, without those below it."""

    desk: Desk
    duties: DutyDesk
    signs: SignDesk
    kafka: str
    own: dict[str, Counter[str]] = field(default_factory=dict)
    silent: dict[str, list[str]] = field(default_factory=dict)  # agency → its sources that are silent, as people call them
    delays: dict[str, tuple[int, int]] = field(default_factory=dict)  # unit → seconds, records
    single: dict[str, float] = field(default_factory=dict)
    version: int = 0
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            started = time.monotonic()
            try:
                await self.look()
            except (RedisError, OSError, ChisoError) as error:
                _log.warning("letters, signs and silence on boards stay as they are: %s", error or type(error).__name__)
            took = time.monotonic() - started
            await asyncio.sleep(max(EVERY if self.desk.current else SOON, took * SHARE))

    async def once(self) -> None:
        """Looks, if nobody has yet: what was seen is not waited for. Raises UnreachableError."""
        if LETTERS in self.own:
            return
        if self.desk.follower.stale:
            raise UnreachableError("the store was not read yet; ask again once /readyz says so")
        if not self.desk.follower.keys:
            return  # nothing was ever written
        try:
            async with self._looking:
                if LETTERS not in self.own:
                    await self._lists()
        except (RedisError, OSError) as error:
            raise UnreachableError(f"the store does not answer ({type(error).__name__}); letters and silence wait for it") from None

    async def look(self) -> None:
        """Reads all of it once. Raises UnreachableError, RedisError."""
        await self._memory()
        if not self.desk.follower.keys:
            return
        async with self._looking:
            await self._lists()
        await self._rejected()

    async def _lists(self) -> None:
        """All lists, shown together: of a look that failed midway nothing is."""
        month = current_month(self.desk.today())
        silent = await self.signs.silent(None)
        own = {"chiso_silent_sources": Counter(one["agency"] for one in silent["items"])}
        named = defaultdict(list)
        for one in silent["items"]:
            named[one["agency"]].append(f"{one['name']} ({one['source']})" if one["source"] else one["name"])
        off = await self.signs.offrecord(None, month)
        own["chiso_off_record_signs"] = Counter(row["unit"] for start in range(0, len(off), CHUNK) for row in off[start : start + CHUNK])
        papers = await self.signs.papers(None, month)
        own["chiso_extra_papers_signs"] = Counter(row["unit"] or "" for row in papers["items"])
        own |= await self._late()
        self.own, self.silent = own, named
        self.delays = _delays(one for one in silent["delays"] if one["month"] == month)
        self.version += 1

    async def _late(self) -> dict[str, Counter[str]]:
        """Letters owed, and who is late again and again: one pass over the year's late dossiers that keeps none of them."""
        sight, limit = self.desk.sight(), self.duties.apology_days()
        year = date_of(sight.today).year
        owed: Counter[str] = Counter()
        months: dict[str, set[int]] = defaultdict(set)
        async for number, state in self.duties.late_this_year():
            how = lateness(number, state, sight.today, sight.zone)
            found = duty(number, state, sight, limit)
            if how is not None and date_of(how.month_day).year == year:
                months[unit_of(number, state)].add(date_of(how.month_day).month)
            if found is not None and found.apology.sent_at is None:
                owed[found.unit] += 1
        return {LETTERS: owed, "chiso_repeat_late": Counter(unit for unit, late in months.items() if len(late) >= GRADING)}

    async def _memory(self) -> None:
        async with self.desk.store() as client:
            found = await client.info("memory")
        self.single["chiso_store_memory_bytes"] = float(found["used_memory"])
        self.single.pop("chiso_store_memory_limit_bytes", None)
        limit = found.get("maxmemory") or found.get("total_system_memory")  # a managed store may hide both
        if limit:
            self.single["chiso_store_memory_limit_bytes"] = float(limit)

    async def _rejected(self) -> None:
        self.single["chiso_rejected_waiting"] = float(await asyncio.to_thread(_on_record, self.kafka))


def _delays(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["mean_seconds"] is not None:
            found[row["agency"]].update(seconds=round(row["mean_seconds"] * row["records"]), records=row["records"])
    return {agency: (one["seconds"], one["records"]) for agency, one in found.items()}


def _on_record(kafka: str) -> int:
    look = Look(kafka)
    try:
        ends, begins = look.ends(REJECTED), look.begins(REJECTED)
    finally:
        look.close()
    return sum(end - begins.get(place, end) for place, end in ends.items())
