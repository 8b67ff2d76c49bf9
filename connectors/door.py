"""How any door makes an event of stated facts: what is broken is taken away and named, until the rest is a good event or nothing is left."""

import re
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from connectors.codec import AnyEvent, place
from connectors.order import Order
from indicators.admission import admit, needs_unit
from indicators.errors import RejectedError
from indicators.events import Event, Received

INDISPENSABLE = frozenset({"at", "stated_at", "dossier"})
MOST_PAPERS = 100
_CODES = ("reason", "role")
_CODED = frozenset({*_CODES, "papers"})
_CODE = re.compile(r"[A-Za-z0-9._/-]{1,64}")
_NO_CODE = "must be a code of a list, not a text"

E = TypeVar("E", bound=AnyEvent)


class Said(NamedTuple):
    """When it was said, when it arrived (both seconds), and by whom; `order` where nobody says when but Kafka."""

    at: int
    recorded_at: int
    source: str
    order: Order | None = None

    def of(self, about: str) -> "Said":
        """As it was said of one dossier, petition or procedure: later than what was said of it before."""
        return self if self.order is None else self._replace(at=self.order.said(about))


def make(kind: type[E], facts: dict[str, Any], recorded_at: int, *, strict: bool = False) -> tuple[E | None, list[RejectedError]]:
    """(event or None, what was wrong). `recorded_at` (seconds) is when the statement arrives: nothing may lie a day beyond it.

    `strict` takes values of the right types only; otherwise texts such as `true` may stand for them.
    """
    facts = dict(facts)
    wrong = [] if _CODED.isdisjoint(facts) else _texts(facts)
    while True:
        try:
            event = _convert(facts, kind, strict=strict)
            admit(event, recorded_at)
            if isinstance(event, Event) and needs_unit(event):
                raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
        except RejectedError as error:
            wrong.append(error)
            if error.field not in facts or error.field in _indispensable(kind):  # type: ignore[arg-type] # a class is hashable
                return None, wrong
            del facts[error.field]
        else:
            return event, wrong


@cache
def _indispensable(kind: type[AnyEvent]) -> frozenset[str]:
    """What an event of this kind cannot do without."""
    needed = {field.name for field in msgspec.structs.fields(kind) if field.required}
    return INDISPENSABLE | needed | ({"unit"} if kind is Received else set())


def _texts(facts: dict[str, Any]) -> list[RejectedError]:
    """Takes texts of people from where codes belong: the topics of facts are kept for ever."""
    wrong = []
    for name in _CODES:
        if isinstance(facts.get(name), str) and not _CODE.fullmatch(facts[name]):
            wrong.append(RejectedError(name, _NO_CODE))
            del facts[name]
    papers = facts.get("papers")
    if isinstance(papers, list | tuple):
        kept = [code for code in papers if not isinstance(code, str) or _CODE.fullmatch(code)]
        if len(kept) < len(papers):
            wrong.append(RejectedError("papers", _NO_CODE))
        if len(kept) > MOST_PAPERS:
            wrong.append(RejectedError("papers", f"are more than {MOST_PAPERS}"))
        if kept and len(kept) <= MOST_PAPERS:
            facts["papers"] = kept
        elif papers:
            del facts["papers"]
    return wrong


def _convert(facts: dict[str, Any], kind: type[E], *, strict: bool) -> E:
    try:
        return msgspec.convert(facts, kind, strict=strict)
    except msgspec.ValidationError as error:
        text = str(error)
        if "required field" in text:
            raise RejectedError(text.split("`")[1], "is missing") from None
        path, rule = place(text)
        raise RejectedError(path.partition("[")[0], rule) from None
