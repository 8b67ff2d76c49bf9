"""Real servers for tests: one Kafka and one Valkey a session, child processes of pytest. They skip where Java, the jars or the binary are missing;
CHISO_REQUIRE turns that into a failure, and a server that is there but does not start is always one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from indicators.errors import ChisoError
from streams.servers import jars, java
from streams.servers import kafka as kafka_server
from streams.servers import valkey as valkey_server
from streams.servers.tether import end

SHARED = Path(__file__).resolve().parents[2] / "shared"
REQUIRED = frozenset(filter(None, os.environ.pop("CHISO_REQUIRE", "").split(",")))

settings.register_profile("chiso", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("chiso")


def missing(name: str, why: str) -> None:
    """Fails where CHISO_REQUIRE names it, else skips."""
    if name in REQUIRED:
        pytest.fail(f"{name} is required: {why}")
    pytest.skip(f"{name}: {why}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real event logs."""
    if not SHARED.is_dir():
        missing("shared", f"no folder {SHARED.name} beside the project")
    return SHARED


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real broker."""
    try:
        jars.classpath()
    except ChisoError as error:
        missing("broker", str(error))
    if not java.find().is_file():
        missing("broker", f"no Java {java.OLDEST} or newer")
    # from here on whatever goes wrong is ours, and no reason to skip
    home = tmp_path_factory.mktemp("broker")
    child, address = kafka_server.start(home, wanted=19_392)
    kafka_server.wait(child, address, home)
    yield address
    end([child])


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real Valkey or Redis."""
    try:
        valkey_server.binary()
    except ChisoError as error:
        missing("redis", str(error))
    child, url = valkey_server.start(tmp_path_factory.mktemp("store"), wanted=16_579)
    valkey_server.wait(child, url)
    yield url
    end([child])


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see neither the caller's CHISO_ variables nor a chiso.toml of the working folder."""
    for name in list(os.environ):
        if name.startswith("CHISO_") and name != "CHISO_CACHE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHISO_HOME", str(tmp_path / "home"))
