"""Errors of the HTTP API as problem+json (RFC 9457): what chiso says on purpose in its own words, what nobody expected without a detail."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indicators.errors import ChisoError, NotFoundError, UnreachableError, UsageError

PROBLEM = "application/problem+json"
STATUS: dict[type[ChisoError], int] = {NotFoundError: 404, UsageError: 422, UnreachableError: 503}
UNAVAILABLE, FAILED = 503, 500
RETRY_AFTER = "5"
TITLE = {404: "Not found", 413: "Too large", 422: "Not understood", UNAVAILABLE: "Out of reach", FAILED: "Failed"}

_log = logging.getLogger("chiso.http")


def problem(status: int, detail: str) -> JSONResponse:
    """The answer."""
    content = {"type": "about:blank", "title": TITLE[status], "status": status, "detail": detail}
    return JSONResponse(content, status, {"Retry-After": RETRY_AFTER} if status == UNAVAILABLE else None, PROBLEM)


def register(app: FastAPI) -> None:
    """Adds the handlers."""
    app.add_middleware(Unexpected)

    @app.exception_handler(ChisoError)
    async def _chiso(_request: Request, error: ChisoError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), FAILED)
        return problem(status, str(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return problem(422, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")

    @app.exception_handler(404)
    async def _nowhere(request: Request, _error: Exception) -> JSONResponse:
        return problem(404, f"nothing is at {request.url.path}; /docs lists what is")


class Unexpected:
    """Answers what nobody expected with 500 and logs where it happened. An answer that has begun can only be broken off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception:
            if begun or scope["type"] != "http":
                raise
            # the route, not the path: a path may hold a dossier's number
            _log.exception("a question to %s failed", getattr(scope.get("route"), "path", "an unknown route"))
            await problem(FAILED, "chiso failed to answer; its log says why")(scope, receive, send)
