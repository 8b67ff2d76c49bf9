"""Who is late again and again."""

from collections import Counter

from indicators.lateness import repeats, trend


def test_units_and_officials_by_months_with_lateness() -> None:
    late = [("U", "A", 1), ("U", "A", 2), ("U", "A", 2), ("U", None, 5), ("V", None, 3)]
    rows = {(row.unit, row.official): row for row in repeats(late, 6)}
    assert list(rows) == [("U", None), ("U", "A"), ("V", None)]
    unit, official = rows["U", None], rows["U", "A"]
    assert (unit.months, unit.late, unit.worst, unit.grading) == ((1, 2, 5), 4, (2, 2), True)
    assert (official.months, official.late, official.grading) == ((1, 2), 3, False)
    assert (unit.trend, official.trend, rows["V", None].trend) == ("down", "down", "down")


def test_the_trend_compares_halves_of_the_months_begun() -> None:
    assert trend(Counter({6: 1}), 6) == "up"
    assert trend(Counter({1: 1, 7: 1}), 7) == "flat"
    assert trend(Counter({4: 9}), 7) == "flat", "the month in the middle counts for neither"
    assert trend(Counter({1: 1}), 1) == "flat"
    assert repeats([], 12) == []
