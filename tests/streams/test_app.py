"""Faust's app as it is set up here, on a real broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.consumer.subscription_state import SubscriptionState
from faust.types import TP
from kafka.admin import KafkaAdminClient, NewTopic

from streams import app as module
from streams.app import build
from streams.settings import Settings

pytestmark = pytest.mark.broker


class Owner:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.places: set[TP] = set()
        self.given = asyncio.Event()

    def assigned(self, places: set[TP]) -> None:
        self.places = set(places)
        if places:
            self.given.set()

    def revoked(self, places: set[TP]) -> None:
        self.places -= places


@asynccontextmanager
async def running(kafka: str, group: str) -> AsyncIterator[Owner]:
    """An app with an owner that only looks on."""
    made: Any = build(Settings(group=group), kafka)
    made.owner = owner = Owner()
    await made.start()
    try:
        yield owner
    finally:
        await made.stop()


def create(kafka: str, topic: str) -> None:
    """Of two partitions."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(topic, 2, 1)], wait_for_metadata=True)
    admin.close()


async def test_topics_that_the_broker_did_not_know_at_first_are_assigned_soon(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    topic = f"late-{uuid4().hex[:8]}"
    monkeypatch.setattr(module, "AGENTS", {"late": topic})
    monkeypatch.chdir(tmp_path)
    async with running(kafka, topic) as owner:
        async with asyncio.timeout(20):
            while "Ignoring missing topic" not in caplog.text:
                await asyncio.sleep(0.05)
        create(kafka, topic)
        async with asyncio.timeout(20):
            await owner.given.wait()
        assert owner.places == {TP(topic, 0), TP(topic, 1)}


async def test_a_worker_that_fetches_nothing_for_a_year_keeps_its_partitions(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the store is away: nothing is asked of the consumer then."""
    topic, asked = f"idle-{uuid4().hex[:8]}", 0

    def idle(_: object) -> float:
        nonlocal asked
        asked += 1
        return 365 * 86_400.0

    create(kafka, topic)
    monkeypatch.setattr(module, "AGENTS", {"idle": topic})
    monkeypatch.setattr(SubscriptionState, "fetcher_idle_time", property(idle))
    monkeypatch.chdir(tmp_path)
    async with running(kafka, topic) as owner:
        async with asyncio.timeout(30):
            await owner.given.wait()
            before = asked
            while asked < before + 4:  # each time it could have left its group
                await asyncio.sleep(0.05)
        assert owner.places == {TP(topic, 0), TP(topic, 1)}
