"""What is owed for late dossiers. Due Monday 10 August 2026, so owed from Tuesday's first moment, and late from Wednesday's."""

import pytest

from indicators import events as ev
from indicators.duties import Duty, declared_day, denied, duty
from indicators.sight import Sight
from indicators.times import date_of
from tests.builders import CALENDAR, HCM, NUMBER, make, moment, received, state_of

DUE = received(due_at="2026-08-10", official="A")


def seen(now: str) -> Sight:
    return Sight(moment(now), HCM, CALENDAR)


def owed(*events: ev.Event, now: str = "2026-08-20", days: int = 1) -> Duty | None:
    return duty(NUMBER, state_of(*events), seen(now), lambda _unit, _day: days)


def flags(*events: ev.Event, now: str = "2026-08-20") -> list[str]:
    found = owed(*events, now=now)
    assert found is not None
    return list(found.flags)


def late(at: str, **facts: str) -> ev.Event:
    """A letter with everything, said when it was sent."""
    return make(ev.Late, at, **{"explanation_at": at, "apology_at": at, "reason": "TN", "new_date": "2026-08-25", "role": "head", **facts})


def test_nothing_is_owed_before_the_due_day_is_over() -> None:
    assert owed(DUE, now="2026-08-10T23:59") is None
    found = owed(DUE, now="2026-08-11T00:00")
    assert found is not None
    assert found.explanation.owed == found.apology.owed == moment("2026-08-11T00:00")
    assert (found.days_late, found.explanation.late, found.lateness.month_day) == (1, False, found.lateness.day)
    assert found.flags == ("explanation_missing", "apology_missing", "none_sent", "not_declared")


@pytest.mark.parametrize(
    ("sent", "is_late"),
    [("2026-08-10", False), ("2026-08-11T23:59", False), ("2026-08-12T00:00", True), ("2026-08-14", True)],
)
def test_a_letter_is_late_after_one_working_day(sent: str, is_late: bool) -> None:
    found = owed(DUE, late(sent))
    assert found is not None
    assert (found.apology.sent_at, found.apology.late, found.role, found.reason) == (moment(sent), is_late, "head", "TN")
    assert list(found.flags) == (["sent_late"] if is_late else [])


def test_the_unit_may_take_longer_and_days_off_do_not_count() -> None:
    found = owed(DUE, late("2026-08-14"), days=4)
    assert found is not None
    assert found.flags == ()
    friday = received(due_at="2026-08-14")
    assert flags(friday, late("2026-08-17T20:00")) == []
    assert flags(friday, late("2026-08-18")) == ["sent_late"]


def test_what_a_letter_lacks_is_said() -> None:
    bare = make(ev.Late, "2026-08-11", apology_at="2026-08-11")
    assert flags(DUE, bare) == ["explanation_missing", "no_reason", "no_new_date"]
    assert flags(DUE, make(ev.Late, "2026-08-11", explanation_at="2026-08-11", reason="TN")) == ["apology_missing"]
    assert flags(DUE, make(ev.Late, "2026-08-11", reason="TN")) == ["explanation_missing", "apology_missing", "none_sent"]


def test_the_date_may_be_set_anew_once_and_is_to_be_kept() -> None:
    assert flags(DUE, late("2026-08-11", new_date="2026-08-19"), now="2026-08-19") == []
    assert flags(DUE, late("2026-08-11", new_date="2026-08-19"), now="2026-08-20") == ["new_date_missed"]
    kept = make(ev.Processed, "2026-08-19", official="B")
    assert flags(DUE, late("2026-08-11", new_date="2026-08-19"), kept) == []
    assert flags(DUE, late("2026-08-11", new_date="2026-08-18"), kept) == ["new_date_missed"]
    twice = [late("2026-08-11", new_date="2026-08-14"), make(ev.Rescheduled, "2026-08-14", due_at="2026-08-28")]
    found = owed(DUE, *twice)
    assert found is not None
    assert (found.times, found.new_date, found.flags) == (2, moment("2026-08-28"), ("second_rescheduling",))
    same = [late("2026-08-11", new_date="2026-08-28"), make(ev.Rescheduled, "2026-08-14", due_at="2026-08-28T15:00")]
    assert flags(DUE, *same) == [], "the same day said twice is one date"
    assert flags(DUE, late("2026-08-11"), make(ev.Rescheduled, "2026-08-04", due_at="2026-08-10T16:00")) == [], "nor is the due day itself"


def test_finished_late_is_listed_under_the_day_it_was_finished() -> None:
    found = owed(DUE, make(ev.Step, "2026-08-05", official="C"), make(ev.Processed, "2026-08-13", official="B"), now="2026-09-20")
    assert found is not None
    assert (date_of(found.lateness.day).day, date_of(found.lateness.month_day).day, found.days_late) == (10, 13, 3)
    assert (found.official, found.unit) == ("C", "H44.07"), "who held it when it became overdue"
    assert owed(DUE, make(ev.Processed, "2026-08-10")) is None


def test_nobody_is_charged_where_no_step_says_who_held_it() -> None:
    found = owed(DUE, make(ev.Step, "2026-08-12", official="C"))
    assert found is not None
    assert found.official is None


def test_asked_again_and_again_is_late_from_the_second_request() -> None:
    found = owed(DUE, make(ev.SupplementRequested, "2026-08-05"), make(ev.SupplementRequested, "2026-08-07"))
    assert found is not None
    assert (date_of(found.lateness.day).day, found.explanation.owed) == (7, moment("2026-08-08T00:00"))


def test_declared_late_that_the_clock_denies_is_told_and_the_reverse() -> None:
    early = [DUE, make(ev.Processed, "2026-08-07"), late("2026-08-11")]
    assert owed(*early) is None
    today = seen("2026-08-20").today
    assert denied(NUMBER, state_of(*early), today, HCM)
    assert denied(NUMBER, state_of(late("2026-08-11")), today, HCM), "an apology for a dossier that nobody received"
    assert denied(NUMBER, state_of(DUE, late("2026-08-07")), seen("2026-08-10").today, HCM), "said before it was late"
    assert not denied(NUMBER, state_of(DUE, late("2026-08-07")), today, HCM)
    assert not denied(NUMBER, state_of(DUE), today, HCM)
    assert declared_day(state_of(*early), HCM) == HCM.day(moment("2026-08-11"))
    assert "not_declared" in flags(DUE)


@pytest.mark.parametrize(
    ("due", "is_late"),
    [("2026-07-20", True), ("2060-01-01", False), ("2026-08-15", True), ("2026-08-16T10:00", True)],
    ids=["before reception", "decades ahead", "a Saturday", "a Sunday"],
)
def test_odd_due_dates_count_as_the_clock_says(due: str, is_late: bool) -> None:
    assert (owed(received("2026-08-03", due_at=due), now="2026-08-20") is not None) == is_late


def test_a_due_date_changed_twenty_times_counts_as_far_as_it_was_moved_in_time() -> None:
    moved = [received("2026-08-03", stated=f"2026-08-{3 + day:02}", due_at=f"2026-08-{10 + day}") for day in range(20)]
    assert owed(*moved, now="2026-08-29") is None
    assert owed(*moved, now="2026-08-30T01:00") is not None
