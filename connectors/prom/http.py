"""The routes under /prom. Read-only; questions come as GET, or as a form by POST."""

import asyncio
import sys
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import version
from typing import Protocol
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import Response

from connectors.prom import answers
from connectors.prom.answers import Chosen, Rows, SlowError
from connectors.prom.selector import NAME, Selector, UnsupportedError, parse, selector
from indicators.errors import ChisoError, UnreachableError

MOST_BODY = 65_536
MOST_SELECTORS = 20
AT_ONCE = 2  # questions computed at the same time; others wait
PATHS = "query, query_range, series, labels, label/NAME/values, metadata, status/buildinfo"
# Grafana asks for features by version; lists are no server of any version, and this is what is imitated
PRETENDS = "2.42.0"


class Listing(Protocol):
    """Who has the series. `rows` raises ChisoErrors."""

    def about(self) -> Mapping[str, str]: ...

    def now(self) -> float: ...

    def lacking(self) -> str | None: ...

    def members(self, unit: str) -> Collection[str]: ...

    async def rows(self, name: str) -> Rows: ...


class _Asked:
    """The parameters of one question."""

    def __init__(self, found: Mapping[str, list[str]]) -> None:
        self._found = found

    def one(self, name: str) -> str | None:
        """The first of a name."""
        return next(iter(self._found.get(name, ())), None)

    def query(self) -> Selector | float:
        """What is asked for."""
        return parse(self.one("query") or "")

    def matches(self) -> list[Selector]:
        """Selectors of `match[]`."""
        found = self._found.get("match[]", [])
        if len(found) > MOST_SELECTORS:
            raise UnsupportedError(f"a question has at most {MOST_SELECTORS} match[]")
        return [selector(text) for text in found]


def add(app: FastAPI, listing: Listing) -> None:
    """Adds the routes."""
    desk = _Desk(listing)

    @app.api_route("/prom/{path:path}", methods=["GET", "POST"], include_in_schema=False)
    async def prom(path: str, request: Request) -> Response:
        try:
            return _json(await desk.answer(path.removeprefix("api/v1/"), await _asked(request)))
        except UnsupportedError as error:
            return _json(answers.failure("bad_data", str(error)), 400)
        except SlowError:
            return _json(answers.failure("timeout", "the question takes too long; ask for less"), 503)
        except UnreachableError as error:
            return _json(answers.failure("unavailable", str(error)), 503)
        except ChisoError as error:
            return _json(answers.failure("execution", str(error)), 422)


def _json(content: bytes, status: int = 200) -> Response:
    return Response(content, status, {"Cache-Control": "no-store"}, "application/json")


async def _asked(request: Request) -> _Asked:
    """Parameters of the address and of the form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise UnsupportedError(f"a question has at most {MOST_BODY} bytes")
    found: dict[str, list[str]] = {}
    for text in (bytes(body).decode(errors="replace"), request.url.query):
        try:
            for name, values in parse_qs(text, keep_blank_values=True, max_num_fields=200).items():
                found.setdefault(name, []).extend(values)
        except ValueError:
            raise UnsupportedError("a question has at most 200 parameters") from None
    return _Asked(found)


class _Desk:
    """Answers questions by their path."""

    def __init__(self, listing: Listing) -> None:
        self._listing, self._room = listing, asyncio.Semaphore(AT_ONCE)

    async def answer(self, path: str, asked: _Asked) -> bytes:
        """Raises UnsupportedError for what is not known."""
        plain = {"query": self._query, "query_range": self._range, "series": self._series, "labels": self._labels}
        if path in plain:
            return await plain[path](asked)
        if path.startswith("label/") and path.endswith("/values"):
            return await self._values(path[len("label/") : -len("/values")], asked)
        if path == "metadata":
            about = self._listing.about()
            wanted = asked.one("metric") or None
            return answers.success(
                {name: [{"type": "gauge", "help": text, "unit": ""}] for name, text in about.items() if wanted in (None, name)}
            )
        if path == "status/buildinfo":
            blank = dict.fromkeys(("branch", "buildUser", "buildDate", "goVersion"), "")
            return answers.success({"version": PRETENDS, "revision": f"chiso {version('chiso')}", **blank})
        raise UnsupportedError(f"nothing is at this address; there are {PATHS} under /prom/api/v1")

    async def _query(self, asked: _Asked) -> bytes:
        now = self._listing.now()
        at = now if asked.one("time") in (None, "") else answers.moment(asked.one("time"), "time")
        query = asked.query()
        if isinstance(query, float):
            return answers.scalar(query, at)
        return await self._found([query], lambda chosen: answers.vector(chosen, at, now))

    async def _range(self, asked: _Asked) -> bytes:
        now = self._listing.now()
        start, end = (answers.moment(asked.one(name), name) for name in ("start", "end"))
        steps = answers.steps(start, end, asked.one("step"))
        query = asked.query()
        if isinstance(query, float):
            return answers.scalars(query, steps)
        return await self._found([query], lambda chosen: answers.matrix(chosen, steps, now))

    async def _series(self, asked: _Asked) -> bytes:
        matches = asked.matches()
        if not matches:
            raise UnsupportedError("no match[] parameter is given")
        return await self._found(matches, answers.labels_of)

    async def _labels(self, asked: _Asked) -> bytes:
        return await self._found(asked.matches() or self._all(), answers.names, sys.maxsize)

    async def _values(self, label: str, asked: _Asked) -> bytes:
        matches = asked.matches()
        if label == NAME and not matches:
            return answers.success(sorted(self._listing.about()))
        return await self._found(matches or self._all(), lambda chosen: answers.values(chosen, label), sys.maxsize)

    def _all(self) -> list[Selector]:
        return [selector('{__name__=~".+"}')]

    async def _found(self, selectors: list[Selector], shown: Callable[[Chosen], bytes], most: int = answers.MOST_SERIES) -> bytes:
        """Reads the series that may be meant, and chooses and writes beside the event loop."""
        about, listing = self._listing.about(), self._listing
        async with self._room:
            kept = {name: await listing.rows(name) for name in dict.fromkeys(name for one in selectors for name in one.names(about))}
            within = {one.under: frozenset(listing.members(one.under)) for one in selectors if one.under is not None}
            said = listing.lacking()
            warnings = [] if said is None else [said]
            return await asyncio.to_thread(lambda: shown(answers.choose(selectors, kept, within.__getitem__, most).warned(warnings)))
