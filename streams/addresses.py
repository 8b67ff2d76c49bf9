"""`$CHISO_HOME/addresses.json`: how commands find the system that `chiso up` runs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from streams.settings import Settings

KAFKA = "127.0.0.1:9092"
REDIS = "redis://127.0.0.1:6379/0"
HTTP = "http://127.0.0.1:8766"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything answers; the fields are those of addresses.json."""

    kafka: str = KAFKA
    redis: str = REDIS
    http: str = HTTP
    metrics: str = "http://127.0.0.1:9766/metrics"
    workers: tuple[str, ...] = ()
    pid: int = 0


def path(home: Path) -> Path:
    """The file itself."""
    return home / "addresses.json"


def read(home: Path) -> Addresses | None:
    """What the running system wrote, or None where none runs."""
    try:
        found = json.loads(path(home).read_text())
    except (OSError, ValueError):
        return None
    return Addresses(**{**found, "workers": tuple(found.get("workers", ()))})


def write(home: Path, addresses: Addresses) -> None:
    """Appears whole or not at all."""
    draft = path(home).with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(addresses)))
    draft.replace(path(home))


def resolve(settings: Settings) -> Addresses:
    """Settings first, then addresses.json, then the defaults."""
    running = read(settings.home) or Addresses()
    return Addresses(
        kafka=settings.kafka or running.kafka,
        redis=settings.redis or running.redis,
        http=settings.http or running.http,
        metrics=running.metrics,
        workers=running.workers,
        pid=running.pid,
    )
