"""What digests say of letters and silence. Read once for all units: hundreds of digests are made in the same minute."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence

from streams.delivery.morning import Lists
from streams.desk import Desk
from streams.duty_desk import DutyDesk
from streams.sign_desk import SignDesk

FRESH = 60.0  # seconds


class Owing:
    """Raises UnreachableError."""

    def __init__(self, desk: Desk, duties: DutyDesk, signs: SignDesk) -> None:
        self._desk, self._duties, self._signs = desk, duties, signs
        self._letters: tuple[float, Counter[str]] = float("-inf"), Counter()
        self._silent: tuple[float, dict[str, list[str]]] = float("-inf"), {}

    @property
    def lists(self) -> Lists:
        """As mornings ask for them."""
        return Lists(self.apologies, self.silent)

    def _members(self, unit: str) -> Sequence[str]:
        return self._desk.layout(self._desk.today()).tree.members(unit)

    async def apologies(self, unit: str) -> int:
        """Letters owed by a unit and those below it."""
        if time.monotonic() - self._letters[0] > FRESH:
            self._letters = time.monotonic(), await self._duties.letters_owed()
        return sum(self._letters[1][member] for member in self._members(unit))

    async def silent(self, unit: str) -> list[str]:
        """Their sources from which nothing comes."""
        if time.monotonic() - self._silent[0] > FRESH:
            by_agency = defaultdict(list)
            for one in (await self._signs.silent(None))["items"]:
                by_agency[one["agency"]].append(f"{one['name']} ({one['source']})" if one["source"] else one["name"])
            self._silent = time.monotonic(), by_agency
        return [name for member in self._members(unit) for name in self._silent[1].get(member, ())]
