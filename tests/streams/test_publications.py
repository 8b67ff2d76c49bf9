"""Months are cut once, completed after a kill, restated where figures moved, and found again: on a real broker, with windows made by hand."""

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from indicators.book import Book
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from indicators.publication import moment
from indicators.registry import Entry, Registry
from indicators.services import Services
from indicators.units import Unit, Version
from streams import clock, publications, shelf
from streams.cards import Cards
from streams.desk import Desk, Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower, Stand
from streams.publications import Publications
from streams.published import Published
from streams.reading import everything
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.shelf import Shelf
from streams.topology import EVENTS, PETITIONS
from tests.builders import CALENDAR, HCM

pytestmark = pytest.mark.broker
MONTH = "2026-08"
DAY = 20_666 + 2  # 2026-08-03
UNITS = [("VN", "country", None), ("H44", "province", "VN"), ("H20", "province", "VN"), ("H44.01", "department", "H44")]
UNITS += [("H44.02", "department", "H44"), ("H20.01", "department", "H20"), ("H20.02", "department", "H20")]


class Held:
    """A lease that is ours so many times."""

    def __init__(self) -> None:
        self.times = 1_000_000

    async def held(self) -> bool:
        self.times -= 1
        return self.times >= 0


class Rig:
    """A reading process without a store: its windows are put in by hand."""

    def __init__(self, kafka: str) -> None:
        self.kafka, self.lease = kafka, Held()
        book = Book()
        figures = Follower(None, services=Services(book.codes), stale=False)
        self.sources = Sources(
            figures,
            Follower(None, topic=PETITIONS, stale=False),
            BookFollower(None, stale=False, book=book),
            RegistryFollower(kafka, registry=registry()),
            Ends(kafka),
        )
        self.stand(0)
        self.desk = Desk(self.sources, Terms(HCM, CALENDAR, "portal", "VN"))
        self.process()

    def process(self) -> None:
        """A process of its own on the same windows, as after a kill."""
        self.shelf = Shelf(self.kafka)
        cards = Cards(self.desk)
        self.publications = Publications(self.desk, cards, self.lease, self.shelf)  # type: ignore[arg-type]
        self.published = Published(self.desk, self.shelf)
        self.looks, due = 0, self.publications._due

        def counted(now: int) -> list[str]:
            self.looks += 1
            return due(now)

        self.publications._due = counted  # type: ignore[method-assign]

    def stand(self, position: int, end: int | None = None) -> None:
        self.sources.figures.stands[0] = Stand(next=position)
        self.sources.ends.now = self.sources.ends.before = {EVENTS: {0: position if end is None else end}}

    def put(self, unit: str, received: int, late: int = 0, day: int = DAY) -> None:
        """So many received and finished on a day, some of them late."""
        counts = {"received": received, "finished_late": late, "finished_on_time": received - late}
        row = encode(sum(DAY_LANE[name] * value for name, value in counts.items()), len(DAY_COUNTERS))
        self.sources.figures.cube.put(unit, 0, {day: row})
        self.stand(self.sources.figures.stands[0].next + 1)

    async def topic(self) -> dict[str, Any]:
        return {key: json.loads(value) for key, value in (await everything(self.kafka, shelf.PUBLICATIONS)).items()}

    async def versions(self) -> dict[str, int]:
        return {
            key.split(":")[0]: len(one["versions"])
            for key, one in (await self.topic()).items()
            if key.endswith(MONTH) and "versions" in one
        }


def registry(moved: bool = False) -> Registry:
    parents = {code: (kind, parent) for code, kind, parent in UNITS}
    if moved:
        parents["H44.02"] = ("department", "H20")
    return Registry({code: Unit(code, (Version(code, kind, parent),)) for code, (kind, parent) in parents.items()})


@pytest.fixture
async def rig(kafka: str, monkeypatch: pytest.MonkeyPatch) -> Rig:
    name = f"publications-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(name, 4, 1, topic_configs={"cleanup.policy": "compact"})], wait_for_metadata=True)
    admin.close()
    for module in (shelf, publications):
        monkeypatch.setattr(module, "PUBLICATIONS", name)
    monkeypatch.setattr(publications, "CHUNK", 2)
    monkeypatch.setattr(publications, "TICK", 0.02)
    monkeypatch.setattr(publications, "SETTLE", 0.1)
    monkeypatch.setattr(publications, "look_at_ends", lambda *_: {})
    monkeypatch.setattr(publications, "door_passed", nothing_waits)
    monkeypatch.setattr(clock, "now", lambda: moment("2026-09-05T06:00"))
    found = Rig(kafka)
    for place, unit in enumerate(("H44.01", "H44.02", "H20.01", "H20.02")):
        found.put(unit, 10, place)
    return found


async def nothing_waits(*_: Any) -> bool:
    return True


class Running:
    """The process at work: it follows the topic, and cuts by itself where `cutting`."""

    def __init__(self, rig: Rig, *, cutting: bool = False) -> None:
        self._rig, self._cutting = rig, cutting

    async def __aenter__(self) -> None:
        rig = self._rig
        self._tasks = [asyncio.create_task(rig.shelf.run())]
        self._tasks += [asyncio.create_task(rig.publications.run())] if self._cutting else []
        async with asyncio.timeout(20):
            while not rig.shelf.loaded:
                await asyncio.sleep(0.01)

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def until_cut(rig: Rig, number: int) -> None:
    async with asyncio.timeout(20):
        while not (cuts := rig.shelf.cuts.get(MONTH)) or cuts[-1].cut < number or not cuts[-1].done:
            await asyncio.sleep(0.01)


async def looked(rig: Rig, times: int = 4) -> None:
    """Until it has asked so often what is due. The first may have begun before, and the last is under way."""
    enough = rig.looks + times
    async with asyncio.timeout(20):
        while rig.looks < enough:
            await asyncio.sleep(0.01)


async def test_a_month_is_cut_once_and_restated_the_day_after(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment("2026-09-05T06:00") - 1)
    async with Running(rig, cutting=True):
        await looked(rig)
        assert await rig.topic() == {}
        monkeypatch.setattr(clock, "now", lambda: moment("2026-09-05T06:00"))
        await until_cut(rig, 1)
        assert await rig.versions() == dict.fromkeys((code for code, _, _ in UNITS), 1)
        rig.put("H44.01", 11, 1)
        monkeypatch.setattr(clock, "now", lambda: moment("2026-09-06T05:59"))
        await looked(rig)
        assert len(rig.shelf.cuts[MONTH]) == 1
        monkeypatch.setattr(clock, "now", lambda: moment("2026-09-06T06:00"))
        await until_cut(rig, 2)
        # ranks of the peers moved too: one of them late no more often than the other
        assert await rig.versions() == {"VN": 2, "H44": 2, "H44.01": 2, "H44.02": 1, "H20": 1, "H20.01": 1, "H20.02": 1}
        assert set((await rig.topic())[f"H44.01:{MONTH}"]["versions"][1]["figures"]) >= {"received", "2.1"}


async def test_what_was_half_sent_is_completed_and_nothing_is_cut_twice(rig: Rig) -> None:
    async with Running(rig):
        rig.lease.times = 1 + 1 + 2  # asked once by `cut`, once for the cut's own record, then for two chunks of two
        with pytest.raises(UnreachableError):
            await rig.publications.cut(MONTH)
    assert len(await rig.versions()) == 4
    assert not (await rig.topic())[f"cut:{MONTH}"]["cuts"][-1]["done"]
    half = await rig.topic()
    rig.process()
    rig.lease.times = 1_000_000
    async with Running(rig, cutting=True):
        await until_cut(rig, 2)
    found = await rig.topic()
    assert {key: one for key, one in found.items() if key in half and "versions" in one} == {
        key: one for key, one in half.items() if "versions" in one
    }
    assert await rig.versions() == dict.fromkeys((code for code, _, _ in UNITS), 1)
    assert [(one["cut"], one["done"], one["units"]) for one in found[f"cut:{MONTH}"]["cuts"]] == [(1, False, 7), (2, True, 3)]


async def test_a_cut_that_lacks_only_its_end_is_ended(rig: Rig) -> None:
    async with Running(rig):
        rig.lease.times = 1 + 1 + 4
        with pytest.raises(UnreachableError):
            await rig.publications.cut(MONTH)
    rig.process()
    rig.lease.times = 1_000_000
    async with Running(rig):
        again = await rig.publications.cut(MONTH)
    assert (again.cut, again.done, len((await rig.topic())[f"cut:{MONTH}"]["cuts"])) == (1, True, 1)


async def test_the_same_figures_make_no_version_whatever_the_release(rig: Rig) -> None:
    async with Running(rig):
        first = await rig.publications.cut(MONTH)
        assert await rig.publications.cut(MONTH) == first
        places = rig.shelf.places[MONTH]
        rig.shelf.places[MONTH] = {unit: place.seen("another release's") for unit, place in places.items()}
        assert await rig.publications.cut(MONTH) == first
        assert rig.shelf.places[MONTH] == places


async def test_causes_and_days_of_versions(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Running(rig):
        await rig.publications.cut(MONTH)
        version1 = Cards(rig.desk).card("H20", rig.desk.period(MONTH))
        monkeypatch.setattr(clock, "now", lambda: moment("2026-09-08T10:00"))
        rig.sources.registry.registry = registry(moved=True)
        rig.sources.registry.next += 1
        rig.put("H20.01", 12, 2)
        await rig.publications.cut(MONTH)
        monkeypatch.setattr(clock, "now", lambda: moment("2026-09-09T10:00"))
        rig.desk.terms = replace(rig.desk.terms, rule="document")
        await rig.publications.cut(MONTH)

        rows = (await rig.published.restatements(None, None, 1000, 0))["items"]
        causes = {(row["unit"], row["version"], row["id"]): row["cause"] for row in rows}
        assert causes["H20", 2, "received"] == causes["H44", 2, "received"] == "registry"
        assert causes["H20.01", 2, "received"] == causes["VN", 2, "received"] == "events"
        assert causes["H20", 3, "total"] == "formula"
        assert ("H20", 3, "received") not in causes
        old = next(row["old"] for row in rows if (row["unit"], row["version"], row["id"]) == ("H20", 2, "received"))
        assert old == version1["counts"]["received"] == 20
        assert await paged(rig) == rows
        assert {row["unit"] for row in (await rig.published.restatements("H44", MONTH, 1000, 0))["items"]} == {"H44"}

        remembered = await rig.published.asof("H20", MONTH, "2026-09-07", None)
        for name in ("counts", "total", "grade", "rank", "blocks", "complete", "rule"):
            assert remembered[name] == version1[name]
        for day, version in (("2026-09-05", 1), ("2026-09-08", 2), ("2026-09-09", 3), ("2030-01-01", 3)):
            assert (await rig.published.asof("H20", MONTH, day, None))["version"] == version
        nation = await rig.published.asof("VN", MONTH, "2026-09-09", None)
        assert nation["blocks"] == Cards(rig.desk).card("VN", rig.desk.period(MONTH))["blocks"]


async def paged(rig: Rig) -> list[Any]:
    """All rows, a unit's month at a time."""
    found: list[Any] = []
    cursor: int | None = 0
    while cursor is not None:
        page = await rig.published.restatements(None, MONTH, 1, cursor)
        found, cursor = found + page["items"], page["next"]
    return found


async def test_never_while_behind_nor_for_what_is_not_over(rig: Rig) -> None:
    async with Running(rig):
        rig.stand(4, end=5)
        with pytest.raises(UnreachableError, match="behind"):
            await rig.publications.cut(MONTH)
        rig.stand(5)
        rig.sources.figures.loading = True
        with pytest.raises(UnreachableError, match="behind"):
            await rig.publications.cut(MONTH)
        rig.sources.figures.loading = False
        for text in ("2026-09", "2026-Q2", "2026-08-01..2026-08-31"):
            with pytest.raises(UsageError, match="2026-08"):
                await rig.publications.cut(text)
        with pytest.raises(NotFoundError):
            await rig.publications.cut("2026-05")
        rig.lease.times = 0
        with pytest.raises(UnreachableError, match="another"):
            await rig.publications.cut(MONTH)
    assert await rig.topic() == {}


async def test_figures_of_a_halted_partition_are_not_passed_off_as_complete(rig: Rig) -> None:
    async with Running(rig):
        rig.sources.figures.stands[0].halted = "the log is another"
        assert (await rig.publications.cut(MONTH)).halted == {"0": "the log is another"}
        assert not (await rig.published.asof("VN", MONTH, "2026-09-05", None))["complete"]
        rig.sources.figures.stands[0].halted = None
        second = await rig.publications.cut(MONTH)  # the same figures, but now nothing is lacking
        assert (second.cut, second.units) == (2, 7)
        rig.sources.figures.stands[0].halted = "again"
        assert await rig.publications.cut(MONTH) == second


async def test_a_unit_that_lost_its_figures_says_so(rig: Rig) -> None:
    async with Running(rig):
        await rig.publications.cut(MONTH)
        rig.sources.figures.cube.put("H44.01", 0, {DAY: None})
        await rig.publications.cut(MONTH)
        found = await rig.published.asof("H44.01", MONTH, "2026-09-05", None)
        assert (found["version"], found["counts"]["received"], found["total"], found["rank"]) == (2, 0, None, None)
        cut = await rig.publications.cut(MONTH)
        assert cut.cut == 2


async def test_a_month_that_is_being_filled_waits(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0
    monkeypatch.setattr(publications, "time", SimpleNamespace(monotonic=lambda: passed))
    monkeypatch.setattr(publications, "SETTLE", 5.0)
    async with Running(rig, cutting=True):
        for received in range(11, 15):
            rig.put("H44.01", received)
            await looked(rig)
            passed += 4
            await looked(rig)
            assert MONTH not in rig.shelf.cuts
        passed += 1
        await until_cut(rig, 1)
        assert (await rig.published.asof("H44.01", MONTH, "2026-09-05", None))["counts"]["received"] == 14


async def test_a_unit_that_is_no_more_and_ranks_among_published_totals(rig: Rig) -> None:
    peers = Entry({"totals": {"H20": 9999, "H01": 9998}}, DAY)
    units = {**registry().units, "H01": Unit("H01", (Version("H01", "province", "VN"),))}  # without figures here
    rig.sources.registry.registry = Registry(units, {"peers": {"2026-08-03": (peers,)}})
    async with Running(rig):
        await rig.publications.cut(MONTH)
        live = Cards(rig.desk).card("H44", rig.desk.period(MONTH))["rank"]
        assert (live["of"], live["published"]) == (3, "2026-08-03")
        remembered = await rig.published.asof("H44", MONTH, "2026-09-05", None)
        assert remembered["rank"] == live
        empty = Follower(None, services=rig.sources.figures.services, stale=False)
        rig.sources.registry.registry = Registry()
        rig.desk = Desk(replace(rig.sources, figures=empty), rig.desk.terms)
        empty.stands[0] = rig.sources.figures.stands[0]
        rig.publications = Publications(rig.desk, Cards(rig.desk), rig.lease, rig.shelf)  # type: ignore[arg-type]
        await rig.publications.cut(MONTH)
        rows = (await rig.published.restatements("H20.01", MONTH, 1000, 0))["items"]
        received = next(row for row in rows if row["id"] == "received")
        assert (received["old"], received["new"]) == (10, None)
