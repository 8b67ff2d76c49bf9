"""Lists as series: what each says, that one reading serves many, and that reading gives way to others."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from indicators import events as ev
from indicators.dossier import State, decode_state, encode_state
from indicators.errors import UnreachableError
from indicators.registry import Entry, Registry
from indicators.sight import Sight
from indicators.units import Unit, Version
from streams import listing
from streams.duty_desk import DutyDesk
from streams.listing import DUE, HELD, LATE, OVERDUE, OWED, Listing
from tests.builders import CALENDAR, HCM, make, moment, received, state_of

NOW = moment("2026-08-12T10:00")  # a Wednesday
UNITS = {
    "VN": Unit("VN", (Version("Cả nước", "country"),)),
    "H44": Unit("H44", (Version("Tỉnh Phú Thọ", "province", "VN"),)),
    "H44.07": Unit("H44.07", (Version("Sở Công Thương", "department", "H44"),)),
}


class Store:
    """In the place of the desk and its lists: states by number."""

    def __init__(self, states: dict[str, State], settings: dict[str, int] | None = None) -> None:
        entries = {f"{unit}:due_soon_days": (Entry({"value": value}),) for unit, value in (settings or {}).items()}
        self.registry = Registry(UNITS, {"setting": entries})
        self.states = {number: encode_state(state) for number, state in states.items()}
        self.readings: Counter[str] = Counter()
        self.desk: Any = SimpleNamespace(
            today=lambda: HCM.day(NOW),
            sight=lambda: Sight(NOW, HCM, CALENDAR),
            zone=HCM,
            calendar=CALENDAR,
            layout=lambda day: SimpleNamespace(tree=self.registry.tree(day)),
            units=lambda: [{"unit": "H44.07"}, {"unit": "H99.99"}],
            stale=False,
            halted=False,
            as_of_seconds=lambda: NOW,
        )

    async def overdue(self, _first: int | None, _last: int) -> AsyncIterator[tuple[str, State]]:
        self.readings["overdue"] += 1
        for place, (number, stored) in enumerate(self.states.items()):
            if place % 500 == 0:
                await asyncio.sleep(0)
            yield number, decode_state(stored)

    async def listed(self, *_: object) -> AsyncIterator[tuple[str, State]]:
        self.readings["listed"] += 1
        for nobody in ():
            yield nobody

    def month(self, *_: object) -> Any:
        return SimpleNamespace(a=0, b=99_999)

    def line(self) -> Any:
        tree = self.registry.tree(HCM.day(NOW))
        return lambda unit: [unit, *tree.above(unit)]


def number(running: int, unit: str = "H44.07") -> str:
    return f"{unit}-20260803-{running:04}"


def opened(running: int, due: str, official: str | None = None, unit: str = "H44.07", **facts: Any) -> dict[str, State]:
    """An open dossier due then, held by somebody since its reception."""
    steps = [make(ev.Step, "2026-08-03T10:00", official=official)] if official else []
    state = state_of(received(unit=unit, due_at=f"{due}T17:00", sector="G15", procedure="2.000815", **facts), *steps)
    return {number(running, unit): state}


def made(states: dict[str, State], settings: dict[str, int] | None = None) -> tuple[Listing, Store]:
    store: Any = Store(states, settings)
    return Listing(store, DutyDesk(store)), store


async def rows(found: Listing, name: str) -> list[tuple[dict[str, str], float]]:
    return [(dict(labels), value) for labels, value in (await found.rows(name)).series]


WORLD = {
    **opened(1, "2026-08-07", "CB-1"),
    **opened(2, "2026-08-10", "CB-1"),
    **opened(3, "2026-08-11", unit="H99.99"),
    **opened(4, "2026-08-12", "CB-2"),
    **opened(5, "2026-08-14"),
    **opened(6, "2026-08-17"),
}


async def test_overdue_dossiers_come_with_their_days_the_latest_first() -> None:
    found, _ = made(WORLD)
    late = await rows(found, OVERDUE)
    assert [(labels["dossier"], days) for labels, days in late] == [(number(1), 3), (number(2), 2), (number(3, "H99.99"), 1)]
    assert late[0][0] == {
        "__name__": OVERDUE,
        "unit": "H44.07",
        "name": "Sở Công Thương",
        "province": "H44",
        "dossier": number(1),
        "official": "CB-1",
        "sector": "G15",
        "procedure": "2.000815",
        "received_at": "2026-08-03T09:00:00+07:00",
        "due_at": "2026-08-07T17:00:00+07:00",
    }
    assert set(late[2][0]) == {"__name__", "unit", "dossier", "sector", "procedure", "received_at", "due_at"}, (
        "what is not known is not there"
    )


async def test_what_is_due_soon_comes_with_its_seconds_the_nearest_first() -> None:
    found, _ = made(WORLD)
    soon = [(labels["dossier"], labels.get("official"), left) for labels, left in await rows(found, DUE)]
    assert soon == [(number(4), "CB-2", 7 * 3600), (number(5), None, (2 * 24 + 7) * 3600)]


@pytest.mark.parametrize(("days", "wanted"), [(0, []), (1, [4]), (3, [4, 5, 6])])
async def test_soon_is_what_the_unit_calls_soon(days: int, wanted: list[int]) -> None:
    found, _ = made(WORLD, {"H44": days})
    assert [labels["dossier"] for labels, _ in await rows(found, DUE)] == [number(running) for running in wanted]


async def test_officials_are_counted_as_their_dossiers_are_listed() -> None:
    found, _ = made(WORLD)
    held = {(labels["unit"], labels.get("official")): count for labels, count in await rows(found, HELD)}
    assert held == {("H44.07", "CB-1"): 2, ("H99.99", None): 1}
    late = {(labels["unit"], labels.get("official")): count for labels, count in await rows(found, LATE)}
    assert late == held


async def test_who_held_it_when_it_became_overdue_is_charged() -> None:
    passed_on = state_of(
        received(due_at="2026-08-07T17:00"),
        make(ev.Step, "2026-08-04", official="CB-1"),
        make(ev.Step, "2026-08-11", official="CB-2"),
    )
    found, _ = made({number(1): passed_on})
    assert [labels["official"] for labels, _ in await rows(found, OVERDUE)] == ["CB-1"]


async def test_what_is_owed_is_told_until_it_is_sent() -> None:
    sent = {number(7): state_of(received(due_at="2026-08-10T17:00"), make(ev.Late, "2026-08-11", apology_at="2026-08-11"))}
    found, _ = made(opened(1, "2026-08-07", "CB-1") | sent)
    owed = [(labels["dossier"], labels["duty"], days) for labels, days in await rows(found, OWED)]
    assert owed == [(number(1), "explanation", 3), (number(1), "apology", 3), (number(7), "explanation", 2)]


async def test_what_was_settled_while_the_list_was_read_is_left_out() -> None:
    finished = state_of(received(due_at="2026-08-07T17:00"), make(ev.Processed, "2026-08-06"))
    waiting = state_of(received(due_at="2026-08-07T17:00"), make(ev.SupplementRequested, "2026-08-05"))
    found, _ = made({number(1): finished, number(2): waiting})
    assert [await rows(found, name) for name in (OVERDUE, DUE, HELD)] == [[], [], []]


async def test_one_reading_serves_all_that_ask_meanwhile_and_for_a_while() -> None:
    found, store = made(WORLD)
    await asyncio.gather(*(found.rows(name) for name in (OVERDUE, DUE, HELD, OVERDUE)))
    assert store.readings["overdue"] == 1
    await found.rows(OWED)
    assert store.readings["overdue"] == 2


async def test_reading_is_limited_and_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_DOSSIERS", 3000)
    state = WORLD[number(1)]
    found, _ = made({number(running): state for running in range(4000)})
    stalls: list[float] = []

    async def watch() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0)
            stalls.append(time.monotonic() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    answer = await found.rows(OVERDUE)
    watching.cancel()
    assert (len(answer.series), answer.left_out) == (3000, 1000)
    assert len(stalls) > 20, "others had their turn"


def test_the_root_holds_also_whom_nobody_registered() -> None:
    found, _ = made(WORLD)
    assert set(found.members("VN")) == {"", "VN", "H44", "H44.07", "H99.99"}
    assert list(found.members("H44")) == ["H44", "H44.07"]


def test_lists_that_may_lack_something_are_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found, store = made(WORLD)
    monkeypatch.setattr(listing.clock, "now", lambda: NOW + 120)
    assert found.lacking() is None
    monkeypatch.setattr(listing.clock, "now", lambda: NOW + 121)
    assert found.lacking() == "số liệu chưa đầy đủ, tính đến 10:00 12/08/2026 · incomplete, as of 10:00 12/08/2026"
    monkeypatch.setattr(listing.clock, "now", lambda: NOW)
    store.desk.halted = True
    assert found.lacking() is not None


async def test_a_store_that_does_not_answer_is_not_waited_for() -> None:
    found, store = made(WORLD)
    store.desk.stale = True
    with pytest.raises(UnreachableError):
        await found.rows(OVERDUE)
    assert not store.readings
