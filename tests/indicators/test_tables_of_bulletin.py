"""Tables of a publication, where units were merged, targets are met to the letter, and others published their totals."""

import datetime as dt
from typing import Any

import pytest

from indicators import events as ev
from indicators.bulletin.digital import digitisation
from indicators.bulletin.forms import levels
from indicators.bulletin.model import Table
from indicators.bulletin.results import rankings, summary
from indicators.registry import Entry, Registry
from indicators.times import day_of
from tests.builders import make
from tests.materials import material_of, still_of, units

OFFICES = units(("H44", "province", "VN"), ("H44.01", "department", "H44"), ("H44.101", "commune", "H44"))
NOW = "2026-09-05T06:00"
PUBLISHED = day_of(dt.date(2026, 9, 2))


def dossiers(unit: str, count: int, month: str = "2026-08", **facts: Any) -> list[ev.Event]:
    return [
        make(ev.Received, f"{month}-03", dossier=f"{unit}-{month}-{one}", unit=unit, due_at=f"{month}-20", **facts) for one in range(count)
    ]


def rows(table: Table) -> list[dict[str, Any]]:
    return [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]


def test_dossiers_of_a_merged_unit_count_with_units_of_its_successors_kind() -> None:
    known = OFFICES | units(("H44.900", "commune", "H44"), merged={"H44.900": "H44.101"})
    events = dossiers("H44.101", 2) + dossiers("H44.900", 3)
    found = {row["level"]: row for row in rows(levels(material_of(still_of(events, Registry(known), "2026-08", NOW), events)))}
    assert (found["commune_level"]["units"], found["commune_level"]["workload"]) == (2, 5)
    assert set(found) == {"commune_level"}
    events = dossiers("X", 1)
    [alone] = rows(levels(material_of(still_of(events, Registry(), "2026-08", NOW, "VN"), events)))
    assert (alone["level"], alone["workload"]) == ("other_level", 1), "nobody registered it"


@pytest.mark.parametrize(("digitised", "verdict"), [(7, "pass"), (6, "fail")])
def test_a_target_is_met_as_it_is_written(digitised: int, verdict: str) -> None:
    events = dossiers("H44.01", 100)
    events += [make(ev.Digitised, "2026-08-04", dossier=f"H44.01-2026-08-{one}", papers=True, result=True) for one in range(digitised)]
    registry = Registry(OFFICES, {"target": {"H44.01:4.2": (Entry({"ratio": 0.07}),)}})
    table = rows(digitisation(material_of(still_of(events, registry, "2026-08", NOW), events)))
    assert {row["unit"]: row["verdict"] for row in table}["H44.01"] == verdict  # 0.07 * 100 is more than 7 in floats


def test_the_rank_before_is_among_those_who_have_figures_here_and_totals_of_now_are_named_by_their_day() -> None:
    provinces = OFFICES | units(("H20", "province", "VN"), ("H30", "province", "VN"))
    entries = {"peers": {"x": (Entry({"totals": {"H30": 9900}}, PUBLISHED),)}}
    events = [one for unit in ("H44.01", "H20") for month in ("2026-07", "2026-08") for one in dossiers(unit, 3, month)]
    found = material_of(still_of(events, Registry(provinces, entries), "2026-08", NOW, "VN"), events)
    table = rankings(found)
    mine = next(row for row in rows(table) if row["unit"] == "H44")
    assert (mine["place"], mine["of"], mine["place_before"], mine["moved"]) == (2, 3, 1, None)
    assert table.notes == ("peers_published 2026-09-02",)
    own = material_of(still_of(events, Registry(provinces, entries), "2026-08", NOW, "H44"), events)
    [row] = rows(summary(own))
    assert (row["place"], row["of"], row["place_before"], row["moved"]) == (2, 3, 1, None)
    assert summary(own).notes == ("peers_published 2026-09-02",)
    plain = material_of(still_of(events, Registry(provinces), "2026-08", NOW, "H44"), events)
    [row] = rows(summary(plain))
    assert (row["place"], row["place_before"], row["moved"], summary(plain).notes) == (1, 1, 0, ())


def test_rankings_say_that_a_formula_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    events = dossiers("H44.01", 1)
    found = material_of(still_of(events, Registry(OFFICES), "2026-08", NOW), events)
    assert rankings(found).notes == ()
    monkeypatch.setattr("indicators.bulletin.results.changed", lambda *_: ("2.1",))
    assert rankings(found).notes == ("formula_changed",)
