"""What waits at the door is in no figure: whoever publishes waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from redis.asyncio import Redis

from streams import door
from streams.store.keys import Keys

pytestmark = [pytest.mark.broker, pytest.mark.redis]


class Desk:
    def __init__(self, client: Any) -> None:
        self.client = client

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Any]:
        yield self.client


async def test_a_payload_at_the_door_is_waited_for_and_a_halted_partition_is_not(
    kafka: str, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"door-{uuid4().hex[:8]}"
    monkeypatch.setattr(door, "SYNC", topic)
    monkeypatch.setitem(door.LETTERS, topic, "r")
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(topic, 1, 1)], wait_for_metadata=True)
    admin.close()
    client: Any = Redis.from_url(valkey)
    desk: Any = Desk(client)
    position = Keys(0, "r").position
    assert await door.door_passed(desk, kafka, 0)
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send(topic, b"{}").get(10)
    producer.close()
    assert not await door.door_passed(desk, kafka, 0)
    await client.hset(position, "next", 1)
    assert await door.door_passed(desk, kafka, 0)
    await client.hset(position, mapping={"next": 0, "halted": "another log"})
    assert await door.door_passed(desk, kafka, 0)
    await client.delete(position)
    await client.aclose()
