"""All of Decision 766 on a running system: scorecards, indicator topics, ranking, explanation, advice, agreement, registry."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from indicators import reasons
from streams.publisher import published_periods
from streams.topology import CHANGES, CURRENT
from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
PROVINCES = ("H01", "H05", "H21")


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Three simulated provinces up to now, and nothing more to come."""
    system = System(tmp_path_factory.mktemp("scores") / "home").wait()
    chiso("simulate", "3", "--seed", "766", "--days", "70", "--for", "0", home=system.home)
    system.drain()
    yield system
    system.stop()


def records(system: System, topic: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=system.addresses["kafka"], auto_offset_reset="earliest", enable_auto_commit=False)
    places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(places)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(places)
    found: list[Any] = []
    while any(consumer.position(place) < end for place, end in ends.items()):
        for some in consumer.poll(500).values():
            found += some
    consumer.close()
    return found


def in_time(system: System, unit: str) -> str:
    """An open dossier that is not overdue: on a Saturday one due on Friday is, by no working day."""
    found = system.get("/v1/overdue", unit=unit, within=10)
    return next(row["dossier"] for row in found["items"] if row["due_at"][:10] >= found["as_of"][:10])


def current(system: System) -> dict[str, Any]:
    return {record.key.decode(): json.loads(record.value) for record in records(system, CURRENT)}


def shown(system: System, period: str) -> dict[str, Any]:
    """The same keys, as `show` answers."""
    found = {}
    for unit in (one["unit"] for one in system.get("/v1/units")["items"]):
        card = system.get(f"/v1/units/{unit}/indicators", period=period)
        if card["total"] is None:
            continue
        for one in card["indicators"]:
            found[f"{unit}:{period}:{one['id']}"] = {name: one[name] for name in ("numerator", "denominator", "ratio", "score")}
        for block in card["blocks"]:
            found[f"{unit}:{period}:{block['code']}"] = {"score": block["score"]}
        place = None if card["rank"] is None else card["rank"]["place"]
        found[f"{unit}:{period}:TOTAL"] = {"score": card["total"], "rank": place}
    return found


def test_the_indicator_topic_equals_show_for_every_unit(country: System) -> None:
    stands = current(country)
    today = (country.get("/v1/units/VN/indicators")["as_of"] or "")[:10]
    import datetime as dt

    from indicators.times import day_of

    periods = [period.id for period in published_periods(day_of(dt.date.fromisoformat(today)))]
    wanted = {key: value for period in periods for key, value in shown(country, period).items()}
    assert len(wanted) > 5000
    assert {key for key, value in stands.items() if value["score"] is not None or value["numerator"] is not None} == set(wanted)
    for key, value in wanted.items():
        got = stands[key]
        assert {name: got[name] for name in value} == value, key
        assert got["complete"], key
        assert got["version"] >= 1, key


def test_fifteen_lines_of_a_consumer_rebuild_the_ranking(country: System) -> None:
    period = country.get("/v1/rank")["period"]["id"]
    script = Path(__file__).parents[2] / "docs" / "ranking.py"
    assert len(script.read_text().splitlines()) <= 15
    done = subprocess.run(
        [sys.executable, script, country.addresses["kafka"], period], capture_output=True, text=True, check=True, timeout=60
    )
    ranked = [row for row in country.get("/v1/rank")["items"] if row["rank"]]
    assert [line.split() for line in done.stdout.splitlines()] == [
        [str(row["rank"]["place"]), row["unit"], str(row["total"])] for row in ranked
    ]
    assert sorted(row["unit"] for row in ranked) == sorted(PROVINCES)


@pytest.mark.parametrize("unit", ["VN", "H01", "H01.01", "H21.103"])
def test_what_stands_behind_a_figure_is_as_many_as_the_figure_says(country: System, unit: str) -> None:
    for period in ("rolling-30", country.get("/v1/rank")["period"]["id"]):
        for name in (*reasons.OF_DOSSIERS, *reasons.OF_PETITIONS, *reasons.OF_PROCEDURES):
            found = country.get("/v1/explain", unit=unit, indicator=name, period=period)
            figure, behind = found["indicator"], found["behind"]
            assert (behind["above"], behind["below"]) == (figure["numerator"], figure["denominator"]), (unit, name, period)
            assert behind["lacking"] == behind["below"] - behind["above"]
            assert (found["inherited_from"] is not None) == (name in ("1.1", "1.2", "1.3") and "." in unit)


def test_a_rating_changes_the_satisfaction_and_says_so(country: System) -> None:
    found = country.get("/v1/explain", unit="H05", indicator="5.4")
    number = in_time(country, "H05")
    before = found["indicator"]["numerator"]
    answer = country.client.post("/v1/sync", json=[{"type": "petitioned", "dossier": number, "at": found["as_of"], "petition": "PAKN-X"}])
    assert answer.status_code == 202
    country.drain()
    assert country.get("/v1/explain", unit="H05", indicator="5.4")["indicator"]["numerator"] == before - 1
    period = found["period"]["id"]
    change = [json.loads(one.value) for one in records(country, CHANGES) if one.key == b"H05"]
    last = [one for one in change if (one["id"], one["period"]) == ("5.4", period)][-1]
    assert (last["old"]["numerator"], last["new"]["numerator"], last["cause"]) == (before, before - 1, "events")
    assert current(country)[f"H05:{period}:5.4"]["version"] == last["version"] > 1


def test_a_petition_about_a_dossier_counts_against_it_until_it_is_refused(country: System) -> None:
    at = country.get("/v1/units/H21/indicators")["as_of"]
    number = in_time(country, "H21")
    before = indicator(country, "H21", "5.4"), indicator(country, "H21", "5.2")
    filed = {"type": "filed", "petition": "PAKN-Y", "unit": "H21", "about": number, "subject": "official", "at": at}
    assert country.client.post("/v1/sync", json=filed).status_code == 202
    country.drain()
    after = indicator(country, "H21", "5.4"), indicator(country, "H21", "5.2")
    assert after == ((before[0][0] - 1, before[0][1]), (before[1][0] + 1, before[1][1] + 1))
    assert country.client.post("/v1/sync", json={"type": "refused", "petition": "PAKN-Y", "at": at}).status_code == 202
    country.drain()
    assert indicator(country, "H21", "5.4") == before[0]
    assert indicator(country, "H21", "5.2") == after[1]  # refused in time


def indicator(system: System, unit: str, name: str) -> tuple[int, int]:
    found = next(one for one in system.get(f"/v1/units/{unit}/indicators")["indicators"] if one["id"] == name)
    return found["numerator"], found["denominator"]


def test_targets_names_and_peers_come_by_files_without_replay(country: System, tmp_path: Path, shared: Path) -> None:
    targets = tmp_path / "targets.csv"
    targets.write_text("unit,id,ratio\nH01,2.1,0.98\nH01.01,2.1,0.99\n")
    chiso("registry", "load", targets, home=country.home)
    sectors = tmp_path / "sectors.csv"
    by = country.get("/v1/units/H01/indicators", by="sector")["rows"]
    sectors.write_text("code,name\n" + "".join(f"{row['code']},Lĩnh vực {row['code']}\n" for row in by if row["code"]), "utf-8")
    chiso("registry", "load", sectors, home=country.home)
    chiso("peers", "load", shared / "domain" / "province-blocks-2026-10-05.csv", home=country.home)
    country.drain()
    cards = {unit: country.get(f"/v1/units/{unit}/indicators") for unit in ("H01", "H01.01", "H01.02", "H05")}
    got = {unit: next(one["target"] for one in card["indicators"] if one["id"] == "2.1") for unit, card in cards.items()}
    assert got == {"H01": 0.98, "H01.01": 0.99, "H01.02": 0.98, "H05": None}
    assert {row["name"] for row in country.get("/v1/units/H01/indicators", by="sector")["rows"]} == {
        f"Lĩnh vực {row['code']}" for row in by
    }
    rank = cards["H01"]["rank"]
    assert (rank["of"], rank["published"]) == (34, "2026-10-05")
    assert "theo số công bố ngày 05/10" in chiso("show", "H01", home=country.home).stdout
    refused = tmp_path / "bad.csv"
    refused.write_text("unit,id,ratio,valid_from,valid_to\nH01,2.1,0.5,2026-01-01,\nH01,2.1,0.6,2026-06-01,\n")
    done = chiso("registry", "load", refused, home=country.home, check=5)
    assert "line 3" in done.stderr
    assert "another line for the same days" in done.stderr
    circle = tmp_path / "circle.csv"
    circle.write_text("code,name,kind,parent\nH01.01,Sở Nội vụ,department,H01.02\nH01.02,Sở Tài chính,department,H01.01\n", "utf-8")
    assert "H01.01" in chiso("registry", "load", circle, home=country.home, check=5).stderr
    assert country.get("/v1/units/H01.01/indicators")["parent"] == "H01"


def test_advice_and_what_if(country: System) -> None:
    found = json.loads(chiso("advise", "H01", "--target", "Tốt", "--what-if", "3.6=+10", "--json", home=country.home).stdout)
    assert [one["gain"] for one in found["gains"]] == sorted((one["gain"] for one in found["gains"]), reverse=True)
    assert found["target"]["points"] == 80
    saved, late = found["save_today"], country.get("/v1/overdue", unit="H01")["items"]
    assert saved
    assert late
    assert not {one["dossier"] for one in saved} & {one["dossier"] for one in late}
    assert found["target"]["reachable"]
    wishes = [word for one in found["target"]["plan"] for word in ("--what-if", f"{one['id']}=+{one['more']}")]
    done = json.loads(chiso("advise", "H01", *wishes, "--json", home=country.home).stdout)["what_if"]
    assert done["total"] == found["target"]["total"] >= 80
    assert done["grade"] == "Tốt"
    assert found["what_if"]["total"] > found["total"]
    for words in (("--what-if", "9.9=+1"), ("--what-if", "3.6=+99999999"), ("--what-if", "3.6=half"), ("--target", "Great")):
        assert chiso("advise", "H01", *words, home=country.home, check=2).stderr.count("\n") == 1
    assert "none of 1.1, 1.2" in chiso("explain", "H01", "7.7", home=country.home, check=2).stderr
    assert chiso("explain", "H99", "2.1", home=country.home, check=3).stderr
    chiso("advise", "VN", home=country.home, check=2)


def test_agreement_with_the_portal(country: System, tmp_path: Path) -> None:
    card = country.get("/v1/units/H01/indicators", period="rolling-30")
    rows = [
        ["H01", one["id"], one["numerator"], one["denominator"], one["score"]] for one in card["indicators"] if one["numerator"] is not None
    ]
    path = tmp_path / "portal.csv"

    def write(changed: list[list[Any]]) -> None:
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([["unit", "id", "numerator", "denominator", "score"], *changed])

    write(rows)
    answer = json.loads(chiso("verify", "--portal", path, "--period", "rolling-30", "--json", home=country.home).stdout)
    assert (answer["equal"], answer["different"]) == (len(rows), 0)
    places = {name: place for place, (_, name, *_) in enumerate(rows)}
    rows[places["2.1"]][2] += 1
    rows[places["3.6"]][3] += 1
    rows[places["4.1"]][4] += 0.01
    write([*rows, ["H98", "2.1", 1, 2, 10]])
    answer = json.loads(chiso("verify", "--portal", path, "--period", "rolling-30", "--json", home=country.home, check=6).stdout)
    assert {one["id"]: one["verdict"] for one in answer["rows"] if one["unit"] == "H01" and one["verdict"] != "equal"} == {
        "2.1": "numerator",
        "3.6": "denominator",
        "4.1": "formula",
    }
    assert answer["rows"][-1]["verdict"] == "missing"


def test_metrics_show_scores(country: System) -> None:
    total = country.get("/v1/units/H01/indicators")["total"]
    line = f'chiso_total_score_points{{period="month",unit="H01"}} {total}'
    until(lambda: line in country.client.get(country.addresses["metrics"]).text, 15)


def test_a_rebuild_brings_the_same_scores(country: System) -> None:
    before = [country.get(f"/v1/units/{unit}/indicators")["indicators"] for unit in ("VN", "H01", "H05.02")]
    chiso("rebuild", home=country.home)
    country.drain()
    until(lambda: [country.get(f"/v1/units/{unit}/indicators")["indicators"] for unit in ("VN", "H01", "H05.02")] == before, 20)
