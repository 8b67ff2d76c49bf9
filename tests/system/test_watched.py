"""Two simulated provinces, watched as an operations centre would: by Prometheus, by the boards' queries."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.boards.boards import every
from tests.system.conftest import System
from tests.system.programs import alertmanager, found, prometheus, until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
QUERIES = sorted(
    {target["expr"].replace("$province", ".*") for _, _, board in every() for panel in board["panels"] for target in panel["targets"]}
)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("watched") / "home", "--simulate", "2").wait()
    system.drain(120)
    yield system
    system.stop()


@pytest.fixture(scope="module")
def watching(simulated: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Prometheus' API, once it has seen figures twice."""
    folder = tmp_path_factory.mktemp("prometheus")

    def place(url: str) -> str:
        return url.removeprefix("http://").removesuffix("/metrics")

    with alertmanager(folder) as alerts:
        workers = [place(url) for url in simulated.addresses["workers"]]
        targets = {"serve": [place(simulated.addresses["metrics"])], "worker": workers, "alertmanager": [alerts]}
        with prometheus(folder, targets) as url, httpx.Client(base_url=url, timeout=10) as client:
            until(lambda: ask(client, "chiso_dossiers_open"), 30)
            until(lambda: float(ask(client, "min(count_over_time(chiso_figures_timestamp_seconds[5m]))")[0]["value"][1]) >= 3, 60)
            yield client


def ask(client: httpx.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/query", params={"query": query}).json()
    assert answer["status"] == "success", (query, answer)
    assert not answer.get("warnings"), (query, answer)
    result: list[dict[str, Any]] = answer["data"]["result"]
    return result


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_boards_returns_data(watching: httpx.Client, query: str) -> None:
    assert ask(watching, query)


def test_every_rule_is_healthy_and_has_data_to_judge(watching: httpx.Client) -> None:
    def groups() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = watching.get("/api/v1/rules").json()["data"]["groups"]
        return found

    def alerts(name: str) -> list[Any]:
        return [alert for group in groups() for rule in group["rules"] if rule["name"] == name for alert in rule["alerts"]]

    until(lambda: all(rule["health"] == "ok" and not rule.get("lastError") for group in groups() for rule in group["rules"]), 60)
    names = {rule["name"] for group in groups() for rule in group["rules"]}
    assert names == {
        "ChisoDossiersOverdue",
        "ChisoDossiersDueSoon",
        "ChisoPipelineStalled",
        "ChisoConservationBroken",
        "ChisoPartitionHalted",
        "ChisoSourceQuarantined",
    }
    # somebody is overdue and somebody due soon, so these are pending at least; before the first scrape there were no figures at all
    until(lambda: alerts("ChisoDossiersOverdue") and alerts("ChisoDossiersDueSoon") and not alerts("ChisoPipelineStalled"), 60)


def test_all_targets_are_scraped_and_alertmanager_is_known(watching: httpx.Client) -> None:
    assert {one["metric"]["job"]: one["value"][1] for one in ask(watching, "up")} == {"chiso-serve": "1", "chiso-worker": "1"}
    assert len(watching.get("/api/v1/alertmanagers").json()["data"]["activeAlertmanagers"]) == 1


def test_what_prometheus_holds_is_what_show_says(simulated: System, watching: httpx.Client) -> None:
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))

    def equal() -> bool:
        late = ask(watching, 'chiso_dossiers_counted{unit="H21",period="quarter",count="finished_late"}')[0]["value"][1]
        quarter = ask(watching, 'chiso_dossiers_open{unit="H21",state="overdue"}')[0]["value"][1]
        counts = simulated.get("/v1/units/H21/indicators", period=f"{today.year}-Q{(today.month + 2) // 3}")["counts"]
        return (int(late), int(quarter)) == (counts["finished_late"], counts["open_overdue"])

    until(equal, 30)


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
