"""Counts of any period equal counting dossiers one by one, by days and by months alike."""

import datetime as dt
from collections import defaultdict
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.buckets import Rows, change, tally
from indicators.cube import Cube
from indicators.dossier import State, join
from indicators.figures import Counts, DayTotals, MonthTotals, counts, month_rows
from indicators.lanes import DAY_COUNTERS, MONTH_COUNTERS, encode
from indicators.ontime import EARLY, LATE, ON_TIME, clock
from indicators.periods import Period, parse
from indicators.times import date_of, day_of
from tests.builders import HCM, admitted, lives

FIRST = day_of(dt.date(2026, 1, 1))
DAYS = st.integers(FIRST, FIRST + 100)


def states_of(events: list[ev.Event]) -> dict[str, State]:
    found: dict[str, State] = {}
    for event in events:
        join(found.setdefault(event.dossier, State()), *admitted(event))
    return found


def rows_of(states: dict[str, State]) -> Rows:
    rows: Rows = {}
    for number, state in states.items():
        change(rows, None, tally(number, state, HCM))
    return rows


def cube_of(rows: Rows, partitions: int = 3) -> Cube:
    """Rows dealt over partitions, as a unit's windows may be."""
    cube = Cube()
    for place, ((kind, unit, name), row) in enumerate(sorted(rows.items())):
        if kind == "day":
            cube.put(unit, place % partitions, {int(name): encode(row, len(DAY_COUNTERS))})
    return cube


def one_by_one(states: dict[str, State], unit: str, period: Period, today: int, kind: str = "", code: str = "") -> Counts:  # noqa: PLR0913, PLR0917
    """The contract's words, dossier by dossier."""
    found: dict[str, int] = dict.fromkeys(Counts.__slots__, 0)
    for number, state in states.items():
        what, times = tally(number, state, HCM), clock(state, HCM)
        if what is None or times is None or what.unit != unit or (kind and getattr(what, kind) != code):
            continue
        received, finished = times.received_day, times.finished_day
        if received >= period.b or (finished is not None and finished < period.a):
            continue
        found["received" if received >= period.a else "carried_over"] += 1
        if finished is not None and finished < period.b:
            found["finished"] += 1
            found[{EARLY: "finished_early", ON_TIME: "finished_on_time", LATE: "finished_late"}[times.verdict]] += 1
            continue
        found["open"] += 1
        due = times.became_day
        overdue = due is not None and due < min(today, period.b)
        found["open_overdue" if overdue else "open_in_time"] += 1
        found["waiting"] += any(began < period.b and (ended is None or ended >= period.b) for began, ended in times.waits)
    return Counts(**found)


@given(lives(numbers=4, most=7), DAYS, st.integers(1, 60))
def test_counts_of_any_days_equal_counting_one_by_one(events: list[ev.Event], a: int, length: int) -> None:
    states = states_of(events)
    cube = cube_of(rows_of(states))
    today = FIRST + 130
    period = Period("x", a, a + length, open=False)
    for unit in cube.units():
        found = counts(DayTotals(partial(cube.of, unit)), period, today)
        assert found == one_by_one(states, unit, period, today)
        assert found.received + found.carried_over == found.finished + found.open == found.workload
        assert found.finished == found.finished_early + found.finished_on_time + found.finished_late
        assert found.open == found.open_in_time + found.open_overdue
        assert 0 <= found.waiting <= found.open


@given(lives(numbers=4, most=7), st.sampled_from(["2026-01", "2026-02", "2026-Q1", "2026"]), st.integers(0, 60))
def test_counts_by_code_equal_counting_one_by_one(events: list[ev.Event], text: str, later: int) -> None:
    states = states_of(events)
    stored: dict[tuple[str, str], dict[str, bytes]] = defaultdict(dict)
    for (kind, unit, name), row in rows_of(states).items():
        if kind != "day":
            stored[kind, unit][name] = encode(row, len(MONTH_COUNTERS))
    # today is after all that happens, as it is for a worker; but it may stand in the middle of a month
    last = max([clock_day for state in states.values() for clock_day in days_of(state)], default=FIRST)
    today = last + 1 + later
    period = parse(text, today)
    for (kind, unit), rows in stored.items():
        for code, months in month_rows(rows).items():
            assert counts(MonthTotals(months), period, today) == one_by_one(states, unit, period, today, kind, code)


def days_of(state: State) -> list[int]:
    times = clock(state, HCM)
    return (
        []
        if times is None
        else [day for day in (times.received_day, times.finished_day, *(day for wait in times.waits for day in wait)) if day is not None]
    )


def test_nothing_to_do_has_no_ratio() -> None:
    nothing = Counts(*[0] * 10)
    assert (nothing.ratio, nothing.on_time_of_finished) == (None, None)


def test_a_partition_dropped_takes_its_rows_along() -> None:
    cube = Cube()
    cube.put("A", 0, {FIRST: b"\x01"})
    cube.put("A", 1, {FIRST: b"\x02"})
    cube.put("B", 1, {FIRST: b"\x05"})
    assert cube.of("A", FIRST + 1)[0] == 3
    cube.drop(1)
    assert (cube.units(), cube.partitions("A"), cube.of("A", FIRST + 1)[0]) == (["A"], [0], 1)
    cube.put("A", 0, {FIRST: None})
    assert (cube.units(), cube.partitions("nobody"), cube.of("A", FIRST + 1)[0]) == ([], [], 0)


def test_an_end_stated_for_tomorrow_does_not_make_overdue_negative() -> None:
    totals = {"received": 1, "finished_late": 0, "became_overdue": 0, "ceased_overdue": 1}

    class Fixed:
        def upto(self, name: str, _day: int) -> int:
            return totals.get(name, 0)

    found = counts(Fixed(), Period("x", FIRST, FIRST + 31, open=True), FIRST)
    assert (found.open_overdue, date_of(FIRST).isoformat()) == (0, "2026-01-01")
