"""What is asked of the press, and what it makes sure of before anything is published."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.errors import UsageError
from indicators.registry import Entry, Registry
from streams import clock
from streams.follow import Stand
from streams.press.automatic import Automatic
from streams.press.gather import agrees
from streams.press.order import OFFICIALS, REGISTRY, copies, records
from streams.press.press import Press, Wish, lacking
from streams.press.talk import Talk
from streams.settings import Settings, load
from streams.shelf import Shelf
from streams.topology import EVENTS
from tests.builders import CALENDAR, lives, make, moment
from tests.materials import material_of, still_of, units

OFFICES = Registry(units(("H44", "province", "VN"), *((f"H44.0{one}", "department", "H44") for one in (7, 8, 9))))
NAMED = Registry(
    OFFICES.units, {"official": {"cb-1": (Entry({"name": "Nguyễn Văn Mẫu"}),)}, "sector": {"A": (Entry({"name": "Đất đai"}),)}}
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(home=tmp_path)


def press(settings: Settings, **wish: Any) -> Press:
    asked: dict[str, Any] = {
        "month": "2011-08",
        "out": Path(),
        "lang": "vi",
        "names": True,
        "editions": ("internal", "public"),
        "form": None,
    }
    return Press(Wish(**asked | wish), settings, Talk())


def test_form_06a_of_a_period_that_moves_with_the_day_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="moves with the day; name a month, a quarter or bc-2026-Q3"):
        press(settings, form="rolling-30")
    assert press(settings, form="bc-2011-Q2")._wish.form == "bc-2011-Q2"


def test_without_the_internal_edition_nobody_is_named(settings: Settings) -> None:
    assert not press(settings, editions=("public",))._wish.names
    assert press(settings)._wish.names


def test_officials_are_copied_into_the_internal_edition_alone() -> None:
    plain, named = (copies(NAMED, CALENDAR, "portal", 20_000, names=names) for names in (False, True))
    assert OFFICIALS.startswith("internal/")
    assert [name for name, content in named.items() if "Nguyễn Văn Mẫu".encode() in content] == [OFFICIALS]
    assert {name: content for name, content in named.items() if name != OFFICIALS} == plain
    assert {key for name in (REGISTRY, OFFICIALS) for key, _ in records(named[name])} >= {b"official:cb-1", b"sector:A"}


def test_an_open_month_with_a_halted_partition_names_the_units_that_lack_something() -> None:
    events = [make(ev.Received, "2026-08-03", dossier=f"{unit}-1", unit=unit) for unit in ("H44.07", "H44.08", "H20")]
    still = still_of(events, OFFICES, "2026-08", "2026-08-20")
    follower, nothing = still.follower, Shelf("")
    [[partition]] = [follower.cube.partitions("H44.07")]
    numbers = {number for unit in follower.cube.units() for number in follower.cube.partitions(unit)}
    follower.stands = {number: Stand(next=5) for number in numbers}
    still.ends.before = still.ends.now = {EVENTS: dict.fromkeys(numbers, 5)}
    assert lacking(still, nothing) == []
    follower.stands[partition] = Stand(next=5, halted="what it holds cannot be applied")
    assert sorted(lacking(still, nothing)) == ["H44", "H44.07"]


@given(lives(numbers=4), st.integers(0, 31))
def test_lists_agree_with_the_windows_on_any_day_of_an_open_month(events: list[ev.Event], day: int) -> None:
    still = still_of(events, OFFICES, "2026-02", f"2026-02-{min(day + 1, 28):02}T12:00")
    assert agrees(material_of(still, events)) == []


def test_an_end_stated_ahead_of_an_open_month_does_not_part_lists_and_windows() -> None:
    ahead = [
        make(ev.Received, "2026-08-03", dossier="a-1", unit="H44.07", due_at="2026-08-20"),
        make(ev.Processed, "2026-08-22", dossier="a-1"),
    ]
    overdue = [make(ev.Received, "2026-08-03", dossier=f"a-{one}", unit="H44.07", due_at="2026-08-10") for one in (2, 3)]
    for events in (ahead, ahead + overdue):
        found = material_of(still_of(events, OFFICES, "2026-08", "2026-08-20T12:00"), events)
        assert agrees(found) == []
    found.late.pop()  # type: ignore[attr-defined]
    assert agrees(found) == ["H44", "H44.07"]


def test_a_month_that_cannot_be_published_keeps_no_other_waiting(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: float(moment("2026-09-20")))
    shelf = Shelf("", cuts={month: (SimpleNamespace(cut=2, done=True),) for month in ("2026-07", "2026-08")})  # type: ignore[misc]
    monkeypatch.setattr("streams.press.automatic._stood", lambda *_: 1)
    found = Automatic(settings, SimpleNamespace(), shelf)  # type: ignore[arg-type]
    assert found._wanted(tmp_path) == "2026-07"
    found._not_before["2026-07"] = time.monotonic() + 600
    assert found._wanted(tmp_path) == "2026-08"
    found._not_before["2026-07"] = time.monotonic()
    assert found._wanted(tmp_path) == "2026-07"
