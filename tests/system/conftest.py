"""A whole running chiso, as a person would start it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

START_SECONDS = 60


def chiso(*words: str | Path, home: Path, check: int | None = 0, seconds: float = 120) -> "subprocess.CompletedProcess[str]":
    """One command, ended; `check` is the exit code wanted."""
    command = [sys.executable, "-m", "streams.cli", *map(str, words), "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert check is None or done.returncode == check, f"{words}: {done.returncode} {done.stderr[-2000:]}"
    return done


class System:
    """`chiso up` on a home."""

    def __init__(self, home: Path, *options: str | Path) -> None:
        self.home = home
        self.log = home.parent / f"{home.name}.log"
        with self.log.open("ab") as out:
            command = [sys.executable, "-m", "streams.cli", "up", "--home", str(home), *map(str, options)]
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ)
        self.addresses: dict[str, Any] = {}
        self.client = httpx.Client()

    def wait(self) -> "System":
        """Until all answer."""
        path = self.home / "addresses.json"
        deadline = time.monotonic() + START_SECONDS
        while not path.exists() or json.loads(path.read_text())["pid"] != self.process.pid:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.05)
        self.addresses = json.loads(path.read_text())
        self.client = httpx.Client(base_url=self.addresses["http"], timeout=10)
        return self

    def drain(self, seconds: float = 180) -> None:
        chiso("drain", "--timeout", str(seconds), home=self.home, seconds=seconds + 30)

    def get(self, path: str, **query: object) -> Any:
        answer = self.client.get(path, params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def children(self, word: str = "") -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in found if child.status() != psutil.STATUS_ZOMBIE and (not word or word in child.cmdline())]

    def fingerprint(self) -> str:
        return chiso("fingerprint", home=self.home).stdout.strip()

    def stop(self) -> float:
        """By SIGTERM; seconds it took."""
        started = time.monotonic()
        self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(20) == 0, self.log.read_text()[-2000:]
        return time.monotonic() - started


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., System]]:
    """Starts `chiso up` on a fresh home, or on the one given; stops what it started."""
    running: list[System] = []

    def start(*options: str | Path, home: Path | None = None) -> System:
        running.append(System(home or tmp_path / f"home{len(running)}", *options))
        return running[-1].wait()

    yield start
    for system in running:
        system.stop()


@pytest.fixture(scope="module")
def loaded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Both real files, drained."""
    system = System(tmp_path_factory.mktemp("system") / "home", "--ingest", shared / "data" / "permits.csv", "--map", "permits").wait()
    chiso("ingest", shared / "data" / "service_requests.csv", "--map", "service-requests", home=system.home, check=6)
    system.drain()
    yield system
    system.stop()
