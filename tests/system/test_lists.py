"""Every list of duty and signs on a running system, over HTTP and on the command line, from a few events whose faults are known."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from indicators.dossier import decode_state, encode_state
from streams.store.keys import partitions_of
from tests.builders import utc
from tests.system.conftest import System, chiso

pytestmark = [pytest.mark.broker, pytest.mark.redis]
MONTH = "2026-10"
AHEAD = dt.timedelta(days=10)  # Kafka's time is not to be set, so what was heard lies in the past by so much
OWN, OTHERS = "H44.07", ("H44.21", "H44.22", "H44.23", "H44.24")
FILES = {
    "own.csv": "code,name,kind,parent\n" + "".join(f"{code},Sở {code},department,H44\n" for code in (OWN, *OTHERS)),
    "procedures.csv": "code,name,sector,papers\nP1,Cấp phép,S1,G1 G2\n",
    "settings.csv": f"unit,name,value\n{OWN},supplement_days,2\n",
}


def number(running: int, agency: str = OWN) -> str:
    return f"{agency}-20261005-{running:04}"


def event(kind: str, running: int, at: str, agency: str = OWN, **facts: Any) -> dict[str, Any]:
    """A canonical event; facts that look like days of October are times."""
    times = {name: utc(value) if name.endswith("_at") or name == "new_date" else value for name, value in facts.items()}
    return {"type": kind, "dossier": number(running, agency), "at": utc(at), "stated_at": utc(at), "unit": agency, **times}


def plain(running: int, agency: str = OWN, *, asked: bool = False) -> list[dict[str, Any]]:
    request = [event("supplement_requested", running, "2026-10-06", agency)] if asked else []
    return [event("received", running, "2026-10-05", agency, channel="counter"), *request]


DUE = {"due_at": "2026-10-12", "channel": "counter", "procedure": "P1"}
SAID: list[dict[str, Any]] = [
    event("received", 1, "2026-10-05", **DUE),
    event("step", 1, "2026-10-06", official="CB-3"),
    event("received", 2, "2026-10-05", **DUE),
    event("step", 2, "2026-10-06", official="CB-3"),
    event("late", 2, "2026-10-15", explanation_at="2026-10-15", apology_at="2026-10-15", role="head", reason="TN", new_date="2026-10-16"),
    event("processed", 2, "2026-10-19", official="CB-4"),
    event("received", 3, "2026-10-05", **DUE),
    event("processed", 3, "2026-10-09"),
    event("late", 3, "2026-10-13", apology_at="2026-10-13"),
    event("processed", 4, "2026-10-07"),
    event("received", 5, "2026-10-07", channel="counter"),
    event("processed", 5, "2026-10-06"),
    event("received", 6, "2026-10-07T09:00", filed_at="2026-10-05T08:00", channel="online", official="CB-5"),
    event("received", 10, "2026-10-05", **DUE),
    event("supplement_requested", 10, "2026-10-06", papers=["G1", "X9"]),
    event("supplement_given", 10, "2026-10-07"),
    event("supplement_requested", 10, "2026-10-08"),
    event("received", 11, "2026-10-05", **{**DUE, "due_at": "2026-10-08"}),
    event("withdrawn", 11, "2026-10-13"),
    *(said for running in range(12, 30) for said in plain(running, asked=running < 17)),
    *(said for agency in OTHERS for running in range(1, 21) for said in plain(running, agency, asked=running == 1)),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("lists")
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))) + AHEAD
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHISO_NOW", now.isoformat(timespec="seconds"))
        found = System(folder / "home").wait()
        chiso("registry", "load", "units", home=found.home)
        for name, text in FILES.items():
            (folder / name).write_text(text)
            chiso("registry", "load", folder / name, home=found.home)
        (folder / "officials.csv").write_text(f"code,name,unit\nCB-3,Người giữ hồ sơ,{OWN}\n")
        chiso("officials", "load", folder / "officials.csv", home=found.home)
        (folder / "said.jsonl").write_text("".join(json.dumps(said) + "\n" for said in SAID))
        chiso("ingest", folder / "said.jsonl", home=found.home)
        found.drain()
        yield found
        found.stop()


def told(system: System, *words: str) -> Any:
    """What the command says with --json."""
    return json.loads(chiso(*words, "--json", home=system.home).stdout)


def test_duties_are_listed_with_their_flags(system: System) -> None:
    answer = system.get("/v1/duties", unit=OWN, month=MONTH)
    assert [(row["dossier"], row["flags"]) for row in answer["items"]] == [
        (number(11), ["explanation_missing", "apology_missing", "none_sent", "not_declared"]),
        (number(1), ["explanation_missing", "apology_missing", "none_sent", "not_declared"]),
        (number(2), ["sent_late", "new_date_missed"]),
        (number(3), ["declared_not_late"]),
    ]
    [open_, late, denied] = answer["items"][1:]
    assert (open_["official"], open_["explanation"]["owed"], open_["finished_at"]) == ("CB-3", "2026-10-13T00:00:00+07:00", None)
    assert (late["days_late"], late["times"], late["new_date"][:10], late["reason"]) == (5, 1, "2026-10-16", "TN")
    assert late["apology"] == {
        "owed": "2026-10-13T00:00:00+07:00",
        "sent_at": "2026-10-15T09:00:00+07:00",
        "late": True,
        "role": "head",
    }
    assert (denied["apology"]["owed"], denied["apology"]["sent_at"][:10], denied["days_late"]) == (None, "2026-10-13", 0)
    assert answer["rule"]["key"] == "duties"
    assert told(system, "duties", OWN, "--month", MONTH)["items"] == answer["items"]
    assert system.get("/v1/duties", month="2026-09")["items"] == []
    everything = {row["dossier"] for row in system.get("/v1/duties")["items"]}
    assert number(1) in everything, "without a month all that is overdue and open"
    pages = [system.get("/v1/duties", unit="H44", month=MONTH, limit=1, cursor=place) for place in range(4)]
    assert [page["items"][0] for page in pages] == answer["items"]
    assert [page["next"] for page in pages] == [1, 2, 3, None]


def test_contradictions_are_shown_with_the_dossier(system: System) -> None:
    findings = {running: system.get(f"/v1/dossiers/{number(running)}")["findings"] for running in (1, 2, 3, 4)}
    assert findings == {
        1: ["late_not_declared"],
        2: [],
        3: ["declared_not_late", "apology_not_late"],
        4: ["not_received"],
    }
    assert "declared_not_late" in chiso("dossier", number(3), home=system.home).stdout


def test_signs_off_the_record_are_listed(system: System) -> None:
    answer = system.get("/v1/offrecord", unit=OWN, month=MONTH)
    assert [(row["sign"], row["dossier"], row["official"]) for row in answer["items"]] == [
        ("missing_numbers", None, None),
        ("accepted_late", number(6), "CB-5"),
        ("finished_before_received", number(5), None),
        ("not_received", number(4), None),
    ]
    gap = answer["items"][0]["detail"]
    assert gap == {"agency": OWN, "date": "2026-10-05", "first": 1, "last": 29, "missing": 3, "numbers": [7, 8, 9]}
    slow = answer["items"][1]["detail"]
    assert (slow["filed_at"], slow["working_hours"], slow["limit"]) == ("2026-10-05T08:00:00+07:00", 17.0, 8)
    assert told(system, "offrecord", OWN, "--month", MONTH)["items"] == answer["items"]
    shown = chiso("offrecord", OWN, "--month", MONTH, home=system.home).stdout
    assert "cần xác minh" in shown
    assert "vi phạm" not in shown


def test_a_reception_that_came_after_the_fact_is_a_sign(system: System) -> None:
    """Kafka's time is not to be set: what it would have been is written where it stands."""
    client = Redis.from_url(system.addresses["redis"], protocol=2)
    [keys] = [keys for keys in partitions_of(client.hgetall("chiso:meta")) if client.hexists(keys.dossiers, number(12))]
    state = decode_state(client.hget(keys.dossiers, number(12)))  # type: ignore[arg-type]
    state.first_heard -= 2 * 86_400
    client.hset(keys.dossiers, number(12), encode_state(state))  # type: ignore[arg-type]
    client.zadd(keys.listed("odd"), {number(12): 20_731})  # 2026-10-05
    rows = [row for row in system.get("/v1/offrecord", unit=OWN, month=MONTH)["items"] if row["sign"] == "received_after_the_fact"]
    assert [row["dossier"] for row in rows] == [number(12)]
    client.zrem(keys.listed("odd"), number(12))


def test_silent_sources_and_delays_are_listed(system: System) -> None:
    answer = system.get("/v1/silent", unit="H44")
    assert {row["agency"] for row in answer["items"]} == {OWN, *OTHERS}
    [own] = [row for row in answer["items"] if row["agency"] == OWN]
    assert (own["name"], own["limit"]) == (f"Sở {OWN}", 4)
    assert own["working_hours"] > 4
    [delay] = [row for row in answer["delays"] if row["agency"] == OWN]
    assert delay["records"] + delay["backfilled"] > 0
    assert [row["agency"] for row in told(system, "silent", "H44")["items"]] == [row["agency"] for row in answer["items"]]
    assert "Chưa đồng bộ dữ liệu từ" in chiso("silent", OWN, home=system.home).stdout


def test_signs_of_extra_papers_and_shares_are_listed(system: System) -> None:
    answer = system.get("/v1/papers", unit=OWN, month=MONTH)
    assert [(row["sign"], row["dossier"], row["papers"], row["times"]) for row in answer["items"]] == [
        ("asked_again", number(10), ["G1", "X9"], 2),
        ("asked_late", number(10), ["G1", "X9"], 2),
        ("paper_not_listed", number(10), ["X9"], 2),
    ]
    [share] = answer["shares"]
    assert (share["unit"], share["asked"], share["median"], share["high"]) == (OWN, 6, 0.05, True)
    assert share["received"] == 25
    peers = system.get("/v1/papers", unit="H44", month=MONTH)["shares"]
    assert {row["unit"]: row["high"] for row in peers if row["unit"] in OTHERS} == dict.fromkeys(OTHERS, False)
    assert told(system, "papers", OWN, "--month", MONTH)["shares"] == answer["shares"]
    assert "cao (cần xác minh)" in chiso("papers", OWN, "--month", MONTH, home=system.home).stdout


def test_repeated_lateness_is_listed_for_units_and_officials(system: System) -> None:
    answer = system.get("/v1/repeat-late", unit=OWN, year=2026)
    rows = {row["official"]: row for row in answer["items"]}
    assert (rows[None]["late"], rows[None]["months"], rows[None]["name"]) == (3, [MONTH], f"Sở {OWN}")
    assert (rows["CB-3"]["late"], rows["CB-3"]["name"], rows["CB-3"]["grading"]) == (2, "Người giữ hồ sơ", False)
    assert rows["CB-3"]["worst"] == {"month": MONTH, "late": 2}
    assert set(rows) == {None, "CB-3"}, "who finished it is not who held it"
    assert told(system, "repeat-late", OWN, "--year", "2026")["items"] == answer["items"]
    assert system.get("/v1/repeat-late", year=2035)["items"] == []
    assert "Chậm trễ nhiều lần" in chiso("repeat-late", OWN, "--year", "2026", home=system.home).stdout


def test_two_clocks_stand_side_by_side(system: System) -> None:
    answer = system.get("/v1/clocks", unit=OWN, period=MONTH)
    assert answer["dossiers"] == [{"dossier": number(11), "document": "finished_late", "province": "finished_on_time"}]
    document, province = (answer[name]["counts"] for name in ("document", "province"))
    assert document == system.get(f"/v1/units/{OWN}/indicators", period=MONTH)["counts"]
    assert (document["finished_late"], province["finished_late"], province["finished_on_time"]) == (2, 1, document["finished_on_time"] + 1)
    assert answer["province"]["ratio_2_1"] > answer["document"]["ratio_2_1"]
    assert told(system, "clocks", OWN, "--period", MONTH)["province"] == answer["province"]
    assert number(11) in chiso("clocks", OWN, "--period", MONTH, home=system.home).stdout


@pytest.mark.parametrize("name", ["duties", "offrecord", "papers"])
def test_what_is_no_month_and_who_is_no_unit_is_refused(system: System, name: str) -> None:
    for month in ("August", "2026-Q3", "2026-13"):
        assert system.client.get(f"/v1/{name}", params={"month": month}).status_code == 422
        assert "2026-08" in chiso(name, "--month", month, home=system.home, check=2).stderr
    assert system.client.get(f"/v1/{name}", params={"unit": "H99.99"}).status_code == 404


def test_unknown_units_are_not_found_and_lists_of_all_are_answered(system: System) -> None:
    for path in ("silent", "repeat-late", "clocks"):
        assert system.client.get(f"/v1/{path}", params={"unit": "H99.99"}).status_code == 404
    for path in ("duties", "offrecord", "silent", "papers", "repeat-late"):
        assert system.get(f"/v1/{path}")["rule"]["vi"]
    assert system.client.get("/v1/clocks").status_code == 422
    assert chiso("duties", "H99.99", home=system.home, check=3).stderr


def test_lines_are_shown_as_tables(system: System) -> None:
    shown = chiso("duties", OWN, "--month", MONTH, home=system.home).stdout
    assert "4 hồ sơ phải giải trình, xin lỗi" in shown
    assert "vi phạm" not in shown
