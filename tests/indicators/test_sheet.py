"""A scorecard equals counting dossiers, petitions and procedures one by one, for every unit and everything below it."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators import petition_events as pe
from indicators import procedure_events as pr
from indicators import reasons
from indicators.book import Book
from indicators.buckets import Rows, Tally, change, tally
from indicators.cube import Cube
from indicators.formulas import BLOCKS, table
from indicators.lanes import DAY_COUNTERS, encode
from indicators.layout import Layout
from indicators.periods import Period, months_of, parse
from indicators.petitions import tally as petition_tally
from indicators.procedures import SEPARATOR, Look, bits, encode_procedure
from indicators.registry import Entry, Registry
from indicators.scores import score
from indicators.services import Services
from indicators.sheet import INHERITED, Sheet, rank
from indicators.times import day_of
from indicators.units import Unit, Version
from indicators.workdays import Calendar
from streams.sheets import Sheets, Terms
from tests.builders import CALENDAR, HCM, lives
from tests.indicators.test_figures import states_of
from tests.indicators.test_petitions import EVENTS as PETITIONS
from tests.indicators.test_petitions import state_of as petition_of
from tests.indicators.test_procedures import EVENTS as PROCEDURES
from tests.indicators.test_procedures import state_of as procedure_of

TODAY = day_of(dt.date(2026, 9, 15))
TERMS = Terms(HCM, CALENDAR, "portal", "VN")
UNITS = [("VN", "country", None), ("H44", "province", "VN"), ("H20", "province", "VN")]
UNITS += [(f"H44.0{number}", "department", "H44") for number in (3, 5, 7, 8, 9)]
REGISTRY = Registry({code: Unit(code, (Version(code, kind, parent),)) for code, kind, parent in UNITS})


def rowed(tallies: list[Tally], *codes: tuple[str, int]) -> tuple[Cube, Rows]:
    rows: Rows = {}
    for one in tallies:
        change(rows, None, one, codes)
    cube = Cube()
    for place, ((kind, unit, name), row) in enumerate(sorted(rows.items())):
        if kind == "day":
            cube.put(unit, place % 3, {int(name): encode(row, len(DAY_COUNTERS))})
    return cube, rows


def made(dossiers: list[Tally], petitions: list[Tally], procedures: dict[str, Any]) -> Sheets:
    cube, rows = rowed(dossiers, ("procedure", 2))
    book = Book()
    services = Services(book.codes)
    for place, ((kind, unit, name), row) in enumerate(sorted(rows.items())):
        if kind == "procedure":
            services.put(unit, place % 3, {name: row})
    book.put(0, {name: encode_procedure(state) for name, state in procedures.items()})
    return Sheets(cube, rowed(petitions)[0], book, services)


def pairs_of(sheet: Sheet, unit: str) -> dict[str, tuple[int, int]]:
    place = sheet.layout.index[unit]
    return {name: (int(pair[0][place]), int(pair[1][place])) for name, pair in sheet.pairs.items()}


def counted(stands: list[reasons.Stands]) -> dict[str, tuple[int, int]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in stands:
        for name, counts in one.items():
            found[name].append(counts)
    return {name: (sum(counts), len(counts)) for name, counts in found.items()}


@given(
    lives(numbers=4, most=7),
    st.lists(PETITIONS, max_size=12),
    st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(["H44", "H44.07", "H44.08"]), PROCEDURES), max_size=12),
    st.sampled_from(["2026-01", "2026-02", "2026-Q1", "2026-07", "2026-08", "2026", "2026-01-20..2026-02-10", "rolling-90"]),
)
def test_every_pair_equals_counting_one_by_one(
    events: list[ev.Event], complaints: list[pe.PetitionEvent], served: list[Any], text: str
) -> None:
    dossiers = {number: one for number, state in states_of(events).items() if (one := tally(number, state, HCM)) is not None}
    by_petition: dict[str, list[pe.PetitionEvent]] = defaultdict(list)
    for event in complaints:
        by_petition[event.petition].append(event)
    petitions = [one for found in by_petition.values() if (one := petition_tally(petition_of(*found), HCM, CALENDAR)) is not None]
    by_procedure: dict[str, list[pr.ProcedureEvent]] = defaultdict(list)
    for code, unit, event in served:
        by_procedure[f"{code}{SEPARATOR}{unit}"].append(event)
    procedures = {name: procedure_of(*found) for name, found in by_procedure.items()}
    period = parse(text, TODAY)
    sheet = made([*dossiers.values()], petitions, procedures).of(REGISTRY, period, TODAY, TERMS)
    for unit, _, _ in UNITS:
        members = set(REGISTRY.tree(TODAY).members(unit))
        want = counted([reasons.dossier(one, period, TODAY) for one in dossiers.values() if one.unit in members])
        want |= counted([reasons.petition(one, period, TODAY) for one in petitions if one.unit in members])
        want |= counted_procedures(procedures, members if "." not in unit else {"H44", *members}, members, period)
        want |= used(dossiers, procedures, members, period)
        got = pairs_of(sheet, unit)
        assert {name: pair for name, pair in got.items() if name not in {"2.2", "4.6"} and pair[1]} == want, unit
        assert got["4.2"][1] == got["5.4"][1] == got["2.1"][1]


def united(procedures: dict[str, Any], members: set[str], period: Period) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, state in procedures.items():
        code, _, unit = name.partition(SEPARATOR)
        if unit in members:
            found[code] = found.get(code, 0) | bits(state, unit, Look(period, TODAY, HCM, CALENDAR))
    return found


def counted_procedures(procedures: dict[str, Any], province: set[str], members: set[str], period: Period) -> dict[str, tuple[int, int]]:
    """1.1 to 1.3 are those of the province, everything below it included; the others the unit's own."""
    whole = {"H44", "H44.03", "H44.05", "H44.07", "H44.08", "H44.09"} if "H44" in province else province
    inherited = counted([reasons.procedure(one) for one in united(procedures, whole, period).values()])
    own = counted([reasons.procedure(one) for one in united(procedures, members, period).values()])
    return {name: pair for name, pair in own.items() if name not in INHERITED} | {
        name: pair for name, pair in inherited.items() if name in INHERITED
    }


def used(dossiers: dict[str, Tally], procedures: dict[str, Any], members: set[str], period: Period) -> dict[str, tuple[int, int]]:
    from indicators.buckets import FLAG_BIT
    from indicators.procedures import BIT

    if not period.whole_months:
        return {}
    mine = [one for one in dossiers.values() if one.unit in members and period.a <= one.received < period.b]
    received = {one.procedure for one in mine}
    paid = {one.procedure for one in mine if one.flags & FLAG_BIT["paid_online"]}
    found = {}
    for name, bit, marks in (("3.2", "online", received), ("3.5b", "fee", paid)):
        codes = {code for code, what in united(procedures, members, period).items() if what & BIT[bit]}
        if codes:
            found[name] = len(codes & marks), len(codes)
    return found


def example(rule: Any = "portal", registry: Registry = REGISTRY) -> Sheet:
    from tests.builders import NUMBER, make, received, state_of

    numbers = {NUMBER: received(channel="online", due_at="2026-08-10"), "H20-20260801-0001": received(unit="H20", due_at="2026-08-10")}
    found = []
    for number, event in numbers.items():
        state = state_of(replace_number(event, number), replace_number(make(ev.Processed, "2026-08-05"), number))
        found.append(tally(number, state, HCM))
    return made([one for one in found if one is not None], [], {}).of(registry, parse("2026-08", TODAY), TODAY, replace(TERMS, rule=rule))


def replace_number(event: ev.Event, number: str) -> ev.Event:
    import msgspec

    return msgspec.structs.replace(event, dossier=number)


def test_scores_blocks_totals_and_the_nation() -> None:
    sheet = example()
    place = sheet.layout.index["H44"]
    formulas = table("portal", TODAY)
    for name, (numerator, denominator) in pairs_of(sheet, "H44").items():
        if formulas[name].block is not None:
            assert sheet.score(name, place) == score(formulas[name], numerator, denominator)
    assert sum(sheet.blocks("H44").values()) == sheet.total("H44") == 2000 + 600 + 600 + 1200 + 600 + 200
    assert sheet.blocks("VN") == {"CKMB": 600, "TDGQ": 2000, "TTTT+CLGQ": 300, "MDSH": 200, "MDHL": 1800}
    assert sheet.total("VN") == sum(sheet.blocks("VN").values())
    assert (sheet.total("H44.03"), sheet.blocks("H44.03"), sheet.total("nobody")) == (None, {}, None)
    assert set(sheet.blocks("H44")) == set(BLOCKS)


def test_ranks_by_arrays_equal_ranks_one_by_one() -> None:
    sheet = example()
    for unit in sheet.layout.codes:
        peers = sheet.layout.peers_of(unit)
        one = rank(unit, {code: sheet.total(code) for code in peers}, "x") if unit != "VN" else None
        place = int(sheet.places[sheet.layout.index[unit]])
        assert (None if place < 0 else place) == (None if one is None else one.place)
    assert sheet.places[sheet.layout.index["H44"]] == 1


def test_published_totals_stand_in_for_peers_without_figures() -> None:
    totals = {"H44": 6000, "H20": None, "H24": None}
    assert rank("H44", totals, "province") is None
    found = rank("H44", totals, "province", (TODAY, {"H20": 6811, "H24": 5000, "H44": 100}))
    assert found is not None
    assert (found.place, found.of, found.published) == (2, 3, TODAY)
    whole = rank("H44", {"H44": 6000, "H20": 6000, "H24": 100}, "province", (TODAY, {"H20": 6811}))
    assert whole is not None
    assert (whole.place, whole.published) == (1, None)


def test_the_document_multiplies_by_the_synchronisation_ratio_and_takes_the_greater_report() -> None:
    report = {"report": {"2026-08:H44.07:1.4": (Entry({"numerator": 0, "denominator": 2}),)}}
    sheet = example("document", Registry(REGISTRY.units, report))
    found = pairs_of(sheet, "H44")
    assert found["1.4"] == (1, 2)
    assert found["3.3"] == (1, 1)  # half of one, rounded half up
    assert pairs_of(example(), "H44")["1.4"] == (1, 1)


def test_reports_of_communes_with_certified_copies() -> None:
    report = {
        "report": {
            "2026-08:H44.07:4.6": (Entry({"numerator": 1, "denominator": 3}),),
            "2026-07:H44.07:4.6": (Entry({"numerator": 0, "denominator": 3}),),
        }
    }
    sheet = example(registry=Registry(REGISTRY.units, report))
    assert pairs_of(sheet, "H44")["4.6"] == (1, 3)
    assert sheet.score("4.6", sheet.layout.index["H44"]) == 67


def test_a_merged_province_rolls_into_its_successor() -> None:
    merged = Unit("H62", (Version("Vĩnh Phúc", "province", "VN", None, day_of(dt.date(2025, 6, 30)), "H44"),))
    layout = Layout(Registry({**REGISTRY.units, "H62": merged}).tree(day_of(dt.date(2024, 1, 1))))
    own = np.zeros((len(layout.codes), 1), np.int64)
    own[layout.index["H62"]] = 5
    assert layout.summed(own)[layout.index["H44"], 0] == 5
    assert "H62" not in layout.peers["province", "VN"]


def test_the_rooms_tree_holds_units_nobody_registered() -> None:
    sheets = made([], [], {})
    sheets._cubes[0].put("General", 0, {})
    assert sheets.tree(Registry(), TODAY, "VN").children["VN"] == ("General",)


assert months_of(parse("2026-Q1", TODAY)) == ["2026-01", "2026-02", "2026-03"]


def test_another_calendar_makes_the_sheet_anew() -> None:
    sheets, period = made([], [], {}), parse("2026-08", TODAY)
    kept = sheets.of(REGISTRY, period, TODAY, TERMS)
    assert sheets.of(REGISTRY, period, TODAY, replace(TERMS)) is kept
    assert sheets.of(REGISTRY, period, TODAY, replace(TERMS, calendar=Calendar((), (), ()))) is not kept
