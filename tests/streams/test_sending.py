"""What becomes of records where Kafka does not take them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaError, KafkaTimeoutError, OutOfOrderSequenceNumber, ProducerClosed, UnknownTopicOrPartitionError

from connectors.codec import Record
from indicators.errors import UnreachableError
from streams.sending import Sender, SpentError


class Producer:
    """Refuses batches: at once, or afterwards."""

    def __init__(self, error: type[KafkaError], *, later: bool) -> None:
        self.error, self.later = error, later
        self._sender = SimpleNamespace(sender_task=asyncio.get_running_loop().create_future())

    def create_batch(self) -> Any:
        return SimpleNamespace(append=lambda **_: object(), record_count=lambda: 1)

    async def send_batch(self, *_: object, **__: object) -> "asyncio.Future[Any]":
        if not self.later:
            raise self.error
        found: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        found.set_exception(self.error())
        return found


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize(
    ("error", "spent"),
    [(KafkaTimeoutError, False), (UnknownTopicOrPartitionError, False), (OutOfOrderSequenceNumber, True), (ProducerClosed, True)],
)
async def test_whatever_kafka_answers_is_one_sentence_and_only_a_spent_producer_is_given_up(
    error: type[KafkaError], spent: bool, later: bool
) -> None:
    producer: Any = Producer(error, later=later)
    out = Sender(producer)
    await out.send("topic", 0, Record(b"k", b"v", []))
    with pytest.raises(UnreachableError) as found:
        await out.flush()
    assert isinstance(found.value, SpentError) is spent


async def test_a_producer_whose_sending_task_ended_is_spent() -> None:
    producer: Any = Producer(KafkaError, later=True)
    producer._sender.sender_task.set_result(None)
    out = Sender(producer)
    await out.send("topic", 0, Record(b"k", b"v", []))
    with pytest.raises(SpentError):
        await out.flush()
