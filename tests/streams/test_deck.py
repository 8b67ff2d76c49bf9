"""The partitions of a process: one pump of a place at a time, whatever its clients make of a cancellation."""

import asyncio
from typing import Any

import pytest
from faust.types import TP

from streams import app as module
from streams.app import Deck

HERE = TP("dvc.dossier.events.v1", 0)


class Stubborn:
    """A pump that overhears its first cancellations, as `asyncio.wait_for` does."""

    alive = 0
    most = 0

    def __init__(self, deaf: int) -> None:
        self.deaf = deaf
        self.begun = asyncio.Event()

    async def run(self) -> None:
        self.begun.set()
        Stubborn.alive += 1
        Stubborn.most = max(Stubborn.most, Stubborn.alive)
        try:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.deaf -= 1
                    if self.deaf < 0:
                        raise
        finally:
            Stubborn.alive -= 1


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Stubborn]:
    monkeypatch.setattr(module, "AGAIN", 0.01)
    Stubborn.alive = Stubborn.most = 0
    return []


def deck(made: list[Stubborn], failures: list[BaseException]) -> Deck:
    def make(_partition: int) -> Any:
        made.append(Stubborn(deaf=2))
        return made[-1]

    return Deck({HERE.topic: make}, failures.append)


async def ended(found: Deck) -> None:
    """Lets go of everything, and waits for it."""
    found.close()
    while Stubborn.alive:
        await asyncio.sleep(0)


async def test_a_pump_begins_when_the_one_before_is_gone(made: list[Stubborn]) -> None:
    failures: list[BaseException] = []
    found = deck(made, failures)
    async with asyncio.timeout(5):
        found.assigned({HERE})
        await made[0].begun.wait()
        found.assigned({HERE})
        await made[1].begun.wait()
        assert Stubborn.alive == 1
        await ended(found)
    assert (Stubborn.most, failures) == (1, [])


async def test_a_partition_that_comes_back_before_its_pump_ever_ran_waits_for_the_first(made: list[Stubborn]) -> None:
    found = deck(made, [])
    async with asyncio.timeout(5):
        found.assigned({HERE})
        await made[0].begun.wait()
        found.assigned({HERE})
        found.revoked({HERE})
        found.assigned({HERE})
        await made[2].begun.wait()
        assert Stubborn.alive == 1
        await ended(found)
    assert not made[1].begun.is_set()
    assert Stubborn.most == 1


async def test_a_revoked_partition_ends_though_nobody_takes_it_again(made: list[Stubborn]) -> None:
    found = deck(made, [])
    async with asyncio.timeout(5):
        found.assigned({HERE})
        await made[0].begun.wait()
        found.revoked({HERE})
        while Stubborn.alive:
            await asyncio.sleep(0)
        assert found.pumps() == {}
