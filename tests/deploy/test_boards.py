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


def links(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """Data links of a panel, of its fields and of its columns."""
    config = panel["fieldConfig"]
    properties = [part for one in config["overrides"] for part in one["properties"] if part["id"] == "links"]
    return [*config["defaults"].get("links", ()), *(one for part in properties for one in part["value"])]


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
        assert panel["options"]["sortBy"][0]["displayName"] in shown.values()
        assert "sortBy" not in steps, "the transformation compares by a - b, to which NaN has no place"
        assert {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]} <= set(shown.values())
        widths = [part["value"] for one in panel["fieldConfig"]["overrides"] for part in one["properties"] if part["id"] == "custom.width"]
        hidden = [one for one in panel["fieldConfig"]["overrides"] if any(part["id"] == "custom.hidden" for part in one["properties"])]
        least = panel["fieldConfig"]["defaults"]["custom"]["minWidth"] * (len(shown) - len(hidden) - len(widths))
        assert sum(widths) + least <= panel["gridPos"]["w"] * 1904 / 24 - 16, f"{panel['title']} has columns out of sight"
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
    linked = [one["url"] for panel in board["panels"] for one in links(panel)]
    used = {found for query in [*queries(board), *linked] for found in re.findall(r"\$\{?([a-z]\w*)", query)}
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
            # rows of 30 pixels with 8 between them, and 16 above and below: in kiosk mode, without the time's controls
            rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
            assert rows * 38 - 8 + 32 <= 1080
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


def test_the_walls_address_is_documented_as_grafana_takes_it() -> None:
    """In kiosk mode the time, variables and links stay, unless their board is told to hide them."""
    text = (DEPLOY.parent / "docs" / "boards.md").read_text("utf-8")
    assert "`/d/chiso-wall?kiosk&_dash.hideTimePicker&_dash.hideVariables&_dash.hideLinks`" in text


def test_every_bar_begins_at_nothing() -> None:
    """Without a least value, the smallest of all is it."""
    bars = [panel for _, _, board in every() for panel in board["panels"] if panel["type"] == "bargauge"]
    assert len(bars) > 20
    assert all(panel["fieldConfig"]["defaults"]["min"] == 0 for panel in bars)


def test_courses_have_each_name_once() -> None:
    """`or vector(NaN)` is decided at each step: a series that begins or pauses would stand there twice."""
    asked = [target for _, _, board in every() for panel in board["panels"] for target in panel["targets"]]
    ranges = [target["expr"] for target in asked if target["range"]]
    assert len(ranges) > 20
    assert not [expr for expr in ranges if "vector(NaN)" in expr]


def test_decimals_are_written_as_the_reader_writes_them() -> None:
    """`locale` alone does; all other units have a dot, and beside it a comma would be another number."""
    for language, name, board in every():
        for panel in board["panels"]:
            config = panel["fieldConfig"]
            overrides = [{part["id"]: part["value"] for part in one["properties"]} for one in config["overrides"]]
            for one in [config["defaults"], *overrides]:
                unit = one.get("unit", "string")
                assert unit in ("locale", "string", "dthms") or unit.split(":")[0] == "time" or one["decimals"] == 0, (language, name, unit)
                assert unit not in ("percent", "s"), (language, name, panel["title"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_in_per_cent_says_so_in_its_name(language: str) -> None:
    said = catalogue()
    keys = (
        "ratio",
        "ratio_month",
        "on_time",
        "on_time_month",
        "course",
        "blocks",
        "lowest",
        "share",
        "share_provinces",
        "percent",
        "target",
    )
    for key in (*keys, "last_year_percent", "rejected_share", "duplicates", "of_limit"):
        assert "%" in said[key][language], key


def test_durations_are_said_in_the_boards_language_and_not_rounded_to_weeks() -> None:
    for language, word, days, hours in (("vi", "giây", "(ngày)", "(giờ)"), ("en", "seconds", "(days)", "(hours)")):
        words = Words(language)
        panels = {panel["title"]: panel for make in BOARDS.values() for panel in make(words)["panels"]}
        assert panels[words["fresh"]]["fieldConfig"]["defaults"]["unit"] == f"suffix:{word}"
        assert words["delay"].endswith(days)
        assert words["oldest"].endswith(hours)
        delay, oldest = panels[words["delay"]], panels[words["oldest"]]
        assert "chiso_sync_delay_seconds / 86400" in delay["targets"][0]["expr"]
        assert oldest["targets"][0]["expr"].endswith("/ 3600)")
        assert [step["value"] for step in delay["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 1 / 24, 1]
        assert [step["value"] for step in oldest["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 1, 24]
        columns = {one["matcher"]["options"]: one["properties"] for one in panels[words["quality_table"]]["fieldConfig"]["overrides"]}
        assert {"id": "decimals", "value": 1} in columns[words["delay"]]
        assert "chiso_sync_delay_seconds / 86400" in panels[words["quality_table"]]["targets"][1]["expr"]


def test_a_due_hour_that_is_past_is_said_in_words() -> None:
    """Grafana would write "00:50:00 ago"."""
    for language in LANGUAGES:
        words = Words(language)
        [panel] = [one for one in BOARDS["overdue"](words)["panels"] if one["title"] == words["dossiers_due"]]
        [column] = [one["properties"] for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == words["left"]]
        [mappings] = [one["value"] for one in column if one["id"] == "mappings"]
        [past] = [one["options"] for one in mappings if one["type"] == "range"]
        assert past["from"] < -86_400 < -1 <= past["to"] < 0  # from must be a number: anything is less than null
        assert past["result"]["text"] == words["past"]


def test_headers_take_the_province_and_the_period_along_where_the_other_board_knows_them() -> None:
    """All periods that this board has, or a period would become another one on the way."""
    one, both = "var-province=${province}", "var-province=${province}&var-period=${period}"
    wanted = {
        "country": {"province": "var-period=${period}", "unit": "var-period=${period}"},
        "province": {"country": "var-period=${period}", "unit": both, "overdue": one, "compare": one, "quality": one},
        "unit": {"country": "var-period=${period}", "province": both, "overdue": one, "compare": one, "quality": one},
        "compare": {"country": "var-period=${period}", "province": both, "unit": both, "overdue": one, "quality": one},
    }
    for language, name, board in every():
        found = dict(link["url"].removeprefix("/d/").partition("?")[::2] for link in board["links"])
        assert {uid: taken for uid, taken in found.items() if taken} == {
            Words(language).uid(other): taken for other, taken in wanted.get(name, {}).items()
        }
        assert len(found) == len(BOARDS) - 1
        assert not any(link.get("includeVars") for link in board["links"])


def test_options_that_may_all_be_chosen_stand_by_name() -> None:
    """Of the busiest first the order moves, and with it every question that is asked of all."""
    variables = [one for _, _, board in every() for one in board["templating"]["list"] if one["type"] == "query"]
    assert {(one["includeAll"], one["sort"]) for one in variables} == {(True, 1), (False, 0)}
    assert all(one["definition"].startswith("query_result(sort_desc(") for one in variables)


def test_a_dossiers_number_opens_it_on_the_live_page() -> None:
    for language in LANGUAGES:
        words = Words(language)
        board = BOARDS["overdue"](words)
        columns = [
            {part["id"]: part["value"] for part in one["properties"]}
            for panel in board["panels"]
            for one in panel["fieldConfig"]["overrides"]
            if one["matcher"]["options"] == words["dossier"]
        ]
        assert len(columns) == 3
        for column in columns:
            [link] = column["links"]
            assert link["url"] == "${page:raw}/#/dossier/${__value.raw:percentencode}"  # docs/page.md
            assert "targetBlank" not in link
        [page] = [one for one in board["templating"]["list"] if one["name"] == "page"]
        assert page["current"]["value"] == page["query"] == "http://127.0.0.1:8766"
    assert "| `/#/dossier/" in (DEPLOY.parent / "docs" / "page.md").read_text("utf-8")


def test_boards_are_made_for_a_live_page_elsewhere(tmp_path: Path) -> None:
    found = {(language, name): board for language, name, board in every("https://chiso.example.vn")}
    [page] = [one for one in found["vi", "overdue"]["templating"]["list"] if one["name"] == "page"]
    assert (page["query"], page["current"]["value"]) == ("https://chiso.example.vn", "https://chiso.example.vn")
    build(tmp_path, "https://chiso.example.vn")
    assert json.loads((tmp_path / "vi" / "overdue.json").read_text("utf-8")) == found["vi", "overdue"]


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
