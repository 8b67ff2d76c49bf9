"""Every named place of a partition's life, broken in every way: killed there, stopped there while somebody else goes on, an answer lost there."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from streams import failpoints
from streams.store.memory import MemoryStore
from streams.store.store import StoreDownError
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, batch
from tests.streams.test_pump import HERE, IDENTITY, LIFE, Rig, figures, start

__all__ = ["start"]  # the fixture
ELSEWHERE = ("consumer.", "normalise.", "timers.", "outbox.")  # timers: test_simulated_timers
POINTS = [name for name in failpoints.POINTS if not name.startswith(ELSEWHERE)]
ALWAYS = [name for name in POINTS if name != "settle.known"]
ANSWERS = [name for name in ALWAYS if name.startswith(("take.", "windows.", "apply."))]
COUNTS = (1, 2)


class Crashed(BaseException):
    """The process is gone."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int, Callable[[], None]], list[str]]]:
    """Does something when a place is reached for the n-th time, once; gives the list of places reached."""
    reached: list[str] = []

    def arm(name: str, count: int, action: Callable[[], None]) -> list[str]:
        def hook(place: str) -> None:
            reached.append(place)
            if place == name and reached.count(name) == count:
                action()

        monkeypatch.setattr(failpoints, "hook", hook)
        return reached

    yield arm
    monkeypatch.setattr(failpoints, "hook", None)


def crash() -> None:
    raise Crashed


def lose() -> None:
    raise StoreDownError("the answer was lost")


def drive(work: Coroutine[Any, Any, Any]) -> None:
    """Runs what never really waits, at once: somebody else's turn while we are stopped."""
    with contextlib.suppress(StopIteration):
        work.send(None)
        raise AssertionError("it waited")


async def go_on(store: MemoryStore, records: int) -> None:
    """Another worker takes the partition and applies what it finds, up to so many records."""
    shared = Shared(store, DOSSIERS, lambda *_: None)
    work = Windows(HERE, shared)
    position = await store.claim(HERE, "another's", IDENTITY)
    rest = LIFE[position.next : position.next + records]
    if rest:
        writes = await work.prepare(position, batch(*rest, first=position.next, partition=HERE))
        await store.apply(HERE, writes)


async def finished(rig: Rig, start: Callable[..., Rig]) -> None:
    await rig.until(lambda: rig.position.next == len(LIFE))
    assert sum(rig.position.counts) == len(LIFE)
    assert rig.store.partitions[HERE].rows == await figures(start)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ALWAYS)
async def test_killed_there_a_successor_goes_on(start: Callable[..., Rig], at: Callable[..., list[str]], name: str, count: int) -> None:
    reached = at(name, count, crash)
    first = start()
    with contextlib.suppress(Crashed):
        await first.until(lambda: first.position.next == len(LIFE) or reached.count(name) >= count)
    first.task.cancel()
    first.log.pause(HERE)
    failpoints.hook = None
    await finished(start(store=first.store), start)


@pytest.mark.parametrize("records", [0, 1, 4])
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ALWAYS)
async def test_stopped_there_while_another_goes_on(
    start: Callable[..., Rig], at: Callable[..., list[str]], name: str, count: int, records: int
) -> None:
    rig = start()
    at(name, count, lambda: drive(go_on(rig.store, records)))
    await finished(rig, start)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_lost_there_is_asked_again(start: Callable[..., Rig], at: Callable[..., list[str]], name: str, count: int) -> None:
    at(name, count, lose)
    await finished(start(), start)


async def test_settling_is_reached_too(start: Callable[..., Rig], at: Callable[..., list[str]]) -> None:
    reached = at("apply.after", 1, lose)
    await finished(start(), start)
    assert set(reached) == set(POINTS)


def test_every_place_is_in_the_code_once_and_every_place_of_the_code_is_named() -> None:
    text = "".join(path.read_text() for path in (Path(failpoints.__file__).parent).glob("*.py") if path.name != "failpoints.py")
    assert {name: text.count(f'reach("{name}")') for name in failpoints.POINTS} == dict.fromkeys(failpoints.POINTS, 1)
    assert text.count('reach("') == len(failpoints.POINTS) >= 20


@pytest.mark.parametrize(("action", "code"), [("kill", -signal.SIGKILL), ("stop", -signal.SIGSTOP)])
def test_armed_by_a_variable_they_do_it_to_themselves(action: str, code: int) -> None:
    program = "from streams import failpoints as f; import os; f.arm(os.environ[f.VARIABLE]); f.reach('apply.before'); f.reach('apply.before'); print('on')"
    env = {**os.environ, failpoints.VARIABLE: f"apply.before:{action}:2"}
    process = subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert (os.WSTOPSIG(status) if os.WIFSTOPPED(status) else os.WTERMSIG(status)) == -code
    if os.WIFSTOPPED(status):
        os.kill(process.pid, signal.SIGCONT)
        assert process.communicate()[0] == b"on\n"
    else:
        process.returncode = code
    assert process.stdout is not None
    process.stdout.close()


def test_a_lost_answer_is_a_store_that_does_not_answer() -> None:
    failpoints.arm("apply.after:lose")
    try:
        failpoints.reach("apply.before")
        with pytest.raises(StoreDownError):
            failpoints.reach("apply.after")
        failpoints.reach("apply.after")
        with pytest.raises(ValueError, match="is no NAME:ACTION"):
            failpoints.arm("nowhere:kill")
    finally:
        failpoints.arm(None)
    assert failpoints.hook is None
