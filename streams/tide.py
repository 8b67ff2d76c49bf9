"""By which moment the figures hold everything that Kafka had: timers fire no further, so a backlog raises no false alarm.

In order of flow: the raw topic's end is read, then awaited, and only then is the end of the events' topic read.
"""

import asyncio
import logging
from collections.abc import Collection
from typing import Any

from redis.exceptions import RedisError

from indicators.errors import UnreachableError
from streams import clock
from streams.ends import Look
from streams.store.keys import FIRED, Keys, fired_field
from streams.store.redis import RedisStore
from streams.topology import EVENTS, LETTERS, SYNC

TICK = 0.5
_log = logging.getLogger("chiso.timers")


class Tide:
    """At `moment` (seconds) partitions of the events' topic ended at `ends`, with everything in it that the raw topic held then."""

    def __init__(self, bootstrap: str, client: Any) -> None:
        self.bootstrap, self._client = bootstrap, client
        self._risen = asyncio.Event()
        self.moment = 0
        self.ends: dict[int, int] = {}

    async def run(self) -> None:
        """Until cancelled; waits where Kafka or the store are away."""
        look: Look | None = None
        while True:
            try:
                if look is None:
                    look = await asyncio.to_thread(Look, self.bootstrap)
                now = int(clock.now())
                raw = await asyncio.to_thread(look.ends, SYNC)
                while not await self._passed(raw):  # noqa: ASYNC110 - positions are in the store
                    await asyncio.sleep(TICK / 5)
                self.ends = await asyncio.to_thread(look.ends, EVENTS)
                self.moment = now
                self._risen.set()
            except (UnreachableError, RedisError, OSError) as error:
                _log.info("timers wait: %s", error or type(error).__name__)
                if look is not None:
                    look.close()
                look = None
            await asyncio.sleep(TICK)

    async def risen(self) -> int:
        """Waits for the next moment, and gives it."""
        await self._risen.wait()
        self._risen.clear()
        return self.moment

    async def fired(self, store: RedisStore, partitions: Collection[int], now: int) -> None:
        """Notes that timers of these have fired up to a moment, for `chiso drain`."""
        if partitions:
            await self._client.hset(FIRED, mapping={fired_field(store.space, number): now for number in partitions})

    async def _passed(self, ends: dict[int, int]) -> bool:
        """Whether the raw topic was read up to here; a partition that waits for somebody's decision is not waited for."""
        async with self._client.pipeline(transaction=False) as pipe:
            for number in ends:
                pipe.hmget(Keys(number, LETTERS[SYNC]).position, "next", "halted")
            stands = await pipe.execute()
        return all(int(place or 0) >= end or halted for (place, halted), end in zip(stands, ends.values(), strict=True))
