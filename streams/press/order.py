"""What a publication was made of and how, as manifest.json keeps it: enough to make it once more from the topics."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from connectors.catalogue import encode_entries
from connectors.registry import encode
from indicators.bulletin.model import Sources
from indicators.formulas import Rule, table
from indicators.registry import Registry
from indicators.times import date_of, day_of
from indicators.workdays import Calendar
from streams.basis import YEARS

REGISTRY, CALENDAR, FORMULAS = "sources/registry.json", "sources/calendar.json", "sources/formulas.json"
OFFICIALS = "internal/sources/officials.json"  # whoever hands on the public edition with its sources names nobody
PRIVATE = frozenset({"address"})  # of offices that get notices; nothing of it is published
OFFICIAL = "official"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is the moment of `as_of` in seconds; `previous` the version whose differences stand in this one."""

    month: str
    version: int
    room: str
    as_of: str
    now: int
    provisional: bool
    form: str
    lang: Literal["vi", "en"]
    names: bool
    editions: tuple[str, ...]
    positions: dict[str, dict[str, int]]
    registry: int
    rule: Rule
    formulas: str
    rules: str
    calendar: str
    zone: str
    cut: int | None
    published_at: str | None
    incomplete: tuple[str, ...]
    previous: int | None = None
    chiso: str = ""
    content: str = ""
    files: dict[str, dict[str, Any]] = {}

    def sources(self) -> Sources:
        """As the publication says it."""
        head = self.positions, self.registry, self.rule, self.formulas, self.rules, self.calendar, self.zone
        return Sources(*head, self.cut, self.published_at)


decode = msgspec.json.Decoder(Order).decode


def encoded(order: Order) -> bytes:
    """manifest.json."""
    return msgspec.json.format(msgspec.json.encode(order, order="deterministic"), indent=1) + b"\n"


def copies(registry: Registry, calendar: Calendar, rule: Rule, day: int, *, names: bool) -> dict[str, bytes]:
    """The registry, the calendar and the formulas as they held, by file; officials, in a file of the internal edition, only where they may be named."""
    units = [encode(unit) for unit in registry.units.values()]
    officials = _entries(registry, [OFFICIAL] if names else [])
    others = _entries(registry, [kind for kind in registry.entries if kind not in PRIVATE and kind != OFFICIAL])
    days = calendar.days_off(YEARS)
    formulas = [msgspec.structs.asdict(one) if isinstance(one, msgspec.Struct) else _formula(one) for one in table(rule, day).values()]
    found: dict[str, Any] = {
        REGISTRY: _said([*units, *others]),
        CALENDAR: {
            "off": [date_of(one).isoformat() for one in days if not calendar.is_workday(one)],
            "worked": [date_of(one).isoformat() for one in days if calendar.is_workday(one)],
            "confirmed": sorted(calendar.confirmed),
        },
        FORMULAS: formulas,
        **({OFFICIALS: _said(officials)} if names else {}),
    }
    return {name: msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n" for name, value in found.items()}


def _entries(registry: Registry, kinds: Iterable[str]) -> list[tuple[bytes, bytes]]:
    return [encode_entries(kind, code, entries) for kind in kinds for code, entries in registry.entries.get(kind, {}).items()]


def _said(records: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    return [{"key": key.decode(), "value": msgspec.Raw(value)} for key, value in sorted(records)]


def _formula(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "block", "points", "full", "zero", "name", "numerator", "denominator", "rule")}


class _Record(msgspec.Struct, frozen=True):
    key: str
    value: msgspec.Raw


def records(content: bytes) -> list[tuple[bytes, bytes]]:
    """The registry's copy as records of its topic. Raises ValueError."""
    return [(one.key.encode(), bytes(one.value)) for one in msgspec.json.decode(content, type=list[_Record])]


def calendar_of(content: bytes) -> Calendar:
    """The calendar's copy. Raises ValueError."""
    found = msgspec.json.decode(content, type=dict[str, list[Any]])
    off, worked = ([day_of(dt.date.fromisoformat(one)) for one in found[name]] for name in ("off", "worked"))
    return Calendar(off, worked, found["confirmed"])
