"""What the page says is owed: letters of apology by unit, and silent sources. Counted over all late dossiers of the year, so not often."""

import asyncio
import time
from collections import Counter

from streams.delivery.owing import Owing
from streams.desk import Desk
from streams.duty_desk import DutyDesk

FRESH = 60.0  # seconds
SHARE = 100  # so many times what counting took, nothing is counted


class Owed:
    """One for a process. Raises NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, duties: DutyDesk, owing: Owing) -> None:
        self._desk, self._duties, self._owing = desk, duties, owing
        self._letters: Counter[str] = Counter()
        self._until = float("-inf")
        self._counting = asyncio.Lock()

    async def apologies(self, unit: str) -> int:
        """Letters owed by a unit and those below it."""
        async with self._counting:
            started = time.monotonic()
            if started >= self._until:
                self._letters = await self._duties.letters_owed()
                self._until = time.monotonic() + max(FRESH, SHARE * (time.monotonic() - started))
        today = self._desk.today()
        if unit == self._desk.terms.room and unit not in self._desk.names.registry.units:
            return self._letters.total()
        self._desk.known(unit, today)
        return sum(self._letters[member] for member in self._desk.layout(today).tree.members(unit))

    async def silent(self, unit: str) -> list[str]:
        """Their sources from which nothing comes."""
        return await self._owing.silent(unit)
