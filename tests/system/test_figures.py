"""Figures equal a plain computation from the CSV, for every unit and month, whatever happened on the way."""

import datetime as dt
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import oracle
from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]
TODAY = dt.datetime.now(oracle.VIETNAM).date()
FILES = (("permits", "permits.csv"), ("service-requests", "service_requests.csv"))


def truth(shared: Path) -> list[oracle.Dossier]:
    data = shared / "data"
    return [*oracle.permits(data / "permits.csv").values(), *oracle.requests(data / "service_requests.csv").values()]


def by_unit(dossiers: list[oracle.Dossier]) -> dict[str, list[oracle.Dossier]]:
    return {unit: [one for one in dossiers if one.unit == unit] for unit in sorted({one.unit for one in dossiers})}


def differences(system: System, dossiers: list[oracle.Dossier]) -> list[str]:
    """Every figure of every unit and month that differs."""
    found = []
    for unit, mine in by_unit(dossiers).items():
        for a, b in oracle.months(dossiers):
            want = oracle.counts(mine, a, b, TODAY)
            answer = system.get(f"/v1/units/{unit}/indicators", period=f"{a:%Y-%m}")
            numerator = want["finished_early"] + want["finished_on_time"] + want["open_in_time"]
            indicator = next(one for one in answer["indicators"] if one["id"] == "2.1")
            got = {**answer["counts"], "2.1": (indicator["numerator"], indicator["denominator"])}
            if got != {**want, "2.1": (numerator, want["received"] + want["carried_over"])}:
                found.append(f"{unit} {a:%Y-%m}: {got} instead of {want}")
    return found


def shuffled_twice(path: Path, into: Path) -> Path:
    """The same file with its rows in another order, each twice."""
    header, *rows = path.read_text().splitlines()
    rows *= 2
    random.Random(766).shuffle(rows)
    into.write_text("\n".join([header, *rows]) + "\n")
    return into


def test_figures_survive_order_repetition_workers_kills_and_restarts(shared: Path, tmp_path: Path, up: Callable[..., System]) -> None:
    dossiers = truth(shared)
    system = up("--ingest", shared / "data" / "permits.csv", "--map", "permits")
    chiso("ingest", shared / "data" / "service_requests.csv", "--map", "service-requests", home=system.home, check=6)
    system.drain()
    assert differences(system, dossiers) == []
    plain = system.fingerprint()
    positions = system.get("/v1/positions")["positions"]
    assert {unit["unit"] for unit in system.get("/v1/units")["items"]} == set(by_unit(dossiers))
    system.stop()

    again = up("--ingest", shared / "data" / "permits.csv", "--map", "permits", "--workers", "2", home=system.home)
    again.drain()
    assert again.fingerprint() == plain
    assert again.get("/v1/positions")["positions"] == positions  # the file was not sent a second time
    again.stop()

    other = up("--workers", "3")
    for mapping, name in reversed(FILES):
        dirty = shuffled_twice(shared / "data" / name, tmp_path / name)
        chiso("ingest", dirty, "--map", mapping, home=other.home, check=None)
        os.kill(other.children("worker")[0].pid, signal.SIGKILL)
    other.drain()
    assert other.fingerprint() == plain
    assert differences(other, dossiers) == []
    assert len(other.children("worker")) == 3


def test_a_worker_killed_in_the_middle_of_a_stream_changes_nothing(shared: Path, tmp_path: Path, up: Callable[..., System]) -> None:
    path = shared / "data" / "service_requests.csv"
    system = up("--workers", "2", "--ingest", path, "--map", "service-requests", "--speed", "50")
    for _ in range(2):
        before = sum(system.get("/v1/positions")["positions"].values())
        wait_until(lambda before=before: sum(system.get("/v1/positions")["positions"].values()) > before)
        victim = system.children("worker")[0].pid
        os.kill(victim, signal.SIGKILL)
        wait_until(
            lambda victim=victim: len(system.children("worker")) == 2 and victim not in [one.pid for one in system.children("worker")]
        )
    system.drain(120)
    assert differences(system, list(oracle.requests(path).values())) == []


def wait_until(condition: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("by", ["sector", "procedure", "official"])
@pytest.mark.parametrize(("read", "name"), [(oracle.permits, "permits.csv"), (oracle.requests, "service_requests.csv")])
def test_figures_by_dimension_equal_the_plain_computation(
    loaded: System, shared: Path, read: Callable[..., Any], name: str, by: str
) -> None:
    dossiers = list(read(shared / "data" / name).values())
    for unit, mine in by_unit(dossiers).items():
        for a, b in list(oracle.months(dossiers))[:6]:
            rows = loaded.get(f"/v1/units/{unit}/indicators", period=f"{a:%Y-%m}", by=by)["rows"]
            got = {row["code"]: row["counts"] for row in rows}
            every = {
                code: oracle.counts([one for one in mine if getattr(one, by) == code], a, b, TODAY)
                for code in {getattr(one, by) for one in mine}
            }
            assert got == {code: want for code, want in every.items() if want["received"] + want["carried_over"]}, (unit, a)
