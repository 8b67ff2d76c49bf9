"""A process that is told to end before it has begun."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.programs import answers, free_port, until

WITHIN = 15.0  # seconds, on a busy machine; who is not told at all ends otherwise


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Accepts, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.settimeout(30)
        yield found


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> tuple[int, str]:
    """Exit code and what was said on stderr."""
    try:
        _, said = process.communicate(timeout=seconds)
    finally:
        process.kill()
        process.wait()
    return process.returncode, said.decode()


def test_a_worker_that_waits_for_a_broker_ends_at_once(silent: socket.socket, tmp_path: Path) -> None:
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    env = os.environ | {"CHISO_KAFKA": address, "CHISO_REDIS": f"redis://{address}/0"}
    process = subprocess.Popen([sys.executable, "-m", "streams.cli", "worker", "--home", str(tmp_path)], env=env, stderr=subprocess.PIPE)
    with silent.accept()[0]:
        process.terminate()
        code, said = ended(process, WITHIN)
    assert (code, "Traceback" in said) == (0, False), said


SERVE = """
import sys
from pathlib import Path
from streams import serve
from streams.ending import at_once
from streams.settings import load

async def broken():
    raise ValueError

at_once()
if sys.argv[2] == "bug":
    serve.House.lives = lambda self: [broken()]
sys.exit(serve.run(load(home=Path(sys.argv[1]))))
"""


@pytest.mark.parametrize(("what", "code"), [("told", 0), ("bug", 70)])
def test_a_reading_process_says_by_its_code_whether_it_was_told_to_end(silent: socket.socket, tmp_path: Path, what: str, code: int) -> None:
    address, metrics = f"127.0.0.1:{silent.getsockname()[1]}", free_port()
    env = os.environ | {"CHISO_KAFKA": address, "CHISO_REDIS": f"redis://{address}/0", "CHISO_METRICS_PORT": str(metrics)}
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), what], env=env, stderr=subprocess.PIPE)
    if what == "told":
        until(lambda: answers(f"http://127.0.0.1:{metrics}/metrics"), 30)
        process.terminate()
    found, said = ended(process, WITHIN if what == "told" else 30)
    assert found == code, said
