"""The outbox relay: what a batch had to tell Kafka was written with it, in the same atomic step; here it is sent, then taken out.

A record may be sent again after a crash, always under the same `ce_id`; readers count it once.
"""

import asyncio
import logging

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from connectors.codec import CE_TYPE
from indicators.events import Petitioned
from streams.failpoints import reach
from streams.store.store import Store, StoreDownError
from streams.topology import EVENTS, REJECTED

RETRY = 2.0
TYPES = {REJECTED: b"chiso.event.rejected.v1", EVENTS: CE_TYPE[Petitioned]}
_log = logging.getLogger("chiso.outbox")
_unpack = msgspec.msgpack.Decoder(tuple[str, bytes | None, bytes]).decode


class Relay:
    """Sends the outboxes of owned partitions; `notice` says that one may hold something."""

    def __init__(self, store: Store, producer: AIOKafkaProducer) -> None:
        self._store = store
        self._producer = producer
        self._waiting: set[int] = set()
        self._wake = asyncio.Event()

    def notice(self, partition: int) -> None:
        """The outbox of this partition is to be looked at."""
        self._waiting.add(partition)
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            for partition in sorted(self._waiting):
                self._waiting.discard(partition)
                try:
                    await self._send(partition)
                except (StoreDownError, KafkaError) as error:
                    _log.warning("outbox of partition %s waits: %s", partition, type(error).__name__)
                    asyncio.get_running_loop().call_later(RETRY, self.notice, partition)

    async def _send(self, partition: int) -> None:
        entries = await self._store.outbox(partition)
        reach("outbox.read")
        waiting = []
        for entry, packed in entries.items():
            topic, key, value = _unpack(packed)
            headers = [("ce_id", entry.encode()), ("ce_type", TYPES[topic]), ("ce_source", b"chiso")]
            waiting.append(await self._producer.send(topic, key=key, value=value, headers=headers))
        reach("outbox.queued")
        await asyncio.gather(*waiting)
        reach("outbox.acknowledged")
        await self._store.sent(partition, list(entries))
        reach("outbox.cleared")
