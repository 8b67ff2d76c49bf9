"""Fills a topic with made-up events as fast as a broker takes them."""

from collections.abc import Iterable

from connectors.codec import encode, partition
from indicators.events import Event
from streams.sending import sender


async def fill(bootstrap: str, topic: str, events: Iterable[Event]) -> int:
    """Sends all events, in order of each partition; gives their number."""
    count = 0
    async with sender(bootstrap) as out:
        partitions = await out.partitions(topic)
        for event in events:
            record = encode(event)
            await out.send(topic, partition(record.key, partitions), record)
            count += 1
        await out.flush()
    return count
