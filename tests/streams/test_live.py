"""What the stream shows: only what changed, and never less because something is read again."""

import asyncio
from typing import Any

import pytest

from indicators.book import Book
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from indicators.registry import Registry
from indicators.services import Services
from indicators.units import Unit, Version
from streams import clock
from streams import stream as streaming
from streams.cards import Cards
from streams.desk import Desk, Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower, Stand
from streams.live import AWAY, FILLING, OK, Live
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.stream import Stream
from streams.topology import EVENTS, PETITIONS
from tests.builders import CALENDAR, HCM

NOW = 1_785_900_000  # 2026-08-05
TODAY = HCM.day(NOW)
UNITS = [
    ("VN", "country", None),
    ("H44", "province", "VN"),
    ("H20", "province", "VN"),
    ("H44.01", "commune", "H44"),
    ("H44.02", "commune", "H44"),
]


class Quiet:
    """No notices, or those given."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def since(self, place: int) -> tuple[int, list[dict[str, Any]]]:
        return len(self.told), self.told[place:]


class Rig:
    """A reading process without a store: its windows are put in by hand."""

    def __init__(self) -> None:
        book = Book()
        self.figures = Follower(None, services=Services(book.codes), stale=False)
        registry = Registry({code: Unit(code, (Version(code, kind, parent),)) for code, kind, parent in UNITS})
        others = Follower(None, topic=PETITIONS, stale=False), BookFollower(None, stale=False, book=book)
        self.ends = Ends("")
        desk = Desk(
            Sources(self.figures, *others, RegistryFollower("", registry=registry), self.ends), Terms(HCM, CALENDAR, "portal", "VN")
        )
        self.live = Live(desk, Cards(desk))
        self.bell = Quiet()
        self.stream = Stream(self.live, self.bell)
        self.stand(10)

    def stand(self, position: int, end: int | None = None) -> None:
        self.figures.stands[0] = Stand(next=position, as_of=NOW * 1000)
        self.ends.now = self.ends.before = {EVENTS: {0: position if end is None else end}}

    def put(self, unit: str, received: int, **counts: int) -> None:
        row = encode(sum(DAY_LANE[name] * value for name, value in {"received": received, **counts}.items()), len(DAY_COUNTERS))
        self.figures.cube.put(unit, 0, {TODAY - 2: row})

    def shown(self, unit: str) -> dict[str, int] | None:
        from streams.live import FIELDS

        snapshot = self.live.snapshot(self.live.standing())
        if snapshot is None:
            return None
        return dict(zip(FIELDS, snapshot.rows[snapshot.layout.index[unit]].tolist(), strict=True))


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(clock, "now", lambda: float(NOW))
    for name, value in (("LOOK_SECONDS", 0.001), ("BEAT_SECONDS", 0.02), ("LEAST", 0.0), ("SHARE", 0)):
        monkeypatch.setattr(streaming, name, value)
    return Rig()


def test_a_unit_shows_itself_and_all_below_it(rig: Rig) -> None:
    rig.put("H44.01", 5, became_overdue=2)
    rig.put("H44.02", 3)
    province, commune = rig.shown("H44"), rig.shown("H44.01")
    assert province is not None
    assert commune is not None
    assert (province["received"], province["overdue"], province["numerator"], province["denominator"]) == (8, 2, 6, 8)
    assert (commune["open"], commune["in_time"]) == (5, 3)


def test_figures_are_those_of_the_scorecard(rig: Rig) -> None:
    rig.put("H44.01", 9, became_overdue=4, finished_late=1, ceased_overdue=1, finished_early=2)
    sheet = rig.live.desk.sheet(rig.live.desk.period(None))
    shown, place = rig.shown("VN"), sheet.layout.index["VN"]
    assert shown is not None
    counts = sheet.counts.at(place)
    assert {name: shown[name] for name in ("received", "open", "finished_late", "finished_early")} == {
        name: getattr(counts, name) for name in ("received", "open", "finished_late", "finished_early")
    }
    assert (shown["numerator"], shown["denominator"]) == (counts.in_time, counts.workload)
    assert shown["overdue"] == rig.live.desk.open_now(sheet).at(place).overdue == 3


def test_what_stood_goes_on_standing_while_a_partition_is_read_again(rig: Rig) -> None:
    rig.put("H44.01", 5)
    assert rig.shown("H44") == rig.shown("H44.01")
    rig.stand(3, end=10)
    rig.put("H44.01", 1)
    standing = rig.live.standing()
    assert (standing.state, standing.back) == (FILLING, True)
    assert rig.live.incomplete("H20", standing)
    held = rig.shown("H44")
    assert held is not None
    assert held["received"] == 5
    rig.stand(10)
    rig.put("H44.01", 6)
    again = rig.shown("H44")
    assert again is not None
    assert again["received"] == 6
    assert rig.live.standing().state == OK


def test_a_partition_that_is_being_loaded_holds_everything(rig: Rig) -> None:
    rig.put("H44.01", 5)
    rig.shown("H44")
    rig.figures.loading = True
    rig.figures.cube.drop(0)
    held = rig.shown("H44")
    assert held is not None
    assert held["received"] == 5


def test_another_log_is_not_waited_for(rig: Rig) -> None:
    rig.put("H44.01", 5)
    rig.shown("H44")
    rig.stand(4)
    assert rig.live.standing().state == OK


def test_a_store_that_was_never_read_or_is_being_filled_shows_nothing(rig: Rig) -> None:
    rig.put("H44.01", 5)
    rig.figures.stale = True
    assert (rig.live.standing().state, rig.shown("H44")) == (AWAY, None)
    rig.figures.stale = False
    rig.stand(1000, end=100_000)
    standing = rig.live.standing()
    assert (standing.state, standing.progress, rig.shown("H44")) == (FILLING, 0.01, None)


def test_a_store_that_went_away_leaves_what_stood_and_its_age(rig: Rig) -> None:
    rig.put("H44.01", 5)
    rig.shown("H44")
    before = rig.live.as_of
    rig.figures.stale = True
    rig.stand(10)
    held = rig.shown("H44")
    assert held is not None
    assert (held["received"], rig.live.as_of) == (5, before)
    assert rig.live.incomplete("VN", rig.live.standing())


async def frames(rig: Rig, unit: str, wanted: int, between: Any = None) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    async with asyncio.timeout(5):
        async for event, data, _ in rig.stream.open(unit, "known"):
            if event == "notice" or "rows" in data or not found:
                found.append((event, data))
                if len(found) == wanted:
                    break
                if between is not None:
                    between()
    return found


async def test_the_first_frame_has_all_and_the_next_only_what_is_another(rig: Rig) -> None:
    rig.put("H44.01", 5)
    (_, first), (_, second) = await frames(rig, "H44", 2, lambda: rig.put("H44.01", 6))
    assert set(first["rows"]) == {"H44", "H44.01", "H44.02"}
    assert first["rows"]["H44.02"] is None, "no data is not 0"
    assert first["rows"]["H44.01"]["received"] == 5
    assert {code: set(row) & {"received", "open", "overdue"} for code, row in second["rows"].items()} == {
        "H44": {"received", "open"},
        "H44.01": {"received", "open"},
    }
    assert "units" not in second


async def test_a_notice_goes_to_its_unit_and_those_above(rig: Rig) -> None:
    rig.put("H44.01", 5)
    notice = {"id": "1", "kind": "overdue", "unit": "H44.01"}
    rig.bell.told = [{"id": "0", "kind": "overdue", "unit": "H20"}, notice]
    found = await frames(rig, "H44", 2)
    assert found[1] == ("notice", notice)


async def test_streams_end_when_the_server_does(rig: Rig) -> None:
    flow = rig.stream.open("VN")
    assert (await anext(flow))[0] == "figure"
    rig.stream.end()
    async with asyncio.timeout(5):
        assert [frame async for frame in flow] == []


async def test_who_waits_for_a_unit_is_told_once_it_is_known(rig: Rig) -> None:
    (_, first), (_, second) = await frames(rig, "H77", 2, lambda: rig.put("H77", 1))
    assert (first["known"], second["known"]) == (False, True)
    assert second["rows"]["H77"]["received"] == 1
