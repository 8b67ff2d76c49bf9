"""The cube follows the store: it shows what is stored, whatever changes, gaps, steps back or restarts come in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from indicators.cube import PLACE
from indicators.lanes import DAY_LANE
from streams import follow
from streams.follow import Follower, days_of
from streams.store.keys import Keys
from streams.store.redis import RedisStore
from streams.store.store import Identity, Position, Writes

pytestmark = pytest.mark.redis
IDENTITY = Identity("cluster", "topic", "2", "Asia/Ho_Chi_Minh")
DAY = 20_666  # 2026-08-01


class Rig:
    """A store that is written, and a follower."""

    def __init__(self, url: str) -> None:
        self.client = Redis.from_url(url, protocol=2, retry=None)
        self.store = RedisStore(self.client)
        self.seen: list[tuple[int, int]] = []
        self.follower = Follower(Redis.from_url(url, protocol=2), lambda first, last: self.seen.append((first, last)))
        self.at: dict[int, Position] = {}

    async def write(self, received: int, partition: int = 0, unit: str = "A", day: int = DAY) -> None:
        """`received` on a day, absolute."""
        before = self.at.get(partition) or await self.store.claim(partition, "e", IDENTITY)
        after = replace(before, next=before.next + 10, crc="c", as_of=before.next + 10)
        rows = {("day", unit, str(day)): received * DAY_LANE["received"]}
        await self.store.apply(partition, Writes(before, after, before.next + 1, {}, rows, {}, {}, {}))
        self.at[partition] = after

    def received(self, unit: str = "A") -> int:
        return int(self.follower.cube.of(unit, DAY + 100)[PLACE["received"]])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
async def rig(valkey: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(follow, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(follow, "BLOCK_MS", 20)
    monkeypatch.setattr(follow, "RETRY_SECONDS", 0.02)
    found = Rig(valkey)
    await found.client.flushdb()
    task = asyncio.create_task(found.follower.run())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await found.client.aclose()
    await found.follower.client.aclose()


async def test_an_empty_store_is_waited_for_and_then_followed(rig: Rig) -> None:
    await rig.until(lambda: not rig.follower.stale)
    await rig.write(3)
    await rig.until(lambda: rig.received() == 3)
    await rig.write(5)
    await rig.write(7, partition=1)
    await rig.until(lambda: rig.received() == 12)
    assert rig.follower.stands[0].next == 20
    await rig.until(lambda: (11, 20) in rig.seen)


async def test_a_row_that_goes_is_gone(rig: Rig) -> None:
    await rig.write(3)
    await rig.until(lambda: rig.received() == 3)
    await rig.write(0)
    await rig.until(lambda: rig.received() == 0)


async def test_entries_that_were_trimmed_away_end_in_loading_anew(rig: Rig) -> None:
    await rig.write(1)
    await rig.until(lambda: rig.received() == 1)
    rig.follower.stands[0].next = 4  # as if an entry had been missed
    await rig.write(9, day=DAY + 40)
    await rig.until(lambda: rig.received() == 10)
    assert rig.follower.stands[0].next == 20


async def test_a_store_that_went_back_is_read_anew(rig: Rig) -> None:
    for received in (1, 2, 3):
        await rig.write(received)
    await rig.until(lambda: rig.received() == 3)
    await rig.client.flushdb()
    await rig.until(lambda: rig.follower.stands[0].next == 0)
    assert rig.received() == 0
    rig.at.clear()
    await rig.write(8)
    await rig.until(lambda: rig.received() == 8)


async def test_halted_partitions_are_known(rig: Rig) -> None:
    await rig.write(1)
    await rig.until(lambda: 0 in rig.follower.stands)
    await rig.store.halt(0, "the log lost its tail")
    await rig.until(lambda: rig.follower.stands[0].halted == "the log lost its tail")
    await rig.store.halt(0, None)
    await rig.until(lambda: rig.follower.stands[0].halted is None)


async def test_a_store_that_is_away_makes_figures_stale_and_they_go_on_afterwards(rig: Rig) -> None:
    await rig.write(4)
    await rig.until(lambda: rig.received() == 4)
    pool = rig.follower.client.connection_pool
    port = pool.connection_kwargs["port"]
    await pool.disconnect()
    pool.connection_kwargs["port"] = 9
    await rig.until(lambda: rig.follower.stale)
    assert rig.received() == 4
    pool.connection_kwargs["port"] = port
    await rig.write(6)
    await rig.until(lambda: rig.received() == 6 and not rig.follower.stale)


def test_days_of_a_month() -> None:
    assert (len(days_of("2024-02")), days_of("2026-08")[0], Keys(0).number) == (29, DAY, 0)


async def test_what_is_applied_between_awaiting_changes_and_looking_at_the_position_is_read(
    valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(follow, "BLOCK_MS", 20)
    rig = Rig(valkey)
    await rig.client.flushdb()
    await rig.store.claim(0, "e", IDENTITY)
    await rig.follower._start()
    await rig.write(3)
    keys = rig.follower.keys[0]
    await rig.follower._position(keys, rig.follower.stands[0])
    await rig.follower._step()
    assert (rig.follower.stands[0].next, rig.received()) == (10, 3)
    await rig.client.aclose()
    await rig.follower.client.aclose()
