"""The relay: what Kafka took is out, what it did not take waits, what it can never take holds up nobody."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, OutOfOrderSequenceNumber
from hypothesis import given
from hypothesis import strategies as st

from streams import outbox
from streams.entries import Entry, pack
from streams.outbox import Relay
from streams.sending import SpentError
from streams.store.memory import MemoryStore
from streams.topology import NOTICES, OVERDUE, REJECTED

HERE = 3
LARGEST = 100
TAKEN, LATE, AWAY = "taken", "failed afterwards", "failed at once"


class Producer:
    """Takes what is small enough; `fate` says of an entry's id what becomes of it, while it is so."""

    def __init__(self, fate: dict[str, str] | None = None) -> None:
        self.fate = fate or {}
        self.topics: dict[str, list[tuple[str, bytes | None]]] = {NOTICES: [], OVERDUE: [], REJECTED: []}

    async def send(self, topic: str, *, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Any:
        if len(key or b"") + len(value or b"") > LARGEST:
            raise MessageSizeTooLargeError("too large")
        name = dict(headers)["ce_id"].decode()
        if self.fate.get(name) == AWAY:
            raise KafkaTimeoutError
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.fate.get(name) == LATE:
            sent.set_exception(KafkaError("no"))
        else:
            self.topics[topic].append((name, key))
            sent.set_result(SimpleNamespace(topic=topic, partition=0, offset=len(self.topics[topic]) - 1))
        return sent

    def names(self) -> list[str]:
        return [name for sent in self.topics.values() for name, _ in sent]


def filled(entries: dict[str, Entry]) -> MemoryStore:
    store = MemoryStore()
    store.partitions[HERE].outbox.update({name: pack(one) for name, one in entries.items()})
    return store


def notice(value: bytes = b"{}") -> Entry:
    return Entry(NOTICES, b"H44.07", value)


async def test_one_that_is_too_large_goes_and_the_others_are_sent_once(caplog: pytest.LogCaptureFixture) -> None:
    store = filled({"a": notice(), "large": notice(b"x" * LARGEST), "b": Entry(OVERDUE, b"case-1", None)})
    producer = Producer()
    relay = Relay(store, producer)
    for _ in range(3):
        await relay._send(HERE)
    assert sorted(producer.names()) == ["a", "b"]
    assert (store.partitions[HERE].outbox, relay.lost) == ({}, 1)
    assert [one.levelname for one in caplog.records if "large" in one.getMessage()] == ["ERROR"]


async def test_a_reference_to_what_was_rejected_goes_without_a_key_that_is_too_large() -> None:
    store = filled({"a": Entry(REJECTED, b"k" * LARGEST, b"{}"), "b": Entry(REJECTED, b"k", b"{}")})
    producer = Producer()
    relay = Relay(store, producer)
    await relay._send(HERE)
    assert producer.topics[REJECTED] == [("a", None), ("b", b"k")]
    assert (store.partitions[HERE].outbox, relay.lost) == ({}, 0)


@pytest.mark.parametrize("fate", [LATE, AWAY])
async def test_what_was_acknowledged_is_not_sent_again_because_of_another(fate: str) -> None:
    store = filled({"a": Entry(OVERDUE, b"1", b"{}"), "b": Entry(OVERDUE, b"2", b"{}"), "c": Entry(OVERDUE, b"3", b"{}")})
    producer = Producer({"b": fate})
    relay = Relay(store, producer)
    for _ in range(2):
        with pytest.raises(KafkaError):
            await relay._send(HERE)
    assert producer.names().count("a") == 1
    assert "b" in store.partitions[HERE].outbox
    producer.fate.clear()
    await relay._send(HERE)
    assert sorted(producer.names()) == ["a", "b", "c"]
    assert not store.partitions[HERE].outbox


async def test_one_chunk_that_waits_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    store = filled({name: Entry(OVERDUE, name.encode(), b"{}") for name in "abcdef"})
    producer = Producer({"a": LATE})
    with pytest.raises(KafkaError):
        await Relay(store, producer)._send(HERE)
    assert list(store.partitions[HERE].outbox) == ["a"]


async def test_how_far_notices_are_known_is_not_noted_past_one_that_may_or_may_not_stand_there() -> None:
    store = filled({"a": notice(), "b": notice()})
    producer = Producer({"a": LATE})
    relay = Relay(store, producer)
    with pytest.raises(KafkaError):
        await relay._send(HERE)
    assert store.partitions[HERE].marks == {}
    producer.fate.clear()
    await relay._send(HERE)
    assert store.partitions[HERE].marks == {"to 0": 2}


async def test_how_far_notices_are_known_is_not_noted_while_the_first_look_goes_on() -> None:
    store = filled({"a": notice()})
    await Relay(store, Producer(), noting=lambda _, marks: {})._send(HERE)
    assert (store.partitions[HERE].marks, store.partitions[HERE].outbox) == ({}, {})


FATES = st.dictionaries(st.sampled_from([f"n{number}" for number in range(8)]), st.sampled_from([TAKEN, LATE, AWAY]))


@given(st.lists(FATES, max_size=4), st.sets(st.integers(0, 7)))
def test_whatever_fails_each_is_sent_once_in_the_end(rounds: list[dict[str, str]], large: set[int]) -> None:
    async def run() -> None:
        store = filled({f"n{number}": notice(b"x" * (LARGEST if number in large else 1)) for number in range(8)})
        producer = Producer()
        relay = Relay(store, producer)
        for fate in [*rounds, {}]:
            producer.fate = fate
            try:
                await relay._send(HERE)
            except KafkaError:
                assert LATE in fate.values() or AWAY in fate.values()
        assert sorted(producer.names()) == [f"n{number}" for number in range(8) if number not in large]
        assert (store.partitions[HERE].outbox, relay.lost) == ({}, len(large))
        assert store.partitions[HERE].marks.get("to 0", 0) in {0, 8 - len(large)}

    asyncio.run(run())


@pytest.mark.parametrize("error", [OutOfOrderSequenceNumber, KafkaError])
async def test_a_producer_from_which_kafka_takes_nothing_any_more_ends_the_relay(error: type[KafkaError]) -> None:
    """A successor has another one; this one would wait for ever."""
    producer: Any = Producer()
    producer._sender = SimpleNamespace(sender_task=asyncio.get_running_loop().create_future())
    if error is KafkaError:
        producer._sender.sender_task.set_result(None)  # whatever it was, nobody sends any more

    async def send(*_: object, **__: object) -> None:
        raise error

    producer.send = send
    relay = Relay(filled({"a": notice()}), producer)
    relay.notice(HERE)
    with pytest.raises(SpentError):
        await asyncio.wait_for(relay.run(), 5)
