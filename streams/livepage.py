"""Whom questions of the live page go to."""

from dataclasses import dataclass
from typing import Any

from indicators.formulas import Rule
from streams.desk import Desk
from streams.dossier_page import DossierPage
from streams.due import Due
from streams.owing import Owing
from streams.stream import Stream


@dataclass(frozen=True, slots=True)
class LivePage:
    """One for a process."""

    desk: Desk
    stream: Stream
    due: Due
    owing: Owing
    dossier: DossierPage

    def today(self) -> tuple[Rule, int]:
        """By which rule indicators are scored, and the day."""
        return self.desk.terms.rule, self.desk.today()

    async def owed(self, unit: str) -> dict[str, Any]:
        """Letters a unit and those below it owe, and their sources that are silent. Raises NotFoundError, UnreachableError."""
        if unit != self.desk.terms.room:
            self.desk.known(unit, self.desk.today())
        return {"unit": unit, "apologies": await self.owing.apologies(unit), "silent": await self.owing.silent(unit)}
