"""Working time, held against a walk minute by minute, and by example around the swaps and holidays of 2026."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reference import calendar
from indicators.times import VIETNAM, day_of
from indicators.workdays import Calendar
from indicators.workhours import add, back, between, sessions

CALENDAR = calendar()
USUAL = sessions()
HOUR = 3600
TEXTS = ("07:30-11:30,13:00-17:00", "07:00-11:30,13:30-17:00", "00:00-24:00", "08:00-12:00", "00:00-01:00,12:00-13:00,23:00-24:00")


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM).timestamp())


def shown(moment: int) -> str:
    return f"{dt.datetime.fromtimestamp(moment, VIETNAM):%Y-%m-%d %H:%M}"


def works(moment: int, text: str) -> bool:
    """Whether work goes on in the minute that begins here; asked of the words alone."""
    when = dt.datetime.fromtimestamp(moment, VIETNAM)
    clock = f"{when:%H:%M}"
    inside = any(opens <= clock < closes for opens, closes in (part.split("-") for part in text.split(",")))
    return inside and CALENDAR.is_workday(day_of(when.date()))


MINUTES = st.integers(at("2026-01-01") // 60, at("2026-12-31") // 60).map(lambda minute: minute * 60)
EXCITING = st.sampled_from([at("2025-12-30"), at("2026-02-13"), at("2026-08-20"), at("2026-11-20")]).flatmap(
    lambda start: st.integers(0, 14 * 1440).map(lambda minute: start + minute * 60)
)
MOMENTS = MINUTES | EXCITING


@given(MOMENTS, st.integers(0, 6000), st.sampled_from(TEXTS))
def test_time_between_is_counted_minute_by_minute(a: int, minutes: int, text: str) -> None:
    b = a + minutes * 60
    assert between(CALENDAR, sessions(text), a, b) == 60 * sum(works(moment, text) for moment in range(a, b, 60))
    assert between(CALENDAR, sessions(text), b, a) == 0


@given(MOMENTS, st.integers(0, 900), st.sampled_from(TEXTS))
def test_adding_ends_in_the_first_minute_by_which_enough_was_worked(moment: int, minutes: int, text: str) -> None:
    walked, left = moment, minutes
    while left > 0 or (minutes == 0 and not works(walked, text)):
        left -= works(walked, text)
        walked += 60
    assert add(CALENDAR, sessions(text), moment, minutes * 60) == walked


@given(MOMENTS, st.integers(0, 900), st.sampled_from(TEXTS))
def test_going_back_ends_in_the_last_minute_from_which_enough_is_worked(moment: int, minutes: int, text: str) -> None:
    walked, left = moment, minutes
    while left > 0 or (minutes == 0 and not works(walked - 60, text)):
        walked -= 60
        left -= works(walked, text)
    assert back(CALENDAR, sessions(text), moment, minutes * 60) == walked


@given(st.integers(at("2000-01-01"), at("2040-01-01")), st.integers(1, 10_000_000), st.sampled_from(TEXTS))
def test_what_was_added_lies_between_to_the_second(moment: int, seconds: int, text: str) -> None:
    hours = sessions(text)
    assert between(CALENDAR, hours, moment, add(CALENDAR, hours, moment, seconds)) == seconds
    assert between(CALENDAR, hours, back(CALENDAR, hours, moment, seconds), moment) == seconds


@pytest.mark.parametrize(
    ("moment", "hours", "reached"),
    [
        ("2026-08-12 05:00", 0, "2026-08-12 07:30"),  # before opening
        ("2026-08-12 12:00", 0, "2026-08-12 13:00"),  # lunch
        ("2026-08-12 11:30", 0, "2026-08-12 13:00"),
        ("2026-08-12 17:00", 0, "2026-08-13 07:30"),  # after closing
        ("2026-08-12 07:30", 4, "2026-08-12 11:30"),
        ("2026-08-12 07:30", 8, "2026-08-12 17:00"),
        ("2026-08-12 10:30", 4, "2026-08-12 16:00"),
        ("2026-08-12 16:00", 8, "2026-08-13 16:00"),
        ("2026-01-01 09:00", 8, "2026-01-05 17:00"),  # Thursday 1 and Friday 2 January off: Monday
        ("2025-12-31 16:00", 2, "2026-01-05 08:30"),  # the turn of the year
        ("2026-01-09 16:00", 2, "2026-01-10 08:30"),  # Saturday 10 January is worked
        ("2026-01-10 16:00", 2, "2026-01-12 08:30"),
        ("2026-08-21 16:00", 8, "2026-08-22 16:00"),  # Saturday 22 August has a Monday's hours
        ("2026-08-28 16:00", 2, "2026-09-03 08:30"),  # Monday 31 August to Wednesday 2 September off
        ("2026-11-23 16:00", 2, "2026-11-25 08:30"),  # 24 November
        ("2026-11-24 10:00", 8, "2026-11-25 17:00"),
    ],
)
def test_hours_are_consumed_inside_the_sessions(moment: str, hours: int, reached: str) -> None:
    assert shown(add(CALENDAR, USUAL, at(moment), hours * HOUR)) == reached


@pytest.mark.parametrize(
    ("moment", "hours", "reached"),
    [
        ("2026-08-12 17:00", 4, "2026-08-12 13:00"),
        ("2026-08-12 11:30", 4, "2026-08-12 07:30"),
        ("2026-08-12 10:30", 4, "2026-08-11 16:00"),
        ("2026-08-12 07:00", 4, "2026-08-11 13:00"),
        ("2026-08-12 23:59", 4, "2026-08-12 13:00"),
        ("2026-08-12 12:15", 0, "2026-08-12 11:30"),
        ("2026-01-05 08:30", 4, "2025-12-31 14:00"),
        ("2026-01-03 10:00", 4, "2025-12-31 13:00"),  # due on a day off
        ("2026-01-12 08:30", 4, "2026-01-10 14:00"),
        ("2026-08-24 08:30", 4, "2026-08-22 14:00"),
        ("2026-09-03 08:30", 4, "2026-08-28 14:00"),
        ("2026-11-25 08:30", 4, "2026-11-23 14:00"),
    ],
)
def test_hours_ahead_of_a_due_moment(moment: str, hours: int, reached: str) -> None:
    assert shown(back(CALENDAR, USUAL, at(moment), hours * HOUR)) == reached


@pytest.mark.parametrize(
    ("after", "until", "hours"),
    [
        ("2026-01-01 00:00", "2026-01-12 00:00", 6 * 8),
        ("2026-08-20 00:00", "2026-09-05 00:00", 10 * 8),
        ("2026-11-23 16:00", "2026-11-25 08:30", 2),
        ("2026-08-12 11:30", "2026-08-12 13:00", 0),
    ],
)
def test_hours_between_two_moments(after: str, until: str, hours: int) -> None:
    assert between(CALENDAR, USUAL, at(after), at(until)) == hours * HOUR


def test_the_other_hours_of_some_provinces() -> None:
    other = sessions("07:00-11:30, 13:30-17:00")
    assert shown(add(CALENDAR, other, at("2026-08-12 11:00"), HOUR)) == "2026-08-12 14:00"
    assert other.length == 8 * HOUR


@pytest.mark.parametrize(
    "text", ["", "07:30", "07:30-", "11:30-07:30", "07:30-11:30,11:00-17:00", "7:30-11:30", "07:30-24:01", "07:30-07:30"]
)
def test_what_is_no_list_of_sessions_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="07:30-11:30"):
        sessions(text)


@given(st.integers(15_000, 25_000), st.integers(1, 300))
def test_working_days_back_are_found_one_by_one(day: int, count: int) -> None:
    found = CALENDAR.back(day, count)
    assert CALENDAR.is_workday(found)
    assert sum(CALENDAR.is_workday(one) for one in range(found, day)) == count
    assert (CALENDAR.back(day, 0), CALENDAR.add(day, 0)) == (day, day)


def test_a_year_without_a_working_day_is_walked_over() -> None:
    idle = range(10_000, 13_000)
    assert Calendar(idle, (), ()).back(13_000, 1) == 9_997
    assert Calendar(idle, (), ()).add(9_999, 1) == 13_000


def test_years_in_use_are_this_one_and_from_december_on_the_next() -> None:
    december, november = (day_of(dt.date(2026, month, 1)) for month in (12, 11))
    assert CALENDAR.years_in_use(november) == {2026: True}
    assert CALENDAR.years_in_use(december) == {2026: True, 2027: False}


@pytest.mark.bench
def test_a_hundred_thousand_answers_take_a_second() -> None:
    start = time.perf_counter()
    for number in range(100_000):
        moment = at("2026-01-01") + number * 300
        between(CALENDAR, USUAL, moment, add(CALENDAR, USUAL, moment, 200 * 8 * HOUR))
    assert time.perf_counter() - start < 5
