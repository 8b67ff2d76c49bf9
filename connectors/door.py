"""How any door makes an event of stated facts: what is broken is taken away and named, until the rest is a good event or nothing is left."""

from typing import Any, NamedTuple

import msgspec

from indicators.admission import admit, needs_unit
from indicators.errors import RejectedError
from indicators.events import Event

INDISPENSABLE = frozenset({"at", "stated_at", "dossier"})


class Said(NamedTuple):
    """When it was said, when it arrived (both seconds), and by whom."""

    at: int
    recorded_at: int
    source: str


def make(kind: type[Event], facts: dict[str, Any], recorded_at: int) -> tuple[Event | None, list[RejectedError]]:
    """(event or None, what was wrong). `recorded_at` (seconds) is when the statement arrives: nothing may lie a day beyond it."""
    facts, wrong = dict(facts), []
    while True:
        try:
            event = _convert(facts, kind)
            admit(event, recorded_at)
            if needs_unit(event):
                raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
        except RejectedError as error:
            wrong.append(error)
            if error.field in INDISPENSABLE or error.field not in facts:
                return None, wrong
            del facts[error.field]
        else:
            return event, wrong


def _convert(facts: dict[str, Any], kind: type[Event]) -> Event:
    try:
        return msgspec.convert(facts, kind, strict=False)
    except msgspec.ValidationError as error:
        text = str(error)
        if "required field" in text:
            raise RejectedError(text.split("`")[1], "is missing") from None
        raise RejectedError(text.rpartition("`$.")[2].rstrip("`"), "has a value that is not in its list") from None
