"""A closed month is published, restated the day after at six, and remembered as it was; on a system that is killed in between."""

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


async def published(system: System) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in (await everything(system.addresses["kafka"], PUBLICATIONS)).items()}


async def cuts(system: System, wanted: int, seconds: float = 60) -> list[Any]:
    """The month's cuts once there are so many, and the last is done."""
    deadline = time.monotonic() + seconds
    while True:
        found = (await published(system)).get(f"cut:{MONTH}", {"cuts": []})["cuts"]
        if len(found) >= wanted and found[-1]["done"]:
            return list(found)
        assert time.monotonic() < deadline, (found, (system.home / "logs" / "serve-1.log").read_text()[-2000:])
        time.sleep(0.2)


def live(system: System) -> dict[str, Any]:
    found: dict[str, Any] = system.get("/v1/units/NYPD/indicators", period=MONTH)
    return found


async def test_a_month_is_published_restated_and_remembered(up: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_NOW", "2011-04-07T08:00:00+07:00")
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    [cut] = await cuts(system, 1)
    before = live(system)
    topic = await published(system)
    units = [one["unit"] for one in system.get("/v1/units")["items"]]
    figures = {unit: system.get(f"/v1/units/{unit}/indicators", period=MONTH) for unit in units}
    assert {f"{unit}:{MONTH}" for unit, one in figures.items() if one["total"] is not None} == {
        key for key in topic if key.endswith(MONTH) and not key.startswith("cut")
    }
    assert cut["units"] == len([one for one in figures.values() if one["total"] is not None])
    assert cut["positions"]["positions"] == system.get("/v1/positions")["positions"]
    assert (cut["rule"], cut["halted"], cut["at"][:10]) == ("portal", {}, "2011-04-07")
    for unit in (unit for unit, one in figures.items() if one["total"] is not None):
        same_as_live(system.get(f"/v1/units/{unit}/indicators", period=MONTH, asof="2011-04-07"), figures[unit])
    assert system.get("/v1/restatements")["items"] == []

    answer = system.client.post("/v1/sync", json=[LATE])
    assert answer.status_code == 202
    system.drain()
    assert live(system)["counts"]["received"] == before["counts"]["received"] + 1
    time.sleep(3)
    assert len(await cuts(system, 1)) == 1  # not before six of the day after
    system.process.kill()
    system.process.wait()

    monkeypatch.setenv("CHISO_NOW", "2011-04-08T06:00:00+07:00")
    again = up("--ingest", "sample", "--map", "service-requests", home=system.home)
    again.drain()
    first, second = await cuts(again, 2)
    assert (first, second["cut"]) == (cut, 2)
    changed = [
        key for key, one in (await published(again)).items() if "versions" in one and len(one["versions"]) > 1 and key.endswith(MONTH)
    ]
    assert "NYPD:2011-03" in changed
    assert len(changed) == second["units"] < cut["units"]  # those whose figures moved, no other
    rows = json.loads(chiso("restatements", "NYPD", "--month", MONTH, "--json", home=system.home).stdout)["items"]
    by = {row["id"]: row for row in rows}
    assert (by["received"]["old"], by["received"]["new"], by["received"]["cause"]) == (
        before["counts"]["received"],
        before["counts"]["received"] + 1,
        "events",
    )
    old = next(one for one in before["indicators"] if one["id"] == "2.1")
    assert by["2.1"]["old"] == {name: old[name] for name in ("numerator", "denominator", "ratio", "score")}
    assert by["2.1"]["new"]["denominator"] == old["denominator"] + 1
    assert "restated after publication" in chiso("restatements", home=system.home).stdout

    remembered = json.loads(chiso("show", "NYPD", "--period", MONTH, "--asof", "2011-04-07", "--json", home=system.home).stdout)
    same_as_live(remembered, before)
    assert (remembered["version"], remembered["published_at"][:10]) == (1, "2011-04-07")
    same_as_live(again.get("/v1/units/NYPD/indicators", period=MONTH, asof="2011-04-08"), live(again))
    assert "bản 2" in chiso("show", "NYPD", "--period", MONTH, "--asof", "2011-12-31", home=system.home).stdout
    refusals(again)


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
