"""Where a dossier stands: its due moment, the lists it is on, and the other clock."""

import pytest
from hypothesis import given

from indicators import events as ev
from indicators.buckets import tally, tally_of
from indicators.dossier import State, join
from indicators.ontime import LATE, clock
from indicators.profiles import province
from indicators.standing import LISTS, standing
from indicators.times import Zone
from tests.builders import HCM, NUMBER, admitted, lives, make, moment, received, state_of


def lists(*events: ev.Event) -> dict[str, int]:
    found = standing(NUMBER, state_of(*events), HCM).lists
    return {name: day for name, day in zip(LISTS, found, strict=True) if day is not None}


def day(text: str) -> int:
    return HCM.day(moment(text))


def test_the_due_moment_is_the_stated_hour_of_the_effective_day() -> None:
    waited = received(due_at="2026-08-10T17:00"), make(ev.SupplementRequested, "2026-08-04"), make(ev.SupplementGiven, "2026-08-06")
    assert standing(NUMBER, state_of(*waited), HCM).due == moment("2026-08-12T17:00")
    assert standing(NUMBER, state_of(*waited[:2]), HCM).due is None, "while it waits"
    assert standing(NUMBER, state_of(*waited, make(ev.Processed, "2026-08-07")), HCM).due is None


def test_where_a_zone_changes_its_offset_the_due_moment_stays_on_its_day() -> None:
    zone = Zone("America/New_York")  # summer time began on 13 March 2011
    waited = (
        make(ev.Received, "2011-03-01", unit="U", due_at="2011-03-11T12:30"),
        make(ev.SupplementRequested, "2011-03-02"),
        make(ev.SupplementGiven, "2011-03-09"),
    )
    state = state_of(*waited)
    found, times = standing(NUMBER, state, zone).due, clock(state, zone)
    assert found is not None
    assert times is not None
    assert zone.day(found) == times.became_day


@pytest.mark.parametrize(
    ("filed", "accepted", "slow"),
    [
        ("2026-08-03T09:00", "2026-08-04T08:59", False),
        ("2026-08-03T09:00", "2026-08-04T09:01", True),
        ("2026-08-03T20:00", "2026-08-04T08:00", False),
        ("2026-08-03T20:00", "2026-08-04T17:30", True),
        ("2026-08-03T06:00", "2026-08-03T16:59", False),
        ("2026-08-03T06:00", "2026-08-03T17:01", True),
        ("2026-08-03T12:00", "2026-08-04T11:31", True),
        ("2026-08-07T16:00", "2026-08-10T08:00", True),  # over a week-end: the calendar will forgive it
    ],
)
def test_who_may_have_been_accepted_late_is_listed(filed: str, accepted: str, slow: bool) -> None:
    assert ("slow" in lists(received(accepted, filed_at=filed, channel="online"))) == slow
    assert "slow" not in lists(received(accepted, filed_at=filed, channel="counter"))


def test_each_list_holds_its_day() -> None:
    late = received(due_at="2026-08-10"), make(ev.Processed, "2026-08-12")
    assert lists(*late) == {"late": day("2026-08-12")}
    assert lists(received(), make(ev.SupplementRequested, "2026-08-04", papers=("A", "B"))) == {"asked": day("2026-08-04")}
    assert lists(received(), make(ev.Processed, "2026-07-30")) == {"odd": day("2026-08-03")}
    assert lists(received(), make(ev.Late, "2026-08-05", apology_at="2026-08-05")) == {"declared": day("2026-08-05")}
    assert lists(received(due_at="2026-08-10"), make(ev.Withdrawn, "2026-08-12")) == {
        "late": day("2026-08-12"),
        "differ": day("2026-08-03"),
    }
    assert lists(received(), make(ev.Processed, "2026-08-04")) == {}


def test_a_reception_heard_of_long_after_something_else_is_odd() -> None:
    state = State()
    step = make(ev.Step, "2026-08-04", official="A")
    join(state, *admitted(step)[:3], moment("2026-08-04"))
    assert standing(NUMBER, state, HCM).held == day("2026-08-04")
    join(state, *admitted(received())[:3], moment("2026-08-06"))
    assert standing(NUMBER, state, HCM).lists[LISTS.index("odd")] == day("2026-08-03")
    assert (state.first_heard, state.reception_heard) == (moment("2026-08-04"), moment("2026-08-06"))


@given(lives(most=8))
def test_the_other_clock_forgives_and_never_blames(events: list[ev.Event]) -> None:
    state = state_of(*events)
    times = clock(state, HCM)
    if times is None:
        return
    other = province(state, times, HCM)
    if other.verdict == LATE:
        assert times.verdict == LATE
    if other.became_day is not None:
        assert other.became_day == times.became_day
    differs = tally(NUMBER, state, HCM) not in (None, tally_of(NUMBER, state, other))
    assert (standing(NUMBER, state, HCM).lists[LISTS.index("differ")] is not None) == differs
