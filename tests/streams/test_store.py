"""One contract for the store, held on memory and on a real Valkey alike."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from indicators.lanes import DAY_LANE, MONTH_LANE
from streams.store.keys import Keys
from streams.store.memory import MemoryStore
from streams.store.redis import RedisStore
from streams.store.scripts import CHUNK
from streams.store.store import Identity, Position, RefusedError, Store, StoreDownError, Writes

IDENTITY = Identity("cluster", "topic", "12", "Asia/Ho_Chi_Minh")
DAY_ROW = ("day", "H44.07", "20666")
MONTH_ROW = ("sector", "H44.07", "2026-08 land")


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.redis)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    client = Redis.from_url(request.getfixturevalue("valkey"), retry=None)
    await client.flushdb()
    yield RedisStore(client)
    await client.aclose()


def writes(expected: Position, by: int = 10, **kept: object) -> Writes:
    after = replace(expected, next=expected.next + by, crc="c0ffee", as_of=1_000 + by, counts=(by, 0, 0, 0))
    nothing: dict[str, object] = {"states": {}, "rows": {}, "due": {}, "held": {}, "outbox": {}}
    return Writes(expected=expected, position=after, first_ms=1_000, **{**nothing, **kept})  # type: ignore[arg-type]


async def test_a_fresh_partition_stands_at_the_start_and_takes_on_the_identity(store: Store) -> None:
    found = await store.claim(3, "e1", IDENTITY)
    assert (found.epoch, found.next, found.crc, found.counts) == ("e1", 0, "", (0, 0, 0, 0))
    assert found.identity == IDENTITY.fields()
    assert (await store.position(4)).identity == {}


async def test_a_filled_partition_keeps_its_identity(store: Store) -> None:
    await store.apply(3, writes(await store.claim(3, "e1", IDENTITY)))
    other = await store.claim(3, "e2", replace(IDENTITY, cluster="another"))
    assert other.identity == IDENTITY.fields()
    assert (other.next, other.crc, other.as_of, other.counts) == (10, "c0ffee", 1_010, (10, 0, 0, 0))


async def test_what_is_applied_is_read_back(store: Store) -> None:
    at = await store.claim(3, "e1", IDENTITY)
    row, month = DAY_LANE["received"] * 7, MONTH_LANE["ceased_overdue"] * 2
    await store.apply(3, writes(at, states={"a": b"1", "b": b"2"}, rows={DAY_ROW: row, MONTH_ROW: month}, outbox={"x": b"entry"}))
    assert await store.states(3, ["b", "c", "a"]) == [b"2", None, b"1"]
    assert await store.rows(3, [MONTH_ROW, ("day", "H44.08", "1"), DAY_ROW]) == [month, 0, row]
    assert await store.outbox(3) == {"x": b"entry"}
    assert await store.states(4, ["a"]) == [None]
    assert (await store.states(3, []), await store.rows(3, [])) == ([], [])


async def test_what_the_log_leaves_out_is_kept(store: Store) -> None:
    at = await store.claim(3, "e1", IDENTITY)
    batch = writes(at)
    batch.position = replace(batch.position, gap=7)
    await store.apply(3, batch)
    assert (await store.position(3)).gap == 7


async def test_rows_are_absolute_and_a_row_of_nothing_goes(store: Store) -> None:
    at = await store.claim(3, "e1", IDENTITY)
    await store.apply(3, writes(at, rows={DAY_ROW: DAY_LANE["received"] * 7}))
    await store.apply(3, writes(await store.position(3), rows={DAY_ROW: DAY_LANE["received"] * 5}))
    assert await store.rows(3, [DAY_ROW]) == [DAY_LANE["received"] * 5]
    await store.apply(3, writes(await store.position(3), rows={DAY_ROW: 0}))
    assert await store.rows(3, [DAY_ROW]) == [0]


async def test_another_epoch_is_refused_and_nothing_is_written(store: Store) -> None:
    zombie = await store.claim(3, "e1", IDENTITY)
    await store.claim(3, "e2", IDENTITY)
    with pytest.raises(RefusedError):
        await store.apply(3, writes(zombie, states={"a": b"1"}))
    assert await store.states(3, ["a"]) == [None]
    assert (await store.position(3)).next == 0


async def test_the_same_batch_is_never_applied_twice(store: Store) -> None:
    batch = writes(await store.claim(3, "e1", IDENTITY), states={"a": b"1"})
    await store.apply(3, batch)
    with pytest.raises(RefusedError):
        await store.apply(3, batch)


async def test_entries_leave_the_outbox_once_sent(store: Store) -> None:
    await store.apply(3, writes(await store.claim(3, "e1", IDENTITY), outbox={"x": b"1", "y": b"2"}))
    await store.sent(3, {"x": b"1", "y": b"older"}, {"to 0": 5})
    await store.sent(3, {}, {})
    assert await store.outbox(3) == {"y": b"2"}
    assert await store.marks(3) == {"to 0": 5}


async def test_a_store_that_lost_what_was_sent_does_not_learn_how_far_it_was_told(store: Store) -> None:
    """Who reads notices back from there would miss those told before."""
    await store.apply(3, writes(await store.claim(3, "e1", IDENTITY), outbox={"x": b"1"}))
    await store.sent(3, {"x": b"1", "lost": b"2"}, {"to 0": 5})
    assert (await store.outbox(3), await store.marks(3)) == ({}, {})


async def test_offsets_beyond_what_lua_numbers_hold_are_told_apart(store: Store) -> None:
    at = replace(await store.claim(3, "e1", IDENTITY), crc="")
    await store.apply(3, writes(at, by=2**53))
    with pytest.raises(RefusedError):
        await store.apply(3, writes(replace(await store.position(3), next=2**53 + 1)))
    await store.apply(3, writes(await store.position(3), by=1))
    assert (await store.position(3)).next == 2**53 + 1


@pytest.fixture
async def client(valkey: str) -> AsyncIterator[Redis]:
    found = Redis.from_url(valkey, retry=None)
    await found.flushdb()
    yield found
    await found.aclose()


@pytest.mark.redis
async def test_a_batch_of_more_than_one_command_takes_is_written_whole(client: Redis) -> None:
    store = RedisStore(client)
    at = await store.claim(3, "e1", IDENTITY)
    states = {f"n{number}": b"s" for number in range(CHUNK * 3 // 2 + 1)}
    await store.apply(3, writes(at, states=states, due=dict.fromkeys(states, 20_666)))
    assert await client.hlen(Keys(3).dossiers) == await client.zcard(Keys(3).due) == len(states)
    await store.apply(3, writes(await store.position(3), due=dict.fromkeys(states)))
    assert await client.zcard(Keys(3).due) == 0


@pytest.mark.redis
async def test_a_key_of_the_wrong_type_refuses_the_whole_batch(client: Redis) -> None:
    store = RedisStore(client)
    at = await store.claim(3, "e1", IDENTITY)
    await client.set(Keys(3).due, "rubbish")
    with pytest.raises(RefusedError, match="due"):
        await store.apply(3, writes(at, states={"a": b"1"}, due={"a": 5}))
    assert await store.states(3, ["a"]) == [None]
    await client.set(Keys(4).position, "rubbish")
    with pytest.raises(RefusedError):
        await store.claim(4, "e1", IDENTITY)


@pytest.mark.redis
async def test_a_full_store_refuses_before_the_first_write(client: Redis) -> None:
    store = RedisStore(client)
    at = await store.claim(3, "e1", IDENTITY)
    before = await client.config_get("maxmemory")
    await client.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreDownError):
            await store.apply(3, writes(at, states={"a": b"1"}))
    finally:
        await client.config_set("maxmemory", before["maxmemory"])
    assert (await store.position(3)).next == 0
    await store.apply(3, writes(at, states={"a": b"1"}))


@pytest.mark.redis
async def test_a_change_names_the_step_and_the_units_touched(client: Redis) -> None:
    store = RedisStore(client)
    await store.apply(3, writes(await store.claim(3, "e1", IDENTITY), rows={DAY_ROW: 1, MONTH_ROW: 0}))
    [(_, entry)] = await client.xrange(Keys(3).changes)
    assert entry == {b"from": b"0", b"to": b"10", b"units": b"\x81\xa6H44.07\x91\xa72026-08", b"ts": b"1010", b"first": b"1000"}
    assert await client.hgetall(Keys(3).units) == {b"H44.07": b""}
    await store.apply(3, writes(await store.position(3), rows={DAY_ROW: 2}, kinds={"H44.07": "department"}))
    await store.apply(3, writes(await store.position(3), rows={DAY_ROW: 3}))
    assert await client.hgetall(Keys(3).units) == {b"H44.07": b"department"}


@pytest.mark.redis
async def test_scripts_lost_by_a_restart_are_loaded_again(client: Redis) -> None:
    store = RedisStore(client)
    await store.claim(3, "e1", IDENTITY)
    await client.script_flush()
    await store.claim(3, "e2", IDENTITY)
    assert (await store.position(3)).epoch == "e2"


async def test_a_store_that_does_not_answer_is_down() -> None:
    store = RedisStore(Redis(port=1, retry=None))
    with pytest.raises(StoreDownError):
        await store.position(0)
