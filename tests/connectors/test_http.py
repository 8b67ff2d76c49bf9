"""Addresses, headers and errors of the HTTP API, with those who answer played by hand."""

import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from connectors.http import Asked, build

CODES = ("H44.07", "Bouw/Woning", "12/2026-A", "a/b/c", "Phòng 1/Ông Ích Khiêm", "50%/2", "a?b#c", "indicators/x")
TEXT = "Nguyễn Văn An"


class Desk:
    """Says what it was asked."""

    async def dossier(self, number: str) -> dict[str, Any]:
        if number == "broken":
            raise ZeroDivisionError(TEXT)
        return {"dossier": number}

    async def figures(self, unit: str, period: str | None, by: str | None) -> dict[str, Any]:
        return {"unit": unit}

    async def letter(self, number: str) -> Any:
        raise ZeroDivisionError(number)

    async def standing(self, number: str) -> dict[str, Any]:
        return {"standing": number}


class Intake:
    """Remembers what was said beside the payload."""

    def __init__(self) -> None:
        self.said: Mapping[str, str] = {}

    async def take(self, body: bytes, said: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        self.said = said
        return 202, {}


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def client(intake: Intake) -> httpx.AsyncClient:
    desk: Any = Desk()
    nobody: Any = SimpleNamespace()
    parts = dict.fromkeys(Asked.__dataclass_fields__, nobody)
    asked = Asked(**parts | {"desk": desk, "cards": desk, "letters": desk.letter, "live": SimpleNamespace(dossier=desk.standing)})
    app = build(asked, intake, nobody, nobody)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chiso")


@pytest.mark.parametrize("code", CODES)
async def test_every_code_has_an_address(client: httpx.AsyncClient, code: str) -> None:
    name = quote(code, safe="")
    assert (await client.get(f"/v1/units/{name}/indicators")).json() == {"unit": code}
    assert (await client.get(f"/v1/dossiers/{name}")).json() == {"dossier": code}
    assert (await client.get(f"/v1/dossiers/{name}/standing")).json() == {"standing": code}
    assert (await client.get(f"/v1/letter/{name}")).status_code == 500  # it got there


async def test_what_nobody_expected_is_answered_without_details_and_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "chiso.http"):
        answer = await client.get("/v1/dossiers/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json() == {"type": "about:blank", "title": "Failed", "status": 500, "detail": "chiso failed to answer; its log says why"}
    [record] = [one for one in caplog.records if one.name == "chiso.http"]
    assert record.exc_info
    assert record.getMessage() == "a question to /v1/dossiers/{number:path} failed"


async def test_what_is_nowhere_is_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_attributes_of_cloudevents_are_handed_on(client: httpx.AsyncClient, intake: Intake) -> None:
    headers = {"ce-source": "H44", "ce-time": "2026-08-19T03:00:00Z", "ce-id": "7", "ce-type": "t", "ce-subject": "s", "ce-other": "x"}
    await client.post("/v1/sync", content=b"{}", headers=headers | {"ce-specversion": "1.0"})
    assert intake.said == {"source": "H44", "time": "2026-08-19T03:00:00Z", "id": "7", "type": "t", "subject": "s"}
    await client.post("/v1/sync", content=b"{}", headers={"ce-source": ""})
    assert intake.said == {}
