"""A hang is: behind, able to go on, and yet no progress. Waiting is none."""

import asyncio
import time
from collections.abc import Callable

import pytest

from streams.watchdog import Signs, Watchdog

SECONDS = 0.2


async def watched(done: Callable[[], object], *, behind: bool, reachable: bool, seconds: float = 5 * SECONDS) -> bool:
    """Whether it barks within some time."""
    barks: list[float] = []

    async def answers() -> bool:
        return reachable

    dog = asyncio.create_task(Watchdog(Signs(done, lambda: behind, answers), SECONDS, lambda: barks.append(time.monotonic())).run())
    deadline = time.monotonic() + seconds
    while not barks and time.monotonic() < deadline:
        await asyncio.sleep(SECONDS / 10)
    dog.cancel()
    return bool(barks)


async def test_behind_without_progress_is_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    assert await watched(lambda: 1, behind=True, reachable=True)
    assert "no progress" in caplog.text
    assert "watched" in caplog.text, "the tasks are named"


async def test_progress_is_none() -> None:
    assert not await watched(time.monotonic, behind=True, reachable=True)


async def test_nothing_to_do_is_none() -> None:
    assert not await watched(lambda: 1, behind=False, reachable=True)


async def test_waiting_for_kafka_or_the_store_is_none() -> None:
    assert not await watched(lambda: 1, behind=True, reachable=False)


async def test_an_answer_that_takes_longer_than_a_hang_may_is_no_blocked_loop() -> None:
    barks: list[float] = []

    async def answers() -> bool:
        await asyncio.sleep(4 * SECONDS)
        return False

    dog = asyncio.create_task(Watchdog(Signs(lambda: 1, lambda: True, answers), SECONDS, lambda: barks.append(1.0)).run())
    await asyncio.sleep(8 * SECONDS)
    dog.cancel()
    assert not barks


async def test_a_blocked_loop_is_seen_from_outside() -> None:
    barks: list[float] = []

    async def answers() -> bool:
        return True

    dog = asyncio.create_task(Watchdog(Signs(lambda: 1, lambda: False, answers), SECONDS, lambda: barks.append(1.0)).run())
    await asyncio.sleep(0)
    time.sleep(4 * SECONDS)  # noqa: ASYNC251 - what must never be done in a loop
    assert barks
    dog.cancel()
