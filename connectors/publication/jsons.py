"""publication.json: everything that is said, for programs. Ratios are [numerator, denominator], points are hundredths, days are ISO dates."""

from typing import Any

import msgspec

from indicators.bulletin.compose import plain
from indicators.bulletin.model import Bulletin

_encode = msgspec.json.Encoder().encode


def render(bulletin: Bulletin) -> dict[str, bytes]:
    """`publication.json`; of a month that is not over `publication-provisional.json`."""
    end = "-provisional" if bulletin.provisional else ""
    return {f"publication{end}.json": msgspec.json.format(_encode(said(bulletin)), indent=1) + b"\n"}


def said(bulletin: Bulletin) -> dict[str, Any]:
    """As JSON has it."""
    sources = bulletin.sources
    found: dict[str, Any] = {
        "month": bulletin.month,
        "version": bulletin.version,
        "edition": bulletin.edition,
        "room": bulletin.room._asdict(),
        "as_of": bulletin.as_of,
        "published_at": sources.published_at,
        "provisional": bulletin.provisional,
        "complete": bulletin.complete,
        "incomplete": list(bulletin.incomplete),
        "form_06a": bulletin.form,
        "rule": sources.rule,
        "brief": [_fact(fact) for fact in bulletin.brief],
        "tables": {table.key: {"group": table.group, **plain(table)} for table in bulletin.tables},
    }
    if bulletin.edition == "internal":
        found["late_dossiers"] = list(bulletin.late)
    return found


def _fact(fact: Any) -> dict[str, Any]:
    values = {name: cited._asdict() for name, cited in fact.values.items()}
    return {"section": fact.section, "key": fact.key, "values": values, "about": dict(fact.about)}
