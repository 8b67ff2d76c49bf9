"""Who was late in a month: as many as the windows say, and what came later changes nothing but what was known."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.bulletin.late import FINISHED_LATE, OPEN_OVERDUE, ahead, as_at, late
from indicators.duties import duty
from indicators.figures import DayTotals, counts
from indicators.ontime import end
from indicators.periods import parse
from indicators.sight import Sight
from tests.builders import CALENDAR, HCM, NUMBER, lives, make, moment, received, state_of
from tests.indicators.test_figures import cube_of, rows_of, states_of

MONTHS = st.sampled_from(["2026-01", "2026-02", "2026-03", "2026-Q1"])
AUGUST = parse("2026-08", 30_000)


@given(lives(numbers=4), MONTHS, st.integers(0, 90))
def test_as_many_are_late_as_the_windows_count(events: list[ev.Event], text: str, passed: int) -> None:
    period = parse(text, 30_000)
    until = min(period.a + 1 + passed, period.b)
    states = states_of(events)
    cube = cube_of(rows_of(states))
    found = [one for number, state in states.items() if (one := late(number, state, period, until, HCM)) is not None]
    listed = Counter((one.unit, one.note) for one in found)
    for unit in {one.unit for one in found} | set(cube.units()):
        figures = counts(DayTotals(lambda day, unit=unit: cube.of(unit, day)), period, until)
        # an end may be stated ahead of an open month's today: what becomes overdue before it is taken off already
        assert max(listed[unit, OPEN_OVERDUE] - ahead(found, until)[unit], 0) == figures.open_overdue
        assert listed[unit, FINISHED_LATE] == figures.finished_late


def test_finished_late_in_the_month() -> None:
    state = state_of(received("2026-07-20", due_at="2026-08-03"), make(ev.Processed, "2026-08-05"))
    found = late(NUMBER, state, AUGUST, AUGUST.b, HCM)
    assert found is not None
    assert found.row() == {
        "dossier": NUMBER,
        "unit": "H44.07",
        "official": None,
        "received": "2026-07-20",
        "due": "2026-08-03",
        "finished": "2026-08-05",
        "note": FINISHED_LATE,
    }


def test_what_was_overdue_at_the_end_stays_so_though_it_was_finished_later() -> None:
    events = (
        received("2026-08-01", due_at="2026-08-10"),
        make(ev.Step, "2026-08-02", official="o-1"),
        make(ev.Step, "2026-09-01", official="o-2"),
    )
    before, after = state_of(*events), state_of(*events, make(ev.Processed, "2026-09-02"))
    one, other = (late(NUMBER, state, AUGUST, AUGUST.b, HCM) for state in (before, after))
    assert one == other
    assert one is not None
    assert (one.note, one.finished, one.official) == (OPEN_OVERDUE, None, "o-1")  # who held it when it became overdue


def test_due_on_the_last_day_is_not_overdue_at_its_end_minus_nothing() -> None:
    on_the_31st = state_of(received("2026-08-20", due_at="2026-08-31"))
    assert late(NUMBER, on_the_31st, AUGUST, AUGUST.b, HCM) is not None  # the last day is over then
    on_the_1st = state_of(received("2026-08-20", due_at="2026-09-01"))
    assert late(NUMBER, on_the_1st, AUGUST, AUGUST.b, HCM) is None


def test_a_letter_sent_after_the_month_was_owed_at_its_end() -> None:
    events = received("2026-08-01", due_at="2026-08-10"), make(ev.Late, "2026-09-02", apology_at="2026-09-02", explanation_at="2026-09-02")
    end = HCM.midnight(AUGUST.b)
    sight = Sight(end, HCM, CALENDAR)
    later = duty(NUMBER, state_of(*events), sight, lambda _unit, _day: 1)
    then = duty(NUMBER, as_at(state_of(*events), end), sight, lambda _unit, _day: 1)
    assert later is not None
    assert then is not None
    assert later.apology.sent_at == moment("2026-09-02")
    assert "none_sent" in then.flags


def test_ends_that_nobody_dated_and_reopenings_by_steps_are_left_out_when_they_came_later() -> None:
    midnight = HCM.midnight(AUGUST.b)
    state = state_of(received("2026-08-01"), make(ev.Stopped, "2026-09-02", undated=True))
    assert end(state)[0] == "stopped"
    assert end(as_at(state, midnight)) == (None, None)
    state = state_of(received("2026-08-01"), make(ev.Stopped, "2026-08-31", undated=True), make(ev.Reopened, "2026-09-02", by_step=True))
    assert end(state) == (None, None)
    assert end(as_at(state, midnight)) == ("stopped", moment("2026-08-31"))
