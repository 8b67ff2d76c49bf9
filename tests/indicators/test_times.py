"""Times as seconds, days in the counting zone."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.times import DAY, Zone, date_of, day_of, rfc3339, seconds

MOMENTS = st.integers(946_684_800, 4_102_444_800)


@given(MOMENTS)
def test_a_canonical_time_comes_back(value: int) -> None:
    assert seconds(rfc3339(value)) == value


@given(MOMENTS, st.sampled_from(["Asia/Ho_Chi_Minh", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]))
def test_a_day_is_the_calendar_day_of_the_zone(value: int, name: str) -> None:
    zone = Zone(name)
    assert zone.date(value) == dt.datetime.fromisoformat(zone.iso(value)).date()
    assert zone.midnight(zone.day(value)) <= value


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-08-13T07:30:00", "2026-08-13T00:30:00Z"),  # naive is +07:00
        ("2026-08-13T07:30:00+07:00", "2026-08-13T00:30:00Z"),
        ("2026-08-13 07:30:00.999+07:00", "2026-08-13T00:30:00Z"),
        ("2026-08-13", "2026-08-12T17:00:00Z"),
    ],
)
def test_other_forms_take_the_slow_road(text: str, canonical: str) -> None:
    assert rfc3339(seconds(text)) == canonical


@pytest.mark.parametrize("text", ["", "today", "2026-13-01T00:00:00Z", "2026-08-13T25:00:00Z", "2026-02-30T00:00:00Z"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        seconds(text)


def test_days_and_dates_are_one_to_one() -> None:
    assert day_of(date_of(20_000)) == 20_000
    assert Zone("UTC").midnight(20_000) == 20_000 * DAY


LAST = int(dt.datetime.max.replace(microsecond=0, tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize("name", ["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/New_York", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("moment", [LAST, LAST - DAY, LAST + 1000 * DAY])
def test_the_end_of_time_is_no_error(name: str, moment: int) -> None:
    zone = Zone(name)
    assert zone.iso(moment)[:4] == "9999"
    day = zone.day(moment)
    assert date_of(day).year == date_of(day + 400).year == 9999
    assert zone.midnight(day + 1) <= LAST + DAY
    if moment == LAST and name == "UTC":
        assert (zone.iso(moment), date_of(day)) == ("9999-12-31T23:59:59+00:00", dt.date.max)
