"""What was staged is what is shown: every unit, every month, after duplicates, disorder and kill -9."""

import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams import simulating
from tests import staged
from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]


@pytest.fixture
def simulate() -> Iterator[Callable[[System, Path], "subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(system: System, truth: Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "streams.cli", "simulate", "2", "--seed", "7", "--truth", str(truth), "--home", str(system.home)]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sent(system: System) -> int:
    found = simulating.read(system.home)
    return found.sent if found else 0


def applied(system: System) -> int:
    return sum(system.get("/v1/positions")["positions"].values())


def test_the_truth_is_what_is_shown_for_every_unit_and_month(
    up: Callable[..., System], simulate: Callable[[System, Path], "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    system, truth = up("--workers", "2"), tmp_path / "truth.csv"
    first = simulate(system, truth)
    until(lambda: sent(system) > 0 and applied(system) > 1000)
    first.kill()  # in the middle of the past
    first.wait()
    second = simulate(system, truth)
    for victim in system.children("worker"):
        before = applied(system)
        victim.kill()
        until(lambda before=before: applied(system) > before)  # type: ignore[misc]
    until(lambda: (found := simulating.read(system.home)) is not None and found.live)
    begun = sent(system)
    until(lambda: sent(system) > begun + 3)  # some seconds of live too
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    system.drain()
    rows = staged.read(truth)
    assert len(rows) > 15_000
    today = dt.datetime.now(staged.VIETNAM).date()
    units = {row.unit for row in rows}
    for unit in sorted(units | {"H01", "H21", "VN"}):
        for month in staged.months(rows):
            wanted = staged.counts(rows, lambda code, unit=unit: unit in ("VN", code) or code.startswith(f"{unit}."), month, today)  # type: ignore[misc]
            assert system.get(f"/v1/units/{unit}/indicators", period=f"{month[0]:%Y-%m}")["counts"] == wanted, (unit, month)


def test_up_simulates_and_goes_on_and_refuses_another_simulation(up: Callable[..., System]) -> None:
    system = up("--simulate", "1", "--seed", "3")
    system.drain()
    received = system.get("/v1/units/VN/indicators", period="rolling-90")["counts"]["received"]
    assert received > 5000
    until(lambda: system.get("/v1/units/VN/indicators", period="rolling-90")["counts"]["received"] > received)
    system.stop()
    done = chiso("up", "--simulate", "2", home=system.home, check=2)
    assert "holds a simulation of 1 provinces with seed 3" in done.stderr
    again = up("--simulate", "1", "--seed", "3", home=system.home)
    again.drain()
    assert again.get("/v1/units/VN/indicators", period="rolling-90")["counts"]["received"] > received
