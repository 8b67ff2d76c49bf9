"""The outbox relay: what a batch or a timer had to tell Kafka was written with it, in the same atomic step; here it is sent, then taken out.

A record may be sent again after a crash, always under the same `ce_id`; readers count it once. Notices wait until it is known which of them the topic
holds already (`streams.readback`), so a store that was lost tells nobody twice.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from connectors.codec import CE_TYPE
from indicators.events import Petitioned
from streams.entries import Entry, unpack
from streams.failpoints import reach
from streams.store.store import Store, StoreDownError
from streams.topology import EVENTS, NOTICES, OVERDUE, REJECTED

RETRY = 2.0
AT_ONCE = 2000
REMEMBERED = 50_000  # notices
TYPES = {
    REJECTED: b"chiso.event.rejected.v1",
    EVENTS: CE_TYPE[Petitioned],
    NOTICES: b"chiso.notice.v1",
    OVERDUE: b"chiso.dossier.overdue.v1",
}
FROM = "chiso_from"  # header: the partition of events that a notice comes from
_log = logging.getLogger("chiso.outbox")


class Relay:
    """Sends the outboxes of owned partitions; `notice` says that one may hold something.

    `known` gives the ids of a partition's notices that are in their topic already; None while that is not known, and notices wait.
    """

    def __init__(
        self, store: Store, producer: AIOKafkaProducer, known: Callable[[int], Collection[str] | None] = lambda _: frozenset()
    ) -> None:
        self._store = store
        self._producer = producer
        self._waiting: set[int] = set()
        self._wake = asyncio.Event()
        self._known = known
        self._told: dict[str, None] = {}  # notices sent by us, oldest first: a store that went back may hold them once more

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
        known = self._known(partition)
        entries = list((await self._store.outbox(partition)).items())
        reach("outbox.read")
        for start in range(0, len(entries), AT_ONCE):
            some = dict(entries[start : start + AT_ONCE])
            read = {entry: unpack(packed) for entry, packed in some.items()}
            if known is None:
                read = {entry: one for entry, one in read.items() if one.topic != NOTICES}
            sending = [await self._one(partition, entry, one) for entry, one in read.items() if not self._stands(entry, known)]
            reach("outbox.queued")
            marks: dict[str, int] = {}
            for place in await asyncio.gather(*sending):
                if place.topic == NOTICES:
                    marks[f"to {place.partition}"] = max(place.offset + 1, marks.get(f"to {place.partition}", 0))
            reach("outbox.acknowledged")
            self._remember(entry for entry, one in read.items() if one.topic == NOTICES)
            await self._store.sent(partition, {entry: some[entry] for entry in read}, marks)
            reach("outbox.cleared")

    def _stands(self, entry: str, known: Collection[str] | None) -> bool:
        """Whether a notice is in its topic already."""
        return entry in self._told or (known is not None and entry in known)

    def _remember(self, entries: Iterable[str]) -> None:
        self._told.update(dict.fromkeys(entries))
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]

    async def _one(self, partition: int, entry: str, one: Entry) -> Any:
        ce_id = (one.ce_id or entry).encode()
        headers = [("ce_id", ce_id), ("ce_type", TYPES[one.topic]), ("ce_source", b"chiso"), (FROM, str(partition).encode())]
        return await self._producer.send(one.topic, key=one.key, value=one.value, headers=headers)
