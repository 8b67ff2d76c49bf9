"""What a real Alertmanager sends, silences and keeps until working hours, on the configuration that is shipped; only pauses are shorter."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.alerts.manager import config
from connectors.alerts.rules import ALERTS
from indicators.workdays import Calendar
from indicators.workhours import sessions
from tests.system.programs import alertmanager, until

AREAS = {alert.name: {"area": alert.area, "severity": alert.severity} for alert in ALERTS}
THIS_YEAR = dt.datetime.now(dt.UTC).year
YEARS = range(THIS_YEAR - 1, THIS_YEAR + 2)
ALWAYS = Calendar((), range(10_000, 40_000), {THIS_YEAR})  # every day is worked
NEVER = Calendar(range(10_000, 40_000), (), {THIS_YEAR})


class Receiver(ThreadingHTTPServer):
    """Takes what Alertmanager sends to a webhook."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.groups: list[dict[str, Any]] = []

    def told(self) -> set[tuple[str, str]]:
        """(alert, unit) of all that was sent."""
        alerts = [alert["labels"] for group in self.groups for alert in group["alerts"]]
        return {(labels["alertname"], labels.get("unit", "")) for labels in alerts}


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.groups.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Running:
    """An Alertmanager and who takes from it."""

    def __init__(self, address: str, receiver: Receiver) -> None:
        self.receiver = receiver
        self.client = httpx.Client(base_url=f"http://{address}/api/v2", timeout=10)

    def fire(self, *alerts: dict[str, str]) -> None:
        body = [{"labels": AREAS[alert["alertname"]] | alert} for alert in alerts]
        assert self.client.post("/alerts", json=body).status_code == 200

    def silenced(self) -> set[tuple[str, str]]:
        """(alert, unit) of what another alert keeps from being said."""
        found = self.client.get("/alerts").json()
        return {(one["labels"]["alertname"], one["labels"].get("unit", "")) for one in found if one["status"]["inhibitedBy"]}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Calendar], Running]]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    opened: list[Any] = []

    def begin(calendar: Calendar) -> Running:
        text = config(calendar, sessions("00:00-24:00"), YEARS)
        text = text.replace("group_wait: 30s", "group_wait: 1s").replace("group_interval: 15m", "group_interval: 1s")
        hook = f"    webhook_configs: [{{url: 'http://127.0.0.1:{receiver.server_address[1]}', send_resolved: false}}]\n"
        text = text.replace("  - name: operations\n", f"  - name: operations\n{hook}")
        path = tmp_path / "alertmanager.yml"
        path.write_text(text, "utf-8")
        opened.append(alertmanager(tmp_path, path))
        return Running(opened[-1].__enter__(), receiver)

    yield begin
    for one in opened:
        one.__exit__(None, None, None)
    receiver.shutdown()
    thread.join()
    receiver.server_close()


def of_unit(name: str, unit: str, kind: str, province: str = "H44") -> dict[str, str]:
    return {"alertname": name, "unit": unit, "kind": kind, "province": province}


STALLED = {"alertname": "ChisoPipelineStalled"}
OFFICE = of_unit("ChisoDossiersOverdue", "H44.07", "department")
COMMUNE = of_unit("ChisoDossiersOverdue", "H44.100", "commune")
ELSEWHERE = of_unit("ChisoDossiersOverdue", "H01.07", "department", "H01")


def test_a_province_is_one_message(start: Callable[[Calendar], Running]) -> None:
    running = start(ALWAYS)
    running.fire(OFFICE, COMMUNE, ELSEWHERE)
    until(lambda: len(running.receiver.told()) == 3, 20)
    assert sorted(len(group["alerts"]) for group in running.receiver.groups) == [1, 2]
    assert {tuple(sorted(group["groupLabels"])) for group in running.receiver.groups} == {("alertname", "province")}


def test_what_is_not_urgent_waits_for_working_hours(start: Callable[[Calendar], Running]) -> None:
    running = start(NEVER)
    running.fire(OFFICE)
    until(lambda: running.client.get("/alerts/groups").json(), 20)
    # both of these begin to wait later than the office, so when they were sent its turn is over
    running.fire({"alertname": "ChisoStoreMemoryHigh", "severity": "critical"}, {"alertname": "ChisoSourceQuarantined", "source": "H01"})
    until(lambda: len(running.receiver.told()) == 2, 20)
    assert running.receiver.told() == {("ChisoStoreMemoryHigh", ""), ("ChisoSourceQuarantined", "")}


def test_a_stalled_pipeline_silences_the_domain_and_not_the_system(start: Callable[[Calendar], Running]) -> None:
    running = start(ALWAYS)
    running.fire(STALLED)
    until(lambda: ("ChisoPipelineStalled", "") in running.receiver.told(), 20)
    domain = [
        {"alertname": name, "unit": "H44", "kind": "province", "province": "H44"} for name, of in AREAS.items() if of["area"] == "domain"
    ]
    running.fire(*domain, {"alertname": "ChisoPartitionHalted"}, {"alertname": "ChisoReadingStale"})
    until(lambda: ("ChisoPartitionHalted", "") in running.receiver.told(), 20)
    assert running.silenced() == {*((one["alertname"], "H44") for one in domain), ("ChisoReadingStale", "")}
    assert running.receiver.told() == {("ChisoPipelineStalled", ""), ("ChisoPartitionHalted", "")}


def test_a_province_silences_its_units_and_no_others(start: Callable[[Calendar], Running]) -> None:
    running = start(ALWAYS)
    running.fire(of_unit("ChisoDossiersOverdue", "H44", "province"))
    until(running.receiver.told, 20)
    soon = of_unit("ChisoDossiersDueSoon", "H44.07", "department")
    other = of_unit("ChisoDossiersDueSoon", "H44.09", "department")
    running.fire(OFFICE, COMMUNE, ELSEWHERE, soon, other)
    until(lambda: len(running.receiver.told()) == 3, 20)
    assert running.silenced() == {
        ("ChisoDossiersOverdue", "H44.07"),
        ("ChisoDossiersOverdue", "H44.100"),
        ("ChisoDossiersDueSoon", "H44.07"),
    }
    assert running.receiver.told() == {
        ("ChisoDossiersOverdue", "H44"),
        ("ChisoDossiersOverdue", "H01.07"),
        ("ChisoDossiersDueSoon", "H44.09"),
    }


def test_what_each_unit_has_to_mend_itself_is_said_to_it_too(start: Callable[[Calendar], Running]) -> None:
    running = start(ALWAYS)
    names = ("ChisoApologyOwed", "ChisoSourceSilent", "ChisoOffRecord")
    running.fire(*(of_unit(name, "H44", "province") for name in (*names, "ChisoScoreDrop")))
    until(lambda: len(running.receiver.told()) == 4, 20)
    running.fire(*(of_unit(name, "H44.07", "department") for name in (*names, "ChisoScoreDrop")))
    until(lambda: len(running.receiver.told()) == 7, 20)
    assert running.silenced() == {("ChisoScoreDrop", "H44.07")}
    assert running.receiver.told() >= {(name, "H44.07") for name in names}


def test_of_one_thing_the_worse_is_said(start: Callable[[Calendar], Running]) -> None:
    running = start(ALWAYS)
    running.fire({"alertname": "ChisoStoreMemoryHigh", "severity": "critical"}, of_unit("ChisoGradeLost", "H44", "province"))
    until(lambda: len(running.receiver.told()) == 2, 20)
    running.fire({"alertname": "ChisoStoreMemoryHigh", "severity": "warning"}, of_unit("ChisoScoreDrop", "H44", "province"))
    until(lambda: running.silenced() == {("ChisoStoreMemoryHigh", ""), ("ChisoScoreDrop", "H44")}, 20)
