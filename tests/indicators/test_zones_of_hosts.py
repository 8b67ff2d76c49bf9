"""Figures, periods and times for people are Vietnam's wherever the process runs: the same bytes under every TZ, around a day's, a month's and a year's turn."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors import national, vietnamese
from connectors.door import Said
from connectors.mapping import load, time_reader
from connectors.notice_text import words as notice_words
from connectors.publication import figures, words
from connectors.publication.pdf import _at
from indicators import events as ev
from indicators import publication
from indicators.describe import describe
from indicators.periods import before, current_month, parse, year_before
from indicators.registry import Registry
from indicators.times import rfc3339, seconds
from streams import clock
from streams.cards import Cards
from streams.cli.asking import as_of
from streams.listing import Listing
from tests.builders import HCM, state_of
from tests.bulletins import bulletin
from tests.connectors.test_national import BASE
from tests.materials import still_of, units

ROOT = Path(__file__).resolve().parents[2]
ZONES = {"UTC": 17, "America/New_York": 12, "Asia/Ho_Chi_Minh": 0}  # and the hour there at the year's turn
UNIT = "H44.01"
NOW = "2027-01-02T09:00"
CLOCK = "2026-12-31T23:30:00"  # of the test clock; without an offset, so Vietnam's
# what begins at this moment in Vietnam; the month's lies in the night in which New York sets its clocks back
TURNS = {"day": "2026-08-14T17:00:00Z", "month": "2026-10-31T17:00:00Z", "year": "2026-12-31T17:00:00Z"}
AROUND = (-1, 0, 1)
BEFORE, AT = seconds(TURNS["year"]) - 1, seconds(TURNS["year"])

# received, carried over; finished early, on time, late; open overdue
COUNTS = {
    "2026-08-14..2026-08-14": [1, 3, 0, 1, 0, 2],  # those to be finished came ten days before
    "2026-08-15..2026-08-15": [2, 3, 0, 0, 2, 0],
    "2026-08": [6, 0, 0, 1, 2, 0],
    "2026-10": [4, 3, 0, 1, 0, 2],
    "2026-11": [2, 6, 0, 0, 2, 0],
    "2026-Q4": [10, 3, 0, 2, 2, 2],
    "2026-12": [4, 6, 0, 1, 0, 2],
    "2026": [16, 0, 0, 3, 4, 2],
    "2027-01": [2, 9, 0, 0, 2, 0],
    "2027": [2, 9, 0, 0, 2, 0],
    "rolling-7": [3, 9, 0, 1, 2, 0],
}
TEXTS: dict[str, Any] = {
    "days": ["2026-12-31", "2027-01-01"],
    "iso": ["2026-12-31T23:59:59+07:00", "2027-01-01T00:00:00+07:00"],
    "months now": ["2026-12", "2027-01"],
    "rolling-7": ["2026-12-25 2026-12-31", "2026-12-26 2027-01-01"],
    "open": [True, False],
    "before": "2026-11",
    "year before": "2025-12",
    "closed": ["2026-11", "2026-12"],
    "cut at": ["2026-12-31T23:59:59+07:00", "2027-01-01T00:00:00+07:00"],
    "daily": ["2026-12-30T23:00:00Z", "2026-12-30T23:00:00Z"],
    "moment": ["31/12/2026 23:59", "01/01/2027 00:00"],
    "clock": ["23:59 ngày 31/12/2026", "00:00 ngày 01/01/2027"],
    "printed": ["31/12/2026 23:59", "01/01/2027 00:00"],
    "naive": ["31/12/2026 23:59", "31/12/2026 23:59", "2026-12-31T16:59:59Z"],
    "first due": "2027-01-04T23:00:00Z",
    "mapped": "2026-12-31T16:59:59Z",
    "national": "2026-12-31T16:59:59Z",
    "bulletin": ["2027-01-01 00:00:00+07:00", "Số liệu tính đến 00:00 ngày 01/01/2027"],
    "command": "Số liệu tính đến 23:59 ngày 31/12/2026",
    "test clock": "2026-12-31T23",
    "lacking": "số liệu chưa đầy đủ, tính đến 23:00 31/12/2026 · incomplete, as of 23:00 31/12/2026",
    "dossier": [
        {
            "received_at": "2026-12-21T23:00:00+07:00",
            "due_at": "2026-12-31T17:00:00+07:00",
            "effective_due": "2026-12-31",
            "finished_at": "2026-12-31T23:59:59+07:00",
            "outcome": "on_time",
        },
        {
            "received_at": "2026-12-21T23:00:00+07:00",
            "due_at": "2026-12-31T17:00:00+07:00",
            "effective_due": "2026-12-31",
            "finished_at": "2027-01-01T00:00:00+07:00",
            "outcome": "late",
        },
    ],
    "notice": [
        "Ngày tiếp nhận: 31/12/2026 23:59",
        "Ngày hẹn trả: 01/01/2027 00:00",
        "Hồ sơ quá hạn từ 00:00 ngày 01/01/2027 và chưa giải quyết xong; phải có Báo cáo giải trình và Phiếu xin lỗi và hẹn lại ngày trả kết quả.",
    ],
}


def life(turn: str, offset: int) -> list[ev.Event]:
    """Of one dossier: received ten days and an hour before the turn, due at 17:00 of the day that ends, finished around its midnight."""
    begun, end, due = (rfc3339(seconds(TURNS[turn]) + by) for by in (-10 * 86_400 - 3600, offset, -7 * 3600))
    number = f"{UNIT}-{turn}-finished{offset:+}"
    return [
        ev.Received(dossier=number, at=begun, stated_at=begun, unit=UNIT, due_at=due),
        ev.Processed(dossier=number, at=end, stated_at=end),
    ]


def events() -> Iterator[ev.Event]:
    """Around every turn three dossiers are received, and three others finished."""
    for turn, begins in TURNS.items():
        for offset in AROUND:
            at = rfc3339(seconds(begins) + offset)
            yield ev.Received(dossier=f"{UNIT}-{turn}-received{offset:+}", at=at, stated_at=at, unit=UNIT)
            yield from life(turn, offset)


def say() -> None:
    """Everything, as one line of JSON; run in a process of the zone."""
    made = list(events())
    desk = still_of(made, Registry(units(("H44", "province", "VN"), (UNIT, "department", "H44"))), "2027-01", NOW)
    found, cards = {}, []
    for name in COUNTS:
        period = parse(name, desk.today())
        sheet = desk.sheet(period)
        counts = sheet.counts.at(sheet.layout.index[UNIT])
        finished = counts.finished_early, counts.finished_on_time, counts.finished_late
        found[name] = [int(one) for one in (counts.received, counts.carried_over, *finished, counts.open_overdue)]
        cards.append(Cards(desk).card(UNIT, period))
    desk.end = AT - 3600
    listing = Listing(SimpleNamespace(desk=desk), None)  # type: ignore[arg-type]
    sys.stderr.write(str(time.localtime(AT).tm_hour))
    sys.stdout.write(json.dumps({"counts": found, "texts": texts() | {"lacking": listing.lacking()}, "cards": cards}, default=str))


def texts() -> dict[str, Any]:
    """Every way in which a moment becomes a day, a period or words, at the year's last second and at the next year's first."""
    both = BEFORE, AT
    wire, days = [rfc3339(one) for one in both], [HCM.day(one) for one in both]
    naive = "2026-12-31T23:59:59"
    december = [parse("2026-12", day) for day in days]
    rolling = [parse("rolling-7", day) for day in days]
    printed = replace(bulletin(), as_of=wire[1])
    permits = load("permits").model_copy(update={"zone": "Asia/Ho_Chi_Minh"})
    entry = BASE | {"NgayNopHoSo": "", "NgayTiepNhan": "20261231235959", "NgayHenTra": "20270105170000"}
    [item] = national.read([entry], Said(AT, AT, "H44"), str)
    notice: dict[str, Any] = {"id": "x", "kind": "overdue", "unit": UNIT, "dossier": "D", "received_at": wire[0], "due_at": wire[1]}
    notice |= {"effective_due": HCM.date(BEFORE).isoformat(), "at": wire[1], "detail": {}}
    said = notice_words(notice, lambda *_: None, "http://link").text.splitlines()
    told = [describe("D", state_of(*life("year", offset)), HCM) for offset in (-1, 0)]
    return {
        "days": [str(HCM.date(one)) for one in both],
        "iso": [HCM.iso(one) for one in both],
        "months now": [current_month(day) for day in days],
        "rolling-7": [f"{one.first} {one.last}" for one in rolling],
        "open": [one.open for one in december],
        "before": before(december[1], days[1]).id,
        "year before": year_before(december[1], days[1]).id,
        "closed": [publication.months(one)[-1] for one in both],
        "cut at": [publication.iso(one) for one in both],
        "daily": [rfc3339(publication.daily(one)) for one in both],
        "moment": [vietnamese.moment(one) for one in wire],
        "clock": [vietnamese.clock(one) for one in wire],
        "printed": [figures.time(one) for one in wire],
        "naive": [vietnamese.moment(naive), figures.time(naive), rfc3339(seconds(naive))],
        "first due": rfc3339(publication.first_due("2026-12")),
        "mapped": time_reader(permits)(naive),
        "national": item.events[0].at,
        "bulletin": [str(_at(printed)), words.load("vi").as_of(printed).partition(" · ")[0]],
        "command": as_of(HCM.iso(BEFORE)),
        "test clock": HCM.iso(int(clock.now()))[:13],
        "dossier": [{name: one[name] for name in TEXTS["dossier"][0]} for one in told],
        "notice": [line for line in said if line.startswith(("Ngày tiếp nhận", "Ngày hẹn trả", "Hồ sơ quá hạn từ"))],
    }


def said_in(zone: str) -> "subprocess.CompletedProcess[str]":
    """What a process of the zone says."""
    command = [sys.executable, "-c", f"from tests.indicators.{Path(__file__).stem} import say; say()"]
    # a slim system has no zones of its own, and would take every name for UTC
    env = os.environ | {"TZ": zone, "TZDIR": str(files("tzdata") / "zoneinfo"), "CHISO_NOW": CLOCK}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    with ThreadPoolExecutor(len(ZONES)) as pool:
        found = dict(zip(ZONES, pool.map(said_in, ZONES), strict=True))
    assert {zone: done.stderr for zone, done in found.items()} == {zone: str(hour) for zone, hour in ZONES.items()}
    return {zone: done.stdout for zone, done in found.items()}


def test_every_zone_says_the_same_bytes(outputs: dict[str, str]) -> None:
    assert [zone for zone in ZONES if outputs[zone] != outputs["UTC"]] == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_turn_is_vietnams(outputs: dict[str, str], zone: str) -> None:
    found = json.loads(outputs[zone])
    assert found["counts"] == COUNTS
    assert found["texts"] == TEXTS
    assert len(found["cards"]) == len(COUNTS)
