"""A whole topic, read once from its beginning to its end."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from indicators.errors import UnreachableError

POLL_MS = 500


async def records(bootstrap: str, topic: str) -> list[Any]:
    """Every record of a topic, those of a partition in order. Raises UnreachableError."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    found: list[Any] = []
    try:
        await consumer.start()
        metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `partitions_for_topic` knows only what was subscribed to
        places = [TopicPartition(topic, number) for number in sorted(metadata.partitions_for_topic(topic) or ())]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for some in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                found += some
    except (KafkaError, OSError):
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    finally:
        await consumer.stop()
    return found


async def everything(bootstrap: str, topic: str) -> dict[str, bytes]:
    """What stands in a compacted topic: the last value of every key. Raises UnreachableError."""
    last = {record.key.decode(): record.value for record in await records(bootstrap, topic)}
    return {key: value for key, value in last.items() if value is not None}
