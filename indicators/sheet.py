"""The scorecard of all units for one period: every numerator, denominator, score, block, total and rank, as arrays by unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indicators.figures import Counts
from indicators.formulas import Rule, table
from indicators.inputs import Pairs
from indicators.layout import NOBODY, Ints, Layout
from indicators.periods import Period
from indicators.scores import NONE, Card, card, country, half_up, ranks
from indicators.units import ROOT

INHERITED = ("1.1", "1.2", "1.3")
TOTAL = "TOTAL"


@dataclass(frozen=True)
class Sheet:
    """All units of one period. `known` says which had a dossier or a petition to deal with; scores are hundredths of a point."""

    layout: Layout
    period: Period
    rule: Rule
    counts: Counts
    pairs: Pairs
    card: Card
    known: NDArray[np.bool_]

    def score(self, name: str, place: int) -> int | None:
        """Of one indicator, None for none."""
        found = self.card.indicators.get(name)
        return None if found is None or found[place] == NONE else int(found[place])

    def blocks(self, unit: str) -> dict[str, int]:
        """Block → score; those of the country as the portal makes them. Empty where there are no figures."""
        place = self.layout.index.get(unit)
        if place is None or not self.known[place]:
            return {}
        if unit == ROOT and self.nation:
            return {name: score for name, score in self.nation.items() if name != TOTAL}
        return {name: int(scores[place]) for name, scores in self.card.blocks.items()}

    def total(self, unit: str) -> int | None:
        """None where there are no figures."""
        place = self.layout.index.get(unit)
        return None if place is None or self.totals[place] == NONE else int(self.totals[place])

    @cached_property
    def totals(self) -> Ints:
        """Total of every unit, NONE where there are no figures."""
        found: Ints = np.where(self.known, self.card.total, NONE)
        if ROOT in self.layout.index and self.nation:
            found[self.layout.index[ROOT]] = self.nation[TOTAL]
        return found

    @cached_property
    def places(self) -> Ints:
        """Competition rank of every unit among its peers by total, NONE where there is none, or only one peer with figures."""
        found = np.full(len(self.layout.codes), NONE, np.int64)
        for codes in self.layout.peers.values():
            rows = self.layout.places(codes)
            rows = rows[self.totals[rows] != NONE]
            if len(rows) > 1:
                ordered = np.sort(-self.totals[rows])
                found[rows] = np.searchsorted(ordered, -self.totals[rows]) + 1
        return found

    @cached_property
    def nation(self) -> dict[str, int]:
        """The portal's row of the country: the mean of the provinces; empty where no province has figures."""
        provinces = self.layout.peers.get(("province", ROOT), [])
        return country([blocks for code in provinces if (blocks := self.blocks(code))])


def build(layout: Layout, period: Period, rule: Rule, counts: Counts, pairs: Pairs) -> Sheet:
    """From rolled-up counts and pairs: takes over what is inherited, multiplies what is to be, and scores."""
    found = dict(pairs)
    below = (layout.tops != NOBODY) & (layout.tops != np.arange(len(layout.codes)))
    for name in INHERITED:
        if name in found:
            numerator, denominator = found[name]
            found[name] = (np.where(below, numerator[layout.tops], numerator), np.where(below, denominator[layout.tops], denominator))
    if rule == "document":
        (numerator, denominator), (synchronised, received) = found["3.3"], found["1.4"]
        found["3.3"] = np.where(received > 0, half_up(numerator * synchronised, np.maximum(received, 1)), numerator), denominator
    known = (found["2.1"][1] > 0) | (found["5.2"][1] > 0)
    day = period.b - 1
    formulas = table(rule, day)
    return Sheet(layout, period, rule, counts, found, card({name: found[name] for name in formulas if name in found}, rule, day), known)


@dataclass(frozen=True, slots=True)
class Rank:
    """Competition rank among peers by total. `published` is the day whose published totals stand in for peers without figures here."""

    place: int
    of: int
    peers: str
    published: int | None = None


def rank(unit: str, totals: Mapping[str, int | None], kind: str, published: tuple[int, Mapping[str, int]] | None = None) -> Rank | None:
    """`totals` of all its peers; None where fewer than two are known. `published` is (day, unit → total)."""
    day, others = published or (None, {})
    filled = {code: others.get(code) if total is None else total for code, total in totals.items()}
    known = [total for total in filled.values() if total is not None]
    if totals.get(unit) is None or len(known) <= 1:
        return None
    place = ranks([filled[unit], *known])[0]
    assert place is not None
    return Rank(place, len(known), kind, day if filled != totals else None)
