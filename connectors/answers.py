"""The JSON that outsiders read: one function a shape, as docs/contract.md promises it. Absent is None, never 0."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from indicators.figures import Counts, OpenNow
from indicators.formulas import BLOCKS, Formula, grade, table
from indicators.lanes import MONTH_COUNTERS
from indicators.periods import Period
from indicators.scores import PERCENT
from indicators.sheet import Rank, Sheet
from indicators.times import date_of
from indicators.units import ROOT, Version

MONTH_SIZE = len(MONTH_COUNTERS)
SMALL = 3  # a ratio of so few says little


def unit(code: str, kind: str | None, version: Version | None, parent: str | None = None) -> dict[str, Any]:
    """One of `/v1/units`: `version` is what the registry says; a unit nobody registered answers under its own code."""
    if version is None:
        return {"unit": code, "name": code, "kind": kind, "parent": None, "registered": False}
    return {"unit": code, "name": version.name, "kind": version.kind, "parent": parent, "registered": True}


def period(period: Period) -> dict[str, Any]:
    """As in every answer; `to` is the last day."""
    return {"id": period.id, "from": period.first.isoformat(), "to": period.last.isoformat(), "open": period.open}


def points(hundredths: int | None) -> float | None:
    """Hundredths of a point as points."""
    return None if hundredths is None else hundredths / PERCENT


@dataclass(frozen=True, slots=True)
class Then:
    """A period to compare with; scores are comparable unless a formula changed in between."""

    sheet: Sheet
    comparable: bool


def card(about: dict[str, Any], sheet: Sheet, then: Mapping[str, Then], as_of: str | None, *, complete: bool) -> dict[str, Any]:
    """`/v1/units/{unit}/indicators` without `by`; `about` as in `/v1/units`. What stands beside indicators, and the rank, come later."""
    unit = about["unit"]
    place = sheet.layout.index[unit]
    counts = sheet.counts.at(place)
    day = sheet.period.b - 1
    formulas = table(sheet.rule, day)
    total = sheet.total(unit)
    blocks = sheet.blocks(unit)
    names = blocks or BLOCKS
    grade_ = grade(total)
    found = {
        **about,
        "period": period(sheet.period),
        "as_of": as_of,
        "complete": complete,
        "provisional": sheet.period.open,
        "rule": sheet.rule,
        "counts": counts.fields(),
        "on_time_of_finished": counts.on_time_of_finished,
        "indicators": [
            _indicator(sheet, place, name)
            | {"max": formula.points if formula.block else None, "name": formula.name[0]}
            | {which: _then(one, unit, name) for which, one in then.items()}
            for name, formula in formulas.items()
        ],
        "blocks": [{"code": name, "name": title(name), "score": points(blocks.get(name)), "max": most(name)} for name in names],
        "total": points(total),
        "grade": None if grade_ is None else grade_[0],
        "rank": None,
    }
    for which, one in then.items():
        found[which] = {
            "period": period(one.sheet.period),
            "comparable": one.comparable,
            "total": points(one.sheet.total(unit)) if one.comparable else None,
        }
    if unit == ROOT and sheet.nation:
        found["own"] = {
            "blocks": {name: points(int(scores[place])) for name, scores in sheet.card.blocks.items()},
            "total": points(int(sheet.card.total[place])),
        }
    return found


def most(block: str) -> int:
    """Points of a block, or of several joined by `+`."""
    return sum(BLOCKS[name][0] for name in block.split("+"))


def title(block: str) -> str:
    """Its name in Vietnamese."""
    return "; ".join(BLOCKS[name][1] for name in block.split("+"))


def _indicator(sheet: Sheet, place: int, name: str) -> dict[str, Any]:
    """Numerator, denominator, ratio and score of one unit; null where the period does not have it, or there are no figures."""
    pair = sheet.pairs.get(name)
    if pair is None:
        return {"id": name, "numerator": None, "denominator": None, "ratio": None, "score": None, "small": False}
    numerator, denominator = (int(values[place]) for values in pair)
    return {
        "id": name,
        "numerator": numerator,
        "denominator": denominator,
        "ratio": numerator / denominator if denominator else None,
        "score": points(sheet.score(name, place)) if sheet.known[place] else None,
        "small": 0 < denominator <= SMALL,
    }


def _then(then: Then, unit: str, name: str) -> dict[str, Any] | None:
    """The same indicator in the other period; its score only where it is comparable."""
    place = then.sheet.layout.index.get(unit)
    if place is None or not then.sheet.known[place]:
        return None
    found = _indicator(then.sheet, place, name)
    return {"period": then.sheet.period.id} | found | ({} if then.comparable else {"score": None}) | {"comparable": then.comparable}


def formula(found: Formula) -> dict[str, Any]:
    """What an indicator divides by what, and what it is worth."""
    return {
        "id": found.id,
        "block": found.block,
        "code": found.code,
        "name": list(found.name),
        "numerator": list(found.numerator),
        "denominator": list(found.denominator),
        "points": found.points,
        "full_from": None if found.full is None else found.full / PERCENT,
        "rule": found.rule,
    }


def rank(found: Rank | None) -> dict[str, Any] | None:
    """`rank` of a unit: `published` is the day of the published totals that stand in for peers without figures here."""
    if found is None:
        return None
    published = None if found.published is None else date_of(found.published).isoformat()
    return {"place": found.place, "of": found.of, "peers": found.peers, "published": published}


def rank_row(about: dict[str, Any], sheet: Sheet, standing: Rank | None, stood: Rank | None, *, complete: bool) -> dict[str, Any]:
    """One of `/v1/rank`; `change` is how many places it went up since the period before."""
    unit = about["unit"]
    total = sheet.total(unit)
    blocks = sheet.blocks(unit)
    grade_ = grade(total)
    return {
        **about,
        "rank": rank(standing),
        "total": points(total),
        "grade": None if grade_ is None else grade_[0],
        "blocks": {name: points(blocks.get(name)) for name in BLOCKS},
        "change": None if standing is None or stood is None else stood.place - standing.place,
        "complete": complete,
    }


def by_row(code: str, counts: Counts, name: str | None = None) -> dict[str, Any]:
    """One of `rows`."""
    return {"code": code or None, "name": name or code or None, "counts": counts.fields(), "ratio_2_1": counts.ratio}


# limits of procedures → seconds; a working day stands for seven fifths of a day, a month for thirty
UNITS = {"hours": 3600, "days": 86_400, "working_days": 120_960, "months": 2_592_000}


def handling(mean: float | None, unit: str | None) -> dict[str, Any]:
    """2.2 of a row: the mean handling time in seconds, and in the unit of the procedure's limit, where that is registered."""
    own = None if mean is None or unit is None else {"value": mean / UNITS[unit], "unit": unit}
    return {"mean_handling_seconds": mean, "mean_handling": own}


def overdue_row(dossier: dict[str, Any], working_days_late: int) -> dict[str, Any]:
    """One of `/v1/overdue`."""
    kept = ("dossier", "unit", "official", "sector", "procedure", "received_at", "due_at")
    return {name: dossier[name] for name in kept} | {"working_days_late": working_days_late}


def overview_row(unit: dict[str, Any], counts: Counts, now: OpenNow) -> dict[str, Any]:
    """One of `rows` of `/v1/overview`."""
    return {**unit, "counts": counts.fields(), "ratio_2_1": counts.ratio, "workload": counts.workload, "open_now": asdict(now)}
