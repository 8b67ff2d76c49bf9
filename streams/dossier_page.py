"""One dossier as its page shows it: facts and clock with names, working days left or late, and what is owed for it. Nothing of a citizen."""

import datetime as dt
from typing import Any

from indicators.ontime import FARTHEST_DUE
from indicators.times import DAY, day_of
from streams.desk import Desk
from streams.duty_desk import DutyDesk


class DossierPage:
    """Answers `/v1/dossiers/{number}/standing`. Raises NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, duties: DutyDesk) -> None:
        self._desk, self._duties = desk, duties

    async def __call__(self, number: str) -> dict[str, Any]:
        desk = self._desk
        found = await desk.dossier(number)
        today = desk.today()
        owed = await self._duties.of(found["dossier"])
        return {
            "as_of": desk.as_of(),
            **found,
            "names": self._names(found, today),
            "working_days": self._left(found, today),
            "owed": owed,
        }

    def _names(self, found: dict[str, Any], today: int) -> dict[str, str | None]:
        """A unit nobody registered may still have the name a source gave it."""
        registry, facts = self._desk.names.registry, found["facts"]
        names = {kind: (registry.name(kind, found[kind], today) if found[kind] else None) for kind in ("procedure", "sector")}
        about = None if found["unit"] is None else self._desk.unit(found["unit"], today)
        names["unit"] = about["name"] if about is not None and about["registered"] else None
        return {kind: name or facts.get(f"{kind}_name") for kind, name in names.items()}

    def _left(self, found: dict[str, Any], today: int) -> int | None:
        """Working days left until the due day, negative where it is over; of a finished one as of its end. None where nothing is due, or not for ten years."""
        due, calendar = found["effective_due"], self._desk.calendar
        if due is None:
            return None
        day = day_of(dt.date.fromisoformat(due))
        until = today if found["finished_at"] is None else day_of(dt.date.fromisoformat(found["finished_at"][:10]))
        if (day - until) * DAY > FARTHEST_DUE:
            return None
        return -calendar.between(day, until) if day < until else calendar.between(until, day)
