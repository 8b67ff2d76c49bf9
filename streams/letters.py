"""Drafts of letters of apology: one dossier as it stands, with the names the registry knows and the working days it is late."""

import datetime as dt
from typing import Any

from connectors.letter import Letter, Names, letter
from indicators.times import day_of
from streams.desk import Desk


class Letters:
    """Answers `/v1/letter/{number}`. Raises NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, number: str) -> Letter:
        dossier = await self._desk.dossier(number)
        return letter(dossier, self._names(dossier), self._days_late(dossier), self._desk.as_of())

    def _names(self, dossier: dict[str, Any]) -> Names:
        """A unit nobody registered may still have the name a source gave it."""
        desk, today, unit, procedure = self._desk, self._desk.today(), dossier["unit"], dossier["procedure"]
        if unit is None:
            return Names()
        about = desk.unit(unit, today)
        own = about["name"] if about["registered"] else dossier["facts"].get("unit_name")
        above = None if about["parent"] is None else desk.unit(about["parent"], today)["name"]
        return Names(own, above, None if procedure is None else desk.names.registry.name("procedure", procedure, today))

    def _days_late(self, dossier: dict[str, Any]) -> int | None:
        """Working days from the effective due day to the end of handling, or today; None where it is not late."""
        due = None if dossier["effective_due"] is None else _day(dossier["effective_due"])
        until = self._desk.today() if dossier["outcome"] is None else _day(dossier["finished_at"])
        late = dossier["outcome"] == "late" or (dossier["outcome"] is None and due is not None and due < until)
        if not late:
            return None
        return 0 if due is None else self._desk.calendar.between(due, until)


def _day(text: str) -> int:
    return day_of(dt.date.fromisoformat(text[:10]))
