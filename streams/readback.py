"""What the topics say was told already, read back when a partition is taken: notices sent since the store last knew, and all overdue dossiers.

A store that lost everything has to read thirty days of notices; one that lost nothing reads next to none, for once the first look has told all it had
to tell, how far they were read is kept for every partition of theirs. A minute after taking, the overdue topic is read once more, for a worker that
was asleep may have had the last word in it.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.codec import partition as partition_of
from indicators.numbers import partition_key
from streams.outbox import FROM
from streams.topology import NOTICES, OVERDUE

POLL_MS = 300
_log = logging.getLogger("chiso.timers")


async def since(bootstrap: str, topic: str, starts: Mapping[int, int]) -> AsyncIterator[Any]:
    """Every record of a topic from the offsets given (else the beginning) to the end as it is now. Raises KafkaError."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `partitions_for_topic` knows only what was subscribed to
        places = [TopicPartition(topic, number) for number in sorted(metadata.partitions_for_topic(topic) or ())]
        consumer.assign(places)
        ends, begins = await consumer.end_offsets(places), await consumer.beginning_offsets(places)
        for place in places:
            consumer.seek(place, min(max(starts.get(place.partition, 0), begins[place]), ends[place]))
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for some in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in some:
                    yield record
    finally:
        await consumer.stop()


async def overdue(bootstrap: str, count: int) -> dict[int, dict[str, int]]:
    """Partition of events (of `count`) → dossier → due moment, as the overdue topic holds it. Raises KafkaError."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    async for record in since(bootstrap, OVERDUE, {}):
        number = record.key.decode()
        of_it = found[partition_of(partition_key(number).encode(), count)]
        if record.value is None:
            of_it.pop(number, None)
        else:
            of_it[number] = int(json.loads(record.value)["due"])
    return found


async def notices(bootstrap: str, marks: Mapping[int, Mapping[str, int]]) -> tuple[dict[int, set[str]], dict[str, int]]:
    """Partition of events → ids of its notices that are in the topic beyond its marks (`to N` → offset); and marks up to which that is known now.
    Raises KafkaError.
    """
    found: dict[int, set[str]] = {number: set() for number in marks}
    upto: dict[str, int] = {}
    if not marks:
        return found, upto
    starts = {place: min(of_it.get(f"to {place}", 0) for of_it in marks.values()) for place in _places(marks)}
    async for record in since(bootstrap, NOTICES, starts):
        headers = dict(record.headers)
        number, mark = int(headers.get(FROM, b"-1")), f"to {record.partition}"
        upto[mark] = record.offset + 1
        if number in found and record.offset >= marks[number].get(mark, 0):
            found[number].add(headers["ce_id"].decode())
    return found, upto


def _places(marks: Mapping[int, Mapping[str, int]]) -> set[int]:
    return {int(name[3:]) for of_it in marks.values() for name in of_it if name.startswith("to ")}


async def patiently(
    bootstrap: str, count: int, marks: Mapping[int, Mapping[str, int]]
) -> tuple[dict[int, dict[str, int]], dict[int, set[str]], dict[str, int]]:
    """What is overdue, and of notices both, as soon as Kafka answers."""
    while True:
        try:
            return await overdue(bootstrap, count), *await notices(bootstrap, marks)
        except (KafkaError, OSError) as error:
            _log.warning("what was told is not known yet: Kafka does not answer (%s)", type(error).__name__)
            await asyncio.sleep(1.0)
