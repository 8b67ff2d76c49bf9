"""Delivery in one reading process: whoever holds the lease reads notices, makes the morning's digests, and sends."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

from connectors.metrics import ServeMetrics
from streams.delivery.mailbox import Mailbox
from streams.delivery.morning import Morning
from streams.delivery.notices import Reader
from streams.delivery.post import Post
from streams.lease import Lease

TICK = 1.0
LEAVE_SECONDS = 2.5
SURE_SECONDS = 5.0  # with the longest send, less than the lease lasts
CLEAN_SECONDS = 3600.0
_log = logging.getLogger("chiso.delivery")


class Sure:
    """Remembers when the lease was last known to be ours."""

    def __init__(self) -> None:
        self._since = float("-inf")

    def ours(self) -> bool:
        """Whether it surely is."""
        return time.monotonic() - self._since < SURE_SECONDS

    async def ask(self, lease: Lease) -> bool:
        """Whether it is, as the store says."""
        asked = time.monotonic()
        held = await lease.held()
        self._since = asked if held else float("-inf")
        return held


class Deliverer:
    """One for a process."""

    def __init__(self, lease: Lease, sure: Sure, mailbox: Mailbox, parts: tuple[Reader, Morning, Post], told: ServeMetrics) -> None:
        self._lease, self._sure, self._mailbox, self._parts, self._told = lease, sure, mailbox, parts, told

    async def run(self, now: Callable[[], float]) -> None:
        """Until cancelled; waits where the store is away."""
        quiet = False
        while not _ended():
            try:
                if await self._sure.ask(self._lease):
                    await self._hold(now)
                quiet = False
            except (RedisError, OSError) as error:
                if not quiet:
                    _log.warning("delivery waits: %s", error or type(error).__name__)
                quiet = True
            except Exception:  # noqa: BLE001 - told in the log with its place; nobody would see a task that ended
                _log.exception("delivery begins again")
            self._told.deliveries_waiting.set(0)
            await asyncio.sleep(TICK)

    async def _hold(self, now: Callable[[], float]) -> None:
        """While the lease is ours."""
        stop = asyncio.Event()
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(part.run(stop)) for part in self._parts]
        cleaned = float("-inf")
        try:
            while await self._sure.ask(self._lease) and not _ended():
                done, _ = await asyncio.wait(tasks, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                self._told.deliveries_waiting.set(await self._mailbox.waiting())
                if time.monotonic() - cleaned > CLEAN_SECONDS:
                    cleaned = time.monotonic()
                    await self._mailbox.clean(now())
        finally:
            await _leave(tasks, stop)
            with contextlib.suppress(RedisError, OSError):
                await self._lease.leave()


async def _leave(tasks: list[asyncio.Task[Any]], stop: asyncio.Event) -> None:
    """Parts are asked to end; only those that do not are cancelled, for the store's client loses a connection, and may lose the word, when cancelled."""
    stop.set()
    _, late = await asyncio.wait(tasks, timeout=LEAVE_SECONDS)
    while late:
        for task in late:
            task.cancel()
        _, late = await asyncio.wait(late, timeout=TICK)
    await asyncio.gather(*tasks, return_exceptions=True)


def _ended() -> bool:
    """Whether this task was cancelled, even if the word was lost on its way."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
