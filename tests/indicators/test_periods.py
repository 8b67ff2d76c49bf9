"""Periods as people write them."""

import datetime as dt

import pytest

from indicators.errors import UsageError
from indicators.periods import before, current_month, parse, year_before
from indicators.times import day_of

TODAY = day_of(dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("text", "first", "last", "is_open", "whole"),
    [
        ("2026-08", "2026-08-01", "2026-08-31", False, True),
        ("2026-11", "2026-11-01", "2026-11-30", True, True),
        ("2026-12", "2026-12-01", "2026-12-31", True, True),
        ("2024-02", "2024-02-01", "2024-02-29", False, True),
        ("2026-Q1", "2026-01-01", "2026-03-31", False, True),
        ("2026-Q4", "2026-10-01", "2026-12-31", True, True),
        ("2026-H1", "2026-01-01", "2026-06-30", False, True),
        ("2026-H2", "2026-07-01", "2026-12-31", True, True),
        ("2026-9M", "2026-01-01", "2026-09-30", False, True),
        ("2026", "2026-01-01", "2026-12-31", True, True),
        ("rolling-7", "2026-11-18", "2026-11-24", True, False),
        ("rolling-30", "2026-10-26", "2026-11-24", True, False),
        ("rolling-90", "2026-08-27", "2026-11-24", True, False),
        ("bc-2026-Q1", "2025-12-15", "2026-03-14", False, False),
        ("bc-2026-Q3", "2026-06-15", "2026-09-14", False, False),
        ("bc-2026-Q4", "2026-09-15", "2026-12-14", True, False),
        ("bc-2026", "2025-12-15", "2026-12-14", True, False),
        ("2026-08-01..2026-08-15", "2026-08-01", "2026-08-15", False, False),
        ("2026-08-01..2026-09-30", "2026-08-01", "2026-09-30", False, True),
        ("2026-11-23..2026-11-23", "2026-11-23", "2026-11-23", False, False),
    ],
)
def test_a_period_is_read(text: str, first: str, last: str, is_open: bool, whole: bool) -> None:
    found = parse(text, TODAY)
    assert (found.id, found.first.isoformat(), found.last.isoformat(), found.open, found.whole_months) == (
        text,
        first,
        last,
        is_open,
        whole,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "august",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-H3",
        "26-08",
        "rolling-5",
        "rolling-",
        "bc-2026-Q0",
        "2026-08-15..2026-08-01",
        "1999",
        "9999",
        "2026-08-32..x",
        "2026-08-01..",
        "0001-01-01..0001-01-31",
        "1999-12-31..2026-01-01",
        "2026-01-01..9999-12-31",
        "2026-01-01..2200-01-01",
        "2200-01",
        "bc-2200",
    ],
)
def test_what_is_no_period_is_answered_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="2026-Q3"):
        parse(text, TODAY)


def test_no_period_means_the_current_month() -> None:
    assert current_month(TODAY) == "2026-11"


@pytest.mark.parametrize("text", ["2000-01-01..2199-12-31", "2000", "bc-2000", "2199-12", "bc-2199-Q4"])
def test_what_is_compared_with_the_farthest_periods_is_a_period_too(text: str) -> None:
    period = parse(text, TODAY)
    for other in (before(period, TODAY), year_before(period, TODAY)):
        assert other.a < other.b
        assert other.last
