"""Procedures: duties of the decree, how they stand in a period, and sets that parents unite."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import procedure_events as pe
from indicators.periods import parse
from indicators.procedures import BIT, SEPARATOR, Look, ProcedureState, bits, fold, join, key
from indicators.times import day_of, seconds
from tests.builders import CALENDAR, HCM, utc

TODAY = day_of(dt.date(2026, 9, 15))
CODE = "2.000815"


def make(kind: type[pe.ProcedureEvent], at: str, unit: str = "H44", **facts: object) -> pe.ProcedureEvent:
    return kind(**{"procedure": CODE, "unit": unit, "at": utc(at), **facts})


def state_of(*events: pe.ProcedureEvent) -> ProcedureState:
    state = ProcedureState()
    for event in events:
        join(state, event, seconds(event.stated_at or event.at), seconds(event.at))
    return state


def found(*events: pe.ProcedureEvent, period: str = "2026-07", unit: str = "H44") -> set[str]:
    what = bits(state_of(*events), unit, Look(parse(period, TODAY), TODAY, HCM, CALENDAR))
    return {name for name, bit in BIT.items() if what & bit}


PUBLISHED = make(pe.Published, "2026-07-06", effective_at=utc("2026-07-13"))


@pytest.mark.parametrize(
    ("unit", "effective", "late"),
    [("H44", "2026-07-13", False), ("H44", "2026-07-10", True), ("G15", "2026-08-03", False), ("G15", "2026-07-31", True)],
)
def test_published_so_many_working_days_before_the_text_takes_effect(unit: str, effective: str, late: bool) -> None:
    assert ("published_late" in found(make(pe.Published, "2026-07-06", unit, effective_at=utc(effective)), unit=unit)) == late
    assert "published" not in found(PUBLISHED, period="2026-08")


@pytest.mark.parametrize(
    ("more", "period", "to_open", "late"),
    [
        ([], "2026-07", True, True),  # never opened
        ([make(pe.Opened, "2026-07-13")], "2026-07", True, False),  # the fifth working day
        ([make(pe.Opened, "2026-07-14")], "2026-07", True, True),
        ([make(pe.Opened, "2026-07-14")], "2026-08", False, False),  # nothing is owed any more
        ([], "2026-08", True, True),  # carried over
        ([make(pe.Abolished, "2026-07-08")], "2026-07", True, False),  # nothing to open any more
        ([make(pe.Abolished, "2026-07-08")], "2026-08", False, False),
        (
            [make(pe.Published, "2026-07-08"), make(pe.Opened, "2026-07-14")],
            "2026-07",
            True,
            False,
        ),  # published anew before the first was due
    ],
)
def test_opened_within_five_days_of_a_province(more: list[pe.ProcedureEvent], period: str, to_open: bool, late: bool) -> None:
    what = found(PUBLISHED, *more, period=period)
    assert ("to_open" in what, "opened_late" in what) == (to_open, late)


def test_late_once_in_the_period_is_late() -> None:
    late = make(pe.Published, "2026-07-20", effective_at=utc("2026-07-21"))
    assert {"published", "published_late"} <= found(PUBLISHED, late)
    assert "published_late" not in found(PUBLISHED, late, period="2026-07-01..2026-07-19")


def test_it_stands_as_at_the_end_of_the_period() -> None:
    served = make(pe.Served, "2026-05-04", level="partial", fee=True, citizens=True)
    more = make(pe.Served, "2026-08-05", level="none", online_payment=True, population_data=True)
    assert {"listed", "online", "fee", "citizens"} <= found(served, more) and not {"payable", "population"} & found(served, more)  # noqa: PT018
    assert {"fee", "payable", "citizens", "population"} <= found(served, more, period="2026-08")
    assert "online" not in found(served, more, period="2026-08")
    opened = [make(pe.Opened, "2026-05-05"), make(pe.Described, "2026-05-05", complete=True)]
    assert {"open", "complete"} <= found(served, *opened)
    assert found(served, make(pe.Abolished, "2026-07-01")) == set()
    assert "listed" in found(served, make(pe.Abolished, "2026-08-01"))
    assert found(served, period="2026-04") == set()


DAYS = st.integers(1, 28).map(lambda day: utc(f"2026-07-{day:02}"))
EVENTS = st.one_of(
    st.builds(pe.Published, procedure=st.just(CODE), unit=st.just("H44"), at=DAYS, effective_at=st.none() | DAYS),
    st.builds(pe.Opened, procedure=st.just(CODE), unit=st.just("H44"), at=DAYS),
    st.builds(pe.Abolished, procedure=st.just(CODE), unit=st.just("H44"), at=DAYS),
    st.builds(pe.Described, procedure=st.just(CODE), unit=st.just("H44"), at=DAYS, stated_at=DAYS, complete=st.booleans()),
    st.builds(
        pe.Served,
        procedure=st.just(CODE),
        unit=st.just("H44"),
        at=DAYS,
        stated_at=DAYS,
        level=st.sampled_from([None, "full", "partial", "none"]),
        fee=st.none() | st.booleans(),
    ),
)


@given(st.lists(EVENTS, max_size=10), st.randoms(use_true_random=False), st.integers(0, 10))
def test_states_do_not_depend_on_order_or_batches(events: list[pe.ProcedureEvent], random: object, cut: int) -> None:
    shuffled = [*events, *events[:3]]
    random.shuffle(shuffled)
    states: dict[str, bytes] = {}
    for batch in (shuffled[:cut], shuffled[cut:]):
        groups: dict[str, list[tuple[pe.ProcedureEvent, int, int]]] = {}
        for event in batch:
            groups.setdefault(key(event), []).append((event, seconds(event.stated_at or event.at), seconds(event.at)))
        states |= fold(groups, {name: states.get(name) for name in groups}).states
    whole = fold(
        {f"{CODE}{SEPARATOR}H44": [(event, seconds(event.stated_at or event.at), seconds(event.at)) for event in events]},
        {f"{CODE}{SEPARATOR}H44": None},
    )
    assert states == whole.states
