"""Scores, exact to the last digit, in integers: hundredths of a point.

The ratio is held to 10 decimals (half up), the score of each indicator rounded to 2 (half up), and only then summed. Binary floats would go
wrong (2·0.25/0.8 = 0.625). Everything works on whole arrays and on single numbers alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.formulas import BLOCKS, Formula, Rule, scored, table

Ints = NDArray[np.int64]
TEN = 10_000_000_000  # a ratio of 1
HALF = 100_000
NONE = -(1 << 62)  # no score, in arrays
PERCENT = 100
MOST = 1000  # times the denominator a numerator may be; beyond, integers would overflow


def ratios(numerator: Ints, denominator: Ints) -> Ints:
    """Numerator / denominator · 10^10, half up; the denominator must not be 0. Two steps of five digits, so that nothing overflows."""
    whole, rest = np.divmod(numerator, denominator)
    high, rest = np.divmod(rest * HALF, denominator)
    low, rest = np.divmod(rest * HALF, denominator)
    found: Ints = whole * TEN + high * HALF + low + (2 * rest >= denominator)
    return found


def scores(formula: Formula, numerator: Ints, denominator: Ints) -> Ints:
    """Hundredths of a point; NONE where there is no score. Numerators are at most MOST times their denominators."""
    empty = denominator == 0
    ratio = ratios(numerator, np.where(empty, 1, denominator))
    full = formula.full or PERCENT
    if formula.full is not None:
        ratio = np.minimum(ratio, TEN * full // PERCENT)
    divisor = TEN * full // PERCENT
    found = (2 * formula.points * PERCENT * ratio + divisor) // (2 * divisor)
    return np.where(empty, NONE if formula.zero is None else formula.zero * PERCENT, found)


def score(formula: Formula, numerator: int, denominator: int) -> int | None:
    """One score, None where there is none."""
    found = int(scores(formula, np.array([numerator]), np.array([denominator]))[0])
    return None if found == NONE or formula.block is None else found


def half_up(total: Any, count: Any) -> Any:
    """The mean of a sum, rounded half up; of integers or of arrays."""
    return (2 * total + count) // (2 * count)


@dataclass(frozen=True, slots=True)
class Card:
    """Scores of many units at once, each an array by unit: indicators (NONE for none), blocks, totals. All in hundredths of a point."""

    indicators: dict[str, Ints]
    blocks: dict[str, Ints]
    total: Ints


def card(pairs: Mapping[str, tuple[Ints, Ints]], rule: Rule, day: int) -> Card:
    """The scorecard of numerators and denominators by indicator: an indicator without a score counts as nothing in its block."""
    formulas = table(rule, day)
    found = {name: scores(formulas[name], *pair) for name, pair in pairs.items() if formulas[name].block is not None}
    size = len(next(iter(found.values()))) if found else 0
    blocks = {block: np.zeros(size, np.int64) for block in BLOCKS}
    for name, points in found.items():
        blocks[formulas[name].block or ""] += np.where(points == NONE, 0, points)
    return Card(found, blocks, np.sum([*blocks.values()], axis=0, dtype=np.int64))


def complete(block: str, known: Sequence[str], rule: Rule, day: int) -> bool:
    """Whether all indicators of a block are among those known."""
    return all(formula.id in known for formula in scored(rule, day)[block])


def ranks(totals: Sequence[int | None]) -> list[int | None]:
    """Competition rank, the greatest first: 1, 2, 2, 4; None for none."""
    ordered = sorted((total for total in totals if total is not None), reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(ordered, 1)))}
    return [None if total is None else first[total] for total in totals]


def country(provinces: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The portal's national row: each block the rounded mean of the provinces' blocks (TTTT and CLGQ as one), the total the sum of these."""
    if not provinces:
        return {}
    groups = [("CKMB",), ("TDGQ",), ("TTTT", "CLGQ"), ("MDSH",), ("MDHL",)]
    means = {"+".join(group): half_up(sum(blocks[name] for blocks in provinces for name in group), len(provinces)) for group in groups}
    return means | {"TOTAL": sum(means.values())}


def points(hundredths: int | None) -> str:
    """`15.68`; '' for none. Trailing zeros are left out, as the portal does."""
    if hundredths is None:
        return ""
    return f"{hundredths / PERCENT:.2f}".rstrip("0").rstrip(".")
