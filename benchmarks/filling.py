"""Fills a topic with made-up events as fast as a broker takes them: batches built by hand, one a partition at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from connectors.codec import encode, partition
from indicators.events import Event

BATCH_BYTES = 512_000
AT_ONCE = 8


async def fill(bootstrap: str, topic: str, partitions: int, events: Iterable[Event]) -> int:
    """Sends all events in order of each partition; gives their number."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks=1, max_batch_size=BATCH_BYTES, compression_type="lz4")
    await producer.start()
    builders = defaultdict(producer.create_batch)
    waiting: list[asyncio.Future[object]] = []
    count = 0

    async def send(number: int) -> None:
        waiting.append(await producer.send_batch(builders.pop(number), topic, partition=number))
        if len(waiting) > AT_ONCE:
            await waiting.pop(0)

    for event in events:
        record = encode(event)
        number = partition(record.key, partitions)
        count += 1
        if builders[number].append(key=record.key, value=record.value, headers=record.headers, timestamp=None) is None:
            await send(number)
            builders[number].append(key=record.key, value=record.value, headers=record.headers, timestamp=None)
    for number in list(builders):
        await send(number)
    await asyncio.gather(*waiting)
    await producer.stop()
    return count
