"""A fetch and a seek may overtake each other: nothing that was fetched and dropped may be missing afterwards."""

import asyncio
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams.transport import Consumer

HERE = TP("dvc.dossier.events.v1", 0)


class Fetching(Consumer):  # type: ignore[misc]
    """A consumer over a list of offsets instead of Kafka; `meanwhile` happens while a fetch is under way."""

    def __init__(self, end: int) -> None:
        self._flowing: set[TP] = set()
        self._flows: dict[TP, int] = {}
        self._sought: dict[TP, int] = {}
        self._dropped: set[TP] = set()
        self._handed: dict[TP, int] = {}
        self._read_offset: dict[TP, int] = {}
        self.app: Any = SimpleNamespace(consumer_generation_id=1)
        self.flow_active, self.end, self.place = True, end, 0
        self.meanwhile: list[Any] = []
        self.marks = 0  # offsets at the end that hold marks of a transaction

    def highwater(self, tp: Any) -> int:
        return self.end + self.marks

    async def position(self, tp: Any) -> int:
        return self.place + (self.marks if self.place == self.end else 0)

    @property
    def should_stop(self) -> bool:
        return False

    def _get_active_partitions(self) -> set[TP]:
        return {HERE}

    async def seek_wait(self, partitions: Any) -> None:
        (self.place,) = partitions.values()

    async def _getmany(self, active_partitions: set[TP], timeout: float) -> Any:  # noqa: ASYNC109 - as Faust has it
        while self.meanwhile:
            await self.meanwhile.pop(0)()
        found = [SimpleNamespace(offset=offset) for offset in range(self.place, self.end)]
        self.place = self.end
        return {HERE: found}

    def _to_message(self, tp: TP, record: Any) -> Any:
        return SimpleNamespace(value=None, offset=record.offset)

    async def offsets(self) -> list[int]:
        """Of what one call hands over."""
        return [record.offset async for _, message in self.getmany(0) for record in message.value.records]


async def test_what_was_fetched_after_a_seek_that_came_in_the_midst_is_not_lost() -> None:
    consumer = Fetching(end=5)
    await consumer.flow(HERE, 0)
    assert await consumer.offsets() == [0, 1, 2, 3, 4]
    consumer.meanwhile = [lambda: consumer.flow(HERE, 3)]
    assert await consumer.offsets() == [], "it may be of before the seek"
    assert await consumer.offsets() == [3, 4]
    assert await consumer.offsets() == []


async def test_what_was_fetched_while_a_partition_was_held_comes_once_it_flows() -> None:
    consumer = Fetching(end=5)
    await consumer.flow(HERE, 2)

    async def held() -> None:
        consumer.hold(HERE)

    consumer.meanwhile = [held]
    assert await consumer.offsets() == []
    await asyncio.wait_for(consumer.flow(HERE, 2), 5)
    assert await consumer.offsets() == [2, 3, 4]


async def test_a_rebalance_in_the_midst_loses_nothing() -> None:
    consumer = Fetching(end=3)
    await consumer.flow(HERE, 0)

    async def rebalanced() -> None:
        consumer.app.consumer_generation_id += 1
        await consumer.flow(HERE, 1)

    consumer.meanwhile = [rebalanced]
    assert await consumer.offsets() == []
    assert await consumer.offsets() == [1, 2]


async def test_what_faust_remembers_of_before_a_seek_drops_nothing_after_it() -> None:
    consumer = Fetching(end=5)
    await consumer.flow(HERE, 3)
    assert await consumer.offsets() == [3, 4]
    await consumer.flow(HERE, 1)
    consumer._read_offset[HERE] = 3  # Faust notes it once the batch of before is taken, which may be now
    taken = []
    async for tp, message in consumer.getmany(0):
        if (known := consumer._read_offset.get(tp)) is None or message.offset >= known:  # as Faust decides
            taken += [record.offset for record in message.value.records]
    assert taken == [1, 2, 3, 4]


async def test_marks_of_transactions_at_the_end_are_passed_once() -> None:
    consumer = Fetching(end=3)
    consumer.marks = 2
    await consumer.flow(HERE, 0)
    [(_, first)] = [found async for found in consumer.getmany(0)]
    assert (first.value.next, len(first.value.records)) == (3, 3)
    [(_, second)] = [found async for found in consumer.getmany(0)]
    assert (second.value.next, len(second.value.records)) == (5, 0)
    assert [found async for found in consumer.getmany(0)] == []
