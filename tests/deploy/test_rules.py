"""Alerts as Prometheus' and Alertmanager's own tools see them; rules, words, runbook, boards, metrics and the calendar agree."""

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from connectors.alerts.manager import AFTER, BEFORE, config, written_out
from connectors.alerts.render import LANGUAGES, catalogue, rules
from connectors.alerts.rules import ALERTS, CRITICAL, DOMAIN, INFO, RECORDED, SYSTEM, WARNING
from connectors.boards.boards import every
from connectors.reference import calendar
from indicators.times import day_of
from indicators.workdays import Calendar
from indicators.workhours import sessions
from tests.conftest import missing
from tests.deploy.test_boards import declared

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES, MANAGER = DEPLOY / "prometheus" / "rules.yml", DEPLOY / "alertmanager" / "alertmanager.yml"
TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
NAMES = [alert.name for alert in ALERTS]


def tool(*words: str | Path) -> str:
    if shutil.which(str(words[0])) is None:
        missing("prometheus", f"no {words[0]} on the PATH; apt-get install prometheus prometheus-alertmanager")
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@cache
def parsed(text: str) -> Any:
    return YAML(typ="safe").load(text)


def test_the_committed_files_are_what_the_code_builds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streams.cli", "alerts", "build", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    for path in (RULES, MANAGER):
        assert (tmp_path / path.relative_to(DEPLOY)).read_text("utf-8") == path.read_text("utf-8")


def test_rules_are_clean() -> None:
    assert f"{len(ALERTS) + len(RECORDED)} rules found" in tool("promtool", "check", "rules", RULES)


def test_rules_fire_not_the_minute_before_and_resolve() -> None:
    assert tool("promtool", "test", "rules", *TESTS).count("SUCCESS") == len(TESTS)


def test_a_test_of_rules_can_fail(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus")
    changed = tmp_path / "prometheus" / "rules.yml"
    changed.write_text(changed.read_text("utf-8").replace("for: 1m", "for: 2m"), "utf-8")
    with pytest.raises(AssertionError, match="FAILED"):
        tool("promtool", "test", "rules", tmp_path / "prometheus" / "tests" / "system.yml")


@pytest.mark.parametrize("name", sorted({*NAMES}))
def test_every_alert_is_tried_before_it_fires_and_when_it_fires(name: str) -> None:
    groups = [group for path in TESTS for group in parsed(path.read_text("utf-8"))["tests"]]
    tried = [one for group in groups for one in group.get("alert_rule_test", ()) if one["alertname"] == name]
    fires = [minutes(one["eval_time"]) for one in tried if one["exp_alerts"]]
    silent = [minutes(one["eval_time"]) for one in tried if not one["exp_alerts"]]
    assert any(moment - 1 in silent for moment in fires), f"{name} is not tried the minute before"


def minutes(text: str) -> int:
    return int(text.removesuffix("m"))


def test_what_boards_ask_for_beside_the_metrics_is_recorded() -> None:
    asked = {name for _, _, board in every() for name in re.findall(r"\bchiso:\w+", json.dumps(board))}
    assert asked == set(RECORDED)


def test_every_alert_has_its_words_its_heading_and_its_board() -> None:
    assert set(catalogue()) == {*NAMES}
    headings = re.findall(r"^## (\S+)$", (DEPLOY / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted({*NAMES})
    for alert in ALERTS:
        assert alert.name.startswith("Chiso")
        assert alert.area in (DOMAIN, SYSTEM)
        assert alert.severity in (CRITICAL, WARNING, INFO)
        words = catalogue()[alert.name]
        assert set(words) == {"summary", "description"}
        for text in words.values():
            assert set(text) == set(LANGUAGES)
            assert re.findall(r"labels\.\w+", text["vi"]) == re.findall(r"labels\.\w+", text["en"])
            assert "vi phạm" not in text["vi"]
            assert "'" not in text["vi"].replace("'Xuất sắc'", "").replace("'Trung bình'", "")
        if alert.area == DOMAIN:
            assert "$labels.unit" in words["summary"]["vi"]
            assert "$value" in words["summary"]["vi"]
            assert "chiso " in words["description"]["vi"], "says what to run"


def test_alerts_ask_only_for_metrics_that_are_declared() -> None:
    asked = [*(f"{alert.expr} {alert.inner}" for alert in ALERTS), *RECORDED.values()]
    used = {metric for expr in asked for metric in re.findall(r"\bchiso_\w+", expr)}
    assert len(used) > 10
    assert used <= declared()


def test_links_lead_to_boards_and_variables_that_are_there() -> None:
    boards = {path.stem: json.loads(path.read_text("utf-8")) for path in (DEPLOY / "grafana" / "boards" / "vi").glob("*.json")}
    for alert in ALERTS:
        variables = {one["name"] for one in boards[alert.board]["templating"]["list"]}
        assert {name for name, _ in alert.scope} <= variables, alert.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_are_clean_in_every_language(language: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(rules(language), "utf-8")
    tool("promtool", "check", "rules", path)
    found = [rule for group in parsed(rules(language))["groups"] for rule in group["rules"] if "alert" in rule]
    links = [rule["annotations"]["dashboard_url"] for rule in found]
    assert len(links) == len(ALERTS)
    assert all(("-en" in link) == (language == "en") for link in links)


def test_prometheus_and_alertmanager_take_their_configuration() -> None:
    tool("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    assert "6 inhibit rules" in tool("amtool", "check-config", MANAGER)


def test_alerts_go_out_a_group_a_province_and_are_said_again_in_their_time() -> None:
    route = parsed(MANAGER.read_text("utf-8"))["route"]
    assert (route["group_by"], route["group_wait"], route["group_interval"], route["repeat_interval"]) == (
        ["alertname", "province"],
        "30s",
        "15m",
        "24h",
    )
    critical, domain = route["routes"]
    assert (critical["repeat_interval"], "active_time_intervals" in critical) == ("4h", False)
    assert domain["active_time_intervals"] == ["working-hours"]
    for labels in (["severity=warning", "area=domain"], ["severity=critical", "area=system"], ["severity=warning", "area=system"]):
        found = tool("amtool", "config", "routes", "test", f"--config.file={MANAGER}", *labels)
        assert found.splitlines()[0] == "operations"


def open_at(text: str, moment: dt.datetime) -> bool:
    """Whether Alertmanager's interval holds, by its documentation: in one entry every field must fit."""
    [interval] = parsed(text)["time_intervals"]
    return any(_fits(entry, moment.astimezone(dt.timezone(dt.timedelta(hours=7)))) for entry in interval["time_intervals"])


def _fits(entry: dict[str, Any], local: dt.datetime) -> bool:
    assert entry["location"] == "Asia/Ho_Chi_Minh"
    spans = {"years": local.year, "months": local.month, "days_of_month": local.day}
    for field, value in spans.items():
        if field in entry and not any(_within(span, value) for span in entry[field]):
            return False
    if "weekdays" in entry:
        assert entry["weekdays"] == ["monday:friday"]
        if local.weekday() > 4:
            return False
    clock = f"{local:%H:%M}"
    return any(one["start_time"] <= clock < one["end_time"] for one in entry["times"])


def _within(span: str, value: int) -> bool:
    first, _, last = str(span).partition(":")
    return int(first) <= value <= int(last or first)


COMMITTED = MANAGER.read_text("utf-8")
MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 12, 31, 23, 59), timezones=st.just(dt.UTC))


@given(MOMENTS)
def test_alerts_call_in_working_hours_and_on_working_days(moment: dt.datetime) -> None:
    local = moment.astimezone(dt.timezone(dt.timedelta(hours=7)))
    second = local.hour * 3600 + local.minute * 60
    at_work = any(first <= second < last for first, last in zip(sessions().opens, sessions().closes, strict=True))
    assert open_at(COMMITTED, moment) == (at_work and calendar().is_workday(day_of(local.date())))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-02", False),  # swapped for the Saturday after
        ("2026-01-10", True),
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-02-17", False),  # Tet
        ("2026-11-25", True),
        ("2040-05-02", True),  # far years: plain weeks
        ("2040-05-05", False),
    ],
)
def test_swapped_days_are_kept(day: str, works: bool) -> None:
    moment = dt.datetime.fromisoformat(f"{day}T08:00:00+07:00")
    assert BEFORE < moment.year < AFTER
    assert open_at(COMMITTED, moment) is works


def test_a_calendar_of_ones_own_is_followed(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[[year]]\nyear = 2027\nconfirmed = true\ndays_off = [2027-08-09]\nworking_days = [2027-08-14]\n", "utf-8")
    found = calendar(own)
    assert list(written_out(found)) == [2026, 2027, 2028, 2029]
    text = config(found, sessions(), written_out(found))
    path = tmp_path / "alertmanager.yml"
    path.write_text(text, "utf-8")
    tool("amtool", "check-config", path)
    asked = {day: open_at(text, dt.datetime.fromisoformat(f"{day}T08:00:00+07:00")) for day in ("2027-08-09", "2027-08-14", "2026-01-10")}
    assert asked == {"2027-08-09": False, "2027-08-14": True, "2026-01-10": True}


def test_a_month_without_a_working_day_is_no_entry_at_all(tmp_path: Path) -> None:
    off = {day_of(dt.date(2026, 2, day)) for day in range(1, 29)}
    text = config(Calendar(off, (), {2026}), sessions("00:00-24:00"), range(2026, 2027))
    path = tmp_path / "alertmanager.yml"
    path.write_text(text, "utf-8")
    tool("amtool", "check-config", path)
    assert not open_at(text, dt.datetime(2026, 2, 10, tzinfo=dt.UTC))
    assert open_at(text, dt.datetime(2026, 3, 10, tzinfo=dt.UTC))


def test_receivers_are_kept_when_built_anew() -> None:
    ours = 'receivers:\n  # of the night shift\n  - name: operations\n\n    webhook_configs: [{url: "http://127.0.0.1:1/x"}]\n'
    before = re.sub(r"^receivers:\n(?:[ #].*\n|\n)+", lambda _: ours + "\n", COMMITTED, flags=re.MULTILINE)
    found = calendar()
    after = config(found, sessions(), written_out(found), before)
    assert after == before != COMMITTED
    assert config(found, sessions(), written_out(found), COMMITTED) == config(found, sessions(), written_out(found)) == COMMITTED
