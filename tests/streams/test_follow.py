"""The cube follows the store: it shows what is stored, whatever changes, gaps, steps back or restarts come in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as AwayError

from indicators.cube import PLACE
from indicators.lanes import DAY_LANE
from streams import follow
from streams.app import _gone
from streams.follow import BookFollower, Follower, days_of
from streams.store.keys import META, Keys
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
    await _gone(task, None)
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
    await rig.until(lambda: rig.follower.stands[0].next == 0 and not rig.follower.loading)
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


class Failing:
    """A client that fails so many times, from the next call of the kind on that `fails` names."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.fails: dict[str, int] = {}
        self.failed = 0

    def _may(self, name: str) -> None:
        if self.fails.get(name, 0) > 0:
            self.fails[name] -= 1
            self.failed += 1
            raise AwayError(name)

    def pipeline(self, **options: Any) -> Any:
        self._may("pipeline")
        return self._client.pipeline(**options)

    async def hgetall(self, name: str) -> Any:
        if name != META:
            self._may("hgetall")
        return await self._client.hgetall(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@pytest.fixture
def failing(rig: Rig) -> Failing:
    rig.follower.client = found = Failing(rig.follower.client)
    return found


async def test_what_could_not_be_read_is_read_once_the_store_answers(rig: Rig, failing: Failing) -> None:
    await rig.write(1)
    await rig.until(lambda: rig.received() == 1)
    failing.fails["pipeline"] = 3
    await rig.write(5)
    await rig.until(lambda: failing.failed == 3 and not rig.follower.stale)
    await rig.until(lambda: rig.follower.stands[0].next == 20)
    assert rig.received() == 5
    assert rig.seen.count((11, 20)) == 1


async def test_while_rows_cannot_be_read_the_cube_does_not_say_it_stands_behind_them(rig: Rig, failing: Failing) -> None:
    await rig.write(1)
    await rig.until(lambda: rig.received() == 1)
    failing.fails["pipeline"] = 1 << 30
    await rig.write(5)
    await rig.until(lambda: failing.failed > 2)
    assert (rig.follower.stands[0].next, rig.follower.stale, rig.received()) == (10, True, 1)
    assert not rig.follower.loading, "what stood before stands whole"
    failing.fails.clear()
    await rig.until(lambda: rig.received() == 5 and not rig.follower.stale)


async def test_a_load_that_failed_is_done_anew_and_nothing_is_current_meanwhile(rig: Rig, failing: Failing) -> None:
    await rig.write(1)
    await rig.until(lambda: rig.received() == 1)
    rig.follower.stands[0].next = 4  # as if an entry had been missed
    failing.fails["pipeline"] = 1 << 30
    await rig.write(9, day=DAY + 40)
    await rig.until(lambda: failing.failed > 2)
    assert (rig.follower.stands[0].next, rig.follower.stale, rig.follower.loading) == (0, True, True)
    failing.fails.clear()
    await rig.until(lambda: not rig.follower.stale)
    assert (rig.follower.stands[0].next, rig.received(), rig.follower.loading) == (20, 10, False)


async def test_a_rebuild_is_taken_over_whole_though_the_store_fails_midway(rig: Rig, failing: Failing) -> None:
    for partition in (0, 1, 2):
        await rig.write(3, partition=partition)
    await rig.client.hset(META, "partitions", 3)
    await rig.until(lambda: rig.received() == 9)
    old, rig.store, rig.at = rig.store, RedisStore(rig.client, space="2"), {}
    for partition in (0, 1):  # of a topic made anew, with fewer partitions
        await rig.write(5, partition=partition)
    failing.fails["pipeline"] = 1
    await rig.client.hset(META, mapping={"space": "2", "partitions": 2})
    await rig.until(lambda: failing.failed == 1 and not rig.follower.stale)
    await rig.until(lambda: not rig.follower.loading)
    assert rig.received() == 10
    assert sorted(rig.follower.stands) == [0, 1]
    assert old.space == ""


async def test_the_book_reads_again_what_it_could_not_read(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(follow, "BLOCK_MS", 20)
    monkeypatch.setattr(follow, "RETRY_SECONDS", 0.02)
    client = Redis.from_url(valkey, protocol=2, retry=None)
    await client.flushdb()
    store = RedisStore(client, "u")
    failing = Failing(Redis.from_url(valkey, protocol=2))
    follower = BookFollower(failing)
    read: list[int] = []
    put = follower.book.put
    monkeypatch.setattr(follower.book, "put", lambda number, stored: (read.append(len(stored)), put(number, {})))
    before = await store.claim(0, "e", replace(IDENTITY, partitions="1"))
    task = asyncio.create_task(follower.run())
    async with asyncio.timeout(10):
        while not (read and not follower.stale):
            await asyncio.sleep(0.005)
        failing.fails["hgetall"] = 2
        after = replace(before, next=10, crc="c", as_of=10)
        rows = {("day", "A", str(DAY)): DAY_LANE["received"]}
        await store.apply(0, Writes(before, after, 1, {"state": b"x"}, rows, {}, {}, {}))
        while not (failing.failed == 2 and follower.stands[0].next == 10):
            await asyncio.sleep(0.005)
    assert read[-1] == 1
    await _gone(task, None)
    await client.aclose()
    await failing._client.aclose()


CALLS = ("pipeline", "hgetall", "hmget", "xread", "xrevrange")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 1), st.integers(0, 9)),
    st.tuples(st.just("fail"), st.sampled_from(CALLS), st.integers(1, 3)),
    st.tuples(st.sampled_from(["trim", "flush", "rebuild"]), st.just(0), st.just(0)),
)


class Shaky(Failing):
    """Fails in any of the calls."""

    async def hmget(self, *asked: Any) -> Any:
        self._may("hmget")
        return await self._client.hmget(*asked)

    async def xread(self, *asked: Any, **options: Any) -> Any:
        self._may("xread")
        return await self._client.xread(*asked, **options)

    async def xrevrange(self, *asked: Any, **options: Any) -> Any:
        self._may("xrevrange")
        return await self._client.xrevrange(*asked, **options)


class History:
    """What is written, and what a follower shows of it that lives a round at a time."""

    def __init__(self, url: str) -> None:
        self.rig, self.space, self.stored = Rig(url), "", {0: 0, 1: 0}
        self.client = Shaky(self.rig.follower.client)
        self.rig.follower.client = self.client

    async def begin(self, space: str = "") -> None:
        """A store that knows nothing, which is seen before more is written."""
        self.client.fails.clear()
        await self.rig.client.flushdb()
        self.space, self.stored = space, {0: 0, 1: 0}
        self.rig.store, self.rig.at = RedisStore(self.rig.client, space=space), {}
        if space:
            await self.rig.client.hset(META, mapping={"space": space, "partitions": 2})
        await self.write(0, 0)

    async def write(self, number: int, value: int) -> None:
        await self.rig.write(value, partition=number, unit=f"U{number}")
        self.stored[number] = value

    async def step(self, what: str, which: Any, value: int) -> None:
        if what == "write":
            await self.write(which, value)
        elif what == "fail":
            self.client.fails[which] = value
        elif what == "trim":
            await self.rig.client.xtrim(Keys(0, space=self.space).changes, maxlen=0)
        else:
            await self.begin(str(int(self.space or 1) + 1) if what == "rebuild" else "")

    async def follows(self) -> bool:
        """Goes on as `run` does, for one round; whether the store answered."""
        try:
            await self.rig.follower._start()
            await self.rig.follower._step()
        except AwayError:
            return False
        return True

    def shown(self) -> dict[int, int]:
        return {number: self.rig.received(f"U{number}") for number in self.stored}

    def claimed(self) -> set[int]:
        """Partitions of which the follower says that all is read."""
        here = [keys.tag for keys in self.rig.follower.keys[:1]] == [Keys(0, space=self.space).tag]
        stands = self.rig.follower.stands
        return {number for number, at in self.rig.at.items() if here and number in stands and stands[number].next == at.next}


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=12))
def test_wherever_the_store_fails_nothing_is_taken_for_read_that_was_not(
    valkey: str, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, Any, int]]
) -> None:
    monkeypatch.setattr(follow, "CHECK_SECONDS", 0.004)
    monkeypatch.setattr(follow, "BLOCK_MS", 2)

    async def run() -> None:
        history = History(valkey)
        await history.begin()
        for step in [*steps, ("write", 0, 5)]:
            await history.step(*step)
            if await history.follows():
                assert not history.rig.follower.loading
            for number in history.claimed():
                assert history.shown()[number] == history.stored[number], "it says it stands there"
        history.client.fails.clear()
        await history.follows()
        assert (history.shown(), history.claimed()) == (history.stored, set(history.rig.at))
        await history.rig.client.aclose()
        await history.client._client.aclose()

    asyncio.run(run())
