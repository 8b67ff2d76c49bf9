"""What boards ask for, answered by Prometheus' own tool for a small country."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from connectors.boards import signals
from connectors.boards.boards import BOARDS
from connectors.boards.overdue import OWED
from connectors.boards.panels import LISTS
from connectors.boards.words import Words
from tests.deploy.test_rules import tool

Answer = dict[str, float]  # unit → value; "" for a number that is of no unit

# unit → kind, province, overdue dossiers, of them in time of a hundred, letters owed (None: no such series)
COUNTRY: dict[str, tuple[str, str, int, int, int | None]] = {
    "VN": ("country", "", 57, 90, 9),
    "G01": ("ministry", "G01", 40, 60, 4),
    "H44": ("province", "H44", 12, 80, 5),
    "H44.07": ("department", "H44", 9, 70, 3),
    "H44.100": ("commune", "H44", 3, 75, None),
    "H45": ("province", "H45", 5, 50, 0),
    "H46": ("merged", "H45", 0, 50, None),
}
PARENTS = {"G01": "VN", "H44": "VN", "H45": "VN", "H46": "H45", "H44.07": "H44", "H44.100": "H44"}


def scrape(room: str) -> dict[str, float]:
    found = {f'chiso_room_info{{unit="{room}"}}': 1.0}
    if room not in COUNTRY:
        found[about(room, "", "", "")] = 1
    for unit, (kind, province, overdue, in_time, owed) in COUNTRY.items():
        found[about(unit, kind, PARENTS.get(unit, ""), province)] = 1
        found[f'chiso_dossiers_open{{unit="{unit}",state="overdue"}}'] = overdue
        found[f'chiso_indicator_numerator{{unit="{unit}",indicator="2.1",period="month"}}'] = in_time
        found[f'chiso_indicator_denominator{{unit="{unit}",indicator="2.1",period="month"}}'] = 100
        if owed is not None:
            found[f'chiso_apologies_owed{{unit="{unit}"}}'] = owed
    return found


def about(unit: str, kind: str, parent: str, province: str) -> str:
    """What a scrape says of a unit."""
    return f'chiso_unit_info{{unit="{unit}",name="{unit}",kind="{kind}",parent="{parent}",province="{province}"}}'


def check(tmp_path: Path, room: str | dict[str, float], asked: dict[str, Answer]) -> None:
    """Fails where Prometheus answers an expression otherwise, watching a room of the small country, or other series."""
    scraped = scrape(room) if isinstance(room, str) else room
    series = [{"series": name, "values": str(value)} for name, value in scraped.items()]
    tests = [
        {
            "expr": f"sum by (unit) ({expr})",
            "eval_time": "0m",
            "exp_samples": [{"labels": f'{{unit="{unit}"}}' if unit else "{}", "value": value} for unit, value in answer.items()],
        }
        for expr, answer in asked.items()
    ]
    path = tmp_path / "signals.yml"
    YAML().dump({"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}]}, path)
    tool("promtool", "test", "rules", path)


def chosen(expr: str, province: str, unit: str = ".*") -> str:
    return expr.replace("$province", province).replace("$unit", unit)


WALL = {panel["title"]: panel["targets"][0]["expr"] for panel in BOARDS["wall"](Words("vi"))["panels"]}
MOST, LOWEST = WALL[Words("vi")["most"]], WALL[Words("vi")["lowest"]]


@pytest.mark.parametrize(
    ("room", "holders"),
    [
        ("VN", ("G01", "H44.07", "H44.100", "H45")),
        ("XX", ("G01", "H44.07", "H44.100", "H45")),  # registered by nobody
        ("H44", ("H44.07", "H44.100")),
        ("G01", ("G01",)),
        ("H44.07", ("H44.07",)),
    ],
)
def test_the_wall_of_a_room_shows_its_own_offices(room: str, holders: tuple[str, ...], tmp_path: Path) -> None:
    overdue = {unit: float(COUNTRY[unit][2]) for unit in holders}
    check(tmp_path, room, {MOST: overdue, LOWEST: {unit: float(COUNTRY[unit][3]) for unit in holders}})


def test_every_overdue_dossier_is_counted_once(tmp_path: Path) -> None:
    total = signals.sum_of_offices("overdue", signals.CHOSEN)
    asked = {chosen(total, ".*"): 57.0, chosen(total, "G01"): 40.0, chosen(total, "H44"): 12.0, chosen(total, "H44", "H44.07"): 9.0}
    check(tmp_path, "VN", {expr: {"": value} for expr, value in asked.items()})


def test_a_province_chosen_as_a_unit_is_all_below_it(tmp_path: Path) -> None:
    """As board 4 links to board 5: "nothing is overdue" would be the worst of all answers."""
    series = {
        about("VN", "country", "", ""): 1.0,
        about("H44", "province", "VN", "H44"): 1,
        about("H44.07", "department", "H44", "H44"): 1,
        about("H45", "province", "VN", "H45"): 1,
    } | {f'chiso_dossiers_open{{unit="{unit}",state="overdue"}}': 300 for unit in ("VN", "H44", "H44.07")}
    board = BOARDS["overdue"](Words("vi"))
    panels = {panel["title"]: panel["targets"] for panel in board["panels"]}
    counted, by_unit, most = (panels[Words("vi")[key]][0]["expr"] for key in ("overdue", "table", "most_departments"))
    asked: dict[str, Answer] = {}
    for unit in (".*", "H44", "H44.07"):
        asked[chosen(counted, "H44", unit)] = {"": 300}
        asked[chosen(by_unit, "H44", unit)] = asked[chosen(most, "H44", unit)] = {"H44.07": 300}
    asked |= {chosen(counted, "H45", "H45"): {"": 0}, chosen(counted, ".*"): {"": 300}}
    check(tmp_path, series, asked)


def test_lists_are_asked_for_the_unit_and_all_below_it() -> None:
    lists = [panel for panel in BOARDS["overdue"](Words("vi"))["panels"] if panel["datasource"] == LISTS]
    asked = [target["expr"] for panel in lists for target in panel["targets"]]
    assert len(asked) == 5
    assert all(expr.endswith('{province=~"$province",under="${unit:raw}"}') for expr in asked)


def options(name: str, variable: str) -> str:
    """The expression whose series are a variable's options."""
    [found] = [one["definition"] for one in BOARDS[name](Words("vi"))["templating"]["list"] if one["name"] == variable]
    return str(found).removeprefix("query_result(").removesuffix(")")


def test_who_has_no_figures_can_be_chosen_after_everybody_who_has(tmp_path: Path) -> None:
    """Links lead to them; from a value that is no option Grafana goes to the first one."""
    series = scrape("VN") | {about("H47", "province", "VN", "H47"): 1, about("H44.200", "commune", "H44", "H44"): 1}
    tops = {"G01": 40.0, "H44": 12, "H45": 5, "H47": -1}
    asked = {options(name, "province"): tops for name in ("province", "unit", "overdue", "compare", "quality")}
    of_unit = {"H44": 100.0, "H44.07": 100, "H44.100": 100, "H44.200": -1}
    asked |= {chosen(options("unit", "unit"), "H44"): of_unit, chosen(options("unit", "unit"), "H47"): {"H47": -1}}
    asked |= {chosen(options("overdue", "unit"), "H44"): of_unit}
    check(tmp_path, series, asked)


def test_data_are_judged_where_no_province_is_registered(tmp_path: Path) -> None:
    """An office nobody registered is a room of its own."""
    series = {about("X", "", "", ""): 1.0, 'chiso_room_info{unit="X"}': 1, 'chiso_figures_complete{unit="X"}': 1}
    series |= {f'chiso_{name}{{unit="X"}}': 7 for name in ("silent_sources", "off_record_signs", "extra_papers_signs", "apologies_owed")}
    series |= {'chiso_sync_delay_seconds{unit="X"}': 43_200}
    words = Words("vi")
    for name, figures in (("overdue", {"apologies": 7.0}), ("quality", {"silent": 7.0, "off_record": 7, "papers": 7, "delay": 0.5})):
        panels = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in BOARDS[name](words)["panels"]}
        asked: dict[str, Answer] = {chosen(panels[words["fresh"]][1], ".*"): {"": 1}}
        asked |= {chosen(panels[words[key]][0], ".*"): {"": value} for key, value in figures.items()}
        check(tmp_path, series, asked)
        check(tmp_path, series | {'chiso_figures_complete{unit="X"}': 0}, {chosen(panels[words["fresh"]][1], ".*"): {"": 0}})


def test_figures_of_a_province_lack_something_where_those_of_an_office_do(tmp_path: Path) -> None:
    incomplete = {'chiso_figures_complete{unit="H44.07"}': 0.0, 'chiso_figures_complete{unit="H45"}': 1}
    asked = {
        chosen(signals.COMPLETE_CHOSEN, "H44"): 0.0,
        chosen(signals.COMPLETE_CHOSEN, "H45"): 1,
        chosen(signals.COMPLETE_CHOSEN, ".*"): 0,
    }
    check(tmp_path, scrape("VN") | incomplete, {expr: {"": value} for expr, value in asked.items()})


def test_who_was_heard_of_longest_ago_is_known_with_and_without_rules(tmp_path: Path) -> None:
    words = Words("vi")
    [expr] = [panel["targets"][0]["expr"] for panel in BOARDS["quality"](words)["panels"] if panel["title"] == words["oldest"]]
    heard = 'chiso_source_last_event_timestamp_seconds{unit="H44.07"}'
    for known in ({heard: -7200.0}, {'chiso:source_last{unit="H44.07"}': -7200.0}, {'chiso:source_last{unit="H44.07"}': -7200.0, heard: 0}):
        check(tmp_path, scrape("VN") | known, {chosen(expr, ".*"): {"H44.07": 2}})


def test_letters_owed_are_those_of_the_unit_chosen(tmp_path: Path) -> None:
    asked = {
        chosen(OWED, ".*"): 9.0,
        chosen(OWED, "H44"): 5.0,
        chosen(OWED, "H44", "H44"): 5.0,
        chosen(OWED, "H44", "H44.07"): 3.0,
        f"count(({chosen(OWED, 'H44', 'H44.100')}) >= 0) or vector(-1)": -1.0,  # no number
    }
    check(tmp_path, "VN", {expr: {"": value} for expr, value in asked.items()})


def test_a_wrong_answer_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="FAILED"):
        check(tmp_path, "VN", {MOST: {"G01": 41.0}})
