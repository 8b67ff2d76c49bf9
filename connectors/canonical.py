"""Canonical events from outside, in the form chiso itself writes them: old codes read, times as whole seconds in Z, people as pseudonyms.

Of an event the same is asked as of a CSV's row: without what it cannot do without it is rejected, any other bad fact is dropped and named.
"""

import re
from typing import Any, NamedTuple

import msgspec

from connectors.codec import FAMILIES, AnyEvent
from connectors.door import Said, make
from connectors.national import Pseudonym
from indicators.admission import MAX_CODE, NO_TIME, admit_number
from indicators.errors import RejectedError
from indicators.numbers import canonical_number, canonical_unit
from indicators.times import rfc3339, seconds

KINDS: dict[str, dict[str, type[AnyEvent]]] = {
    family: {str(kind.__struct_config__.tag): kind for kind in kinds}  # type: ignore[misc]
    for family, kinds in FAMILIES.items()
}
TIMES = frozenset(
    {"at", "stated_at", "filed_at", "due_at", "step_due_at", "explanation_at", "apology_at", "new_date", "effective_at"},
)
UNITS = ("unit", "receiving_unit")
_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SPECIAL = TIMES | {*UNITS, "dossier", "about", "id"}
_NO_VALUE = "has a value that is not in its list"


class Read(NamedTuple):
    """An event, or None, and what was wrong."""

    event: AnyEvent | None
    wrong: list[RejectedError]


def read(entry: dict[str, Any], said: Said, pseudonym: Pseudonym) -> Read:
    """Whoever is named in it becomes a pseudonym. Raises RejectedError where nothing can be made of it."""
    family = next((name for name in KINDS if name in entry), "dossier")
    tag = entry["type"]
    kind = KINDS[family].get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise RejectedError("type", _NO_VALUE)
    known = {name: value for name, value in entry.items() if name in kind.__struct_fields__ and value is not None}
    facts, wrong = _normal({"stated_at": ""} | known)
    if not facts["stated_at"]:
        facts["stated_at"] = rfc3339(said.of(str(facts.get(family))).at)
    if isinstance(facts.get("official"), str) and facts["official"]:
        facts["official"] = pseudonym(facts["official"])
    event, more = make(kind, facts, said.recorded_at, strict=True)
    if event is not None and event.source is None:
        event = msgspec.structs.replace(event, source=said.source)
    return Read(event, wrong + more)


def _normal(facts: dict[str, Any]) -> tuple[dict[str, Any], list[RejectedError]]:
    """(facts in their canonical form, what was dropped). A value of another type is left to whoever makes the event."""
    found, wrong = dict(facts), []
    for name, value in facts.items():
        if name not in _SPECIAL or not isinstance(value, str) or (name == "stated_at" and not value):
            continue
        try:
            found[name] = _value(name, value)
        except RejectedError as error:
            if name in ("dossier", "at", "stated_at"):
                raise
            wrong.append(error)
            del found[name]
    return found, wrong


def _value(name: str, text: str) -> str:
    if name in TIMES:
        return _moment(name, text)
    if name in UNITS:
        return canonical_unit(text)
    if name in ("dossier", "about"):
        return _number(name, text)
    if name == "id" and not (0 < len(text) <= MAX_CODE and text.isprintable()):
        raise RejectedError(name, f"must be 1 to {MAX_CODE} printable characters")
    return text


def _moment(name: str, text: str) -> str:
    try:
        moment = seconds(text)
        return text if _CANONICAL.fullmatch(text) else rfc3339(moment)
    except (ValueError, OverflowError, OSError):
        raise RejectedError(name, NO_TIME) from None


def _number(name: str, text: str) -> str:
    found = canonical_number(text)
    try:
        admit_number(found)
    except RejectedError as error:
        raise RejectedError(name, error.rule) from None
    return found
