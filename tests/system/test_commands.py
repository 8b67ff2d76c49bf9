"""What a person types, and what comes back."""

import json
from pathlib import Path

import pytest

from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]


def test_the_values_at_the_end_of_the_contract(loaded: System) -> None:
    answer = json.loads(chiso("show", "General", "--period", "2011-08", "--json", home=loaded.home).stdout)
    assert answer["counts"] == {
        "received": 18,
        "carried_over": 128,
        "finished": 60,
        "finished_early": 37,
        "finished_on_time": 3,
        "finished_late": 20,
        "open": 86,
        "open_in_time": 61,
        "open_overdue": 25,
        "waiting": 0,
    }
    figure = next(one for one in answer["indicators"] if one["id"] == "2.1")
    assert (figure["numerator"], figure["denominator"]) == (101, 146)
    assert (figure["score"], figure["max"]) == (13.84, 20)  # 20 · 101/146
    assert (answer["complete"], answer["rank"]) == (True, None)
    assert {one["code"]: one["score"] for one in answer["blocks"]}["TDGQ"] == 13.84
    assert answer["total"] == round(sum(one["score"] for one in answer["blocks"]), 2)
    assert answer["period"] == {"id": "2011-08", "from": "2011-08-01", "to": "2011-08-31", "open": False}


def test_one_dossier(loaded: System) -> None:
    found = json.loads(chiso("dossier", "case-10024", "--json", home=loaded.home).stdout)
    assert (found["unit"], found["sector"], found["official"], found["outcome"]) == ("General", "Group 8", "Resource11", "early")
    assert [found[name][:10] for name in ("received_at", "due_at", "effective_due", "finished_at")] == [
        "2011-10-06",
        "2011-12-01",
        "2011-12-01",
        "2011-11-17",
    ]
    statements = [json.loads(line) for line in chiso("dossier", "case-10024", "--events", home=loaded.home).stdout.splitlines()]
    assert {statement["type"] for statement in statements} == {"received", "processed", "step"}


def test_overdue_lists_who_is_late_today(loaded: System) -> None:
    found = json.loads(chiso("overdue", "General", "--json", home=loaded.home).stdout)
    everyone = json.loads(chiso("overdue", "--json", home=loaded.home).stdout)["items"]
    mine = [row for row in everyone if row["unit"] in ("General", "Experts", "Customer contact")]
    assert len(mine) == 52
    assert [row for row in everyone if row["unit"] == "General"] == found["items"]
    assert all(row["working_days_late"] > 3000 for row in mine)
    assert [row["due_at"][:10] for row in everyone] == sorted(row["due_at"][:10] for row in everyone)
    official = mine[0]["official"]
    of_one = json.loads(chiso("overdue", "--official", official, "--json", home=loaded.home).stdout)["items"]
    assert of_one == [row for row in everyone if row["official"] == official]


def test_pages_of_overdue_make_the_whole(loaded: System) -> None:
    whole = loaded.get("/v1/overdue")["items"]
    pages, cursor = [], 0
    while cursor is not None:
        page = loaded.get("/v1/overdue", limit=7, cursor=cursor)
        pages += page["items"]
        cursor = page["next"]
    assert pages == whole


def test_units_are_listed_with_the_kind_their_source_states(loaded: System) -> None:
    found = {item["unit"]: item for item in json.loads(chiso("units", "--json", home=loaded.home).stdout)["items"]}
    assert found["General"] == {"unit": "General", "name": "General", "kind": "department", "parent": None, "registered": False}
    assert found["NYPD"]["kind"] is None


def test_tables_are_for_people(loaded: System) -> None:
    assert "Tiếp nhận trong kỳ" in chiso("show", "General", "--period", "2011-08", "--by", "sector", home=loaded.home).stdout
    assert "General" in chiso("units", "--unmapped", home=loaded.home).stdout
    assert "case-" in chiso("overdue", home=loaded.home).stdout
    assert "Hẹn trả" in chiso("dossier", "case-10024", home=loaded.home).stdout
    assert "dvc.dossier.events.v1" in chiso("topics", "plan", home=loaded.home).stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("show", "Nowhere"), 3, "chiso units"),
        (("show", "General", "--period", "august"), 2, "2026-Q3"),
        (("show", "General", "--by", "shoe"), 2, "sector"),
        (("show", "General", "--period", "2011-08-01..2011-08-05", "--by", "sector"), 2, "whole months"),
        (("dossier", "nobody-knows"), 3, "check the number"),
        (("dossier", "nobody-knows", "--events"), 3, "check the number"),
        (("ingest", "missing.csv", "--map", "permits"), 3, "check the path"),
        (("ingest", "missing.csv", "--map", "nonsense"), 2, "service-requests"),
        (("topics", "check"), 0, ""),
        (("topics", "apply"), 0, "all topics exist"),
    ],
)
def test_mistakes_are_answered_with_what_to_do(loaded: System, words: tuple[str, ...], code: int, says: str) -> None:
    done = chiso(*words, home=loaded.home, check=code)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_runs_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_HTTP", "http://127.0.0.1:9")
    monkeypatch.setenv("CHISO_KAFKA", "127.0.0.1:9")
    monkeypatch.setenv("CHISO_REDIS", "redis://127.0.0.1:9/0")
    for words in (("units",), ("drain", "--timeout", "1"), ("fingerprint",), ("topics", "check"), ("dossier", "1", "--events")):
        assert "chiso up" in chiso(*words, home=tmp_path, check=4).stderr
    assert "chiso up" in chiso("ingest", "sample", "--map", "service-requests", home=tmp_path, check=4).stderr


def test_the_http_api_speaks_problem_json_and_shows_metrics(loaded: System) -> None:
    import httpx

    address = loaded.addresses["http"]
    for path, status in (
        ("/v1/units/Nowhere/indicators", 404),
        ("/v1/units/General/indicators?period=x", 422),
        ("/v1/overdue?limit=0", 422),
        ("/nowhere", 404),
    ):
        answer = httpx.get(address + path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
    assert [httpx.get(address + path).status_code for path in ("/livez", "/readyz", "/version", "/docs", "/openapi.json")] == [200] * 5
    metrics = httpx.get(loaded.addresses["workers"][0]).text
    assert 'chiso_events_total{outcome="applied",topic="dvc.dossier.events.v1"}' in metrics
    assert "chiso_batch_apply_seconds_bucket" in metrics
    assert 'chiso_consumer_lag_records{partition="0",topic="dvc.dossier.events.v1"} 0.0' in metrics
    assert "chiso_event_visible_seconds_count" in httpx.get(loaded.addresses["metrics"]).text


def test_nothing_is_simulated_where_no_chiso_runs(tmp_path: Path) -> None:
    done = chiso("simulate", "1", home=tmp_path, check=4)
    assert "no chiso runs in" in done.stderr
