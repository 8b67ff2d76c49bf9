"""Boards say the same in both languages, use only metrics that exist, and are committed as built."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.boards import signals
from connectors.boards.boards import BOARDS, build, every
from connectors.boards.looks import GRADE, SILENT
from connectors.boards.panels import DATASOURCE, LISTS
from connectors.boards.tiles import COLUMNS, PROVINCES, ROWS
from connectors.boards.words import LANGUAGES, Words, catalogue
from connectors.metrics import FIGURES, serve_metrics, worker_metrics
from connectors.registry import path_of, read_units
from streams.listing import ABOUT

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ALL = [pytest.param(language, name, board, id=f"{language}-{name}") for language, name, board in every()]
WIDE = 24


def declared() -> set[str]:
    """Every metric's name as Prometheus sees it."""
    registry = CollectorRegistry()
    serve_metrics(registry)
    worker_metrics(registry)
    suffix = {"counter": "_total", "histogram": "_bucket"}
    found = {family.name + suffix.get(family.type, "") for family in registry.collect()}
    return found | set(FIGURES)


def queries(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]] + [
        variable["definition"] for variable in board["templating"]["list"] if "definition" in variable
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
    panels, said = board["panels"], catalogue()
    assert 0 < len(panels) <= 16
    assert board["schemaVersion"] == 41
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["noValue"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["type"] in ("stat", "bargauge", "table", "timeseries", "canvas")  # none needs a plug-in or a network
        assert panel["datasource"] in (DATASOURCE, LISTS)
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
        mapped = panel["fieldConfig"]["defaults"]["mappings"]
        assert mapped[0]["options"] == {"match": "null+nan", "result": {"text": said["no_data"][language], "color": SILENT, "index": 0}}
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
    assert used <= declared() | set(ABOUT)


@pytest.mark.parametrize(("language", "name", "board"), ALL)
def test_every_column_and_colour_belongs_to_something_that_is_shown(language: str, name: str, board: dict[str, Any]) -> None:
    """A name that fits nothing is passed over by Grafana without a word."""
    for panel in board["panels"]:
        if panel["type"] != "table":
            continue
        steps = {step["id"]: step["options"] for step in panel["transformations"]}
        shown = steps["organize"]["renameByName"]
        assert list(shown) == steps["filterFieldsByName"]["include"]["names"]
        assert len(set(shown.values())) == len(shown), "two columns of one name"
        assert steps["sortBy"]["sort"][0]["field"] in shown.values()
        assert {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]} <= set(shown.values())
        units = {
            one["matcher"]["options"]: part["value"]
            for one in panel["fieldConfig"]["overrides"]
            for part in one["properties"]
            if part["id"] == "unit"
        }
        for label, title in shown.items():
            assert label.startswith("Value") or units[title].split(":")[0] in ("string", "time"), f"a code in {title} becomes a number"
        for named in re.findall(r'__data\.fields\["([^"]+)"\]', json.dumps(panel, ensure_ascii=False).replace('\\"', '"')):
            assert named in shown.values(), f"a link of {panel['title']} needs {named}"
        if "joinByField" in steps:
            by = steps["joinByField"]["byField"]
            assert all(re.match(rf"sum by \((.*\b)?{by}\b", target["expr"]) for target in panel["targets"])


@pytest.mark.parametrize(("language", "name", "board"), ALL)
def test_links_lead_to_boards_that_exist_with_variables_they_have(language: str, name: str, board: dict[str, Any]) -> None:
    boards = {one["uid"]: one for tongue, _, one in every() if tongue == language}
    urls = re.findall(r'"url": "(/d/[^"]+)"', json.dumps(board).replace('\\"', "'"))
    assert len(urls) >= len(BOARDS) - 1
    for url in urls:
        uid = re.split(r"[?/]", url.removeprefix("/d/"))[0]
        known = {variable["name"] for variable in boards[uid]["templating"]["list"]}
        assert set(re.findall(r"var-(\w+)=", url)) <= known, url
        own = {variable["name"] for variable in board["templating"]["list"]}
        assert set(re.findall(r"\$\{(\w+)\}", url)) <= own, url


@pytest.mark.parametrize(("language", "name", "board"), ALL)
def test_every_variable_of_a_query_is_the_boards_own(language: str, name: str, board: dict[str, Any]) -> None:
    known = {variable["name"] for variable in board["templating"]["list"]}
    used = {found for query in queries(board) for found in re.findall(r"\$\{?([a-z]\w*)", query)}
    assert used <= known
    assert known <= used | {"province"}


def test_units_are_chosen_by_name_and_stand_by_code() -> None:
    line = '{instance="i",job="j",kind="province",name="UBND tỉnh Gia Lai",parent="VN",province="H21",unit="H21"} 1 1795629443000'
    for _, _, board in every():
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                found = re.search(variable["regex"].strip("/").replace("(?<", "(?P<"), line)
                assert found
                assert found.groupdict() == {"text": "UBND tỉnh Gia Lai", "value": "H21"}


def test_every_board_begins_with_the_age_of_its_data_and_whether_they_are_complete() -> None:
    for language, _, board in every():
        first = min(board["panels"], key=lambda panel: (panel["gridPos"]["y"], panel["title"] != catalogue()["fresh"][language]))
        assert [target["refId"] for target in first["targets"]] == ["A", "B"]
        assert first["targets"][0]["expr"] == signals.said(signals.AGE)
        assert "chiso_figures_complete" in first["targets"][1]["expr"]
        assert first["targets"][1]["expr"].endswith("or vector(0)"), "where nobody answers, figures are not complete"


def test_every_grade_has_a_colour_and_a_word() -> None:
    for language in LANGUAGES:
        options = GRADE.mappings(Words(language))[1]["options"]
        assert [options[str(number)]["text"] for number in range(1, 6)] == Words(language).grades()
        assert len({options[str(number)]["color"] for number in range(1, 6)}) == 5
        assert options["-1"]["text"] == catalogue()["no_data"][language]
    assert Words("vi").grades() == ["Yếu", "Trung bình", "Khá", "Tốt", "Xuất sắc"]


def test_the_map_has_a_tile_for_each_province_of_today_and_none_covers_another() -> None:
    units = read_units(path_of("units"))
    today = {unit.code for unit in units if unit.versions[-1].kind == "province" and unit.successor() is None}
    assert set(PROVINCES) == today
    assert len({(column, row) for column, row, _ in PROVINCES.values()}) == len(PROVINCES)
    assert all(0 <= column < COLUMNS and 0 <= row < ROWS for column, row, _ in PROVINCES.values())
    for code, (_, _, name) in PROVINCES.items():
        assert name.replace("TP.HCM", "Hồ Chí Minh") in next(unit.versions[-1].name for unit in units if unit.code == code)


def test_every_part_of_a_tile_opens_its_province() -> None:
    """Links of fields are not those of rectangles and texts, which have no field."""
    [canvas] = [panel for panel in BOARDS["country"](Words("vi"))["panels"] if panel["type"] == "canvas"]
    elements = canvas["options"]["root"]["elements"]
    assert len(elements) == 3 * len(PROVINCES)
    for element in elements:
        [link] = element["links"]
        assert link["oneClick"]
        assert f"var-province={element['name'].split()[0]}&" in link["url"]


def test_no_word_is_kept_that_no_board_says() -> None:
    asked: set[str] = set()

    class Listening(Words):
        def __getitem__(self, key: str) -> str:
            asked.add(key)
            return super().__getitem__(key)

    for make in BOARDS.values():
        make(Listening("vi"))
    assert set(catalogue()) - asked <= {"folder"}


def test_the_wall_fits_its_screen_and_shows_no_dossier_and_no_official() -> None:
    for _, name, board in every():
        if name == "wall":
            assert board["templating"]["list"] == []
            assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"]) * 38 <= 1080 - 2 * 8 + 38
            assert LISTS["uid"] not in json.dumps(board)
            assert not re.search(r"dossier=|official=", json.dumps(board))


def test_alerts_use_the_boards_own_signals() -> None:
    rules = " ".join((DEPLOY / "prometheus" / "rules.yml").read_text("utf-8").split())
    for signal in (signals.by_office("overdue"), signals.by_office("due_soon"), signals.AGE):
        assert signal in rules
    runbook = (DEPLOY / "runbook.md").read_text("utf-8")
    for alert in re.findall(r"alert: (\w+)", rules):
        assert alert.startswith("Chiso")
        assert f"\n## {alert}\n" in runbook
        assert f'{{{{ $externalLabels.runbook }}}}#{alert.lower()}"' in rules


def test_every_board_is_explained_with_its_question_and_picture() -> None:
    folder = DEPLOY.parent / "docs"
    text = (folder / "boards.md").read_text("utf-8")
    for name in BOARDS:
        assert f"](boards/{name}.png)" in text, name
        head = (folder / "boards" / f"{name}.png").read_bytes()[:24]
        assert head.startswith(b"\x89PNG"), name
        if name == "wall":
            assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1920, 1080)
    assert len(re.findall(r"^\| \[\d\. .+\]\(#.+\) \| .+\?", text, re.MULTILINE)) == len(BOARDS)
