"""Figures as metrics: what is shown of whom, what is held back while the store is filled, and how long a scrape takes."""

import asyncio
import gzip
import math
from collections import defaultdict
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.scraping import desk_of, shown_of, units
from connectors.exposition import Shown
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from streams import clock, completeness
from streams.desk import Desk
from streams.follow import Stand
from streams.gauges import Gauges
from streams.store.keys import Keys
from streams.topology import EVENTS

Found = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Three provinces, 21 ministries, departments and communes; every office has dossiers but the last commune."""
    found = desk_of(units(3, 12, 20))
    for follower in (found.follower, found.sources.petitions):
        follower.cube._tables.pop("H01.106")
    return found


@pytest.fixture
def made(desk: Desk) -> tuple[Shown, Gauges]:
    return shown_of(desk)


def read(shown: Shown) -> Found:
    found: Found = defaultdict(dict)
    for family in text_string_to_metric_families((shown.moment + shown.figures.plain).decode()):
        for one in family.samples:
            found[one.name][tuple(value for _, value in sorted(one.labels.items()))] = one.value
    return found


def refresh(made: tuple[Shown, Gauges]) -> Found:
    asyncio.run(made[1].refresh())
    return read(made[0])


PERIODS = {"month", "quarter", "year", "rolling_30"}


def periods_of(found: Found, name: str, unit: str) -> set[str]:
    """Which periods a metric shows of a unit."""
    return {key[1] for key in found[name] if key[2] == unit}


def test_departments_are_shown_in_other_periods_too_where_there_is_room_and_then_whole(made: tuple[Shown, Gauges]) -> None:
    names = "chiso_indicator_score_points", "chiso_indicator_numerator", "chiso_block_score_points", "chiso_dossiers_counted"
    found = refresh(made)
    for name in names:
        assert periods_of(found, name, "H01.1") >= PERIODS, name
        assert periods_of(found, name, "H01.1") == periods_of(found, name, "H01") - {"day"}
    scarce = Gauges(made[1]._desk, made[1]._cards, made[1]._lookout, made[0], int(found["chiso_series"][()]) - 1)
    less = refresh((made[0], scarce))
    assert less["chiso_series_left_out"][("department",)] > found["chiso_series_left_out"][("department",)]
    assert less["chiso_series_left_out"][("commune",)] == found["chiso_series_left_out"][("commune",)]
    for name in ("chiso_indicator_numerator", "chiso_dossiers_counted"):
        for period in PERIODS:
            labels = {key[0] for key in found[name] if key[1:] == (period, "H01.1")}
            assert {key[0] for key in less[name] if key[1:] == (period, "H01.1")} in (labels, {"2.1"}, set()), "in part it would be wrong"


def test_provinces_are_shown_in_full_departments_of_the_month_and_communes_by_totals(made: tuple[Shown, Gauges], desk: Desk) -> None:
    found = refresh(made)
    scores = found["chiso_indicator_score_points"]
    assert {key[1] for key in scores if key[2] == "H01"} == PERIODS
    assert {key[1] for key in scores if key[2] == "H01.1"} >= {"month"}
    assert not [key for key in scores if key[2] == "H01.100"]
    assert {key[0] for key in found["chiso_indicator_numerator"] if key[2] == "H01.100"} == {"2.1"}
    assert found["chiso_total_score_points"]["month", "H01.100"] == (desk.sheet(desk.period(None)).total("H01.100") or 0) / 100
    assert found["chiso_series_left_out"][("commune",)] > found["chiso_series_left_out"][("department",)] > 0
    assert found["chiso_series"][()] == sum(not line.startswith("#") for line in made[0].figures.plain.decode().splitlines())


def test_a_commune_without_data_is_known_by_name_and_has_no_figure(made: tuple[Shown, Gauges]) -> None:
    found = refresh(made)
    assert [key for key in found["chiso_unit_info"] if "H01.106" in key]
    figures = {name: [key for key in rows if "H01.106" in key] for name, rows in found.items() if name != "chiso_unit_info"}
    assert not {name: keys for name, keys in figures.items() if keys}
    assert found["chiso_dossiers_open"]["overdue", "H01.105"] >= 0


def test_grades_are_those_of_the_totals(made: tuple[Shown, Gauges]) -> None:
    found = refresh(made)
    for key, grade in found["chiso_grade"].items():
        total = found["chiso_total_score_points"][key]
        assert grade == 1 + sum(total >= least for least in (50, 70, 80, 90)), key


def test_nothing_is_made_anew_where_nothing_changed(made: tuple[Shown, Gauges], desk: Desk) -> None:
    before = refresh(made)
    piece = made[0].figures
    refresh(made)
    assert made[0].figures is piece
    desk.follower.cube.put("H00.1", 0, {desk.today(): encode(DAY_LANE["received"] * 7, len(DAY_COUNTERS))})
    after = refresh(made)
    assert made[0].figures is not piece
    key = "received", "day", "H00"
    assert after["chiso_dossiers_counted"][key] != before["chiso_dossiers_counted"][key]


@pytest.fixture
def filling(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Partition 0 of the events' topic stands at 100 of 100; the second argument is the end of the log."""

    def stand(next_: int, end: int, age: float = 0, halted: str | None = None) -> None:
        desk.follower.stands[0] = Stand(next=next_, as_of=int((clock.now() - age) * 1000), halted=halted)
        desk.ends.before = desk.ends.now = {EVENTS: {0: end}}

    monkeypatch.setattr(desk.follower, "stands", {})
    monkeypatch.setattr(desk.follower, "keys", [Keys(0)])
    monkeypatch.setattr(desk.ends, "before", {})
    monkeypatch.setattr(desk.ends, "now", {})
    stand(100, 100)
    return stand


def test_a_store_that_was_emptied_shows_the_last_whole_figures_and_their_age(
    made: tuple[Shown, Gauges], desk: Desk, filling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = refresh(made)
    assert (whole["chiso_figures_held"][()], whole["chiso_figures_complete"][("H00",)]) == (0, 1)
    piece, moment = made[0].figures, whole["chiso_figures_timestamp_seconds"][()]
    filling(3, 100, age=90_000)
    desk.follower.cube.put("H00.2", 0, {desk.today(): encode(DAY_LANE["received"] * 9, len(DAY_COUNTERS))})
    held = refresh(made)
    assert made[0].figures is piece
    assert (held["chiso_figures_held"][()], held["chiso_figures_complete"][("H00",)]) == (1, 0)
    assert math.isclose(held["chiso_figures_timestamp_seconds"][()], moment, abs_tol=2)
    filling(100, 100)
    again = refresh(made)
    assert (again["chiso_figures_held"][()], again["chiso_figures_complete"][("H00",)]) == (0, 1)
    assert made[0].figures is not piece


def test_a_partition_that_is_loaded_holds_figures_back_and_there_are_none_before_the_first(
    made: tuple[Shown, Gauges], desk: Desk, filling: Any
) -> None:
    desk.follower.stands.clear()
    found = refresh(made)
    assert found["chiso_figures_held"][()] == 1
    assert made[0].figures.plain == b""
    assert "chiso_figures_timestamp_seconds" not in found, "no moment, rather than one of 1970"
    assert found["chiso_figures_complete"][("H00",)] == 0


def test_a_halted_partition_lacks_something_for_its_units_alone_and_holds_nothing_back(
    made: tuple[Shown, Gauges], desk: Desk, filling: Any
) -> None:
    filling(50, 100, age=90_000, halted="gap")
    found = refresh(made)
    assert found["chiso_figures_held"][()] == 0
    assert math.isclose(found["chiso_figures_timestamp_seconds"][()], clock.now(), abs_tol=2), "others' figures are not old"
    assert made[0].figures.plain
    lacking = {key[0] for key, value in found["chiso_figures_complete"].items() if not value}
    inside = {unit for unit in desk.follower.cube.units() if 0 in desk.follower.cube.partitions(unit)}
    assert {"VN", *inside} & {key[0] for key in found["chiso_figures_complete"]} <= lacking
    assert lacking < {key[0] for key in found["chiso_figures_complete"]}


def test_a_little_behind_is_not_incomplete_and_for_long_is(
    made: tuple[Shown, Gauges], desk: Desk, filling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(made)
    filling(101, 160)
    assert refresh(made)["chiso_figures_complete"][("VN",)] == 1
    monkeypatch.setattr(completeness, "GRACE", -1.0)
    found = refresh(made)
    assert (found["chiso_figures_complete"][("VN",)], found["chiso_figures_held"][()]) == (0, 0)


def test_a_scrape_is_small_and_touches_nothing_but_bytes(made: tuple[Shown, Gauges]) -> None:
    refresh(made)
    pieces = made[0].app({"PATH_INFO": "/metrics", "HTTP_ACCEPT_ENCODING": "gzip"}, lambda *_: None)
    series = [line for line in gzip.decompress(b"".join(pieces)).decode().splitlines() if not line.startswith("#")]
    assert sum(map(len, pieces)) / len(series) < 12.5, "1.5 MB are 12.5 bytes a series of 120,000"
    assert pieces[1] is made[0].figures.deflated


def test_while_kafka_does_not_answer_nobody_knows_whether_figures_are_complete(
    made: tuple[Shown, Gauges], desk: Desk, filling: Any
) -> None:
    assert refresh(made)["chiso_figures_complete"][("VN",)] == 1
    desk.ends.now = desk.ends.before = {}
    found = refresh(made)
    assert (found["chiso_figures_complete"][("VN",)], found["chiso_figures_held"][()]) == (0, 0)
