"""Which events may change a dossier at all. Whatever breaks a rule here is rejected with the field and the rule named, never the value.

"Too far ahead" is judged against the Kafka time of the record, never against a clock, so a replay rejects exactly what was rejected before.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from indicators import events as ev
from indicators.errors import RejectedError
from indicators.numbers import canonical_number, prefix
from indicators.petition_events import PETITION_TYPES, PetitionEvent
from indicators.procedure_events import PROCEDURE_TYPES, ProcedureEvent
from indicators.times import DAY, EPOCH_2000, seconds

MAX_CODE = 200
MAX_PAPERS = 200
NO_TIME = "is no RFC 3339 time"
_NEVER = 1 << 62
_PAST = ("filed_at", "explanation_at", "apology_at")
_DATES = ("due_at", "step_due_at", "new_date", "effective_at")
MAX_LABEL = 1000
_LABELS = ("procedure_name", "sector_name", "unit_name")
_FREE = {"channel", "rating", "papers", "id", "dossier", "subject", "level", *_LABELS}  # lists and rules of their own

_Getter = Callable[[Any], tuple[Any, ...]]


class _Rules(NamedTuple):
    """Names and getters of a type's times beyond `at` and `stated_at`, and of its codes."""

    times: tuple[str, ...]
    get_times: _Getter | None
    codes: tuple[str, ...]
    get_codes: _Getter


def _getter(names: tuple[str, ...]) -> _Getter | None:
    """A getter that gives a tuple for one name too; None for no names."""
    if len(names) == 1:
        only = attrgetter(names[0])
        return lambda event: (only(event),)
    return attrgetter(*names) if names else None


def _rules(kind: type[Any]) -> _Rules:
    fields = kind.__struct_fields__
    times = tuple(name for name in fields if name in _PAST or name in _DATES)
    hints = {name: hint for base in reversed(kind.__mro__) for name, hint in getattr(base, "__annotations__", {}).items()}
    codes = tuple(name for name in fields if name not in (*times, "at", "stated_at", *_FREE) and hints[name] in (str, str | None))
    return _Rules(times, _getter(times), codes, attrgetter(*codes))


_RULES = {kind: _rules(kind) for kind in (*ev.TYPES, *PETITION_TYPES, *PROCEDURE_TYPES)}


def admit(event: ev.Event | PetitionEvent | ProcedureEvent, recorded_at: int) -> tuple[int, int]:  # noqa: C901 - once an event: calls cost more than branches
    """(`stated_at`, `at`) in seconds of an event whose record Kafka stamped at `recorded_at` (seconds). Raises RejectedError."""
    times, get_times, codes, get_codes = _RULES[type(event)]
    latest = recorded_at + DAY
    try:
        moment = stated = seconds(event.at)
    except (ValueError, OverflowError):
        raise RejectedError("at", NO_TIME) from None
    if not EPOCH_2000 <= moment <= latest:
        raise _outside("at", moment)
    if event.stated_at is not None and event.stated_at != event.at:
        stated = _past("stated_at", event.stated_at, latest)
    if get_times is not None:
        for name, text in zip(times, get_times(event), strict=True):
            if text is not None:
                _past(name, text, latest if name in _PAST else _NEVER)
    for code in get_codes(event):
        if code is not None and (not 0 < len(code) <= MAX_CODE or not code.isprintable()):
            name = codes[get_codes(event).index(code)]
            raise RejectedError(name, f"must be 1 to {MAX_CODE} printable characters")
    if event.id is not None and len(event.id) > MAX_CODE:
        raise RejectedError("id", f"must be at most {MAX_CODE} characters")
    if type(event) is ev.Received:
        _labels(event)
    elif type(event) is ev.SupplementRequested or type(event) is ev.SupplementGiven:
        _papers(event.papers)
    return stated, moment


def _past(name: str, text: str, latest: int) -> int:
    try:
        value = seconds(text)
    except (ValueError, OverflowError):
        raise RejectedError(name, NO_TIME) from None
    if not EPOCH_2000 <= value <= latest:
        raise _outside(name, value)
    return value


def _outside(name: str, value: int) -> RejectedError:
    return RejectedError(name, "lies before 2000" if value < EPOCH_2000 else "lies more than 24 hours after the record's Kafka time")


def _labels(event: ev.Received) -> None:
    for name in _LABELS:
        label = getattr(event, name)
        if label is not None and len(label) > MAX_LABEL:
            raise RejectedError(name, f"must be at most {MAX_LABEL} characters")


def _papers(codes: Sequence[str] | None) -> None:
    if codes and (len(codes) > MAX_PAPERS or not all(0 < len(code) <= MAX_CODE and code.isprintable() for code in codes)):
        raise RejectedError("papers", f"must be at most {MAX_PAPERS} codes of 1 to {MAX_CODE} printable characters")


def admit_number(number: str) -> None:
    """Raises RejectedError for a dossier number that no key could be made of, or that is not in its canonical form."""
    if not (0 < len(number) <= MAX_CODE and number.isprintable()):
        raise RejectedError("dossier", f"must be 1 to {MAX_CODE} printable characters")
    head, _, rest = number.partition("-")
    dated = rest[8:9] == "-" and rest[:8].isdigit() and prefix(number) == head  # canonical at first sight
    if not dated and canonical_number(number) != number:
        raise RejectedError("dossier", "is not in its canonical form (H44.07-20260813-0042)")


def needs_unit(event: ev.Event) -> bool:
    """A `received` must say which unit, or its number must: nothing may be counted under no unit at all."""
    return type(event) is ev.Received and event.unit is None and prefix(event.dossier) is None
