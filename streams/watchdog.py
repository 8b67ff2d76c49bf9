"""Ends a worker that hangs: behind, able to go on, and yet without progress. Whoever supervises starts a new one; every position is safe.

What is only waiting (Kafka or the store is away, a partition is halted) is no hang. A blocked event loop is seen by a thread of its own.
"""

import asyncio
import faulthandler
import io
import logging
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.ending import BUG

LOOK_EVERY = 1.0
GRACE = 3.0
_log = logging.getLogger("chiso.watchdog")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is asked of the worker."""

    done: Callable[[], object]  # anything that changes with progress
    behind: Callable[[], bool]  # whether a partition that may go on has something to do
    reachable: Callable[[], Awaitable[bool]]  # whether Kafka and the store answer


def end() -> None:
    """Says what everybody was doing, and ends the process."""
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    sys.stderr.flush()
    os._exit(BUG)


class Watchdog:
    """`run` watches from inside the event loop, and lets a thread watch the loop itself."""

    def __init__(self, signs: Signs, seconds: float, bark: Callable[[], None] = end) -> None:
        self._signs, self._seconds, self._bark = signs, seconds, bark
        self._every = min(LOOK_EVERY, seconds / 4)
        self._beat = time.monotonic()

    async def run(self) -> None:
        """Until cancelled."""
        beating = asyncio.create_task(self._beats(), name="watchdog's beat")
        threading.Thread(target=self._watch_the_loop, daemon=True, name="watchdog").start()
        try:
            await self._watch()
        finally:
            beating.cancel()

    async def _beats(self) -> None:
        """Shows the thread that the loop turns, also while an answer is waited for that takes longer than a hang may."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(self._every)

    async def _watch(self) -> None:
        done, since = self._signs.done(), time.monotonic()
        while True:
            await asyncio.sleep(self._every)
            now = time.monotonic()
            found = self._signs.done()
            if found != done or not self._signs.behind():
                done, since = found, now
            elif now - since > self._seconds:
                if await self._signs.reachable() and await self._still(done):
                    self._tell()
                    self._bark()
                done, since = self._signs.done(), time.monotonic()

    async def _still(self, done: object) -> bool:
        """Whether nothing moves even now that everything answers: what was waited for may have come back just now."""
        await asyncio.sleep(min(GRACE, self._seconds))
        return self._signs.done() == done and self._signs.behind()

    def _tell(self) -> None:
        said = io.StringIO()
        for task in asyncio.all_tasks():
            task.print_stack(limit=5, file=said)
        _log.critical("behind, and no progress for %s s; the tasks:\n%s", self._seconds, said.getvalue())

    def _watch_the_loop(self) -> None:
        every, seen, missed = self._every, self._beat, 0
        while True:
            time.sleep(every)
            # looks are counted, not time: a process that was stopped and goes on has not been hanging
            missed = missed + 1 if self._beat == seen else 0
            seen = self._beat
            if missed * every > self._seconds:
                _log.critical("the event loop has been blocked for %s s", self._seconds)
                self._bark()
                return
