"""Which events may change a dossier at all. Whatever breaks a rule here is rejected with the field and the rule named, never the value.

"Too far ahead" is judged against the Kafka time of the record, never against a clock, so a replay rejects exactly what was rejected before.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from indicators import events as ev
from indicators.errors import RejectedError
from indicators.numbers import canonical_number, prefix
from indicators.times import DAY, EPOCH_2000, seconds

MAX_CODE = 200
_PAST = ("at", "stated_at", "filed_at", "explanation_at", "apology_at")
_DATES = ("due_at", "step_due_at", "new_date")
_FREE = {"channel", "rating", "papers", "id", "dossier", "procedure_name", "sector_name", "unit_name"}  # lists of their own, or labels
MAX_LABEL = 1000

_Getter = Callable[[Any], tuple[Any, ...]]


def _table(kind: type[ev.Event]) -> tuple[tuple[str, ...], _Getter, tuple[str, ...], _Getter]:
    """Names and getters of a type's times and of its codes."""
    fields = kind.__struct_fields__
    times = tuple(name for name in fields if name in _PAST or name in _DATES)
    hints = {name: kind.__annotations__.get(name) or ev.Event.__annotations__.get(name) for name in fields}
    codes = tuple(name for name in fields if name not in times and name not in _FREE and hints[name] in (str, str | None))
    return times, attrgetter(*times), codes, attrgetter(*codes)


_TABLES = {kind: _table(kind) for kind in ev.TYPES}


def admit(event: ev.Event, recorded_at: int) -> tuple[int, int]:
    """(`stated_at`, `at`) in seconds of an event whose record Kafka stamped at `recorded_at` (seconds). Raises RejectedError."""
    times, get_times, codes, get_codes = _TABLES[type(event)]
    latest = recorded_at + DAY
    for name, text in zip(times, get_times(event), strict=True):
        if text is not None:
            _time(name, text, latest)
    for name, code in zip(codes, get_codes(event), strict=True):
        if code is not None and not (code.isprintable() and 0 < len(code) <= MAX_CODE):
            raise RejectedError(name, f"must be 1 to {MAX_CODE} printable characters")
    moment = seconds(event.at)
    return (seconds(event.stated_at) if event.stated_at is not None else moment), moment


def _time(name: str, text: str, latest: int) -> None:
    try:
        value = seconds(text)
    except (ValueError, OverflowError):
        raise RejectedError(name, "is no RFC 3339 time") from None
    if value < EPOCH_2000:
        raise RejectedError(name, "lies before 2000")
    if value > latest and name in _PAST:
        raise RejectedError(name, "lies more than 24 hours after the record's Kafka time")


def admit_number(number: str) -> None:
    """Raises RejectedError for a dossier number that no key could be made of, or that is not in its canonical form."""
    if not (0 < len(number) <= MAX_CODE and number.isprintable()):
        raise RejectedError("dossier", f"must be 1 to {MAX_CODE} printable characters")
    if canonical_number(number) != number:
        raise RejectedError("dossier", "is not in its canonical form (H44.07-20260813-0042)")


def needs_unit(event: ev.Event) -> bool:
    """A `received` must say which unit, or its number must: nothing may be counted under no unit at all."""
    return type(event) is ev.Received and event.unit is None and prefix(event.dossier) is None
