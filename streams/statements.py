"""Every statement about one dossier that was taken in, read from the one partition that may hold it."""

from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from connectors.codec import decode, partition
from indicators.admission import admit
from indicators.errors import RejectedError, UnreachableError
from indicators.numbers import canonical_number, partition_key
from indicators.times import rfc3339
from streams.topology import EVENTS

BOOTSTRAP_MS = 5_000
ANSWER_MS = 30_000


def statements(bootstrap: str, number: str) -> list[dict[str, Any]]:
    """In order of arrival; each with `offset`, `partition` and Kafka's time `recorded_at`. Raises UnreachableError."""
    number = canonical_number(number)
    key = partition_key(number).encode()
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=bootstrap,
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            request_timeout_ms=ANSWER_MS,
            group_id=None,
            enable_auto_commit=False,
        )
    except (KafkaError, OSError):
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    try:
        return _read(consumer, key, number)
    except KafkaError as error:
        raise UnreachableError(f"Kafka at {bootstrap} failed ({type(error).__name__}); try again") from None
    finally:
        consumer.close()


def _read(consumer: KafkaConsumer, key: bytes, number: str) -> list[dict[str, Any]]:
    count = len(consumer.partitions_for_topic(EVENTS) or ())
    if not count:
        return []
    place = TopicPartition(EVENTS, partition(key, count))
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end = consumer.end_offsets([place])[place]
    found = []
    while consumer.position(place) < end:
        for record in consumer.poll(timeout_ms=1_000).get(place, ()):
            statement = _statement(record, number) if record.key == key else None
            if statement is not None:
                found.append(statement)
    return found


def _statement(record: Any, number: str) -> dict[str, Any] | None:
    try:
        event = decode(record.value or b"")
        if event.dossier != number:
            return None
        admit(event, record.timestamp // 1000)
    except RejectedError:
        return None
    return {
        **msgspec.to_builtins(event),
        "partition": record.partition,
        "offset": record.offset,
        "recorded_at": rfc3339(record.timestamp // 1000),
    }
