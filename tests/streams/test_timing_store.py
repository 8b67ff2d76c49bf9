"""The part of the store that timers rest on: one contract, held on memory and on a real Valkey alike."""

from dataclasses import replace

import pytest

from streams.store.store import Firing, RefusedError, Store
from tests.streams.test_store import IDENTITY, store, writes

__all__ = ["store"]  # the fixture
INFINITY = float("inf")


async def filled(store: Store) -> None:
    at = await store.claim(3, "e1", IDENTITY)
    due = {"a": 100, "b": 200, "c": 200, "d": 300}
    lists = {"late": {"a": 20_666}, "asked": {"b": 20_667, "c": 20_668}}
    await store.apply(3, writes(at, due=due, lists=lists, held={"x": 20_660}, moved=["a", "b"], heard={("H44.07", "portal"): 1_000}))


async def test_due_dossiers_are_found_by_their_moments(store: Store) -> None:
    await filled(store)
    assert await store.between(3, "due", 0, 200) == ["a", "b", "c"]
    assert await store.between(3, "due", 100, 200) == ["b", "c"]
    assert await store.between(3, "due", 300, INFINITY) == []
    assert (await store.earliest(3, "due", 0), await store.earliest(3, "due", 200), await store.earliest(3, "due", 300)) == (100, 300, None)


async def test_lists_and_the_held_are_found_by_their_days(store: Store) -> None:
    await filled(store)
    assert await store.between(3, "list:asked", 20_667, INFINITY) == ["c"]
    assert await store.between(3, "held", 0, INFINITY) == ["x"]
    await store.apply(3, writes(await store.position(3), lists={"asked": {"c": None}}))
    assert await store.between(3, "list:asked", 0, INFINITY) == ["b"]


async def test_what_was_heard_and_moved_is_kept(store: Store) -> None:
    await filled(store)
    assert await store.heard(3) == {"H44.07\tportal": 1_000}
    assert sorted(await store.moved(3)) == ["a", "b"]


async def test_a_firing_is_written_whole_and_leaves_the_position(store: Store) -> None:
    await filled(store)
    at = await store.position(3)
    firing = Firing(at, {"n1": b"notice"}, {"a": b"told", "b": b"told too"}, {"a": 500}, ["a"], {"overdue": 200})
    await store.fire(3, firing)
    assert await store.position(3) == at
    assert (await store.outbox(3), await store.waiting(3)) == ({"n1": b"notice"}, 1)
    assert await store.told(3) == {"a": b"told", "b": b"told too"}
    assert await store.told(3, ["b", "z"]) == {"b": b"told too"}
    assert (await store.between(3, "watch", 0, 500), await store.earliest(3, "watch", 0)) == (["a"], 500)
    assert await store.moved(3) == ["b"]
    assert await store.marks(3) == {"overdue": 200}
    await store.fire(3, Firing(at, told={"a": None}, watch={"a": None}))
    assert (await store.told(3), await store.earliest(3, "watch", 0)) == ({"b": b"told too"}, None)


async def test_timers_of_a_zombie_or_of_a_store_that_went_back_are_refused(store: Store) -> None:
    await filled(store)
    zombie = await store.position(3)
    await store.claim(3, "e2", IDENTITY)
    with pytest.raises(RefusedError):
        await store.fire(3, Firing(zombie, {"n1": b"notice"}))
    with pytest.raises(RefusedError):
        await store.fire(3, Firing(replace(zombie, epoch="e2", next=zombie.next + 1), {"n1": b"notice"}))
    assert await store.outbox(3) == {}


async def test_what_took_the_place_of_something_sent_is_not_lost(store: Store) -> None:
    await filled(store)
    at = await store.position(3)
    await store.fire(3, Firing(at, {"overdue:a": b"stands", "n1": b"notice"}))
    sent = await store.outbox(3)
    await store.fire(3, Firing(at, {"overdue:a": b"is settled"}))
    await store.sent(3, sent, {"to 2": 17})
    assert (await store.outbox(3), await store.marks(3)) == ({"overdue:a": b"is settled"}, {"to 2": 17})
