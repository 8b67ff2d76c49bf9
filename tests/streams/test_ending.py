"""A process that is told to end before it has begun."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.programs import answers, free_port, until

WITHIN = 5.0  # seconds


@pytest.fixture
def silent() -> socket.socket:
    """Accepts, and says nothing."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_waits_for_a_broker_ends_at_once(silent: socket.socket, tmp_path: Path, told: int) -> None:
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    env = os.environ | {"CHISO_KAFKA": address, "CHISO_REDIS": f"redis://{address}/0"}
    process = subprocess.Popen([sys.executable, "-m", "streams.cli", "worker", "--home", str(tmp_path)], env=env, stderr=subprocess.PIPE)
    silent.settimeout(30)
    asked, _ = silent.accept()
    process.send_signal(told)
    _, said = process.communicate(timeout=WITHIN)
    assert process.returncode == {signal.SIGTERM: 0, signal.SIGINT: 130}[told], said.decode()
    assert b"Traceback" not in said
    asked.close()
    silent.close()


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
    _, said = process.communicate(timeout=WITHIN if what == "told" else 30)
    assert process.returncode == code, said.decode()
    silent.close()
