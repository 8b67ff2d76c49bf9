"""`chiso up` starts fast, ends clean, and says in one sentence what is in its way."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]
HELPS = 30  # how often `chiso up --help` may be run while `chiso up` starts; on a machine with nothing else to do that is less than 15 s


def gone(processes: list[psutil.Process], seconds: float = 10) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_start_addresses_and_end(up: Callable[..., System]) -> None:
    started = time.monotonic()
    system = up("--workers", "2")
    took = time.monotonic() - started
    started = time.monotonic()
    chiso("up", "--help", home=system.home)
    assert took < max(15, HELPS * (time.monotonic() - started))  # on a machine that has other things to do, as much longer as they make it
    found = system.addresses
    assert set(found) == {"kafka", "redis", "http", "metrics", "workers", "pid"}
    assert found["pid"] == system.process.pid
    assert len(found["workers"]) == 2
    direct = psutil.Process(system.process.pid).children()
    assert sum("worker" in child.cmdline() for child in direct) == 2
    listening = {
        address.laddr.ip for child in system.children() for address in child.net_connections("inet") if address.status == psutil.CONN_LISTEN
    }
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    children = system.children()
    assert system.stop() < 5
    assert gone(children, 0)
    assert not (system.home / "addresses.json").exists()


def test_two_that_start_at_once_have_servers_of_their_own(tmp_path: Path) -> None:
    both = [System(tmp_path / name) for name in ("one", "two")]
    try:
        found = [system.wait().addresses for system in both]
        for name in ("kafka", "redis", "http", "metrics"):
            assert found[0][name] != found[1][name]
        chiso("ingest", "sample", "--map", "service-requests", home=both[0].home, check=None)
        both[0].drain()
        assert [system.get("/v1/units")["items"] == [] for system in both] == [False, True]
    finally:
        for system in both:
            system.stop()


def test_children_die_with_a_killed_parent_and_the_next_start_goes_on(up: Callable[..., System]) -> None:
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    before = system.fingerprint()
    children = system.children()
    system.process.kill()
    system.process.wait()
    assert gone(children)
    assert not (system.home / "addresses.json").exists()  # nobody is sent to what is no more
    again = up("--ingest", "sample", "--map", "service-requests", home=system.home)
    again.drain()
    assert again.fingerprint() == before
    assert json.loads((system.home / "ingest.json").read_text())["files"] != {}


def test_ctrl_c_ends_it_and_servers_that_die_come_back(up: Callable[..., System]) -> None:
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    before = system.fingerprint()
    for word in ("serve", "kafka.Kafka"):
        [victim] = system.children(word)
        victim.kill()
        deadline = time.monotonic() + 30
        while not [one for one in system.children(word) if one.pid != victim.pid]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    chiso("ingest", "sample", "--map", "service-requests", home=system.home, check=None)
    system.drain()
    assert system.fingerprint() == before
    children = system.children()
    system.process.send_signal(signal.SIGINT)
    assert system.process.wait(5) == 0
    assert gone(children, 0)


def test_taken_ports_and_a_home_in_use(up: Callable[..., System], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 8766)), socket.create_server(("127.0.0.1", 9092)):
        system = up()
        assert system.addresses["http"] != "http://127.0.0.1:8766"
        assert system.addresses["kafka"] != "127.0.0.1:9092"
        assert "another `chiso up`" in chiso("up", home=system.home, check=1).stderr
        other = up("--kafka", system.addresses["kafka"], "--redis", system.addresses["redis"])
        assert other.addresses["kafka"] == system.addresses["kafka"]
        assert other.children("kafka.Kafka") == []


def test_up_ends_by_itself(tmp_path: Path) -> None:
    chiso("up", "--for", "1", home=tmp_path / "home")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--ingest", "missing.csv", "--map", "permits"), 3, "check the path"),
        (("--ingest", "sample", "--map", "nonsense"), 2, "service-requests"),
        (("--ingest", "sample"), 2, "--map"),
        (("--ingest", "sample", "--map", "permits"), 5, "case:concept:name"),
        (("--workers", "0"), 2, "workers"),
        (("--redis", "redis://127.0.0.1:9/0", "--kafka", "127.0.0.1:9"), 4, "leave --redis out"),
    ],
)
def test_what_is_in_the_way_is_said_before_anything_starts(tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    done = chiso("up", *words, home=tmp_path / "home", check=code)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "--home" in chiso("up", home=tmp_path / "file" / "home", check=1).stderr


def test_too_little_disk(tmp_path: Path) -> None:
    command = "import streams.up, streams.cli, sys; streams.up.DISK_BYTES = 1 << 60; sys.argv = ['chiso', 'up', '--home', sys.argv[1]]; streams.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", command, str(tmp_path / "home")], capture_output=True, text=True, timeout=60, check=False, env=os.environ
    )
    assert (done.returncode, "make room" in done.stderr) == (1, True)


def test_a_setting_nobody_knows_is_an_error_with_a_suggestion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_PARTITION", "3")
    assert "CHISO_PARTITIONS" in chiso("units", home=tmp_path, check=2).stderr
    monkeypatch.delenv("CHISO_PARTITION")
    monkeypatch.setenv("CHISO_PARTITIONS", "many")
    assert "CHISO_PARTITIONS" in chiso("units", home=tmp_path, check=2).stderr
