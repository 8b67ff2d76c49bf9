"""Where Kafka knows nothing of a topic there is no end to wait for: that is said, and does not pass for having waited."""

import socket
import threading

import pytest
from kafka import TopicPartition

from indicators.errors import UnreachableError
from streams import admin, ends
from streams.ends import Ends, Look, look_at_ends
from streams.topology import EVENTS, FACTS


class Consumer:
    """A broker that came back and knows nothing yet, for so many questions."""

    unknown = 0

    def __init__(self, **_: object) -> None:
        pass

    def partitions_for_topic(self, _topic: str) -> set[int] | None:
        if Consumer.unknown:
            Consumer.unknown -= 1
            return None
        return {0, 1}

    def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 7)

    def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 3)

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "KafkaConsumer", Consumer)
    monkeypatch.setattr(ends, "RETRY_SECONDS", 0.001)
    Consumer.unknown = 0


def test_a_topic_that_is_not_known_has_no_ends() -> None:
    Consumer.unknown = 2
    look = Look("nowhere")
    for ask in (look.ends, look.begins):
        with pytest.raises(UnreachableError, match=EVENTS):
            ask(EVENTS)
    assert (look.ends(EVENTS), look.begins(EVENTS)) == ({0: 7, 1: 7}, {0: 3, 1: 3})


def test_it_is_waited_for() -> None:
    Consumer.unknown = 3
    assert look_at_ends("nowhere", 5.0, EVENTS) == {0: 7, 1: 7}


async def test_nobody_is_current_by_ends_that_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Ends("nowhere")
    found.now = {topic: {0: 7} for topic in FACTS}
    Consumer.unknown = 1

    class EnoughError(Exception):
        """The test has seen enough."""

    async def once(_seconds: float) -> None:
        raise EnoughError

    monkeypatch.setattr(ends.asyncio, "sleep", once)
    with pytest.raises(EnoughError):
        await found.run()
    assert found.now == {}


def test_who_looks_for_kafka_in_vain_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker looks every ten seconds, for as long as Kafka is away."""
    monkeypatch.setattr(admin, "BOOTSTRAP_MS", 200)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before = set(threading.enumerate())
        for _ in range(3):
            with pytest.raises(UnreachableError):
                admin.look(f"127.0.0.1:{silent.getsockname()[1]}")
    assert set(threading.enumerate()) <= before
