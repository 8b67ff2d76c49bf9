"""Scorecards as answers: one unit with comparison and peers, and rankings."""

from typing import Any

import numpy as np

from connectors import answers
from indicators import periods
from indicators.errors import UsageError
from indicators.figures import Counts
from indicators.formulas import changed
from indicators.layout import Ints
from indicators.periods import Period
from indicators.scores import NONE
from indicators.sheet import Rank, Sheet, rank
from indicators.units import KINDS, ROOT
from streams.desk import Desk

PEERS_KNOWN = 3  # quartiles of fewer say nothing


class Cards:
    """Answers `show` and `rank`. Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def figures(self, unit: str, text: str | None = None, by: str | None = None) -> dict[str, Any]:
        """The JSON of `/v1/units/{unit}/indicators`."""
        period = self._desk.period(text)
        answer = self.card(unit, period)
        if by is not None:
            members = self._desk.layout(period.b - 1).tree.members(unit)
            rows = await self._desk.by(members, period, by)
            answer |= {"by": by, "rows": [self._row(by, code, row, seconds, period) for code, row, seconds in rows]}
        return answer

    def _row(self, by: str, code: str, row: Counts, seconds: int, period: Period) -> dict[str, Any]:
        """One of `rows`; a procedure's mean handling time in its own unit too."""
        about = self._desk.names.registry.entry(by, code, period.b - 1) or {}
        mean = seconds / row.finished if row.finished else None
        return answers.by_row(code, row, about.get("name")) | answers.handling(mean, about.get("limit_unit"))

    def card(self, unit: str, period: Period) -> dict[str, Any]:
        """All figures of one unit and period."""
        desk = self._desk
        about = desk.known(unit, period.b - 1)
        today = desk.today()
        sheet = desk.sheet(period)
        if unit not in sheet.layout.index:
            raise UsageError(f"unit {unit} is not registered on {period.last}")
        then = {
            name: answers.Then(desk.sheet(other), comparable=not changed(desk.terms.rule, period.b - 1, other.b - 1))
            for name, other in (("previous", periods.before(period, today)), ("last_year", periods.year_before(period, today)))
        }
        complete = desk.complete(sheet.layout.tree.members(unit))
        found = answers.card(about, sheet, then, desk.as_of(), complete=complete)
        for indicator in found["indicators"]:
            indicator.update(self._beside(unit, indicator["id"], sheet))
        found["rank"] = answers.rank(self.rank(unit, sheet))
        return found

    def _beside(self, unit: str, name: str, sheet: Sheet) -> dict[str, Any]:
        """What stands beside an indicator: the target, and where peers are."""
        line = [unit, *sheet.layout.tree.above(unit)]
        target = self._desk.names.registry.target(line, name, sheet.period.b - 1)
        return {"target": target, "peers": _peers(unit, name, sheet)}

    def rank(self, unit: str, sheet: Sheet) -> Rank | None:
        """Its place among its peers."""
        return self.rank_of(unit, sheet, {code: sheet.total(code) for code in sheet.layout.peers_of(unit)})

    def rank_of(self, unit: str, sheet: Sheet, totals: dict[str, int | None]) -> Rank | None:
        """The same if all peers had these totals."""
        kind = sheet.layout.tree.kinds.get(unit)
        if unit == ROOT or kind is None or not totals:
            return None
        published = self._desk.names.registry.published if kind == "province" else None
        return rank(unit, totals, kind, published)

    def places(self, sheet: Sheet) -> Ints:
        """Rank of every unit, NONE for none; provinces among what others published, where that is known."""
        if self._desk.names.registry.published is None:
            return sheet.places
        found = sheet.places.copy()
        for code in sheet.layout.peers.get(("province", ROOT), []):
            standing = self.rank(code, sheet)
            found[sheet.layout.index[code]] = NONE if standing is None else standing.place
        return found

    def ranking(self, text: str | None, peers: str | None, under: str | None) -> dict[str, Any]:
        """The JSON of `/v1/rank`: units of a kind (of the whole country, or under a unit), best first; those without figures last."""
        desk = self._desk
        period = desk.period(text)
        sheet = desk.sheet(period)
        tree = sheet.layout.tree
        if under is not None:
            desk.known(under, period.b - 1)
        below = None if under is None else set(tree.members(under)) - {under}
        kind = peers or next((one for one in ("province", *KINDS) if any(_of(tree.kinds, one, below))), "province")
        if kind not in KINDS:
            raise UsageError(f"peers {kind!r} is none of {', '.join(KINDS)}")
        codes = sorted(_of(tree.kinds, kind, below))
        published = desk.names.registry.published if kind == "province" and below is None else None
        today = desk.today()
        old = desk.sheet(periods.before(period, today))
        totals = {code: sheet.total(code) for code in codes}
        before = {code: old.total(code) for code in codes}
        rows = []
        for code in codes:
            standing, stood = rank(code, totals, kind, published), rank(code, before, kind)
            rows.append(answers.rank_row(desk.unit(code, period.b - 1), sheet, standing, stood, complete=desk.complete(tree.members(code))))
        rows.sort(key=lambda row: (row["rank"] is None, row["rank"]["place"] if row["rank"] else 0, row["unit"]))
        return {"period": answers.period(period), "as_of": desk.as_of(), "peers": kind, "under": under, "items": rows}


def _of(kinds: Any, kind: str, below: set[str] | None) -> list[str]:
    return [code for code, one in kinds.items() if one == kind and (below is None or code in below)]


def _peers(unit: str, name: str, sheet: Sheet) -> dict[str, Any] | None:
    """Median, quartiles and place of a ratio among peers with figures; None where they are too few."""
    pair = sheet.pairs.get(name)
    codes = [code for code in sheet.layout.peers_of(unit) if sheet.known[sheet.layout.index[code]]]
    if pair is None or len(codes) < PEERS_KNOWN:
        return None
    numerator, denominator = (values[sheet.layout.places(codes)] for values in pair)
    ratios = numerator[denominator > 0] / denominator[denominator > 0]
    if len(ratios) < PEERS_KNOWN:
        return None
    low, middle, high = (float(value) for value in np.quantile(ratios, (0.25, 0.5, 0.75)))
    own = sheet.layout.index[unit]
    place = None if not pair[1][own] else int((ratios > pair[0][own] / pair[1][own]).sum()) + 1
    return {"median": middle, "q1": low, "q3": high, "place": place, "of": len(ratios)}
