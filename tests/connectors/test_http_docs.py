"""The API's page says all of the API, and asks nobody else for anything."""

import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from connectors.http import Asked, build
from connectors.http_docs import page
from connectors.http_page import SAFE


@pytest.fixture
def app() -> FastAPI:
    nobody: Any = SimpleNamespace()
    return build(Asked(*[nobody] * len(Asked.__dataclass_fields__)), nobody, nobody, nobody)


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://docs")


async def test_every_operation_and_parameter_is_there(client: httpx.AsyncClient, app: FastAPI) -> None:
    text = (await client.get("/docs")).text
    paths = app.openapi()["paths"]
    assert len(paths) > 20
    for path, methods in paths.items():
        for method, one in methods.items():
            section = text.partition(f"<code>{method.upper()} {path}</code>")[2].partition("</section>")[0]
            assert one["summary"] in section
            for parameter in one.get("parameters", ()):
                assert f"<code>{parameter['name']}</code>" in section
    assert "integer 0..250" in text


async def test_nothing_is_loaded_from_elsewhere_and_no_script_runs(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert "<script" not in answer.text
    for address in re.findall(r"""(?:src|href)=["']([^"']*)""", answer.text):
        assert address.startswith("/")
        assert address == "/openapi.json" or (await client.get(address)).status_code == 200


async def test_the_pages_that_load_scripts_are_gone(client: httpx.AsyncClient) -> None:
    assert [(await client.get(path)).status_code for path in ("/redoc", "/docs/oauth2-redirect")] == [404, 404]


def test_what_a_document_says_is_text_and_never_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    parameter = {"name": evil, "in": "query", "description": evil, "schema": {"type": evil, "default": evil}}
    operation = {"summary": evil, "description": evil, "parameters": [parameter], "requestBody": {"content": {evil: {}}}}
    text = page({"info": {"title": evil, "version": evil, "description": evil}, "paths": {f"/{evil}": {evil: operation}}})
    assert "<img" not in text.lower()
    assert text.count("&lt;img") + text.count("&lt;IMG") >= 10
