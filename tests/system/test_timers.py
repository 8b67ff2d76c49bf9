"""Notices and the overdue topic on a running system, with a test clock that starts just before something is due."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from streams.topology import NOTICES, OVERDUE
from tests.system.conftest import System
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
NOW = "2026-08-10T23:59:40+07:00"


def records(system: System, topic: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=system.addresses["kafka"], enable_auto_commit=False, auto_offset_reset="earliest")
    places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    found: list[Any] = []
    while any(consumer.position(place) < ends[place] for place in places):
        found += [record for some in consumer.poll(500).values() for record in some]
    consumer.close()
    return found


def notices(system: System) -> list[dict[str, Any]]:
    found = records(system, NOTICES)
    said = [json.loads(record.value) for record in found]
    assert [dict(record.headers)["ce_id"].decode() for record in found] == [one["id"] for one in said]
    assert all(record.key.decode() == one["unit"] for record, one in zip(found, said, strict=True))
    return said


def kinds(system: System) -> Counter[tuple[str, str, bool]]:
    return Counter((one["kind"], str(one["dossier"]), one["historical"]) for one in notices(system))


def stands(system: System) -> dict[str, Any]:
    last = {record.key.decode(): record.value for record in records(system, OVERDUE)}
    return {number: json.loads(value) for number, value in last.items() if value is not None}


def received(number: int, due: str, at: str = "2026-08-03T09:00:00+07:00") -> dict[str, Any]:
    name = f"H44.07-20260803-{number:04}"
    return {"type": "received", "dossier": name, "at": at, "unit": "H44.07", "due_at": due, "sector": "G15", "official": "u-1"}


def test_midnight_makes_overdue_and_every_thing_is_told_once(up: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_NOW", NOW)
    system = up()
    today, next_week, long_ago = "2026-08-10T17:00:00+07:00", "2026-08-17T17:00:00+07:00", "2026-08-05T17:00:00+07:00"
    step = {"type": "step", "dossier": "H44.07-20260803-0001", "at": "2026-08-04T09:00:00+07:00", "official": "u-9"}
    sent = [received(1, today), step, received(2, next_week), received(3, long_ago), received(4, today)]
    late = {"type": "processed", "dossier": "H44.07-20260803-0004", "at": "2026-08-10T16:00:00+07:00"}
    assert system.client.post("/v1/sync", json=[*sent, late]).status_code == 202
    system.drain()
    first = kinds(system)
    assert first["overdue", "H44.07-20260803-0003", True] == 1, "what was over before anybody knew alarms nobody"
    assert list(stands(system)) == ["H44.07-20260803-0003"]
    until(lambda: "H44.07-20260803-0001" in stands(system), 60)
    assert stands(system)["H44.07-20260803-0001"] | {"due": 0} == {
        "dossier": "H44.07-20260803-0001",
        "unit": "H44.07",
        "official": "u-9",
        "sector": "G15",
        "procedure": None,
        "received_at": "2026-08-03T09:00:00+07:00",
        "due_at": today,
        "effective_due": "2026-08-10",
        "due": 0,
    }
    assert kinds(system)["overdue", "H44.07-20260803-0001", False] == 1
    done = {"type": "processed", "dossier": "H44.07-20260803-0001", "at": "2026-08-11T00:00:05+07:00"}
    assert system.client.post("/v1/sync", json=done).status_code == 202
    system.drain()
    assert kinds(system)["finished_late", "H44.07-20260803-0001", False] == 1
    assert list(stands(system)) == ["H44.07-20260803-0003"]
    told = kinds(system)
    Redis.from_url(system.addresses["redis"]).flushall()
    system.drain()
    for worker in system.children("worker"):
        worker.kill()
    until(lambda: system.client.get("/readyz").json()["status"] == "ok", 30)
    system.drain()
    assert kinds(system) == told, "neither a lost store nor a dead worker tells twice"
    assert list(stands(system)) == ["H44.07-20260803-0003"]
    assert not [one for one in told if one[1] == "H44.07-20260803-0002"]
