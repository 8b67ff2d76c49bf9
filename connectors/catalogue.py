"""The registry's other kinds: their files (lines as in `catalogue_kinds`, and peers' published totals) and their records.

A record `KIND:CODE` of `dvc.registry.v1` holds every line of its code.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.catalogue_kinds import KINDS, Line
from connectors.csvfile import Rows
from indicators.errors import InvalidDataError
from indicators.registry import Entry, overlapping
from indicators.times import date_of, day_of

HUNDREDTHS = 100
PEERS = ("unit", "total")
Entries = dict[str, tuple[Entry, ...]]


def heads(path: Path) -> list[str]:
    """The columns of a file. Raises InvalidDataError."""
    return list(Rows.of(path).columns)


def read_entries(path: Path, kind: str) -> Entries:
    """The codes of a file, each line checked alone and with the others of its code. Raises InvalidDataError naming the line."""
    model, _ = KINDS[kind]
    rows = Rows.of(path)
    found: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        line = _line(model, row, rows.where)
        first, last = (None if date is None else day_of(date) for date in (line.valid_from, line.valid_to))
        of_it = found[line.key()]
        of_it.append(Entry(line.model_dump(exclude={"valid_from", "valid_to"}, exclude_none=True), first, last))
        if overlapping(of_it):
            raise InvalidDataError(f"{rows.where}: {kind} {line.key()} has another line for the same days")
    return {code: tuple(entries) for code, entries in found.items()}


def _line(model: type[Line], row: Mapping[str, Any], where: str) -> Line:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        column = ".".join(str(part) for part in first["loc"]) or "valid_to"
        raise InvalidDataError(f"{where}, column {column!r}: {first['msg']}") from None


def read_peers(path: Path, date: dt.date | None) -> Entries:
    """A file of published totals (columns unit, total and others); the day is given, or stands in the file's name. Raises InvalidDataError."""
    named = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
    try:
        day = date or dt.date.fromisoformat(named.group() if named else "")
    except ValueError:
        raise InvalidDataError(f"{path.name}: say of which day these figures are, with --date 2026-10-05") from None
    rows = Rows.of(path)
    if not set(PEERS) <= set(rows.columns):
        raise InvalidDataError(f"{path.name} lacks the columns {' and '.join(PEERS)}")
    totals: dict[str, int] = {}
    for row in rows:
        try:
            total = Decimal(row["total"])
            if not 0 <= total <= HUNDREDTHS:
                raise ValueError
        except (ValueError, ArithmeticError, TypeError):
            raise InvalidDataError(f"{rows.where}, column 'total': is no number from 0 to 100") from None
        if row["unit"] in totals:
            raise InvalidDataError(f"{rows.where}: unit {row['unit']} stands there a second time")
        totals[row["unit"]] = int((total * HUNDREDTHS).to_integral_value(ROUND_HALF_UP))
    return {day.isoformat(): (Entry({"totals": totals}, day_of(day)),)}


def encode_entries(kind: str, code: str, entries: Iterable[Entry]) -> tuple[bytes, bytes]:
    """(key, value) of the record."""
    days = {"valid_from": "first", "valid_to": "last"}
    versions = [
        dict(entry.values) | {name: date_of(day).isoformat() for name, of in days.items() if (day := getattr(entry, of)) is not None}
        for entry in entries
    ]
    value = {"kind": kind, "code": code, "versions": versions}
    return f"{kind}:{code}".encode(), json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def decode_entries(key: bytes, value: bytes) -> tuple[str, str, tuple[Entry, ...]] | None:
    """(kind, code, entries) of a record; None where it is of another kind or broken, which is nobody's loss here."""
    kind, _, code = key.decode(errors="replace").partition(":")
    if kind not in {*KINDS, "peers"}:
        return None
    try:
        versions = json.loads(value)["versions"]
        return kind, code, tuple(_entry(dict(version)) for version in versions)
    except (ValueError, KeyError, TypeError):
        return None


def _entry(values: dict[str, Any]) -> Entry:
    first, last = (values.pop(name, None) for name in ("valid_from", "valid_to"))
    return Entry(values, *(None if text is None else day_of(dt.date.fromisoformat(text)) for text in (first, last)))
