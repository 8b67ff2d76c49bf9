"""The HTTP API for other systems and for the command line. Errors are problem+json (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from connectors import http_docs, http_duty, http_errors, http_live, http_page, letter_http
from connectors.http_errors import RETRY_AFTER, UNAVAILABLE, problem
from connectors.letter_http import Letters
from connectors.prom import http as prom_http
from connectors.publications import cut_json

MAX_BODY = 5_000_000
MAX_PAGE = 1000
MOST = 1 << 40
CLOUD_EVENT = ("source", "time", "id", "type", "subject")  # attributes that are handed on
# only for the page of the API: what a body really has to be is the door's affair, which answers for each entry
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}}},
}

Overview = Callable[[str | None, str | None], Awaitable[dict[str, Any]]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Desk(Protocol):
    """Who answers. Methods raise ChisoErrors."""

    def units(self) -> list[dict[str, Any]]: ...

    def unmapped(self) -> dict[str, list[str]]: ...

    async def overdue(self, unit: str | None, official: str | None, within: int) -> list[dict[str, Any]]: ...

    async def dossier(self, number: str) -> dict[str, Any]: ...

    def positions(self) -> dict[str, Any]: ...

    def years(self) -> dict[str, Any]: ...

    def as_of(self) -> str | None: ...


class Cards(Protocol):
    """Who scores."""

    async def figures(self, unit: str, text: str | None, by: str | None) -> dict[str, Any]: ...

    def ranking(self, text: str | None, peers: str | None, under: str | None) -> dict[str, Any]: ...


class Reasons(Protocol):
    """Who says why."""

    async def explain(self, unit: str, indicator: str, text: str | None) -> dict[str, Any]: ...

    async def advise(self, unit: str, text: str | None, target: str | None, what_if: list[str]) -> dict[str, Any]: ...


class Published(Protocol):
    """Who remembers what was published."""

    async def asof(self, unit: str, text: str | None, asof: str, by: str | None) -> dict[str, Any]: ...

    async def restatements(self, unit: str | None, month: str | None, limit: int, cursor: int) -> dict[str, Any]: ...


class Cutting(Protocol):
    """Who publishes."""

    async def cut(self, month: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom questions go to."""

    desk: Desk
    cards: Cards
    reasons: Reasons
    duties: http_duty.Duties
    signs: http_duty.Signs
    letters: Letters
    published: Published
    listing: prom_http.Listing
    live: http_live.Asked
    cutting: Cutting


class Intake(Protocol):
    """Who takes payloads in."""

    async def take(self, body: bytes, said: Mapping[str, str]) -> tuple[int, dict[str, Any]]: ...


def build(asked: Asked, intake: Intake, overview: Overview, lifespan: Lifespan) -> FastAPI:
    """The application."""
    app = FastAPI(title="chiso", version=version("chiso"), lifespan=lifespan, description=__doc__, docs_url=None, redoc_url=None)
    http_errors.register(app)
    _operations(app, asked.desk)
    _reading(app, asked.desk)
    _scoring(app, asked.cards, asked.published)
    _restating(app, asked.published, asked.cutting)
    _explaining(app, asked.reasons)
    http_duty.register(app, asked.desk, asked.duties, asked.signs)
    letter_http.add(app, asked.letters)
    prom_http.add(app, asked.listing)
    _writing(app, intake)
    _overview(app, overview)
    http_live.register(app, asked.live)
    _dossier(app, asked.desk)  # after `…/standing`, for a number may hold a slash and so takes whatever follows
    http_page.register(app)
    http_docs.register(app)
    return app


def _overview(app: FastAPI, overview: Overview) -> None:
    @app.get("/v1/overview", tags=["figures"])
    async def one_answer(unit: str | None = None, period: str | None = None) -> dict[str, Any]:
        """A unit in a period (this month), those below it, and what is overdue. Default: the unit whose room this is."""
        return await overview(unit, period)


def _operations(app: FastAPI, desk: Desk) -> None:
    @app.get("/livez", tags=["operations"])
    async def livez() -> dict[str, str]:
        """Whether the process runs."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operations"])
    async def readyz() -> JSONResponse:
        """The store answers, and figures follow it; `calendar` names years whose days off nobody confirmed."""
        positions = desk.positions()
        status = "stale" if positions["stale"] else "ok"
        content = {"status": status, **positions, "calendar": desk.years()}
        return JSONResponse(content, UNAVAILABLE, {"Retry-After": RETRY_AFTER}) if positions["stale"] else JSONResponse(content)

    @app.get("/version", tags=["operations"])
    async def version_() -> dict[str, str]:
        """The version of chiso."""
        return {"version": version("chiso")}

    @app.get("/v1/positions", tags=["operations"])
    async def positions() -> dict[str, Any]:
        """Up to which offset of each partition figures are shown."""
        return desk.positions()


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/units", tags=["figures"])
    async def units() -> dict[str, Any]:
        """Units that have figures."""
        return {"items": desk.units()}

    @app.get("/v1/unmapped", tags=["figures"])
    async def unmapped() -> dict[str, list[str]]:
        """Units and procedures that events name and nobody registered."""
        return desk.unmapped()

    @app.get("/v1/overdue", tags=["dossiers"])
    async def overdue(
        unit: str | None = None,
        official: str | None = None,
        within: Annotated[int, Query(ge=0, le=250, description="also those due within so many working days")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
        cursor: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """Open dossiers that are overdue, earliest due first."""
        rows = await desk.overdue(unit, official, within)
        following = cursor + limit if cursor + limit < len(rows) else None
        return {"as_of": desk.as_of(), "items": rows[cursor : cursor + limit], "next": following}


def _dossier(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/dossiers/{number:path}", tags=["dossiers"])
    async def dossier(number: str) -> dict[str, Any]:
        """One dossier: facts, clock, findings."""
        return await desk.dossier(number)


def _scoring(app: FastAPI, cards: Cards, published: Published) -> None:
    @app.get("/v1/units/{unit:path}/indicators", tags=["figures"])
    async def indicators(
        unit: str,
        period: str | None = None,
        by: str | None = None,
        asof: Annotated[str | None, Query(description="a day: a closed month as it was published by its end")] = None,
    ) -> dict[str, Any]:
        """Counts of a period and the indicators; by sector, procedure or official too. With `asof`, the version published by then."""
        if asof is not None:
            return await published.asof(unit, period, asof, by)
        return await cards.figures(unit, period, by)

    @app.get("/v1/rank", tags=["figures"])
    async def ranking(period: str | None = None, peers: str | None = None, under: str | None = None) -> dict[str, Any]:
        """Units of one kind by total, best first: `peers` is ministry, province (default), department or commune; `under` a unit they are below."""
        return cards.ranking(period, peers, under)


def _restating(app: FastAPI, published: Published, cutting: Cutting) -> None:
    @app.post("/v1/publications/{month}", tags=["figures"])
    async def cut(month: str) -> Response:
        """The cut in force of a closed month: made now where none stands or a figure moved, never while figures are behind (503)."""
        return Response(cut_json(await cutting.cut(month)), media_type="application/json")

    @app.get("/v1/restatements", tags=["figures"])
    async def restatements(
        unit: str | None = None,
        month: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="so many rows; the last unit's month is shown whole")] = MAX_PAGE,
        cursor: Annotated[int, Query(ge=0, le=MOST)] = 0,
    ) -> dict[str, Any]:
        """What of published months was restated: old, new and cause of every figure that a later version moved."""
        return await published.restatements(unit, month, limit, cursor)


def _explaining(app: FastAPI, reasons: Reasons) -> None:
    @app.get("/v1/explain", tags=["figures"])
    async def explain(unit: str, indicator: str, period: str | None = None) -> dict[str, Any]:
        """Formula and numbers of one indicator, and the first hundred of what counts below the line but not above it."""
        return await reasons.explain(unit, indicator, period)

    @app.get("/v1/advise", tags=["figures"])
    async def advise(
        unit: str,
        period: str | None = None,
        target: Annotated[str | None, Query(description="a grade, like Tốt, or points")] = None,
        what_if: Annotated[list[str] | None, Query(description="3.6=+120: so many more above the line")] = None,
    ) -> dict[str, Any]:
        """Points to gain, largest first, and the dossiers that can still be saved today."""
        return await reasons.advise(unit, period, target, what_if or [])


def _writing(app: FastAPI, intake: Intake) -> None:
    @app.post("/v1/sync", tags=["intake"], openapi_extra={"requestBody": BODY})
    async def sync(request: Request) -> JSONResponse:
        """Takes a national payload (DongBoHoSoMC, CapNhatTienDoHoSoMC, or a bare list of dossiers), at most 5 MB.

        202: all taken, 207: some, 422: none; each entry is answered for by position. Who sends says so in the header `ce-source`, and when it was
        said in `ce-time` (default: now); a canonical event may have `ce-type`, `ce-subject` and `ce-id` there, as CloudEvents' binary mode does.
        """
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return problem(413, f"a payload may have {MAX_BODY} bytes; send the list in parts")
        said = {name: value for name in CLOUD_EVENT if (value := request.headers.get(f"ce-{name}"))}
        status, answer = await intake.take(bytes(body), said)
        return JSONResponse(answer, status)
