"""Two simulated provinces, watched by supervisors; by Prometheus: test_queries.py, by a browser: test_page.py."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.system.conftest import System
from tests.system.programs import found

pytestmark = [pytest.mark.broker, pytest.mark.redis]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("watched") / "home", "--simulate", "2")
    try:
        system.wait().drain(120)
        yield system
    finally:
        system.stop()


def test_metrics_are_clean(simulated: System) -> None:
    program = found("prometheus", "promtool")
    for url in (simulated.addresses["metrics"], *simulated.addresses["workers"]):
        done = subprocess.run(
            [program, "check", "metrics"], input=httpx.get(url).text, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_supervisors_are_told_who_is_healthy(simulated: System) -> None:
    for url in (simulated.addresses["metrics"], *simulated.addresses["workers"]):
        assert chiso_healthy(url) == 0
    assert chiso_healthy("http://127.0.0.1:9/metrics") == 4
    assert chiso_healthy(f"{simulated.addresses['http']}/livez") == 1


def chiso_healthy(url: str) -> int:
    import sys

    return subprocess.run([sys.executable, "-m", "streams.cli", "healthy", url], capture_output=True, timeout=60, check=False).returncode
