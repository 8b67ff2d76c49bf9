"""Questions to the desk that are odd."""

from typing import Any

import pytest

from indicators.errors import NotFoundError
from streams import clock
from streams.dossier_page import DossierPage
from tests.streams.test_live import NOW, Rig


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


@pytest.mark.parametrize(
    ("due", "left"), [(None, None), ("2026-08-05", 0), ("2026-08-12", 5), ("2026-07-29", -5), ("2036-09-01", None), ("9999-12-31", None)]
)
def test_working_days_left_are_said_of_the_next_ten_years(rig: Rig, due: str | None, left: int | None) -> None:
    desk = rig.live.desk
    duties: Any = None
    assert DossierPage(desk, duties)._left({"effective_due": due, "finished_at": None}, desk.today()) == left
    assert not desk.calendar._known or desk.calendar._to < desk.today() + 10_000
