"""What boards show of the store's lists: letters owed, signs, silence. Read now and then, never for a scrape."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from indicators.errors import ChisoError
from indicators.periods import current_month
from streams.desk import Desk
from streams.duty_desk import DutyDesk
from streams.ends import Look
from streams.sign_desk import SignDesk
from streams.topology import REJECTED

EVERY = 60.0
SHARE = 20  # a look that takes a second is followed by twenty of rest at least
CHUNK = 1000
_log = logging.getLogger("chiso.metrics")


@dataclass
class Lookout:
    """The newest of each; absent until it was looked at once. `own` are counts by unit, without those below it."""

    desk: Desk
    duties: DutyDesk
    signs: SignDesk
    kafka: str
    own: dict[str, Counter[str]] = field(default_factory=dict)
    delays: dict[str, tuple[int, int]] = field(default_factory=dict)  # unit → seconds, records
    single: dict[str, float] = field(default_factory=dict)
    version: int = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            started = time.monotonic()
            try:
                await self.look()
            except (RedisError, OSError, ChisoError) as error:
                _log.warning("letters, signs and silence on boards stay as they are: %s", error or type(error).__name__)
            took = time.monotonic() - started
            # at the start there is nothing to read yet; soon there will be
            await asyncio.sleep(max(EVERY if self.desk.follower.keys else 2.0, took * SHARE))

    async def look(self) -> None:
        """Reads all of it once. Raises UnreachableError, RedisError."""
        await self._memory()
        if not self.desk.follower.keys:
            return
        month = current_month(self.desk.today())
        self.own["chiso_apologies_owed"] = await self.duties.letters_owed()
        silent = await self.signs.silent(None)
        self.own["chiso_silent_sources"] = Counter(one["agency"] for one in silent["items"])
        self.delays = _delays(one for one in silent["delays"] if one["month"] == month)
        off = await self.signs.offrecord(None, month)
        self.own["chiso_off_record_signs"] = Counter(
            row["unit"] for start in range(0, len(off), CHUNK) for row in off[start : start + CHUNK]
        )
        papers = await self.signs.papers(None, month)
        self.own["chiso_extra_papers_signs"] = Counter(row["unit"] or "" for row in papers["items"])
        late = await self.duties.repeat_late(None, None)
        self.own["chiso_repeat_late"] = Counter(row["unit"] or "" for row in late["items"] if row["official"] is None and row["grading"])
        await self._rejected()
        self.version += 1

    async def _memory(self) -> None:
        async with self.desk.store() as client:
            found = await client.info("memory")
        self.single["chiso_store_memory_bytes"] = float(found["used_memory"])
        self.single.pop("chiso_store_memory_limit_bytes", None)
        if found.get("maxmemory"):
            self.single["chiso_store_memory_limit_bytes"] = float(found["maxmemory"])

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
