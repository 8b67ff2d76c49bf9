"""Vietnam's working days, year by year, against the table of the one-stop practice."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reference import calendar
from indicators.errors import InvalidDataError, NotFoundError
from indicators.times import date_of, day_of

OFF = {
    2022: "01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02",
    2023: "01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04",
    2024: "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03",
    2025: "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
}
WORKED = {2024: "05-04", 2025: "04-26", 2026: "01-10 08-22"}
CALENDAR = calendar()


@pytest.mark.parametrize("year", OFF)
def test_days_off_and_saturdays_worked(year: int) -> None:
    days = [dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(365 + (year % 4 == 0))]
    off = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not CALENDAR.is_workday(day_of(day))]
    worked = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and CALENDAR.is_workday(day_of(day))]
    assert (" ".join(off), " ".join(worked)) == (OFF[year], WORKED.get(year, ""))
    assert CALENDAR.is_confirmed(day_of(days[0]))


def test_a_year_nobody_confirmed_says_so() -> None:
    assert not CALENDAR.is_confirmed(day_of(dt.date(2027, 6, 1)))


DAYS = st.integers(day_of(dt.date(2021, 1, 1)), day_of(dt.date(2027, 12, 31)))


@given(DAYS, st.integers(0, 200))
def test_working_days_between_are_counted_one_by_one(day: int, length: int) -> None:
    assert CALENDAR.between(day, day + length) == sum(CALENDAR.is_workday(one) for one in range(day + 1, day + length + 1))
    assert CALENDAR.between(day, day - length) == 0


@given(DAYS, st.integers(1, 30))
def test_adding_working_days_ends_on_one(day: int, count: int) -> None:
    reached = CALENDAR.add(day, count)
    assert CALENDAR.is_workday(reached)
    assert CALENDAR.between(day, reached) == count


def test_a_file_of_ones_own_goes_on_top(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[[year]]\nyear = 2027\nconfirmed = true\nsource = 'decree'\ndays_off = [2027-02-11]\nworking_days = [2027-02-04]\n")
    found = calendar(own)
    assert not found.is_workday(day_of(dt.date(2027, 2, 11)))
    assert found.is_workday(day_of(dt.date(2027, 2, 4)))
    assert found.is_confirmed(day_of(dt.date(2027, 1, 1)))
    assert date_of(found.add(day_of(dt.date(2027, 2, 3)), 1)) == dt.date(2027, 2, 4)


@pytest.mark.parametrize("text", ["year = ", "year = 2027", "[[year]]\nyear = 'x'", "[[year]]\nyear = 2027\nholiday = 1"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(InvalidDataError, match=r"own\.toml"):
        calendar(own)
    with pytest.raises(NotFoundError, match="CHISO_CALENDAR"):
        calendar(tmp_path / "missing.toml")
