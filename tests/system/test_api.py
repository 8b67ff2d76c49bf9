"""Whatever the HTTP API is asked, it never fails: made-up requests by schemathesis from its own description. `API_REQUESTS=10000` asks more."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
REQUESTS = int(os.environ.get("API_REQUESTS", "600"))
FAILED = 500


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    found = System(tmp_path_factory.mktemp("api") / "home", "--ingest", "sample", "--map", "service-requests").wait()
    found.drain()
    yield found
    found.stop()


def ask(system: System, count: int) -> Counter[int]:
    """So many requests, spread over all operations, good and bad in turn; gives how often each status came."""
    schema = schemathesis.openapi.from_url(f"{system.addresses['http']}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    asking = sum(map(takes_something, operations))
    seen: Counter[int] = Counter()
    with httpx.Client(base_url=system.addresses["http"], timeout=30) as client:
        for operation in operations:
            good, bad = (operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
            half = count // asking // 2 + 1 if takes_something(operation) else 1
            _ask(good, half, client, seen)
            if half > 1:
                try:
                    _ask(bad, half, client, seen)
                except Unsatisfiable:  # whatever is said in a path is a string
                    _ask(good, 2 * half, client, seen)
    return seen


def takes_something(operation: Any) -> bool:
    return bool(operation.body or list(operation.iter_parameters()))


def _ask(strategy: Any, count: int, client: httpx.Client, seen: Counter[int]) -> None:
    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=strategy)
    def once(case: schemathesis.Case) -> None:
        answer = case.call(base_url=str(client.base_url), timeout=30)
        seen[answer.status_code] += 1
        if answer.status_code >= FAILED:
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), f"{case.as_curl_command()} {answer.text}"
        if answer.status_code >= 400 and case.operation.path != "/v1/sync" and answer.status_code != 405:
            assert "application/problem+json" in answer.headers["content-type"], f"{case.as_curl_command()} {answer.status_code}"

    once()


def test_no_request_makes_it_fail(system: System) -> None:
    seen = ask(system, REQUESTS)
    assert sum(seen.values()) > REQUESTS * 0.9
    assert seen[200] > 0 < seen[422], seen
    sys.stdout.write(f"{sum(seen.values()):,} requests: {dict(seen)}\n")
    assert not any(status >= FAILED for status in seen), seen


def test_while_the_store_is_away_it_says_when_to_come_again(system: System) -> None:
    [store] = [child for child in system.children() if "valkey" in child.name() or "redis" in child.name()]
    os.kill(store.pid, signal.SIGSTOP)
    try:
        until(lambda: system.client.get("/readyz", timeout=30).status_code == 503, 60)
        assert system.client.get("/readyz").headers["retry-after"]
        answer = system.client.get("/v1/dossiers/1", timeout=60)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert system.get("/v1/units")["items"], "what is in memory goes on"
    finally:
        os.kill(store.pid, signal.SIGCONT)
    until(lambda: system.client.get("/readyz").status_code == 200, 60)
    chiso("drain", home=system.home)
