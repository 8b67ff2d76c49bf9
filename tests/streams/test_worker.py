"""When a worker ends by itself: for another log than it began with, and for a store rebuilt under other rules; not for days off that were edited."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams import worker
from streams.addresses import Addresses
from streams.admin import Broker
from streams.settings import Settings
from streams.store.keys import meta_field
from streams.topology import AGENTS, EVENTS, FACTS, LETTERS, PETITIONS
from streams.worker import Worker

LOOKS = 4  # the last of them may still be under way
DAYS = "[[year]]\nyear = 2027\nworking_days = [2027-02-11]\n"


class Rig:
    """A worker that runs nothing yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.days = tmp_path / "own.toml"
        self.days.write_text(DAYS)
        self.broker = Broker("cluster", {topic: (f"id of {topic}", 4) for topic in AGENTS.values()})
        self.looks = 0
        monkeypatch.setattr(worker.admin, "look", self._look)
        monkeypatch.setattr(worker, "LOGS_EVERY", 0.01)
        monkeypatch.setattr(worker, "SPACE_EVERY", 0.01)
        self.settings = Settings(calendar=self.days)
        self.identities = worker.look("nowhere", self.settings)
        self.worker = Worker(self.settings, Addresses(kafka="nowhere", redis="redis://nowhere"), self.identities)

    def _look(self, _: str) -> Broker:
        self.looks += 1
        return self.broker

    def edit(self) -> None:
        self.days.write_text(DAYS.replace("02-11", "02-10"))
        assert worker.look("nowhere", self.settings)[PETITIONS] != self.identities[PETITIONS]

    async def ends(self, life: Coroutine[Any, Any, None], done: Callable[[], bool] = lambda: False) -> str | None:
        """Why the worker ends while this part of it lives; None where it has not until `done`."""
        task = asyncio.create_task(life)
        async with asyncio.timeout(30):
            while self.worker._failure is None and not done():
                await asyncio.sleep(0.005)
        task.cancel()
        return None if self.worker._failure is None else str(self.worker._failure)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rig:
    return Rig(monkeypatch, tmp_path)


async def test_days_off_that_were_edited_end_no_worker(rig: Rig) -> None:
    rig.edit()
    enough = rig.looks + LOOKS
    assert await rig.ends(rig.worker._logs(), lambda: rig.looks >= enough) is None


@pytest.mark.parametrize("other", [("another id", 4), (f"id of {EVENTS}", 5)])
async def test_another_log_ends_it(rig: Rig, other: tuple[str, int]) -> None:
    rig.broker.topics[EVENTS] = other
    assert await rig.ends(rig.worker._logs()) == f"topic {EVENTS} is another one than when this worker started"


class Store:
    """Knows of one rebuild."""

    def __init__(self, identities: dict[str, Any]) -> None:
        self.meta = {b"space": b"2"}
        for topic in FACTS:
            for name in ("partitions", "zone", "rules"):
                self.meta[meta_field(name, LETTERS[topic]).encode()] = getattr(identities[topic], name).encode()

    async def hgetall(self, _key: str) -> dict[bytes, bytes]:
        return self.meta


@pytest.mark.parametrize("edited", [False, True])
async def test_a_store_rebuilt_under_other_rules_is_for_a_successor(rig: Rig, edited: bool) -> None:
    if edited:
        rig.edit()
    moved, assigned = list[str](), list[object]()
    rig.worker._stores = {EVENTS: SimpleNamespace(space="", move=moved.append)}  # type: ignore[dict-item]
    made = SimpleNamespace(owner=SimpleNamespace(assigned=assigned.append), consumer=SimpleNamespace(assignment=set))
    rebuilt = Store(worker.look("nowhere", rig.settings))
    why = await rig.ends(rig.worker._space(made, rebuilt), lambda: bool(assigned))  # type: ignore[arg-type]
    if edited:
        assert (why, moved) == (f"the store was rebuilt under other rules of {PETITIONS} than this worker knows", [])
    else:
        assert (why, moved[0]) == (None, "2")


async def test_a_life_that_a_client_cancelled_ends_the_worker(rig: Rig) -> None:
    task = asyncio.create_task(asyncio.sleep(60), name="Timers.run")
    task.add_done_callback(rig.worker._ended)
    task.cancel()
    await asyncio.wait({task})
    await asyncio.sleep(0)
    assert str(rig.worker._failure) == "Timers.run was cancelled"
