"""The JSON that outsiders read: one function a shape, as docs/contract.md promises it. Absent is None, never 0."""

from dataclasses import asdict
from typing import Any

from indicators.figures import Counts, OpenNow
from indicators.lanes import MONTH_COUNTERS
from indicators.periods import Period
from indicators.units import Version

MONTH_SIZE = len(MONTH_COUNTERS)


def unit(code: str, kind: str | None, version: Version | None, parent: str | None = None) -> dict[str, Any]:
    """One of `/v1/units`: `version` is what the registry says; a unit nobody registered answers under its own code."""
    if version is None:
        return {"unit": code, "name": code, "kind": kind, "parent": None, "registered": False}
    return {"unit": code, "name": version.name, "kind": version.kind, "parent": parent, "registered": True}


def figures(unit: dict[str, Any], period: Period, counts: Counts, as_of: str | None, *, complete: bool) -> dict[str, Any]:
    """`/v1/units/{unit}/indicators` without `by`; `unit` as in `/v1/units`."""
    return {
        **unit,
        "period": {"id": period.id, "from": period.first.isoformat(), "to": period.last.isoformat(), "open": period.open},
        "as_of": as_of,
        "complete": complete,
        "counts": counts.fields(),
        "on_time_of_finished": counts.on_time_of_finished,
        "indicators": [
            {
                "id": "2.1",
                "numerator": counts.in_time,
                "denominator": counts.workload,
                "ratio": counts.ratio,
                "score": None,
                "max": None,
                "previous": None,
                "last_year": None,
            }
        ],
        "blocks": [],
        "total": None,
        "grade": None,
        "rank": None,
    }


def by_row(code: str, counts: Counts) -> dict[str, Any]:
    """One of `rows`."""
    return {"code": code or None, "name": code or None, "counts": counts.fields(), "ratio_2_1": counts.ratio}


def overdue_row(dossier: dict[str, Any], working_days_late: int) -> dict[str, Any]:
    """One of `/v1/overdue`."""
    kept = ("dossier", "unit", "official", "sector", "procedure", "received_at", "due_at")
    return {name: dossier[name] for name in kept} | {"working_days_late": working_days_late}


def overview_row(unit: dict[str, Any], counts: Counts, now: OpenNow) -> dict[str, Any]:
    """One of `rows` of `/v1/overview`."""
    return {**unit, "counts": counts.fields(), "ratio_2_1": counts.ratio, "workload": counts.workload, "open_now": asdict(now)}
