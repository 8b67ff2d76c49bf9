"""Files into a real topic: every event once, in its partition; whatever is broken on record."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from connectors.codec import decode, partition
from connectors.mapping import load
from connectors.table import Problem
from indicators.errors import NotFoundError, UnreachableError
from streams import admin, settings
from streams.ends import look_at_ends
from streams.ingest import Report, Source, ingest, path_of
from streams.statements import statements
from streams.topology import EVENTS, REJECTED, SYNC

pytestmark = pytest.mark.broker
MAPPING = load("service-requests")


def source(path: Path) -> Source:
    return Source(MAPPING, path, lambda _name: "u-0")


@pytest.fixture(scope="module")
def topics(kafka: str) -> str:
    admin.ensure_topics(kafka, settings.Settings(partitions=5))
    return kafka


@pytest.fixture
def since(topics: str) -> Callable[[str], list[Any]]:
    """Records of a topic that came after the test began."""
    begun = {topic: _ends(topics, topic) for topic in (EVENTS, REJECTED)}

    def read(topic: str) -> list[Any]:
        consumer = KafkaConsumer(bootstrap_servers=topics, group_id=None, enable_auto_commit=False)
        places = {TopicPartition(topic, number): start for number, start in begun[topic].items()}
        consumer.assign(list(places))
        for place, start in places.items():
            consumer.seek(place, start)
        ends = consumer.end_offsets(list(places))
        found: list[Any] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for records in consumer.poll(timeout_ms=500).values():
                found += records
        consumer.close()
        return found

    return read


def _ends(address: str, topic: str) -> dict[int, int]:
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=None, enable_auto_commit=False)
    places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    found = {place.partition: end for place, end in consumer.end_offsets(places).items()}
    consumer.close()
    return found


class Told:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __call__(self, _report: Report, problem: Problem | None) -> None:
        if problem is not None:
            self.problems.append(problem)


async def test_the_sample_arrives_whole(topics: str, since: Callable[[str], list[Any]]) -> None:
    told = Told()
    report = await ingest(topics, source(path_of("sample")), told)
    rows = list(csv.DictReader(path_of("sample").read_text().splitlines()))
    records = since(EVENTS)
    events = [decode(record.value) for record in records]
    assert report.rows == len(rows)
    assert Counter(type(event).__name__ for event in events) == {
        "Received": len(rows),
        "Processed": sum(bool(row["Closed Date"]) for row in rows) - 1,
    }
    assert all(
        record.partition == partition(record.key, 5) and record.key == event.dossier.encode()
        for record, event in zip(records, events, strict=True)
    )
    assert all(record.timestamp_type == 1 for record in records)  # log-append time
    [problem] = told.problems
    [rejected] = since(REJECTED)
    assert json.loads(rejected.value) == {
        "reason": "at",
        "message": "at lies before 2000",
        "file": "service_requests.csv",
        "line": problem.line,
        "column": "Closed Date",
    }


async def test_a_row_said_again_is_sent_once(topics: str, since: Callable[[str], list[Any]], tmp_path: Path) -> None:
    header, first, *_ = path_of("sample").read_text().splitlines()
    path = tmp_path / "twice.csv"
    path.write_text(f"{header}\n{first}\n{first}\n")
    report = await ingest(topics, source(path), Told())
    assert (report.rows, report.sent.total(), report.repeated) == (2, 2, 2)
    assert len(since(EVENTS)) == 2
    found = statements(topics, first.partition(",")[0])
    assert {statement["type"] for statement in found} == {"received", "processed"}


async def test_pace_is_kept(topics: str, tmp_path: Path) -> None:
    header, *rows = path_of("sample").read_text().splitlines()
    path = tmp_path / "some.csv"
    path.write_text("\n".join([header, *rows[:20]]) + "\n")
    import time

    started = time.monotonic()
    await ingest(topics, source(path), Told(), speed=40)
    assert time.monotonic() - started >= 19 / 40


async def test_what_cannot_be_sent_is_said(topics: str, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="chiso up"):
        await ingest("127.0.0.1:9", source(path_of("sample")), Told())
    with pytest.raises(NotFoundError):
        await ingest(topics, source(tmp_path / "missing.csv"), Told())


def test_topics_are_made_once_and_checked(topics: str) -> None:
    wanted = settings.Settings(partitions=5)
    assert admin.ensure_topics(topics, wanted) == []
    assert admin.missing(topics, wanted) == []
    findings = admin.missing(topics, settings.Settings(partitions=6))
    assert {(finding.topic, finding.fatal) for finding in findings} == {(SYNC, True), (EVENTS, True)}
    assert set(look_at_ends(topics, 0)) == set(range(5))
    with pytest.raises(UnreachableError):
        look_at_ends("127.0.0.1:9", 0)
