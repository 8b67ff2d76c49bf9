"""Rubbish in the topic never stops the stream: it is on record by reason and place, and figures are those of the rest."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.topology import EVENTS, REJECTED, SYNC
from tests.connectors.test_national import BASE
from tests.system.conftest import System
from tests.system.programs import until

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


async def test_a_sender_that_writes_in_transactions_stops_nobody(up: Callable[..., System]) -> None:
    """Each transaction leaves marks in the log that nobody is given: the end is reached all the same, and every offset is accounted for."""
    system = up()
    sender = AIOKafkaProducer(bootstrap_servers=system.addresses["kafka"], transactional_id="one-stop", max_batch_size=1)
    await sender.start()
    for _ in range(5):
        async with sender.transaction():
            await sender.send_and_wait(SYNC, b"no json", key=b"H44", partition=0)
    async with sender.transaction():
        await sender.send_and_wait(SYNC, json.dumps([BASE]).encode(), key=b"H44", partition=0)
    await sender.stop()
    system.drain()
    [worker] = system.addresses["workers"]
    metrics = system.client.get(worker).text
    assert f'chiso_events_total{{outcome="rejected",topic="{SYNC}"}} 5.0' in metrics
    assert system.get("/v1/dossiers/" + str(BASE["MaHoSo"]))["dossier"] == BASE["MaHoSo"]
    lags = re.findall(r"chiso_consumer_lag_records\{.*\} (\S+)", metrics)
    unaccounted = re.findall(r"chiso_records_unaccounted\{.*\} (\S+)", metrics)
    assert lags
    assert {*map(float, unaccounted)} == {0.0}
    until(lambda: {*map(float, re.findall(r"chiso_consumer_lag_records\{.*\} (\S+)", system.client.get(worker).text))} == {0.0}, 30)
