"""Working days between two days are those counted one by one, however far apart."""

import time

from hypothesis import given
from hypothesis import strategies as st

from connectors.reference import calendar
from indicators.workdays import _FAR, Calendar

YEARS_2000, YEAR_9999 = 10_957, 2_932_896
DAYS = st.integers(YEARS_2000, YEARS_2000 + 2 * _FAR)
SOME = st.frozensets(DAYS, max_size=20)


@given(SOME, SOME, DAYS, st.integers(-10, 2 * _FAR))
def test_by_weeks_or_one_by_one_is_the_same(off: frozenset[int], extra: frozenset[int], after: int, length: int) -> None:
    found = Calendar(off, extra, ())
    naive = sum(found.is_workday(day) for day in range(after + 1, after + length + 1))
    assert found.between(after, after + length) == naive
    assert length <= 0 or found._by_weeks(after, after + length) == naive


def test_a_day_of_the_year_9999_costs_nothing() -> None:
    found = calendar()
    started = time.process_time()
    assert found.between(20_000, YEAR_9999) > 2_000_000
    assert found.between(YEAR_9999, 20_000) == 0
    assert time.process_time() - started < 0.05
    assert not found._known
