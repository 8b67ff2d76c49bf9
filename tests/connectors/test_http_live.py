"""The page's files and questions over HTTP, with those who answer played by hand."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from connectors import http_live, http_page
from indicators.times import day_of
from tests.connectors.test_page_files import FOLDER


class Frames:
    """Three frames and an end."""

    async def frames(self) -> AsyncIterator[tuple[str, dict[str, Any], str | None]]:
        yield "figure", {"as_of": None, "unit": {"name": "Sở Xây dựng"}}, None
        yield "notice", {"id": "n:1", "kind": "overdue"}, "n:1"
        yield "figure", {"text": "a\nb"}, None

    def open(self, unit: str | None, wait: str = "") -> AsyncIterator[tuple[str, dict[str, Any], str | None]]:
        return self.frames()


@pytest.fixture
def client() -> httpx.AsyncClient:
    import datetime as dt

    app = FastAPI()
    asked = SimpleNamespace(stream=Frames(), due=None, owed=None, dossier=None, today=lambda: ("portal", day_of(dt.date(2026, 8, 1))))
    http_live.register(app, asked)  # type: ignore[arg-type]
    http_page.register(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page")


async def test_events_are_written_as_browsers_read_them(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == (
        "retry: 1000\n\n"
        'event: figure\ndata: {"as_of":null,"unit":{"name":"Sở Xây dựng"}}\n\n'
        'id: n:1\nevent: notice\ndata: {"id":"n:1","kind":"overdue"}\n\n'
        'event: figure\ndata: {"text":"a\\nb"}\n\n'
    )


async def test_definitions_are_those_of_the_formula_table(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/formulas")).json()
    on_time = next(one for one in found["items"] if one["id"] == "2.1")
    assert (on_time["points"], on_time["name"][0]) == (20, "Giải quyết hồ sơ đúng hạn")
    assert sum(one["points"] for one in found["blocks"]) == 100
    assert found["grades"][0] == {"from": 90, "name": ["Xuất sắc", "Excellent"]}


async def test_every_file_of_the_page_is_served_and_may_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/", *(f"/page/{one.name}" for one in FOLDER.iterdir() if one.suffix in {".js", ".css"})):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/page/index.html", "/page/none.js", "/page/..%2Fhttp.py", "/page/__init__.py"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
