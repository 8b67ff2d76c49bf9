"""What a unit and those below it owe: letters of apology, and sources that say nothing. Taken from what boards show, so nowhere stands another number."""

from collections import Counter
from collections.abc import Sequence

from streams.delivery.morning import Lists
from streams.desk import Desk
from streams.lookout import LETTERS, Lookout


class Owing:
    """One for a process. Raises UnreachableError where nothing was looked at yet and cannot be."""

    def __init__(self, desk: Desk, lookout: Lookout) -> None:
        self._desk, self._lookout = desk, lookout

    @property
    def lists(self) -> Lists:
        """As mornings ask for them."""
        return Lists(self.apologies, self.silent)

    async def apologies(self, unit: str) -> int:
        """Letters owed by a unit and those below it."""
        await self._lookout.once()
        letters = self._lookout.own.get(LETTERS, Counter[str]())
        if unit == self._desk.terms.room and unit not in self._desk.names.registry.units:
            return letters.total()
        return sum(letters[member] for member in self._members(unit))

    async def silent(self, unit: str) -> list[str]:
        """Their sources from which nothing comes."""
        await self._lookout.once()
        return [name for member in self._members(unit) for name in self._lookout.silent.get(member, ())]

    def _members(self, unit: str) -> Sequence[str]:
        return self._desk.layout(self._desk.today()).tree.members(unit)
