"""A closed month is published, restated the day after at six, and remembered as it was; on a system that is killed in between."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from streams.reading import everything
from streams.topology import PUBLICATIONS
from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]
MONTH = "2011-03"
HELD = ("id", "numerator", "denominator", "ratio", "score", "max", "name", "small")
LATE = {"type": "received", "dossier": "late-1", "unit": "NYPD", "at": "2011-03-10T09:00:00+07:00", "due_at": "2011-03-20T09:00:00+07:00"}


def published(system: System) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in asyncio.run(everything(system.addresses["kafka"], PUBLICATIONS)).items()}


def cuts(system: System, wanted: int, seconds: float = 60) -> list[Any]:
    """The month's cuts once there are so many, and the last is done."""
    deadline = time.monotonic() + seconds
    while True:
        found = published(system).get(f"cut:{MONTH}", {"cuts": []})["cuts"]
        if len(found) >= wanted and found[-1]["done"]:
            return list(found)
        assert time.monotonic() < deadline, (found, (system.home / "logs" / "serve-1.log").read_text()[-2000:])
        time.sleep(0.2)


def live(system: System, unit: str = "NYPD") -> dict[str, Any]:
    found: dict[str, Any] = system.get(f"/v1/units/{unit}/indicators", period=MONTH)
    return found


def test_a_month_is_published_restated_and_remembered(up: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_NOW", "2011-04-07T08:00:00+07:00")
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    [cut] = cuts(system, 1)
    before = live(system)
    version_1_is_what_was_shown(system, cut)
    assert system.client.post("/v1/sync", json=[LATE]).status_code == 202
    system.drain()
    assert live(system)["counts"]["received"] == before["counts"]["received"] + 1
    system.process.kill()
    system.process.wait()

    monkeypatch.setenv("CHISO_NOW", "2011-04-08T05:59:50+07:00")
    again = up("--ingest", "sample", "--map", "service-requests", home=system.home)
    again.drain()
    first, second = cuts(again, 2)
    assert (first, second["cut"], second["at"][:13]) == (cut, 2, "2011-04-08T06")
    units = [key for key, one in published(again).items() if key.endswith(MONTH) and len(one.get("versions", ())) > 1]
    assert f"NYPD:{MONTH}" in units
    assert len(units) == second["units"] < cut["units"]  # those whose figures moved, no other
    what_was_restated(again, before)
    remembered = json.loads(chiso("show", "NYPD", "--period", MONTH, "--asof", "2011-04-07", "--json", home=system.home).stdout)
    same_as_live(remembered, before)
    assert (remembered["version"], remembered["published_at"][:10]) == (1, "2011-04-07")
    same_as_live(again.get("/v1/units/NYPD/indicators", period=MONTH, asof="2011-04-08"), live(again))
    assert "bản 2" in chiso("show", "NYPD", "--period", MONTH, "--asof", "2011-12-31", home=system.home).stdout
    refusals(again)


def version_1_is_what_was_shown(system: System, cut: dict[str, Any]) -> None:
    """Of every unit with figures, and of no other."""
    shown = {one["unit"]: card for one in system.get("/v1/units")["items"] if (card := live(system, one["unit"]))["total"] is not None}
    units = {key.partition(":")[0] for key, one in published(system).items() if key.endswith(MONTH) and "versions" in one}
    assert units == set(shown)
    assert cut["units"] == len(shown)
    assert cut["positions"]["positions"] == system.get("/v1/positions")["positions"]
    assert (cut["rule"], cut["halted"], cut["at"][:10]) == ("portal", {}, "2011-04-07")
    for unit, card in shown.items():
        same_as_live(system.get(f"/v1/units/{unit}/indicators", period=MONTH, asof="2011-04-07"), card)
    assert system.get("/v1/restatements")["items"] == []


def what_was_restated(system: System, before: dict[str, Any]) -> None:
    """Old, new and cause."""
    rows = json.loads(chiso("restatements", "NYPD", "--month", MONTH, "--json", home=system.home).stdout)["items"]
    by = {row["id"]: row for row in rows}
    received = before["counts"]["received"]
    assert (by["received"]["old"], by["received"]["new"], by["received"]["cause"]) == (received, received + 1, "events")
    old = next(one for one in before["indicators"] if one["id"] == "2.1")
    assert by["2.1"]["old"] == {name: old[name] for name in ("numerator", "denominator", "ratio", "score")}
    assert by["2.1"]["new"]["denominator"] == old["denominator"] + 1
    assert "restated after publication" in chiso("restatements", home=system.home).stdout


def same_as_live(version: dict[str, Any], card: dict[str, Any]) -> None:
    """Every figure that a version holds."""
    for name in ("unit", "period", "complete", "rule", "counts", "on_time_of_finished", "blocks", "total", "grade", "rank"):
        assert version[name] == card[name], (version["unit"], name)
    for one, other in zip(version["indicators"], card["indicators"], strict=True):
        assert {name: one[name] for name in HELD} == {name: other[name] for name in HELD}
    assert version.keys() >= card.keys() - {"own"}


def refusals(system: System) -> None:
    """Each in one sentence that helps."""
    for query, status, word in (
        ({"period": MONTH, "asof": "2011-04-06"}, 404, "the first was published at 2011-04-07 08:00"),
        ({"period": "2011-04", "asof": "2011-04-08"}, 404, "from 2011-05-05 06:00 on"),
        ({"period": "2011-Q1", "asof": "2011-04-08"}, 422, "months"),
        ({"period": MONTH, "asof": "yesterday"}, 422, "2026-09-05"),
        ({"period": MONTH, "asof": "2011-04-08", "by": "sector"}, 422, "no rows"),
    ):
        answer = system.client.get("/v1/units/NYPD/indicators", params=query)
        assert (answer.status_code, word in answer.json()["detail"]) == (status, True), answer.text
    assert system.client.get("/v1/units/NOBODY/indicators", params={"period": MONTH, "asof": "2011-04-08"}).status_code == 404
    assert system.client.get("/v1/restatements", params={"unit": "NOBODY"}).status_code == 404
    assert system.client.get("/v1/restatements", params={"month": "2011-Q1"}).status_code == 422
    chiso("show", "NYPD", "--period", "2011", "--asof", "2011-04-08", home=system.home, check=2)
    chiso("show", "NYPD", "--period", MONTH, "--asof", "2011-04-01", home=system.home, check=3)
