"""Sending many records fast: batches built by hand, one a partition at a time, acknowledged by all replicas, in order."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    UnknownProducerId,
)

from connectors.codec import Record
from indicators.errors import UnreachableError

BATCH_BYTES = 512_000
AT_ONCE = 8
ANSWER_MS = 30_000
SPENT = (OutOfOrderSequenceNumber, InvalidProducerEpoch, ProducerFenced, ProducerClosed, UnknownProducerId)
_Answer = TypeVar("_Answer")


async def start(bootstrap: str, compression: str | None = "lz4", largest: int = BATCH_BYTES) -> AIOKafkaProducer:
    """A started producer that neither loses nor reorders. Raises UnreachableError."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        max_request_size=max(largest, 1_048_576),
        compression_type=compression,
        request_timeout_ms=ANSWER_MS,
    )
    try:
        await producer.start()
    except KafkaError:
        await producer.stop()
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    return producer


@asynccontextmanager
async def sender(bootstrap: str, compression: str | None = "lz4") -> AsyncIterator["Sender"]:
    """A Sender with a producer of its own. Raises UnreachableError."""
    producer = await start(bootstrap, compression)
    try:
        yield Sender(producer)
    finally:
        await producer.stop()


class SpentError(UnreachableError):
    """The producer will never send again; whoever has it begins anew with another one."""

    def __init__(self) -> None:
        super().__init__("Kafka takes nothing from this connection any more; begin again, nothing counts twice")


def spent(producer: AIOKafkaProducer, error: BaseException) -> bool:
    """Whether a producer is at its end. One that gave up a batch (a partition without a leader for half a minute) has left out a number of its sequence,
    and Kafka refuses whatever follows in that partition.
    """
    return isinstance(error, SPENT) or producer._sender.sender_task.done()  # noqa: SLF001 - nothing public tells


class Sender:
    """Queues records by `send`; `flush` returns when Kafka has everything. One caller's own; the producer may be shared. Raises UnreachableError."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._builders: dict[tuple[str, int], Any] = defaultdict(producer.create_batch)
        self._sent: list[asyncio.Future[Any]] = []

    async def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises UnreachableError where there is no such topic."""
        try:
            return len(await self._producer.partitions_for(topic))
        except KafkaError:
            raise UnreachableError(f"topic {topic} is missing; `chiso topics apply` makes it") from None

    async def send(self, topic: str, partition: int, record: Record) -> None:
        """Queues one record; waits where too much is under way."""
        place = topic, partition
        if self._append(place, record) is None:
            await self._close(place)
            if self._append(place, record) is None:
                raise ValueError("record is larger than a batch")

    def _append(self, place: tuple[str, int], record: Record) -> Any:
        return self._builders[place].append(key=record.key, value=record.value, headers=record.headers, timestamp=None)

    async def _close(self, place: tuple[str, int]) -> None:
        builder = self._builders.pop(place)
        if builder.record_count():
            self._sent.append(await self._answered(self._producer.send_batch(builder, place[0], partition=place[1])))
        while len(self._sent) > AT_ONCE:
            await self._answered(self._sent.pop(0))

    async def flush(self) -> None:
        """Returns when Kafka has acknowledged everything queued."""
        for place in list(self._builders):
            await self._close(place)
        while self._sent:
            await self._answered(self._sent.pop(0))

    async def _answered(self, asked: Awaitable[_Answer]) -> _Answer:
        try:
            return await asked
        except KafkaError as error:
            if spent(self._producer, error):
                raise SpentError from None
            raise UnreachableError(
                f"Kafka did not take the records ({type(error).__name__}); say the same again, nothing counts twice"
            ) from None


def rejection(entry_id: str, key: bytes, content: dict[str, object]) -> Record:
    """A record for `chiso.events.rejected.v1`."""
    headers = [("ce_id", entry_id.encode()), ("ce_type", b"chiso.event.rejected.v1"), ("ce_source", b"chiso")]
    return Record(key, json.dumps(content, ensure_ascii=False).encode(), headers)
