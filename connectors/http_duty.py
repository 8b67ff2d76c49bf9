"""Lists of duty and signs over HTTP. Long ones come in pages, `next` is the cursor of the following one."""

from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Query

from connectors.duty_answers import rule

MAX_PAGE = 1000
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[int, Query(ge=0)]
Year = Annotated[int | None, Query(ge=2000, le=9998)]
Row = dict[str, Any]


class Clock(Protocol):
    """Who says how old an answer is."""

    def as_of(self) -> str | None: ...


class Rows(Protocol):
    """Lines of a list; they are made when a page of them is asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: slice, /) -> list[Row]: ...


class Duties(Protocol):
    """Who answers about late dossiers. Methods raise ChisoErrors."""

    async def duties(self, unit: str | None, month: str | None) -> Rows: ...

    async def repeat_late(self, unit: str | None, year: int | None) -> Row: ...

    async def clocks(self, unit: str, text: str | None) -> Row: ...


class Signs(Protocol):
    """Who answers about signs. Methods raise ChisoErrors."""

    async def offrecord(self, unit: str | None, month: str | None) -> Rows: ...

    async def silent(self, unit: str | None) -> Row: ...

    async def papers(self, unit: str | None, month: str | None) -> Row: ...


def register(app: FastAPI, clock: Clock, duties: Duties, signs: Signs) -> None:
    """Adds the routes."""
    _duties(app, clock, duties)
    _signs(app, clock, signs)


def _duties(app: FastAPI, clock: Clock, duties: Duties) -> None:
    @app.get("/v1/duties", tags=["duty"])
    async def owed(unit: str | None = None, month: str | None = None, limit: Limit = MAX_PAGE, cursor: Cursor = 0) -> Row:
        """Late dossiers, with what is owed for each; without a month all overdue and open, and those finished or declared late this year."""
        return _answer("duties", clock, _page(await duties.duties(unit, month), limit, cursor))

    @app.get("/v1/repeat-late", tags=["duty"])
    async def repeat_late(unit: str | None = None, year: Year = None, limit: Limit = MAX_PAGE, cursor: Cursor = 0) -> Row:
        """Units and officials by months of a year (this one) in which they were late."""
        found = await duties.repeat_late(unit, year)
        return _answer("repeat-late", clock, found | _page(found["items"], limit, cursor))

    @app.get("/v1/clocks", tags=["duty"])
    async def clocks(unit: str, period: str | None = None) -> Row:
        """A unit under profiles `document` and `province`, and the dossiers that stand otherwise in the period (this month)."""
        return _answer("clocks", clock, await duties.clocks(unit, period))


def _signs(app: FastAPI, clock: Clock, signs: Signs) -> None:
    @app.get("/v1/offrecord", tags=["duty"])
    async def offrecord(unit: str | None = None, month: str | None = None, limit: Limit = MAX_PAGE, cursor: Cursor = 0) -> Row:
        """Signs of dossiers off the record, to be verified; without a month the last 90 days."""
        return _answer("offrecord", clock, _page(await signs.offrecord(unit, month), limit, cursor))

    @app.get("/v1/silent", tags=["duty"])
    async def silent(unit: str | None = None) -> Row:
        """Sources from which nothing came for longer than their setting, and how late news came this month and the one before."""
        return _answer("silent", clock, await signs.silent(unit))

    @app.get("/v1/papers", tags=["duty"])
    async def papers(unit: str | None = None, month: str | None = None, limit: Limit = MAX_PAGE, cursor: Cursor = 0) -> Row:
        """Signs of extra papers, to be verified, and shares of requests beside the peers'; without a month the last 90 days."""
        found = await signs.papers(unit, month)
        return _answer("papers", clock, found | _page(found["items"], limit, cursor))


def _answer(name: str, clock: Clock, found: Row) -> Row:
    return {"as_of": clock.as_of(), "rule": rule(name), **found}


def _page(rows: Rows, limit: int, cursor: int) -> Row:
    return {"items": rows[cursor : cursor + limit], "next": cursor + limit if cursor + limit < len(rows) else None}
