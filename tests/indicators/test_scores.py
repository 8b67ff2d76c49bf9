"""Scores to the last digit: what was published, and decimal arithmetic on any numbers."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.formulas import BLOCKS, FORMULAS, RULES, Formula, changed, grade, scored, table
from indicators.scores import MOST, NONE, card, complete, country, half_up, points, ranks, score, scores
from indicators.times import day_of

TODAY = day_of(date(2026, 10, 10))
PORTAL = table("portal", TODAY)


def by_decimals(formula: Formula, numerator: int, denominator: int) -> int | None:
    """The same by the book, in decimals."""
    if denominator == 0:
        return None if formula.zero is None else formula.zero * 100
    ratio = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("1e-10"), ROUND_HALF_UP)
    if formula.full is not None:
        ratio = min(Decimal(1), ratio / (Decimal(formula.full) / 100))
    return int((formula.points * ratio).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


@pytest.mark.parametrize("name", ["portal-figures.csv", "portal-figures-2026.csv"])
def test_every_published_score_comes_out(shared: Path, name: str) -> None:
    rows = [
        row
        for row in csv.DictReader((shared / "domain" / name).read_text().splitlines())
        if row["numerator"] and row["score"] and row["id"] in PORTAL
    ]
    assert len(rows) > 40
    for row in rows:
        found = score(PORTAL[row["id"]], int(row["numerator"]), int(row["denominator"]))
        assert found == Decimal(row["score"]) * 100, row


@pytest.mark.parametrize("rule", RULES)
def test_arrays_equal_decimals_on_a_million_pairs(rule: str) -> None:
    random = np.random.default_rng(766)
    formulas = [formula for formula in table(rule, TODAY).values() if formula.block is not None]  # type: ignore[arg-type]
    each = 500_000 // len(formulas)
    for formula in formulas:
        denominator = random.integers(0, 10 ** random.integers(1, 8, each), each)
        numerator = (denominator * random.random(each)).astype(np.int64) if formula.id != "1.4" else denominator
        found = scores(formula, numerator, denominator)
        wanted = [by_decimals(formula, *pair) for pair in zip(numerator.tolist(), denominator.tolist(), strict=True)]
        assert found.tolist() == [NONE if value is None else value for value in wanted], formula.id


@given(st.sampled_from([f for f in FORMULAS if f.block]), st.integers(0, 10**9), st.integers(0, 10**9))
def test_one_score_equals_decimals(formula: Formula, numerator: int, denominator: int) -> None:
    numerator = min(numerator, MOST * denominator)
    assert score(formula, numerator, denominator) == by_decimals(formula, numerator, denominator)


def test_binary_floats_would_go_wrong_here() -> None:
    assert score(PORTAL["4.3"], 1, 4) == 63  # 2·0.25/0.8 = 0.625
    assert score(PORTAL["5.2"], 1, 48) == 12  # 6·0.0208333333, for the ratio is held to 10 decimals


def test_nothing_to_divide_is_what_the_table_says() -> None:
    assert {name: score(formula, 0, 0) for name, formula in PORTAL.items() if formula.zero is not None} == {
        "2.1": 0, "3.1": 0, "3.2": 0, "3.3": 0, "3.5a": 0, "3.5b": 0, "3.6": 0, "4.6": 200, "5.2": 600, "5.3": 600, "5.4": 0,
    }  # fmt: skip
    assert score(PORTAL["1.1"], 0, 0) is None
    assert score(table("document", TODAY)["1.4"], 0, 0) == 0
    assert score(PORTAL["5.1"], 1, 2) is None, "shown, not scored"


def test_points_of_blocks_are_those_of_their_indicators() -> None:
    for rule in RULES:
        for block, formulas in scored(rule, TODAY).items():
            assert sum(formula.points for formula in formulas) == BLOCKS[block][0]
    assert sum(points for points, _, _ in BLOCKS.values()) == 100


def test_a_card_sums_what_was_rounded_and_leaves_out_what_is_null() -> None:
    pairs = {"1.1": (0, 0), "1.2": (45, 52), "2.1": (358660, 405424), "5.2": (0, 0)}
    found = card({name: (np.array([a]), np.array([b])) for name, (a, b) in pairs.items()}, "portal", TODAY)
    assert {block: int(value[0]) for block, value in found.blocks.items()} == {
        "CKMB": 346, "TDGQ": 1769, "CLGQ": 0, "TTTT": 0, "MDSH": 0, "MDHL": 600,
    }  # fmt: skip
    assert int(found.total[0]) == 346 + 1769 + 600
    assert not complete("CKMB", list(pairs), "portal", TODAY)
    assert complete("TDGQ", list(pairs), "portal", TODAY)


def test_ranks_leave_places_free_after_equals() -> None:
    assert ranks([6547, 6811, None, 6547, 6513]) == [2, 1, None, 2, 4]


def test_grades_begin_at_their_least() -> None:
    assert [(grade(total) or ("",))[0] for total in (9000, 8999, 7000, 5000, 4999, 0)] == [
        "Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu", "Yếu",
    ]  # fmt: skip
    assert grade(None) is None


def test_the_national_row_sums_rounded_means() -> None:
    one = {"CKMB": 1000, "TDGQ": 1001, "CLGQ": 1, "TTTT": 1, "MDSH": 0, "MDHL": 5}
    two = one | {"TDGQ": 1002, "TTTT": 2}
    assert country([one, two]) == {"CKMB": 1000, "TDGQ": 1002, "TTTT+CLGQ": 3, "MDSH": 0, "MDHL": 5, "TOTAL": 2010}
    assert country([]) == {}
    assert half_up(5, 2) == 3


def test_points_are_written_as_the_portal_does() -> None:
    assert [points(value) for value in (1568, 1270, 0, None, 600, 5)] == ["15.68", "12.7", "0", "", "6", "0.05"]


def test_scores_of_two_days_compare_while_no_formula_changed() -> None:
    assert not changed("portal", day_of(date(2022, 8, 1)), TODAY)
    assert not changed("portal", day_of(date(2021, 8, 1)), TODAY)
