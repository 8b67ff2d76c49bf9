"""Whom questions of the live page go to."""

from dataclasses import dataclass

from indicators.formulas import Rule
from streams.desk import Desk
from streams.dossier_page import DossierPage
from streams.due import Due
from streams.owed import Owed
from streams.stream import Stream


@dataclass(frozen=True, slots=True)
class LivePage:
    """One for a process."""

    desk: Desk
    stream: Stream
    due: Due
    owing: Owed
    dossier: DossierPage

    def today(self) -> tuple[Rule, int]:
        """By which rule indicators are scored, and the day."""
        return self.desk.terms.rule, self.desk.today()
