"""Whether payloads that were sent are events by now: what still waits at the door is in no figure, and nobody would miss it there."""

import asyncio
import time

from streams.desk import Desk
from streams.ends import look_at_ends
from streams.store.keys import Keys
from streams.topology import LETTERS, SYNC

ENDS_SECONDS = 5.0
LOOK_SECONDS = 0.05


async def door_passed(desk: Desk, bootstrap: str, seconds: float) -> bool:
    """Whether everything that Kafka has now of the raw topic is passed within so many seconds; a halted partition holds up nobody.

    Raises UnreachableError, RedisError.
    """
    ends = await asyncio.to_thread(look_at_ends, bootstrap, ENDS_SECONDS, SYNC)
    deadline = time.monotonic() + seconds
    while not await _stands_at(desk, ends):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True


async def _stands_at(desk: Desk, ends: dict[int, int]) -> bool:
    async with desk.store() as client:
        stands = [await client.hmget(Keys(number, LETTERS[SYNC]).position, "next", "halted") for number in ends]
    return all(halted is not None or int(at or 0) >= end for end, (at, halted) in zip(ends.values(), stands, strict=True))
