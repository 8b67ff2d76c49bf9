"""What boards ask for, answered by Prometheus' own tool for a small country."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from connectors.boards import signals
from connectors.boards.boards import BOARDS
from connectors.boards.overdue import CHOSEN, OWED
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
        found[f'chiso_unit_info{{unit="{room}",name="{room}",kind="",parent="",province=""}}'] = 1
    for unit, (kind, province, overdue, in_time, owed) in COUNTRY.items():
        about = f'unit="{unit}",name="{unit}",kind="{kind}",parent="{PARENTS.get(unit, "")}",province="{province}"'
        found[f"chiso_unit_info{{{about}}}"] = 1
        found[f'chiso_dossiers_open{{unit="{unit}",state="overdue"}}'] = overdue
        found[f'chiso_indicator_numerator{{unit="{unit}",indicator="2.1",period="month"}}'] = in_time
        found[f'chiso_indicator_denominator{{unit="{unit}",indicator="2.1",period="month"}}'] = 100
        if owed is not None:
            found[f'chiso_apologies_owed{{unit="{unit}"}}'] = owed
    return found


def check(tmp_path: Path, room: str, asked: dict[str, Answer]) -> None:
    """Fails where Prometheus answers an expression otherwise."""
    series = [{"series": name, "values": str(value)} for name, value in scrape(room).items()]
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
    total = signals.sum_of_offices("overdue", CHOSEN)
    asked = {chosen(total, ".*"): 57.0, chosen(total, "G01"): 40.0, chosen(total, "H44"): 12.0, chosen(total, "H44", "H44.07"): 9.0}
    check(tmp_path, "VN", {expr: {"": value} for expr, value in asked.items()})


def test_letters_owed_are_those_of_the_unit_chosen(tmp_path: Path) -> None:
    asked = {
        chosen(OWED, ".*"): 9.0,
        chosen(OWED, "H44"): 5.0,
        chosen(OWED, "H44", "H44.07"): 3.0,
        f"count(({chosen(OWED, 'H44', 'H44.100')}) >= 0) or vector(-1)": -1.0,  # no number
    }
    check(tmp_path, "VN", {expr: {"": value} for expr, value in asked.items()})


def test_a_wrong_answer_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="FAILED"):
        check(tmp_path, "VN", {MOST: {"G01": 41.0}})
