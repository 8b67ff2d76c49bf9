"""The clock of 2.1, profile document, case by case. Days are of August 2026.

received      asked      given        due        effective
   |------------|~~~~~~~~~~|-----------|~~~~~~~~~~~~|
"""

import pytest

from indicators import events as ev
from indicators.ontime import ASKED_TWICE, EARLY, LATE, ON_TIME, Clock, clock
from indicators.times import date_of
from tests.builders import HCM, make, received, state_of


def clock_of(*events: ev.Event) -> Clock:
    found = clock(state_of(*events), HCM)
    assert found is not None
    return found


def day(number: int | None) -> str | None:
    return None if number is None else f"{date_of(number):%m-%d}"


def asked(at: str, **facts: str) -> ev.Event:
    return make(ev.SupplementRequested, at, **facts)


def given(at: str, **facts: str) -> ev.Event:
    return make(ev.SupplementGiven, at, **facts)


def done(at: str) -> ev.Event:
    return make(ev.Processed, at)


def test_without_reception_there_is_no_clock() -> None:
    assert clock(state_of(done("2026-08-05")), HCM) is None


@pytest.mark.parametrize(("finished", "verdict"), [("2026-08-09", EARLY), ("2026-08-10T23:59", ON_TIME), ("2026-08-11T00:01", LATE)])
def test_due_is_compared_by_day(finished: str, verdict: int) -> None:
    assert clock_of(received(due_at="2026-08-10"), done(finished)).verdict == verdict


def test_without_a_due_date_it_is_on_time() -> None:
    found = clock_of(received(), done("2026-12-31"))
    assert (found.verdict, found.became_day, found.effective_day) == (ON_TIME, None, None)


def test_an_end_before_reception_counts_at_reception() -> None:
    found = clock_of(received("2026-08-05", due_at="2026-08-10"), done("2026-08-01"))
    assert found.finished_day == found.received_day


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        ((ev.Returned, ev.Processed), "processed"),
        ((ev.Returned, ev.Stopped), "returned"),
        ((ev.Stopped, ev.Refused), "stopped"),
        ((ev.Refused, ev.Withdrawn), "refused"),
        ((ev.Withdrawn,), "withdrawn"),
    ],
)
def test_the_end_is_the_highest_of_the_ends(kinds: tuple[type[ev.Event], ...], outcome: str) -> None:
    assert clock_of(received(), *(make(kind, "2026-08-05") for kind in kinds)).outcome == outcome


def test_reopening_takes_the_earlier_end_back() -> None:
    found = clock_of(received(due_at="2026-08-10"), done("2026-08-05"), make(ev.Reopened, "2026-08-06"))
    assert (found.finished_day, found.verdict, day(found.became_day)) == (None, None, "08-10")
    assert clock_of(received(), done("2026-08-07"), make(ev.Reopened, "2026-08-06")).outcome == "processed"


def test_an_end_that_nobody_dated_stays_at_the_night_it_was_first_said() -> None:
    nights = [make(ev.Withdrawn, f"2026-08-{number:02d}", undated=True) for number in range(9, 29)]
    for told in (nights, nights[::-1]):
        found = clock_of(received(due_at="2026-08-10"), *told)
        assert (found.outcome, day(found.finished_day), found.verdict) == ("withdrawn", "08-09", EARLY)


def test_a_dated_end_of_a_kind_wins_over_what_nobody_dated() -> None:
    undated = make(ev.Processed, "2026-08-12", undated=True)
    found = clock_of(received(due_at="2026-08-10"), undated, make(ev.Processed, "2026-08-09", "2026-08-11"))
    assert (day(found.finished_day), found.verdict) == ("08-09", EARLY)
    assert clock_of(received(), undated, make(ev.Returned, "2026-08-09")).outcome == "processed"
    assert clock_of(received(), make(ev.Returned, "2026-08-12", undated=True), make(ev.Stopped, "2026-08-09")).outcome == "returned"


def test_a_reopening_takes_undated_ends_back_and_the_first_after_it_counts() -> None:
    nights = [make(ev.Stopped, f"2026-08-{number:02d}", undated=True) for number in (5, 6, 8, 9)]
    back = make(ev.Reopened, "2026-08-07")
    assert clock_of(received(), *nights[:2], back).finished_day is None
    assert day(clock_of(received(), *nights, back).finished_day) == "08-08"
    void = make(ev.Stopped, "2026-08-04")
    assert day(clock_of(received(), void, back, *nights).finished_day) == "08-08"


def by_step(at: str, said: str | None = None) -> ev.Event:
    return make(ev.Reopened, at, said, by_step=True)


@pytest.mark.parametrize(
    ("ended", "step", "stands"),
    [
        (done("2026-08-05"), by_step("2026-08-06"), False),
        (done("2026-08-05"), by_step("2026-08-04"), True),
        (done("2026-08-05"), by_step("2026-08-04", "2026-08-09"), True),  # an old step that is sent again, or overtaken on the way
        (done("2026-08-05"), by_step("2026-08-05", "2026-08-09"), True),
        (make(ev.Processed, "2026-08-05", "2026-08-08"), by_step("2026-08-06", "2026-08-07"), True),  # the end is the later word
        (make(ev.Processed, "2026-08-05", "2026-08-08"), by_step("2026-08-06", "2026-08-08"), False),
        (make(ev.Returned, "2026-08-05"), by_step("2026-08-06"), False),
        (make(ev.Returned, "2026-08-05"), by_step("2026-08-04", "2026-08-09"), True),
        (make(ev.Withdrawn, "2026-08-05", undated=True), by_step("2026-08-06"), False),
        (make(ev.Withdrawn, "2026-08-05", undated=True), by_step("2026-08-04", "2026-08-09"), True),
    ],
)
def test_a_reopening_by_a_step_takes_back_only_ends_that_happened_before_it(ended: ev.Event, step: ev.Event, stands: bool) -> None:
    for told in ((ended, step), (step, ended)):
        assert (clock_of(received(), *told).finished_day is not None) == stands


def test_a_due_date_said_again_is_the_same_date() -> None:
    again = [received(stated=f"2026-08-{number:02d}", due_at="2026-08-10") for number in (3, 4, 20)]
    assert clock_of(*again) == clock_of(*again[:2]) == clock_of(again[0])
    waited = [asked("2026-08-05"), given("2026-08-08")]
    assert clock_of(*again, *waited) == clock_of(again[0], *waited)


def test_a_due_date_moves_only_before_its_day_is_over() -> None:
    in_time = received("2026-08-03", stated="2026-08-10T23:00", due_at="2026-08-20")
    too_late = received("2026-08-03", stated="2026-08-11T00:30", due_at="2026-08-20")
    first = received(due_at="2026-08-10")
    assert day(clock_of(first, in_time).effective_day) == "08-20"
    assert day(clock_of(first, too_late).effective_day) == "08-10"


def test_a_rescheduled_date_is_never_counted() -> None:
    assert day(clock_of(received(due_at="2026-08-10"), make(ev.Rescheduled, "2026-08-05", due_at="2026-08-30")).effective_day) == "08-10"


def test_a_closed_wait_moves_the_due_day_by_its_whole_days() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-05"), given("2026-08-08T23:00"), done("2026-08-13"))
    assert (day(found.effective_day), found.verdict) == ("08-13", ON_TIME)


def test_a_wait_asked_after_the_due_day_changes_nothing() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-11"), given("2026-08-15"), done("2026-08-12"))
    assert (day(found.effective_day), found.verdict, found.waiting) == ("08-10", LATE, False)


def test_a_second_wait_is_taken_on_by_the_due_day_so_far() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-05"), given("2026-08-09"), asked("2026-08-13"), given("2026-08-15"))
    assert day(found.effective_day) == "08-16"


def test_a_wait_answered_by_a_moved_due_date_is_not_taken_off_twice() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-05", due_at="2026-08-20"), given("2026-08-08"))
    assert day(found.effective_day) == "08-20"


def test_an_open_wait_asked_in_time_is_waiting_without_due_day() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-05"))
    assert (found.waiting, found.effective_day, found.became_day) == (True, None, None)


def test_an_end_closes_an_open_wait() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-05"), done("2026-08-12"))
    assert (found.waiting, day(found.effective_day), found.verdict) == (False, "08-17", EARLY)


def test_a_wait_after_the_end_is_none() -> None:
    assert clock_of(received(due_at="2026-08-10"), done("2026-08-05"), asked("2026-08-06"), given("2026-08-09")).waits == ()


def test_one_request_and_nothing_else_waits_two_end_it_late() -> None:
    assert clock_of(received(due_at="2026-08-20"), asked("2026-08-05")).waiting
    found = clock_of(received(due_at="2026-08-20"), asked("2026-08-05"), asked("2026-08-07"))
    assert (found.outcome, day(found.finished_day), found.verdict, found.became_day) == (ASKED_TWICE, "08-07", LATE, None)


def test_two_requests_after_the_due_day_were_overdue_by_then() -> None:
    found = clock_of(received(due_at="2026-08-10"), asked("2026-08-15"), asked("2026-08-17"))
    assert (found.verdict, day(found.became_day)) == (LATE, "08-10")


def test_only_a_stated_end_is_void_after_reopening() -> None:
    asked_twice = [asked("2026-08-05"), asked("2026-08-07"), make(ev.Reopened, "2026-08-09")]
    assert clock_of(received(), *asked_twice).outcome == ASKED_TWICE
    assert clock_of(received(), *asked_twice, make(ev.Stopped, "2026-08-08")).outcome == ASKED_TWICE


def test_a_due_date_beyond_ten_years_makes_no_bucket() -> None:
    assert clock_of(received(due_at="2040-01-01")).became_day is None


def test_a_due_date_before_reception_counts_from_reception() -> None:
    found = clock_of(received("2026-08-03", due_at="2026-07-01"), done("2026-08-03"))
    assert (found.verdict, found.became_day) == (LATE, None)
    open_one = clock_of(received("2026-08-03", due_at="2026-07-01"))
    assert open_one.became_day == open_one.received_day
