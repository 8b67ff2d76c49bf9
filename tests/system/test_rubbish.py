"""Rubbish in the topic never stops the stream: it is on record by reason and place, and figures are those of the rest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.topology import EVENTS, REJECTED
from tests.system.conftest import System

pytestmark = [pytest.mark.broker, pytest.mark.redis]
CANARY = "NGUYEN VAN CANARY"
RUBBISH = (
    b"",
    b"not json",
    b"[" * 100_000,
    b'{"type":"received"}',
    b"\xff\xfe\x00",
    json.dumps({"type": "received", "dossier": CANARY, "at": CANARY}).encode(),
    json.dumps({"type": "rated", "dossier": "1", "at": "2026-08-03T00:00:00Z", "rating": CANARY}).encode(),
    json.dumps({"type": "processed", "dossier": "1", "at": "1970-01-01T00:00:00Z"}).encode(),
    json.dumps({"type": "processed", "dossier": "1", "at": "9999-01-01T00:00:00Z"}).encode(),
)


def rejected(address: str) -> list[dict]:
    """Everything in the topic of rejected events, by a plain kafka-python consumer."""
    consumer = KafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest", group_id=None, enable_auto_commit=False)
    place = TopicPartition(REJECTED, 0)
    consumer.assign([place])
    end = consumer.end_offsets([place])[place]
    found = []
    while consumer.position(place) < end:
        found += [json.loads(record.value) for record in consumer.poll(timeout_ms=500).get(place, ())]
    consumer.close()
    return found


def test_rubbish_is_on_record_and_figures_go_on(up: Callable[..., System], tmp_path: Path) -> None:
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    before = system.fingerprint()
    producer = KafkaProducer(bootstrap_servers=system.addresses["kafka"])
    for number, value in enumerate((*RUBBISH, None)):
        producer.send(EVENTS, value=value, key=b"somebody", partition=number % 12)
    producer.flush()
    producer.close()
    system.drain()
    assert system.fingerprint() == before
    found = rejected(system.addresses["kafka"])
    by_place = [one for one in found if "offset" in one]
    assert len(by_place) == len(RUBBISH) + 1
    assert {one["topic"] for one in by_place} == {EVENTS}
    assert {one["reason"] for one in by_place} == {"value", "at", "rating", "dossier"} - {"dossier"}
    [of_file] = [one for one in found if "line" in one]
    assert (of_file["reason"], of_file["file"], of_file["column"]) == ("at", "service_requests.csv", "Closed Date")
    assert CANARY not in json.dumps(found)
    assert not any(CANARY in log.read_text(errors="replace") for log in (system.home / "logs").iterdir())
    metrics = system.client.get(system.addresses["workers"][0]).text
    assert f'chiso_events_total{{outcome="rejected",topic="{EVENTS}"}} {len(RUBBISH) + 1}.0' in metrics
