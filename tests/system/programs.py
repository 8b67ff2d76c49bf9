"""Other people's programs as child processes: Prometheus, Alertmanager, Chromium."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import missing

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
CONFIG = DEPLOY / "prometheus"


def found(requirement: str, *names: str) -> str:
    """The path of the first program that is there."""
    for name in names:
        path = shutil.which(name)
        if path is not None:
            return path
    missing(requirement, f"no {names[0]} on the PATH")
    raise AssertionError


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def until(condition: Callable[[], object], seconds: float = 60, every: float = 0.1) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(every)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def running(command: list[str], log: Path, ready: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program until it is ended, once `ready` answers."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:

        def up() -> bool:
            assert process.poll() is None, log.read_text()[-2000:]
            return answers(ready)

        until(up)
        yield process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def prometheus(folder: Path, targets: dict[str, list[str]], changes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Debian's Prometheus on the shipped configuration; `targets` (serve, worker, alertmanager) are addresses instead of compose's names.

    `changes` (pattern → text) are made to its files, so that a test need not wait as long as people do.
    """
    program = found("prometheus", "prometheus")
    shutil.copytree(CONFIG, folder / "config")
    for name, addresses in targets.items():
        quoted = ", ".join(f'"{address}"' for address in addresses)
        (folder / "config" / "targets" / f"{name}.yml").write_text(f"- targets: [{quoted}]\n")
    for pattern, text in (changes or {}).items():
        for path in (folder / "config").glob("*.yml"):
            path.write_text(re.sub(pattern, text, path.read_text("utf-8")), "utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [
        program,
        f"--config.file={folder / 'config' / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with running(command, folder / "prometheus.log", f"http://{address}/-/ready"):
        yield f"http://{address}"


@contextmanager
def alertmanager(folder: Path, config: Path = DEPLOY / "alertmanager" / "alertmanager.yml") -> Iterator[str]:
    """Debian's Alertmanager on the shipped configuration, or another."""
    program = found("prometheus", "prometheus-alertmanager", "alertmanager")
    address = f"127.0.0.1:{free_port()}"
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with running(command, folder / "alertmanager.log", f"http://{address}/-/ready"):
        yield address
