"""What was published, as answers: a closed month as it stood on a day, and what was restated since."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from connectors import publications
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.periods import Period, months_of
from indicators.publication import Cut, first_due, iso, until
from indicators.times import day_of
from streams.desk import Desk
from streams.shelf import AWAY, Shelf

TOGETHER = 200  # records read in one go
SOONER = "leave --asof out (&asof= over HTTP) for the figures as facts stand now"


class Published:
    """Reads only; every reading process has one. Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk, self._shelf = desk, shelf

    async def asof(self, unit: str, text: str | None, asof: str, by: str | None) -> dict[str, Any]:
        """The JSON of `/v1/units/{unit}/indicators?asof=`: the latest version that was published by the end of a day."""
        if by is not None:
            raise UsageError(f"published versions hold no rows by {by}; leave it out, or ask without asof")
        day = _day(asof)
        period = self._month(text)
        self._awake()
        versions = (await self._shelf.fetch([(unit, period.id)])).get((unit, period.id))
        if versions is None:
            self._desk.known(unit, period.b - 1)
            raise NotFoundError(self._nothing(unit, period))
        stood = until(versions.versions, day)
        if not stood:
            first = _minute(versions.versions[0].at)
            raise NotFoundError(f"no version of {unit} in {period.id} stood on {asof}: the first was published at {first}; {SOONER}")
        about = self._desk.unit(unit, period.b - 1)
        return publications.card(about, period, stood, self._cuts(period.id, versions)[stood[-1].cut]) | {"asof": asof}

    def _cuts(self, month: str, versions: publications.UnitMonth) -> dict[int, Cut]:
        """By number. A version may be seen a moment before its cut, which lies in another partition."""
        found = {one.cut: one for one in self._shelf.cuts.get(month, ())}
        if any(one.cut not in found for one in versions.versions):
            raise UnreachableError(AWAY)
        return found

    def _month(self, text: str | None) -> Period:
        period = self._desk.period(text)
        if not period.whole_months or months_of(period) != [period.id]:
            raise UsageError(f"versions are published of months, such as 2026-08, not of {period.id}")
        return period

    def _awake(self) -> None:
        if not self._shelf.loaded:
            raise UnreachableError("what was published is still being read; ask again in a moment")

    def _nothing(self, unit: str, period: Period) -> str:
        """Why a month of a unit has no version."""
        if self._shelf.cuts.get(period.id):
            return f"no version of {unit} in {period.id} was published: it had no figures then; {SOONER}"
        return f"no version of {period.id} was published yet: the first is cut from {_minute(iso(first_due(period.id)))} on; {SOONER}"

    async def restatements(self, unit: str | None, month: str | None, limit: int, cursor: int) -> dict[str, Any]:
        """The JSON of `/v1/restatements`: a row for each figure that a later version moved, newest months first; `next` counts units' months."""
        self._awake()
        if month is not None:
            month = self._month(month).id
        if unit is not None and not any(unit in units for units in self._shelf.places.values()):
            self._desk.known(unit, self._desk.today())
        rows: list[dict[str, Any]] = []
        at = cursor
        while len(rows) < limit and (some := list(islice(self._restated(unit, month), at, at + TOGETHER))):
            found = await self._shelf.fetch(some)
            for key in some:
                rows += self._rows(*key, found[key])
                at += 1
                if len(rows) >= limit:
                    break
        following = at if next(islice(self._restated(unit, month), at, None), None) is not None else None
        return {"unit": unit, "month": month, "as_of": self._desk.as_of(), "items": rows, "next": following}

    def _restated(self, unit: str | None, month: str | None) -> Iterator[tuple[str, str]]:
        """Units' months with more than one version, in a fixed order."""
        for one in sorted(self._shelf.places, reverse=True):
            if month in (None, one):
                units = self._shelf.places[one]
                wanted = sorted(units) if unit is None else [unit]
                yield from ((code, one) for code in wanted if code in units and units[code].label.version > 1)

    def _rows(self, unit: str, month: str, found: publications.UnitMonth) -> list[dict[str, Any]]:
        about = self._desk.unit(unit, self._month(month).b - 1)
        return publications.restatements({"unit": unit, "name": about["name"]}, found, self._cuts(month, found))


def _day(text: str) -> int:
    try:
        return day_of(dt.date.fromisoformat(text))
    except ValueError:
        raise UsageError(f"asof {text!r} is no day; write it as 2026-09-05") from None


def _minute(text: str) -> str:
    """`2026-09-05 06:00`."""
    return text[:16].replace("T", " ")
