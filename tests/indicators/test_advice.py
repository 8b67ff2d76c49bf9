"""The inverse of the formulas: the fewest more that gain so much, and plans that reach what they say."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.advice import Line, plan, totals
from indicators.formulas import table
from indicators.scores import score
from indicators.times import day_of

FORMULAS = table("portal", day_of(dt.date(2026, 8, 1)))
SCORED = [formula for formula in FORMULAS.values() if formula.block is not None]
LINES = st.builds(
    lambda formula, denominator, share: Line(formula, int(denominator * share), denominator),
    st.sampled_from(SCORED),
    st.integers(0, 5000),
    st.floats(0, 1),
)


@given(LINES, st.integers(-5, 2100))
def test_needed_is_the_fewest_that_gain_as_much(line: Line, gain: int) -> None:
    count = line.needed(gain)
    most = line.denominator - line.numerator
    if count is None:
        assert not line.denominator or line.with_more(most) - line.score < gain
    else:
        assert count == 0 if gain <= 0 else line.with_more(count) - line.score >= gain
        assert not count or line.with_more(count - 1) - line.score < gain


@given(st.lists(LINES, max_size=8, unique_by=lambda line: line.formula.id), st.integers(0, 5000))
def test_a_plan_reaches_the_gain_or_all_there_is(lines: list[Line], gain: int) -> None:
    steps = plan(lines, gain)
    got = sum(one for _, _, one in steps)
    for line, count, one in steps:
        assert (score(line.formula, line.numerator + count, line.denominator) or 0) - line.score == one
    assert got >= min(gain, sum(line.room for line in lines))
    found = {line.formula.id: line for line in lines}
    before = sum(totals(found, {}).values())
    assert sum(totals(found, {line.formula.id: count for line, count, _ in steps}).values()) == before + got


@pytest.mark.parametrize(("numerator", "denominator", "room", "needed"), [(144_625, 184_513, 432, 39_842), (0, 0, 0, 0)])
def test_published_figures(numerator: int, denominator: int, room: int, needed: int) -> None:
    line = Line(FORMULAS["2.1"], numerator, denominator)
    assert (line.room, line.needed(line.room)) == (room, needed)
