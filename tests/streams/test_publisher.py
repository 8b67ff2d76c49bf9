"""The indicator topics, by a producer that dies: every change of a figure is said, and before the figure that it led to."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from aiokafka.errors import KafkaConnectionError

from indicators.errors import UnreachableError
from streams import clock, publisher, sending
from streams.publisher import Publisher
from streams.sending import Sender
from streams.store.keys import PUBLISHED
from streams.topology import CHANGES, CURRENT
from tests.streams.test_live import NOW, Rig

PARTITIONS = 2


class Said(NamedTuple):
    """A record that Kafka acknowledged."""

    topic: str
    key: str
    value: dict[str, Any]
    ce_id: str


class Batch(list[Any]):
    """Ten records at most, so that batches of both topics are under way at the same time."""

    def append(self, **record: Any) -> Any:  # type: ignore[override]
        if len(self) == 10:
            return None
        super().append(record)
        return record

    def record_count(self) -> int:
        return len(self)


class Log:
    """What is in Kafka, and the producers that write there. Nothing is acknowledged after `lives` more batches."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.lives = 1_000_000
        self.flushes = 0

    create_batch = Batch
    _sender = SimpleNamespace(sender_task=SimpleNamespace(done=lambda: False))  # one that failed once may go on

    async def partitions_for(self, _topic: str) -> set[int]:
        return set(range(PARTITIONS))

    async def send_batch(self, batch: Batch, topic: str, partition: int) -> asyncio.Future[None]:
        assert 0 <= partition < PARTITIONS
        sent = asyncio.get_running_loop().create_future()
        self.lives -= 1
        if self.lives < 0:
            sent.set_exception(KafkaConnectionError())
            sent.exception()  # nobody asks for those after the first
            return sent
        for one in batch:
            self.said.append(Said(topic, one["key"].decode(), json.loads(one["value"]), dict(one["headers"])["ce_id"].decode()))
        sent.set_result(None)
        return sent

    @asynccontextmanager
    async def sender(self, _bootstrap: str) -> AsyncIterator[Sender]:
        yield _Counting(self)

    async def everything(self, _bootstrap: str, topic: str) -> dict[str, bytes]:
        return {one.key: json.dumps(one.value).encode() for one in self.said if one.topic == topic}

    def of(self, topic: str) -> list[Said]:
        return [one for one in self.said if one.topic == topic]


class _Counting(Sender):
    def __init__(self, log: Log) -> None:
        super().__init__(log)  # type: ignore[arg-type]
        self._log = log

    async def flush(self) -> None:
        self._log.flushes += 1
        await super().flush()


class Lease:
    """Ours; remembers how many records were in Kafka when the position was written."""

    def __init__(self, log: Log) -> None:
        self._log, self.client, self.written = log, self, [0]

    async def held(self) -> bool:
        return True

    async def hset(self, name: str, mapping: dict[str, str]) -> None:
        assert (name, set(mapping)) == (PUBLISHED, {"p", "q", "u"})
        self.written.append(len(self._log.said))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    found = Log()
    monkeypatch.setattr(clock, "now", lambda: float(NOW))
    monkeypatch.setattr(publisher, "sender", found.sender)
    monkeypatch.setattr(publisher, "everything", found.everything)
    return found


@pytest.fixture
def rig(log: Log) -> Rig:
    found = Rig()
    found.put("H44.01", 5, became_overdue=2)
    return found


def process(rig: Rig, lease: Lease) -> Publisher:
    return Publisher(rig.live.desk, rig.live.cards, lease, "")  # type: ignore[arg-type]


def place(one: Said) -> tuple[str, int]:
    """Which figure, and its version."""
    return ":".join(one.value[name] for name in ("unit", "period", "id")), one.value["version"]


def shown(value: dict[str, Any]) -> dict[str, Any]:
    return {name: value[name] for name in ("numerator", "denominator", "ratio", "score", "rank")}


def told(log: Log) -> None:
    """Whoever takes in what CHANGES says has what stands in CURRENT, and had it before; a repeat is known by its id."""
    by_id: dict[str, Any] = {}
    taken: dict[tuple[str, int], dict[str, Any]] = {}
    for one in log.said:
        if one.topic == CHANGES:
            what = place(one), one.value["old"], one.value["new"]
            if by_id.setdefault(one.ce_id, what) is what:
                taken[place(one)] = one.value["new"]
        else:
            assert taken.get(place(one)) == shown(one.value), one


async def test_a_change_is_with_kafka_before_the_figure_it_led_to_and_both_before_the_position(log: Log, rig: Rig) -> None:
    lease = Lease(log)
    ours = process(rig, lease)
    await ours._publish()
    many = len(log.of(CURRENT))
    assert [one.topic for one in log.said] == [CHANGES] * many + [CURRENT] * many
    told(log)
    assert (log.flushes, lease.written) == (2, [0, len(log.said)])
    first = len(log.said)
    rig.put("H44.01", 6, became_overdue=2)
    await ours._publish()
    assert (log.flushes, lease.written[-1]) == (4, len(log.said))
    assert {one.value["version"] for one in log.said[first:]} >= {2}
    told(log)


async def test_where_there_are_many_they_go_out_in_parts(log: Log, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "HELD", 10)
    await process(rig, Lease(log))._publish()
    told(log)
    assert log.said.index(log.of(CURRENT)[0]) < log.said.index(log.of(CHANGES)[-1])
    assert len(log.of(CURRENT)) == len(log.of(CHANGES))


@pytest.mark.parametrize("moved", [False, True], ids=["stood", "moved"])
async def test_a_successor_says_every_change_whenever_the_one_before_died(
    log: Log, rig: Rig, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    """After each batch in turn. Where figures moved meanwhile, the version says something else, under another id."""
    monkeypatch.setattr(publisher, "HELD", 50)
    for lives in itertools.count():
        log.said.clear()
        rig.put("H44.01", 5, became_overdue=2)
        log.lives, lease = lives, Lease(log)
        try:
            await process(rig, lease)._publish()
            break
        except UnreachableError:
            assert lease.written == [0]
        log.lives = 1_000_000
        if moved:
            rig.put("H44.01", 6, became_overdue=2)
        await process(rig, lease)._publish()
        told(log)
        assert {place(one) for one in log.of(CHANGES)} == {place(one) for one in log.of(CURRENT)}
        assert lease.written == [0, len(log.said)]
    assert lives > 2 * sending.AT_ONCE
