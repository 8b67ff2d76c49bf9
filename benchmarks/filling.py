"""Fills a topic with made-up events as fast as a broker takes them."""

from collections.abc import Iterable

from connectors.codec import encode, partition
from indicators.events import Event
from streams.sending import Sender


async def fill(bootstrap: str, topic: str, events: Iterable[Event]) -> int:
    """Sends all events, in order of each partition; gives their number."""
    count = 0
    async with Sender(bootstrap) as sender:
        partitions = await sender.partitions(topic)
        for event in events:
            record = encode(event)
            await sender.send(topic, partition(record.key, partitions), record)
            count += 1
        await sender.flush()
    return count
