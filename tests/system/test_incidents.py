"""What incidents staged is what the lists show, each line of it; what fell silent is silent once its hours are over."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.pseudonym import key, pseudonyms
from streams import simulating
from tests import staged
from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Path]]:
    """The past of a province with incidents, killed once in the middle, drained; and where the truth was written."""
    folder = tmp_path_factory.mktemp("incidents")
    with running(folder / "home") as system:
        _simulate(system, folder / "truth.csv")
        yield system, folder / "truth.csv"


@contextmanager
def running(home: Path) -> Iterator[System]:
    """`chiso up`, stopped whatever happens: a worker left behind would join whoever takes its broker's port next."""
    system = System(home)
    try:
        yield system.wait()
    finally:
        system.stop()


def _simulate(system: System, truth: Path) -> None:
    """The past, killed once in the middle."""
    words = ("simulate", "1", "--incidents", "--seed", "7", "--truth", truth, "--for", "0")
    first = subprocess.Popen([sys.executable, "-m", "streams.cli", *map(str, words), "--home", str(system.home)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: (found := simulating.read(system.home)) is not None and found.sent > 0)
    finally:
        first.kill()
        first.wait()
    chiso(*words, home=system.home, seconds=300)
    system.drain()


@pytest.fixture
def truth(simulated: tuple[System, Path]) -> Answer:
    found: Answer = json.loads(simulated[1].with_suffix(".incidents.json").read_text())
    return found


@pytest.fixture
def system(simulated: tuple[System, Path]) -> System:
    return simulated[0]


def pages(system: System, path: str, **query: object) -> list[Answer]:
    """All pages of a list."""
    items: list[Answer] = []
    cursor: int | None = 0
    while cursor is not None:
        found = system.get(path, limit=500, cursor=cursor, **query)
        assert found["as_of"]
        assert found["rule"]
        items += found["items"]
        cursor = found["next"]
    return items


def by_sign(items: list[Answer]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for item in items:
        found[item["sign"]].append(item["dossier"])
    return {sign: sorted(numbers) for sign, numbers in found.items()}


def test_duties(system: System, truth: Answer) -> None:
    shown = {item["dossier"]: sorted(item["flags"]) for item in pages(system, "/v1/duties")}
    assert shown == truth["duties"]
    assert {flag for flags in shown.values() for flag in flags} == {
        *("explanation_missing", "apology_missing", "none_sent", "sent_late", "no_reason", "no_new_date", "second_rescheduling"),
        *("new_date_missed", "not_declared", "declared_not_late"),
    }


def test_signs_of_off_the_record(system: System, truth: Answer) -> None:
    items = pages(system, "/v1/offrecord")
    wanted = dict(truth["offrecord"])
    gaps = {f"{item['detail']['agency']} {item['detail']['date']}": item["detail"]["numbers"] for item in items if not item["dossier"]}
    assert gaps == wanted.pop("missing_numbers")
    assert by_sign([item for item in items if item["dossier"]]) == wanted
    assert set(wanted) == {
        "not_received",
        "finished_before_received",
        "accepted_late",
    }  # no simulation of seconds hears of a reception days later


def test_extra_papers(system: System, truth: Answer) -> None:
    assert by_sign(pages(system, "/v1/papers")) == truth["papers"]
    assert set(truth["papers"]) == {"asked_again", "paper_not_listed", "asked_late"}


def test_repeated_lateness(system: System, truth: Answer) -> None:
    turn = pseudonyms(key(system.home / "pseudonym.key"))
    shown = [(item["unit"], item["official"], item["months"], item["late"]) for item in pages(system, "/v1/repeat-late")]
    wanted = [(row["unit"], row["official"] and turn(row["official"]), row["months"], row["late"]) for row in truth["repeat_late"]]
    assert sorted(shown, key=str) == sorted(wanted, key=str)


def test_boards_get_of_the_lists_what_the_lists_say(system: System) -> None:
    month = f"{dt.datetime.now(staged.VIETNAM):%Y-%m}"
    owed = [row for row in pages(system, "/v1/duties") if "declared_not_late" not in row["flags"] and not row["apology"]["sent_at"]]
    wanted = {
        "chiso_apologies_owed": len(owed),
        "chiso_off_record_signs": len(pages(system, "/v1/offrecord", month=month)),
        "chiso_extra_papers_signs": len(pages(system, "/v1/papers", month=month)),
        "chiso_repeat_late": sum(row["grading"] and row["official"] is None for row in pages(system, "/v1/repeat-late")),
        "chiso_silent_sources": 0,
    }

    def shown() -> dict[str, float]:
        text = system.client.get(system.addresses["metrics"]).text
        found = (re.fullmatch(r'(\w+)\{unit="VN"\} (\S+)', line) for line in text.splitlines())
        return {one[1]: float(one[2]) for one in found if one and one[1] in wanted}

    assert owed
    until(lambda: shown() == wanted, 60)


def test_the_page_says_of_letters_and_silence_what_the_lists_say(system: System) -> None:
    owed = [row for row in pages(system, "/v1/duties") if "declared_not_late" not in row["flags"] and not row["apology"]["sent_at"]]
    by_unit = Counter(row["unit"] for row in owed)
    one = max(by_unit)
    until(lambda: system.get("/v1/owed", unit="VN") == {"unit": "VN", "apologies": len(owed), "silent": []}, 60)
    assert system.get("/v1/owed", unit=one)["apologies"] == sum(
        count for unit, count in by_unit.items() if unit == one or unit.startswith(one + ".")
    )
    assert system.client.get("/v1/owed", params={"unit": "H99"}).status_code == 404


def test_two_clocks(system: System, truth: Answer, simulated: tuple[System, Path]) -> None:
    rows = staged.read(simulated[1])
    last = dt.datetime.now(staged.VIETNAM).date()
    found = system.get("/v1/clocks", unit="VN", period=f"{min(row.received for row in rows)}..{last}")
    assert [row["dossier"] for row in found["dossiers"]] == truth["clocks"]
    assert all(row["document"] != row["province"] for row in found["dossiers"])


def test_figures_stand_beside_incidents(system: System, simulated: tuple[System, Path]) -> None:
    rows = staged.read(simulated[1])
    today = dt.datetime.now(staged.VIETNAM).date()
    for month in staged.months(rows):
        wanted = staged.counts(rows, lambda _code: True, month, today)
        assert system.get("/v1/units/VN/indicators", period=f"{month[0]:%Y-%m}")["counts"] == wanted, month


@pytest.fixture(scope="module")
def a_week_later(simulated: tuple[System, Path]) -> Iterator[tuple[System, dt.datetime]]:
    """The same home under a test clock, once it has caught up: until then what it shows is as of the last record."""
    before, _ = simulated
    assert before.get("/v1/silent")["items"] == []
    before.stop()
    later = dt.datetime.now(staged.VIETNAM) + dt.timedelta(days=7)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHISO_NOW", later.isoformat())
        with running(before.home) as then:
            then.drain()
            yield then, later


def test_who_spoke_last_a_week_ago_is_silent(a_week_later: tuple[System, dt.datetime], truth: Answer) -> None:
    system, later = a_week_later
    assert truth["silent"] == []  # everything had been heard just now
    assert all(dt.datetime.fromisoformat(one["silent_from"]) < later for one in truth["sources"])
    shown = sorted((item["agency"], item["source"]) for item in system.get("/v1/silent")["items"] if item["source"])
    assert shown == [(one["agency"], one["source"]) for one in truth["sources"]]


def test_chiso_itself_is_no_source(a_week_later: tuple[System, dt.datetime]) -> None:
    system, _ = a_week_later
    assert [item for item in system.get("/v1/silent")["items"] if not item["source"]] == []
