"""A hang is: behind, able to go on, and yet no progress. Waiting is none. Looks are counted, for time says nothing on a machine that is busy."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from streams import watchdog
from streams.watchdog import Signs, Watchdog

SECONDS = 0.2
LOOKS = 20  # a quarter of `SECONDS` apart at least; a hang is known at the seventh


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread, which might take a busy machine for a blocked loop."""
    monkeypatch.setattr(Watchdog, "_watch_the_loop", lambda _: None)


async def watched(done: Callable[[], object], *, behind: bool = True, reachable: Callable[[], bool] = lambda: True) -> bool:
    """Whether it barks before it has looked often enough."""
    barks: list[float] = []
    looks = 0

    def look() -> object:
        nonlocal looks
        looks += 1
        return done()

    async def answers() -> bool:
        return reachable()

    dog = asyncio.create_task(Watchdog(Signs(look, lambda: behind, answers), SECONDS, lambda: barks.append(1.0)).run())
    async with asyncio.timeout(60):
        while not barks and looks < LOOKS:
            await asyncio.sleep(SECONDS / 10)
    dog.cancel()
    return bool(barks)


@pytest.mark.usefixtures("inside")
async def test_behind_without_progress_is_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    assert await watched(lambda: 1)
    assert "no progress" in caplog.text
    assert "watched" in caplog.text, "the tasks are named"


@pytest.mark.usefixtures("inside")
async def test_progress_is_none() -> None:
    assert not await watched(time.monotonic)


@pytest.mark.usefixtures("inside")
async def test_nothing_to_do_is_none() -> None:
    assert not await watched(lambda: 1, behind=False)


@pytest.mark.usefixtures("inside")
async def test_waiting_for_kafka_or_the_store_is_none() -> None:
    asked: list[bool] = []
    assert not await watched(lambda: 1, reachable=lambda: bool(asked.append(True)))
    assert len(asked) > 1, "each time it would have barked"


@pytest.mark.usefixtures("inside")
async def test_what_goes_on_once_all_answer_is_none() -> None:
    asked: list[bool] = []
    assert not await watched(lambda: len(asked), reachable=lambda: not asked.append(True))
    assert len(asked) > 1


async def test_an_answer_that_takes_longer_than_a_hang_may_is_no_blocked_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    barks: list[int] = []
    looks = 0
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    async def answers() -> bool:
        asked.set()
        await asyncio.Event().wait()
        return False

    def sleep(seconds: float) -> None:
        """Of the thread: while it is counted, it passes only as the loop turns."""
        nonlocal looks
        if looks == LOOKS:
            time.sleep(seconds)
            return
        asyncio.run_coroutine_threadsafe(asyncio.sleep(seconds), loop).result()
        looks += asked.is_set()

    monkeypatch.setattr(watchdog, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    dog = asyncio.create_task(Watchdog(Signs(lambda: 1, lambda: True, answers), SECONDS, lambda: barks.append(looks)).run())
    async with asyncio.timeout(60):
        while not barks and looks < LOOKS:
            await asyncio.sleep(SECONDS / 10)
    dog.cancel()
    assert [at for at in barks if at < LOOKS] == []


async def test_a_blocked_loop_is_seen_from_outside() -> None:
    barks: list[float] = []

    async def answers() -> bool:
        return True

    dog = asyncio.create_task(Watchdog(Signs(lambda: 1, lambda: False, answers), SECONDS, lambda: barks.append(1.0)).run())
    await asyncio.sleep(0)
    deadline = time.monotonic() + 60
    while not barks and time.monotonic() < deadline:
        time.sleep(SECONDS / 10)  # noqa: ASYNC251 - what must never be done in a loop
    dog.cancel()
    assert barks


WORKER = """
import asyncio, sys, time
from streams import logs
from streams.watchdog import Signs, Watchdog

async def answers():
    return True

async def waits_for_nothing():
    await asyncio.Event().wait()

def never_gives_way():
    time.sleep(60)

async def main(blocked):
    waits = asyncio.create_task(waits_for_nothing())
    dog = asyncio.create_task(Watchdog(Signs(lambda: 1, lambda: not blocked, answers), 0.2).run())
    await asyncio.sleep(0)
    if blocked:
        never_gives_way()
    await asyncio.wait({waits, dog}, timeout=60)

logs.to_stderr()
asyncio.run(main(sys.argv[1] == "blocked"))
"""


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("blocked", ["the event loop has been blocked for 0.2 s", "in never_gives_way"]),
        ("behind", ["behind, and no progress for 0.2 s; the tasks:", "in waits_for_nothing", "Current thread"]),
    ],
)
def test_a_hang_ends_the_process_with_its_own_code_once_it_has_said_what_everybody_did(how: str, says: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", WORKER, how], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 70, done.stderr
    assert [words for words in says if words not in done.stderr] == [], done.stderr
