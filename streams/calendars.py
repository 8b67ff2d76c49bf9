"""The calendar in force, read anew when its file changes: notices, limits and lists follow it within half a minute.

What counts by windows does not: a petition's tally rests on working days, so the worker's family of petitions (`streams.families`) keeps the
calendar it started with, and a changed one halts those partitions at the next start until `chiso rebuild`.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from connectors.reference import calendar
from indicators.errors import InvalidDataError, NotFoundError
from indicators.workdays import Calendar

EVERY_SECONDS = 30.0
_log = logging.getLogger("chiso.calendar")


class Calendars:
    """One for a process. `calendar` is the one in force; `path` the file of corrections, None where only the shipped one counts.

    Raises NotFoundError and InvalidDataError at the start; later, a file that cannot be read leaves the calendar as it was.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen = self._look()
        self.calendar = calendar(path)
        self._warned: set[int] = set()

    async def run(self, today: Callable[[], int], taken: Callable[[Calendar], None] = lambda _: None) -> None:
        """Until cancelled; `taken` is given each new calendar, `today` says the day number of now."""
        while True:
            if self.renewed():
                taken(self.calendar)
            self.warn(today())
            await asyncio.sleep(EVERY_SECONDS)

    def renewed(self) -> bool:
        """Whether the file changed since it was looked at, and was taken."""
        looked = self._look()
        if looked == self._seen:
            return False
        self._seen = looked
        try:
            self.calendar = calendar(self._path)
        except (NotFoundError, InvalidDataError) as error:
            _log.warning("%s; days off stay as they were", error)
            return False
        self._warned.clear()
        _log.info("calendar %s was taken anew", self._path)
        return True

    def warn(self, today: int) -> None:
        """Says once of each year in use that nobody confirmed it."""
        for year, confirmed in self.calendar.years_in_use(today).items():
            if not confirmed and year not in self._warned:
                self._warned.add(year)
                _log.warning("days off of %s are not confirmed; name a file that does in CHISO_CALENDAR", year)

    def _look(self) -> tuple[int, int, int] | None:
        """What tells one content of the file from the next; None where there is no file."""
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
