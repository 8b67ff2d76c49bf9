"""The outbox relay: what a batch or a timer had to tell Kafka was written with it, in the same atomic step; here it is sent, then taken out.

A record may be sent again after a crash, always under the same `ce_id`; readers count it once. Notices wait until it is known which of them the topic
holds already (`streams.readback`), so a store that was lost tells nobody twice. One that can never be sent holds up nobody: it is said once, and goes.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from connectors.codec import CE_TYPE
from indicators.events import Petitioned
from streams.entries import Entry, unpack
from streams.failpoints import reach
from streams.sending import SpentError, spent
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

    `known` gives the ids of a partition's notices that are in their topic already; None while that is not known, and notices wait. `noting` is told how
    far the topic is known now, and gives what of it may be noted: nothing before the look that needs those ids has ended. `lost` counts what could never
    be sent.
    """

    def __init__(
        self,
        store: Store,
        producer: AIOKafkaProducer,
        known: Callable[[int], Collection[str] | None] = lambda _: frozenset(),
        noting: Callable[[int, Mapping[str, int]], Mapping[str, int]] = lambda _, marks: marks,
    ) -> None:
        self._store = store
        self._producer = producer
        self._waiting: set[int] = set()
        self._wake = asyncio.Event()
        self._known, self._noting = known, noting
        self._told: dict[str, None] = {}  # notices sent by us, oldest first: a store that went back may hold them once more
        self.lost = 0

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
                    if isinstance(error, KafkaError) and spent(self._producer, error):
                        raise SpentError from None
                    _log.warning("outbox of partition %s waits: %s", partition, type(error).__name__)
                    asyncio.get_running_loop().call_later(RETRY, self.notice, partition)

    async def _send(self, partition: int) -> None:
        """All that stands there now. Raises StoreDownError, and KafkaError where something could not be sent; what was is taken out all the same."""
        known = self._known(partition)
        entries = list((await self._store.outbox(partition)).items())
        reach("outbox.read")
        wrong: list[BaseException] = []
        for start in range(0, len(entries), AT_ONCE):
            some = dict(entries[start : start + AT_ONCE])
            read = {entry: unpack(packed) for entry, packed in some.items()}
            if known is None:
                read = {entry: one for entry, one in read.items() if one.topic != NOTICES}
            places, failed = await self._acknowledged(
                partition, {entry: one for entry, one in read.items() if not self._stands(entry, known)}
            )
            reach("outbox.acknowledged")
            done = [entry for entry in read if entry not in failed]
            self._remember(entry for entry in done if read[entry].topic == NOTICES)
            # of a notice that failed nobody knows whether it stands in its topic, nor where: that has to be read back from before it
            marks = {} if any(read[entry].topic == NOTICES for entry in failed) else self._noting(partition, _marks(places))
            await self._store.sent(partition, {entry: some[entry] for entry in done}, marks)
            reach("outbox.cleared")
            wrong += failed.values()
            if failed and not places:
                break  # Kafka takes nothing
        for error in wrong[:1]:
            raise error

    async def _acknowledged(self, partition: int, read: Mapping[str, Entry]) -> tuple[list[Any], dict[str, BaseException]]:
        """Sends; gives the places of what Kafka has now, and by entry what went wrong with the others. What can never be sent is in neither."""
        sending: dict[str, asyncio.Future[Any]] = {}
        failed: dict[str, BaseException] = {}
        for place, (entry, one) in enumerate(read.items()):
            try:
                sent = await self._one(partition, entry, one)
            except KafkaError as error:
                failed.update(dict.fromkeys([*read][place:], error))
                break  # it does not answer: whoever is left would wait as long
            if sent is not None:
                sending[entry] = sent
        reach("outbox.queued")
        found = dict(zip(sending, await asyncio.gather(*sending.values(), return_exceptions=True), strict=True))
        failed |= {entry: answer for entry, answer in found.items() if isinstance(answer, BaseException)}
        return [answer for answer in found.values() if not isinstance(answer, BaseException)], failed

    def _stands(self, entry: str, known: Collection[str] | None) -> bool:
        """Whether a notice is in its topic already."""
        return entry in self._told or (known is not None and entry in known)

    def _remember(self, entries: Iterable[str]) -> None:
        self._told.update(dict.fromkeys(entries))
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]

    async def _one(self, partition: int, entry: str, one: Entry) -> Any:
        """Hands one over; gives what to wait for, or None where the client will never take it: it is larger than a record may be. Of what was rejected
        the key may be that large, which came from outside; the reference is as good without it.
        """
        ce_id = (one.ce_id or entry).encode()
        headers = [("ce_id", ce_id), ("ce_type", TYPES[one.topic]), ("ce_source", b"chiso"), (FROM, str(partition).encode())]
        for key in (one.key, None) if one.topic == REJECTED else (one.key,):
            try:
                return await self._producer.send(one.topic, key=key, value=one.value, headers=headers)
            except MessageSizeTooLargeError:
                continue
        self.lost += 1
        _log.error("%s of partition %s is too large for %s and will never be sent; it is left out", entry, partition, one.topic)
        return None


def _marks(places: Iterable[Any]) -> dict[str, int]:
    """`to N` → the offset after the last notice sent to partition N."""
    marks: dict[str, int] = {}
    for place in places:
        if place.topic == NOTICES:
            marks[f"to {place.partition}"] = max(place.offset + 1, marks.get(f"to {place.partition}", 0))
    return marks
