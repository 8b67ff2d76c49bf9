"""A fetch and a seek may overtake each other: nothing that was fetched and dropped may be missing afterwards."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from streams.transport import Consumer

HERE = TP("dvc.dossier.events.v1", 0)


class Fetching(Consumer):  # type: ignore[misc]
    """A consumer over a list of offsets instead of Kafka; `meanwhile` happens while a fetch is under way."""

    def __init__(self, end: int) -> None:
        self._flowing: set[TP] = set()
        self._flows: dict[TP, int] = {}
        self._dropped: set[TP] = set()
        self._handed: dict[TP, int] = {}
        self._read_offset: dict[TP, int] = {}
        self.app: Any = SimpleNamespace(consumer_generation_id=1)
        self.flow_active, self.end = True, end
        self.places: dict[Any, int] = {}  # where each goes on
        self.meanwhile: list[Any] = []
        self.both: TP | None = None  # another place, with the same log
        self.unreadable = -1  # an offset whose record breaks the client
        self.marks = 0  # offsets at the end that hold marks of a transaction

    def highwater(self, tp: Any) -> int:
        return self.end + self.marks

    async def position(self, tp: Any) -> int:
        return self.places[tp] + (self.marks if self.places[tp] == self.end else 0)

    @property
    def should_stop(self) -> bool:
        return False

    def _get_active_partitions(self) -> set[TP]:
        return {HERE} if self.both is None else {HERE, self.both}

    async def seek_wait(self, partitions: Any) -> None:
        self.places |= partitions

    async def _getmany(self, active_partitions: set[TP], timeout: float) -> Any:  # noqa: ASYNC109 - as Faust has it
        while self.meanwhile:
            await self.meanwhile.pop(0)()
        found = {}
        for place in active_partitions:
            if self.places[place] <= self.unreadable < self.end:
                b"\xff".decode()
            found[place] = [SimpleNamespace(offset=offset) for offset in range(self.places[place], self.end)]
            self.places[place] = self.end
        return found

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


async def test_a_record_that_breaks_the_client_stops_its_partition_alone() -> None:
    consumer = Fetching(end=5)
    consumer.unreadable = 4
    await consumer.flow(HERE, 2)
    [(place, message)] = [found async for found in consumer.getmany(0)]
    assert (place, message.value.next, consumer._handed[HERE]) == (HERE, -1, 2)


async def test_what_came_beside_a_record_that_breaks_the_client_comes_again() -> None:
    consumer = Fetching(end=5)
    await consumer.flow(HERE, 1)

    async def broken_elsewhere() -> None:
        b"\xff".decode()

    consumer.meanwhile = [broken_elsewhere]
    assert await consumer.offsets() == []
    assert await consumer.offsets() == [1, 2, 3, 4]


async def test_a_fetch_that_is_ended_in_the_midst_loses_nothing_and_passes_nothing() -> None:
    consumer = Fetching(end=5)
    await consumer.flow(HERE, 0)
    fetched = asyncio.Event()

    async def never_comes_back() -> None:
        consumer.places[HERE] = consumer.end  # the thread has fetched, and nobody is told
        fetched.set()
        await asyncio.Event().wait()

    consumer.meanwhile = [never_comes_back]
    going = asyncio.create_task(consumer.offsets())
    await fetched.wait()
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert await consumer.offsets() == [0, 1, 2, 3, 4]
    assert await consumer.offsets() == []


async def test_what_was_fetched_for_nobody_any_more_comes_again() -> None:
    """Faust ends its loop between two partitions' batches."""
    consumer = Fetching(end=3)
    other = TP(HERE.topic, 1)
    consumer.both = other
    await consumer.flow(HERE, 0)
    await consumer.flow(other, 0)
    first = await anext(consumer.getmany(0))
    rest = [place for place, _ in [found async for found in consumer.getmany(0)]]
    assert {first[0], *rest} == {HERE, other}
    assert len(rest) == 1
