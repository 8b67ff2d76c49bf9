"""Payloads over HTTP and through the raw topic, on a running system; and what they leave behind."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from redis import Redis

from streams.topology import EVENTS, REJECTED, SYNC
from tests.connectors.test_national import BASE, CANARY, PERSONAL
from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("door") / "home").wait()
    yield system
    system.stop()


def dossier(number: int, **changes: Any) -> dict[str, Any]:
    return BASE | {"MaHoSo": f"H44.07-20260803-{number:04}"} | changes


def post(system: System, payload: object, **headers: str) -> httpx.Response:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return system.client.post("/v1/sync", content=body, headers=headers)


async def _send(kafka: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    await producer.send_and_wait(SYNC, value=value, key=b"H44", headers=headers)
    await producer.stop()


async def _everything(kafka: str, topic: str) -> list[Any]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(topic, number) for number in await _partitions(consumer, topic)]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    await consumer.seek_to_beginning(*places)
    found = []
    while any([await consumer.position(place) < ends[place] for place in places]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += records
    await consumer.stop()
    return found


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    consumer.subscribe([topic])
    while not (found := consumer.partitions_for_topic(topic)):
        await asyncio.sleep(0.05)
    consumer.unsubscribe()
    return set(found)


def test_each_dossier_of_a_list_is_answered_for(door: System) -> None:
    answer = post(door, {"service": "DongBoHoSoMC", "data": [dossier(1), dossier(2)]})
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 2
    half = post(door, [dossier(1), dossier(3, TrangThaiHoSo="99"), dossier(4, NgayHenTra="20260231")])
    assert half.status_code == 207
    assert [(item["position"], item["accepted"], [fault["field"] for fault in item["faults"]]) for item in half.json()["items"]] == [
        (0, True, []),
        (1, False, ["TrangThaiHoSo"]),
        (2, True, ["NgayHenTra"]),
    ]
    door.drain()
    counts = door.get("/v1/units/H44.07/indicators", period="2026-08")["counts"]
    assert (counts["received"], counts["open"], counts["open_overdue"]) == (3, 3, 2)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 422, "payload"),
        (b"no json", 422, "payload"),
        (b"[" * 50_000, 422, "payload"),
        ({"service": "XoaHoSo", "data": []}, 422, "service"),
        ({"service": "DongBoHoSoMC"}, 422, "data"),
        ([dossier(9, TrangThaiHoSo="?")], 422, None),
        ([], 422, None),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(door: System, body: object, status: int, field: str | None) -> None:
    answer = post(door, body)
    assert answer.status_code == status
    assert answer.json()["accepted"] == 0
    assert [fault["field"] for fault in answer.json()["faults"]] == ([field] if field else [])


def test_a_body_over_five_megabytes_is_refused_and_says_so(door: System) -> None:
    answer = post(door, b" " * 5_000_001)
    assert answer.status_code == 413
    assert "in parts" in answer.json()["detail"]


def test_canonical_events_come_through_the_same_door(door: System) -> None:
    number = "H44.07-20260803-0100"
    assert post(door, [dossier(100)]).status_code == 202
    rated = {"type": "rated", "dossier": number, "at": "2026-08-20T03:00:00Z", "rating": "unsatisfied"}
    assert post(door, rated).status_code == 202
    headers = [("ce_type", b"chiso.dossier.processed.v1"), ("ce_subject", number.encode())]
    asyncio.run(_send(door.addresses["kafka"], b'{"at":"2026-08-07T03:00:00Z","official":"CB-01"}', headers))
    door.drain()
    found = door.get(f"/v1/dossiers/{number}")
    assert (found["official"], found["finished_at"][:10], found["facts"]["rating"]) == ("CB-01", "2026-08-07", "unsatisfied")


def test_codes_with_a_slash_have_addresses_and_what_was_said_earlier_is_said_earlier(door: System) -> None:
    unit, number = "Bouw/Woning", "12/2026-A"
    received = {"type": "received", "dossier": number, "unit": unit, "at": "2026-08-03", "due_at": "2026-08-10", "reason": CANARY}
    assert post(door, received | {"official": "CB-01"}, **{"ce-time": "2026-08-04T03:00:00Z"}).status_code == 202
    assert post(door, received | {"official": "CB-02"}, **{"ce-time": "2026-08-03T03:00:00Z"}).status_code == 202
    refused = post(door, received, **{"ce-time": CANARY})
    assert (refused.status_code, [fault["field"] for fault in refused.json()["faults"]]) == (422, ["ce_time"])
    door.drain()
    assert json.loads(chiso("dossier", number, "--json", home=door.home).stdout)["official"] == "CB-01"
    shown = json.loads(chiso("show", unit, "--period", "2026-08", "--json", home=door.home).stdout)
    assert (shown["unit"], shown["counts"]["received"]) == (unit, 1)
    assert number in chiso("letter", number, home=door.home).stdout
    late = json.loads(chiso("overdue", unit, "--json", home=door.home).stdout)["items"]
    assert [row["dossier"] for row in late] == [number]
    assert "TYPO" in chiso("overdue", "TYPO", home=door.home, check=3).stderr


def test_nothing_of_a_citizen_is_found_anywhere_but_in_the_raw_topic(door: System) -> None:
    bad = dossier(202) | PERSONAL | {"TrangThaiHoSo": CANARY, "NgayTiepNhan": CANARY}
    answer = post(door, [dossier(201) | PERSONAL, bad])
    assert answer.status_code == 207
    assert CANARY not in answer.text
    steps = {"MaHoSo": "H44.07-20260803-0201", "NguoiXuLy": f"{CANARY} Văn A", "NoiDungXuLy": CANARY, "TrangThai": "4"}
    assert post(door, {"service": "CapNhatTienDoHoSoMC", "data": [steps]}).status_code == 202
    assert post(door, f'{{"{CANARY}'.encode()).status_code == 422
    asyncio.run(_send(door.addresses["kafka"], f"{CANARY} no json".encode(), []))
    asyncio.run(_send(door.addresses["kafka"], json.dumps([bad]).encode(), []))
    door.drain()
    kafka = door.addresses["kafka"]
    for topic in (EVENTS, REJECTED):
        records = asyncio.run(_everything(kafka, topic))
        assert records
        assert CANARY not in repr(records)
    assert CANARY in repr(asyncio.run(_everything(kafka, SYNC)))
    client = Redis.from_url(door.addresses["redis"])
    for key in client.scan_iter():
        assert CANARY.encode() not in (client.dump(key) or b"")
    assert door.get("/v1/dossiers/H44.07-20260803-0201")["official"] is None
    for path in door.home.rglob("*"):
        if path.is_file() and SYNC not in path.parent.name:
            assert CANARY.encode() not in path.read_bytes(), path
    assert CANARY not in door.log.read_text()


def test_while_kafka_is_away_senders_are_told_to_come_again(up: Callable[..., System]) -> None:
    system = up()
    [broker] = system.children("kafka.Kafka")
    broker.suspend()
    try:
        answer = system.client.post("/v1/sync", json=[dossier(1)], timeout=60)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        broker.resume()
    assert post(system, [dossier(1)]).status_code == 202
    system.drain()
    assert system.get("/v1/units/H44.07/indicators", period="2026-08")["counts"]["received"] == 1


def test_names_and_parents_come_from_the_registry_and_counts_roll_up(door: System, tmp_path: Path) -> None:
    assert post(door, [dossier(301), BASE | {"MaHoSo": "H62.01-20260803-0001"}]).status_code == 202
    assert door.get("/v1/units/H44.07/indicators")["registered"] is False
    assert "units.csv: 114 new" in chiso("registry", "load", "units", home=door.home).stderr
    more = tmp_path / "more.csv"
    more.write_text(
        "code,name,kind,parent,valid_from,valid_to,merged_into\nH44.07,Sở Công Thương,department,H44,,,\nH62.01,Sở Y tế,department,H62,,,\n"
    )
    assert "2 new, 0 changed" in chiso("registry", "load", more, home=door.home).stderr
    assert "0 new, 0 changed, 2 as they were" in chiso("registry", "load", more, home=door.home).stderr
    door.drain()
    own = door.get("/v1/units/H44.07/indicators", period="2026-08")
    assert (own["name"], own["registered"]) == ("Sở Công Thương", True)
    above = [door.get(f"/v1/units/{unit}/indicators", period="2026-08")["counts"]["received"] for unit in ("H44", "VN", "H62")]
    assert above == [own["counts"]["received"] + 1, own["counts"]["received"] + 1, 1]
    late = {row["dossier"] for row in door.get("/v1/overdue", unit="H44")["items"]}
    assert {"H62.01-20260803-0001", "H44.07-20260803-0301"} <= late
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name,kind,parent\nX,X,department,nowhere\n")
    done = chiso("registry", "load", bad, home=door.home, check=5)
    assert "unit X names nowhere" in done.stderr


def test_files_of_payloads_go_through_the_same_door(door: System, tmp_path: Path) -> None:
    lines = [
        json.dumps({"service": "DongBoHoSoMC", "data": [dossier(401), dossier(402, TrangThaiHoSo=CANARY)]}),
        f"{{{CANARY}",
        json.dumps([dossier(403)]),
        json.dumps({"type": "rated", "dossier": "H44.07-20260803-0401", "at": "2026-08-20T03:00:00Z", "rating": "neutral"}),
    ]
    path = tmp_path / "payloads.jsonl"
    path.write_text("\n".join(lines) + "\n\n")
    dry = chiso("ingest", path, "--dry-run", home=door.home, check=6)
    done = chiso("ingest", path, home=door.home, check=6)
    assert dry.stderr.replace("would be sent", "sent") == done.stderr
    assert done.stderr.splitlines() == [
        "payloads.jsonl, line 1, entry 1: TrangThaiHoSo is no status from 1 to 10",
        "payloads.jsonl, line 2: payload is no JSON document",
        "payloads.jsonl: 4 payloads, 3 entries sent, 2 faults",
    ]
    door.drain()
    assert door.get("/v1/dossiers/H44.07-20260803-0401")["facts"]["rating"] == "neutral"
    assert door.get("/v1/dossiers/H44.07-20260803-0403")["due_at"][:10] == "2026-08-10"
    whole = tmp_path / "list.json"
    whole.write_text(json.dumps([dossier(500 + number) for number in range(250)], indent=1))
    assert "1 payloads, 250 entries sent, 0 faults" in chiso("ingest", whole, home=door.home).stderr
    assert "needs --map" in chiso("ingest", tmp_path / "x.csv", home=door.home, check=2).stderr
    assert "cannot be read" in chiso("ingest", tmp_path / "none.json", home=door.home, check=3).stderr
