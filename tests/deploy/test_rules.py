"""The configuration as Prometheus' and Alertmanager's own tools see it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def tool(*words: str | Path) -> str:
    if shutil.which(str(words[0])) is None:
        missing("prometheus", f"no {words[0]} on the PATH; apt-get install prometheus prometheus-alertmanager")
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_rules_are_clean() -> None:
    assert "6 rules found" in tool("promtool", "check", "rules", DEPLOY / "prometheus" / "rules.yml")


def test_rules_fire_not_the_minute_before_and_resolve() -> None:
    assert "SUCCESS" in tool("promtool", "test", "rules", DEPLOY / "prometheus" / "tests" / "rules.yml")


def test_a_test_of_rules_can_fail(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus")
    rules = tmp_path / "prometheus" / "rules.yml"
    rules.write_text(rules.read_text("utf-8").replace("for: 5m", "for: 4m"), "utf-8")
    with pytest.raises(AssertionError, match="FAILED"):
        tool("promtool", "test", "rules", tmp_path / "prometheus" / "tests" / "rules.yml")


def test_prometheus_and_alertmanager_take_their_configuration() -> None:
    tool("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    tool("amtool", "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


def test_alerts_go_out_a_group_a_province() -> None:
    config = DEPLOY / "alertmanager" / "alertmanager.yml"
    routes = tool(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={config}",
        "alertname=ChisoDossiersOverdue",
        "province=H44",
        "severity=warning",
    )
    assert routes.splitlines()[0] == "operations"
