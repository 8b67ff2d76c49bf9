"""What the live page asks beside figures: the stream of changes, dossiers by when they are due, who holds them, one dossier, definitions."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, Protocol

from fastapi import FastAPI, Query
from fastapi.responses import StreamingResponse

from connectors import answers
from indicators.formulas import BLOCKS, GRADES, Rule, table

MAX_PAGE = 1000
RETRY_MS = 1000
# a proxy that collects an answer before it hands it on would make a stream of nothing
UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
Row = dict[str, Any]


class Stream(Protocol):
    """Who knows what changed. Raises ChisoErrors before the first frame."""

    def open(self, unit: str | None, wait: Literal["", "known"] = "") -> AsyncIterator[tuple[str, Row, str | None]]: ...


class Due(Protocol):
    """Who lists dossiers by when they are due. Methods raise ChisoErrors."""

    async def listed(self, unit: str | None, state: str, official: str | None, page: tuple[int, str | None]) -> Row: ...

    async def holders(self, unit: str | None) -> Row: ...


class Dossier(Protocol):
    """Who shows one dossier."""

    async def __call__(self, number: str) -> Row: ...


class Asked(Protocol):
    """Whom questions of the page go to."""

    @property
    def stream(self) -> Stream: ...

    @property
    def due(self) -> Due: ...

    @property
    def dossier(self) -> Dossier: ...

    def today(self) -> tuple[Rule, int]: ...

    async def owed(self, unit: str) -> Row: ...


def register(app: FastAPI, asked: Asked) -> None:
    """Adds the routes."""
    _streaming(app, asked)
    _listing(app, asked)


def _streaming(app: FastAPI, asked: Asked) -> None:
    # OpenAPI has no word for an answer without an end, and whoever tries every path of it would wait for ever
    @app.get("/v1/stream", include_in_schema=False, response_class=StreamingResponse)
    async def stream(
        unit: str | None = None,
        wait: Annotated[
            Literal["", "known"], Query(description="known: no 404 for a unit nobody knows yet, but `known` false until it is")
        ] = "",
    ) -> StreamingResponse:
        """Server-sent events of a unit and those right below it: `figure` (first everything, then only what changed; every two seconds at least
        how old it is) and `notice`. Default: the unit whose room this is.
        """
        frames = asked.stream.open(unit, wait)
        return StreamingResponse(_text(frames), media_type="text/event-stream", headers=UNBUFFERED)

    @app.get("/v1/formulas", tags=["figures"])
    async def formulas() -> Row:
        """What every indicator divides by what and is worth today; blocks and grades."""
        rule, day = asked.today()
        return {
            "items": [answers.formula(one) for one in table(rule, day).values()],
            "blocks": [{"code": code, "points": points, "name": list(names)} for code, (points, *names) in BLOCKS.items()],
            "grades": [{"from": least, "name": list(names)} for least, *names in GRADES],
        }


def _listing(app: FastAPI, asked: Asked) -> None:
    @app.get("/v1/due", tags=["dossiers"])
    async def due(
        unit: str | None = None,
        state: Annotated[str, Query(description="overdue, today, or soon (today and the next two working days)")] = "overdue",
        official: Annotated[str | None, Query(description="only what this official holds; empty: what nobody is known to hold")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
        cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    ) -> Row:
        """Open dossiers by when they are due, earliest first; `working_days` late, or (negative) left; `official` is who held it when it became overdue."""
        return await asked.due.listed(unit, state, official, (limit, cursor))

    @app.get("/v1/holders", tags=["dossiers"])
    async def holders(unit: str | None = None) -> Row:
        """Who holds overdue dossiers: by unit and official, those who hold most first; at most as old as it takes to count them."""
        return await asked.due.holders(unit)

    @app.get("/v1/owed", tags=["duty"])
    async def owed(unit: str) -> Row:
        """Letters of apology that a unit and those below it owe, and their sources that are silent; at most a minute old."""
        return await asked.owed(unit)

    @app.get("/v1/dossiers/{number:path}/standing", tags=["dossiers"])
    async def standing(number: str) -> Row:
        """One dossier as its page shows it: as `/v1/dossiers/{number}`, with names, working days left or late, and what is owed."""
        return await asked.dossier(number)


async def _text(frames: AsyncIterator[tuple[str, Row, str | None]]) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    async for event, data, name in frames:
        head = "" if name is None else f"id: {name}\n"
        yield f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
