"""Boards say the same in both languages, use only metrics that exist, and are committed as built."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.boards import signals
from connectors.boards.boards import BOARDS, build, every
from connectors.boards.panels import DATASOURCE
from connectors.boards.words import LANGUAGES, catalogue
from connectors.metrics import FIGURES, serve_metrics, worker_metrics

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ALL = [pytest.param(language, name, board, id=f"{language}-{name}") for language, name, board in every()]
WIDE = 24


def declared() -> set[str]:
    """Every metric's name as Prometheus sees it."""
    registry = CollectorRegistry()
    serve_metrics(registry)
    worker_metrics(registry)
    found = {family.name + ("_total" if family.type == "counter" else "") for family in registry.collect()}
    return found | set(FIGURES)


def queries(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]] + [
        variable["definition"] for variable in board["templating"]["list"]
    ]


def test_the_committed_files_are_what_the_code_builds(tmp_path: Path) -> None:
    committed = DEPLOY / "grafana" / "boards"
    built = {path.relative_to(tmp_path): path.read_bytes() for path in build(tmp_path)}
    assert built == {path.relative_to(committed): path.read_bytes() for path in committed.rglob("*.json")}


def test_files_of_boards_that_are_no_more_are_taken_away(tmp_path: Path) -> None:
    old = tmp_path / "vi" / "old.json"
    old.parent.mkdir()
    old.write_text("{}")
    build(tmp_path)
    assert not old.exists()


def test_uids_are_unique_and_promised() -> None:
    uids = [board["uid"] for _, _, board in every()]
    assert sorted(uids) == sorted([*(f"chiso-{name}" for name in BOARDS), *(f"chiso-{name}-en" for name in BOARDS)])


def test_every_word_is_there_in_every_language() -> None:
    for key, words in catalogue().items():
        assert set(words) == set(LANGUAGES), key
        assert all(text.strip() for text in words.values()), key


@pytest.mark.parametrize(("language", "name", "board"), ALL)
def test_a_board_is_whole(language: str, name: str, board: dict[str, Any]) -> None:
    panels = board["panels"]
    assert 0 < len(panels) <= 16
    assert board["schemaVersion"] == 41
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["noValue"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] == DATASOURCE
        assert all(target["datasource"] == DATASOURCE for target in panel["targets"])
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    cells = [
        (x, y)
        for panel in panels
        for grid in [panel["gridPos"]]
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(cells) == len(set(cells)), "panels overlap"
    assert max(x for x, _ in cells) < WIDE


@pytest.mark.parametrize(("language", "name", "board"), ALL)
def test_only_metrics_that_are_declared_are_asked_for(language: str, name: str, board: dict[str, Any]) -> None:
    used = {metric for query in queries(board) for metric in re.findall(r"\bchiso_\w+", query)}
    assert used
    assert used <= declared()


def test_the_wall_fits_its_screen_and_shows_no_dossier_and_no_official() -> None:
    for _, name, board in every():
        if name == "wall":
            assert board["templating"]["list"] == []
            assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"]) * 38 <= 1080 - 2 * 8 + 38
        assert not re.search(r"dossier=|official=", json.dumps(board))


def test_alerts_use_the_boards_own_signals() -> None:
    rules = " ".join((DEPLOY / "prometheus" / "rules.yml").read_text("utf-8").split())
    for signal in (signals.by_office("overdue"), signals.by_office("due_soon"), signals.AGE):
        assert signal in rules
    runbook = (DEPLOY / "runbook.md").read_text("utf-8")
    for alert in re.findall(r"alert: (\w+)", rules):
        assert alert.startswith("Chiso")
        assert f"\n## {alert}\n" in runbook
        assert f"deploy/runbook.md#{alert.lower()}" in rules
