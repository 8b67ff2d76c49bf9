"""Published versions as records of `chiso.publications.v1`, and as answers. Keys: `H44.100:2026-08` of a unit's month, `cut:2026-08` of a month."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.answers import most, points, title
from connectors.answers import period as period_answer
from connectors.codec import Record
from indicators.figures import Counts
from indicators.formulas import BLOCKS, Rule, table
from indicators.periods import Period
from indicators.publication import COUNTS, HIDDEN, Cut, Figures, Version, cause, differing, standing

CUTS = "cut"  # no unit of this name is published
TYPE = b"chiso.publication.cut.v1"
SMALL = 3


class UnitMonth(msgspec.Struct, frozen=True):
    """All versions of one unit's month, newest last."""

    unit: str
    month: str
    versions: tuple[Version, ...]


class Month(msgspec.Struct, frozen=True):
    """All cuts of one month, newest last."""

    month: str
    cuts: tuple[Cut, ...]


class Label(msgspec.Struct, frozen=True):
    """What a record's headers say, so that its value need not be read: how many versions, digest of the newest figures, whether complete."""

    version: int
    digest: str
    complete: bool


_encode = msgspec.json.Encoder().encode
decode_unit = msgspec.json.Decoder(UnitMonth).decode
decode_month = msgspec.json.Decoder(Month).decode


def cut_json(found: Cut) -> bytes:
    """A cut by itself."""
    return _encode(found)


def name(unit: str, month: str) -> str:
    """The key of a unit's month."""
    return f"{unit}:{month}"


def record(found: UnitMonth, digest: str, *, complete: bool) -> Record:
    """All versions of a unit's month as they stand in the topic."""
    key = name(found.unit, found.month)
    headers = [("digest", digest.encode()), ("complete", b"1" if complete else b"0")]
    return Record(key.encode(), _encode(found), [*_headers(key, len(found.versions)), *headers])


def month_record(found: Month) -> Record:
    """All cuts of a month."""
    key = name(CUTS, found.month)
    return Record(key.encode(), _encode(found), _headers(key, len(found.cuts)))


def _headers(key: str, version: int) -> list[tuple[str, bytes]]:
    return [("ce_id", f"{key}:{version}".encode()), ("ce_type", TYPE), ("ce_source", b"chiso")]


def label(headers: Sequence[tuple[str, bytes]]) -> Label:
    """Of a unit's record. Raises KeyError, ValueError where these are not our headers."""
    found = dict(headers)
    return Label(int(found["ce_id"].rpartition(b":")[2]), found["digest"].decode(), found["complete"] == b"1")


def restatements(about: Mapping[str, Any], found: UnitMonth, cuts: Mapping[int, Cut]) -> list[dict[str, Any]]:
    """A row for each figure that a later version moved, newest version first; `about` has unit and name."""
    rows: list[dict[str, Any]] = []
    old: Figures = {}
    for before, one in zip((None, *found.versions), found.versions, strict=False):
        new = standing([Version(0, 0, "", old), one])
        if before is not None:
            between = cuts[before.cut], cuts[one.cut]
            head = {**about, "month": found.month, "version": one.version, "published_at": one.at, "complete": new.get("complete")}
            rows[:0] = [
                head
                | {
                    "id": which,
                    "old": _shown(which, old.get(which)),
                    "new": _shown(which, new.get(which)),
                    "cause": cause(which, old, new, between),
                }
                for which in _ordered(differing(old, new))
            ]
        old = new
    return rows


def _ordered(names: Mapping[str, Any]) -> list[str]:
    """As they stand on a card: counts, indicators, blocks, total, grade, rank."""
    order = (*Counts.__slots__, *sorted(one for one in names if one[0].isdigit()), *BLOCKS, "total", "grade", "rank", "complete")
    kept = [one for one in order if one in names]
    return kept + [one for one in names if one not in kept and one not in HIDDEN]


def _shown(which: str, value: Any) -> Any:
    """As on a card: numerator, denominator, ratio and score of an indicator; points; the place of a rank."""
    if value is None or which in COUNTS or which in ("grade", "complete"):
        return value
    if which == "rank":
        return value[0]
    if isinstance(value, list):
        found = _indicator(which, value)
        return {one: found[one] for one in ("numerator", "denominator", "ratio", "score")}
    return points(value)


def card(about: Mapping[str, Any], period: Period, versions: Sequence[Version], cut: Cut) -> dict[str, Any]:
    """A version in the shape of `/v1/units/{unit}/indicators`; what no version holds (targets, peers, comparison) is null."""
    found = standing(versions)
    last = versions[-1]
    counts = Counts(*(found.get(one, 0) for one in Counts.__slots__))
    rule: Rule = "document" if cut.rule == "document" else "portal"
    order = list(BLOCKS)
    blocks = sorted((one for one in found if one.split("+")[0] in BLOCKS), key=lambda one: order.index(one.split("+")[0])) or order
    rank = found.get("rank")
    return {
        **about,
        "period": period_answer(period),
        "as_of": cut.as_of,
        "complete": found["complete"],
        "provisional": False,
        "rule": cut.rule,
        "version": last.version,
        "published_at": last.at,
        "counts": counts.fields(),
        "on_time_of_finished": counts.on_time_of_finished,
        "indicators": [
            _indicator(one, found.get(one))
            | {"max": formula.points if formula.block else None, "name": formula.name[0]}
            | dict.fromkeys(("target", "peers", "previous", "last_year"))
            for one, formula in table(rule, period.b - 1).items()
        ],
        "blocks": [{"code": one, "name": title(one), "score": points(found.get(one)), "max": most(one)} for one in blocks],
        "total": points(found.get("total")),
        "grade": found.get("grade"),
        "rank": None if rank is None else dict(zip(("place", "of", "peers", "published"), rank, strict=True)),
        "previous": None,
        "last_year": None,
    }


def _indicator(which: str, value: list[Any] | None) -> dict[str, Any]:
    numerator, denominator, score = value or (None, None, None)
    ratio = numerator / denominator if denominator else None
    small = denominator is not None and 0 < denominator <= SMALL
    return {"id": which, "numerator": numerator, "denominator": denominator, "ratio": ratio, "score": points(score), "small": small}
