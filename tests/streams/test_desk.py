"""Questions to the desk that are odd."""

from typing import Any

import pytest

from indicators.errors import NotFoundError
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from streams import clock
from streams.dossier_page import DossierPage
from streams.follow import Stand
from streams.topology import EVENTS
from tests.streams.test_live import NOW, TODAY, Rig


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(clock, "now", lambda: float(NOW))
    found = Rig()
    found.put("Stranger", 5)
    return found


@pytest.mark.parametrize("unit", [None, "VN", "H44.02", "Stranger"])
async def test_a_unit_without_anything_overdue_has_an_empty_list(rig: Rig, unit: str | None) -> None:
    assert await rig.live.desk.overdue(unit, None, 0) == []


async def test_a_unit_nobody_knows_has_none(rig: Rig) -> None:
    with pytest.raises(NotFoundError, match="TYPO"):
        await rig.live.desk.overdue("TYPO", None, 0)


async def complete(rig: Rig, *units: str) -> list[bool]:
    """What the JSON of the units' figures says; a ranking says the same of provinces."""
    cards = rig.live.cards
    found = {unit: (await cards.figures(unit))["complete"] for unit in units}
    ranked = {row["unit"]: row["complete"] for row in cards.ranking(None, "province", None)["items"]}
    assert {unit: said for unit, said in ranked.items() if unit in found} == {unit: said for unit, said in found.items() if unit in ranked}
    return list(found.values())


async def test_figures_of_a_partition_that_lags_and_of_those_above_are_not_complete(rig: Rig) -> None:
    rig.put("H44.01", 5)
    rig.figures.cube.put("H20", 1, {TODAY: encode(DAY_LANE["received"], len(DAY_COUNTERS))})
    rig.figures.stands[1] = Stand(next=4, as_of=NOW * 1000)
    ends = {0: 10, 1: 4}
    rig.ends.now = rig.ends.before = {EVENTS: ends}
    assert await complete(rig, "VN", "H44", "H44.01", "H20") == [True] * 4
    ends[0] = 11
    assert await complete(rig, "VN", "H44", "H44.01", "H20") == [False, False, False, True]
    assert not rig.live.desk.stale


async def test_while_kafka_does_not_answer_no_figures_are_complete(rig: Rig) -> None:
    rig.figures.stands[0].as_of = (NOW - 60) * 1000
    seen = rig.ends.now
    for now, before, said in (({}, {}, False), (seen, {}, False), (seen, seen, True)):  # asked once only, nobody knows what is behind yet
        rig.ends.now, rig.ends.before = now, before
        assert await complete(rig, "VN", "H20", "Stranger") == [said] * 3
        card = await rig.live.cards.figures("VN")
        assert card["as_of"] == rig.live.desk.zone.iso(NOW if said else NOW - 60)
        assert (rig.live.desk.current, rig.live.desk.caught_up, rig.live.desk.stale) == (said, said, False)


@pytest.mark.parametrize(
    ("due", "left"), [(None, None), ("2026-08-05", 0), ("2026-08-12", 5), ("2026-07-29", -5), ("2036-09-01", None), ("9999-12-31", None)]
)
def test_working_days_left_are_said_of_the_next_ten_years(rig: Rig, due: str | None, left: int | None) -> None:
    desk = rig.live.desk
    duties: Any = None
    assert DossierPage(desk, duties)._left({"effective_due": due, "finished_at": None}, desk.today()) == left
    assert not desk.calendar._known or desk.calendar._to < desk.today() + 10_000
