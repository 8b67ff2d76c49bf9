"""Publishes by itself once a month's version is cut, where CHISO_PUBLISH__OUT names a folder: the last month, and again those that stand there and were
restated. The work is a command of its own, so whoever asks for figures does not wait for it.
"""

import asyncio
import contextlib
import logging
import os
import sys
import time
from pathlib import Path

from redis.exceptions import RedisError

from indicators.errors import ChisoError, UnreachableError
from indicators.publication import months
from streams import clock
from streams.addresses import resolve
from streams.lease import Lease
from streams.press.folder import Folder, read
from streams.settings import Settings
from streams.shelf import Shelf

TICK, AGAIN = 2.0, 600.0  # seconds; again: after one that failed
_log = logging.getLogger("chiso.publish")


class Automatic:
    """One for a process; works only while the publishing lease is ours."""

    def __init__(self, settings: Settings, lease: Lease, shelf: Shelf) -> None:
        self._settings, self._lease, self._shelf = settings, lease, shelf
        self._done: dict[str, int] = {}  # month → cut that was published, or found to say the same
        self._not_before: dict[str, float] = {}  # month → when one that failed is tried again

    async def run(self) -> None:
        """Until cancelled; returns at once where nothing is to be published."""
        out = self._settings.publish.out
        while out is not None:
            await asyncio.sleep(TICK)
            with contextlib.suppress(RedisError, OSError, UnreachableError):
                month = self._wanted(out) if self._shelf.loaded else None
                if month is not None and await self._lease.held():
                    await self._publish(month, out)

    def _wanted(self, out: Path) -> str | None:
        """The oldest month whose last cut is not in the folder; those that failed a moment ago keep nobody waiting."""
        closed = months(int(clock.now()))
        for month in closed:
            if time.monotonic() < self._not_before.get(month, 0.0):
                continue
            cuts = self._shelf.cuts.get(month, ())
            if not cuts or not cuts[-1].done or self._done.get(month) == cuts[-1].cut:
                continue
            stood = _stood(out, month)
            if stood == cuts[-1].cut:
                self._done[month] = stood
            elif stood is not None or month == closed[-1]:
                return month
        return None

    async def _publish(self, month: str, out: Path) -> None:
        found, own = resolve(self._settings), self._settings.publish
        cut = self._shelf.cuts[month][-1].cut
        command = [sys.executable, "-m", "streams.cli", "publish", "--month", month, "--out", str(out), "--lang", own.lang]
        command += ["--names"] * own.names
        env = os.environ | {"CHISO_KAFKA": found.kafka, "CHISO_REDIS": found.redis, "CHISO_HTTP": found.http}
        child = await asyncio.create_subprocess_exec(
            *command, "--home", str(self._settings.home), env=env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            _, said = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
        last = (said.decode(errors="replace").strip().splitlines() or [""])[-1]
        if child.returncode == 0:
            self._done[month] = cut
            _log.info("%s", last)
        else:
            self._not_before[month] = time.monotonic() + AGAIN
            _log.error("%s could not be published, next try in ten minutes: %s", month, last)


def _stood(out: Path, month: str) -> int | None:
    """The cut of a month's last version in a folder; None where there is none."""
    folder = Folder(out, month)
    try:
        versions = folder.versions(provisional=False)
        return read(folder.of(versions[-1], provisional=False)).cut if versions else None
    except (OSError, ChisoError):
        return None
