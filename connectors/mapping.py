"""Rows of a CSV into canonical events, by a mapping.

A cell that an event cannot do without (its `at`, the dossier's number, a reception's unit) rejects that event; any other bad cell drops the fact
it would state. Both are reported by line, column and rule, and the row's other events go on. Officials' names become pseudonyms here.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from connectors.door import make
from connectors.mapping_model import KINDS, RFC3339, Cell, EventMapping, Mapping
from connectors.national import Pseudonym
from connectors.table import Problem, Row, Table
from indicators.admission import admit_number
from indicators.errors import InvalidDataError, NotFoundError, RejectedError, UsageError
from indicators.events import Event
from indicators.numbers import canonical_number, canonical_unit
from indicators.times import rfc3339

_FOLDER = files("connectors") / "mappings"
_TIMES = ("due_at", "step_due_at", "filed_at", "explanation_at", "apology_at", "new_date")
_UNITS = ("unit", "receiving_unit")


def shipped() -> list[str]:
    """Names of the mappings that come with chiso."""
    return sorted(found.name.removesuffix(".toml") for found in _FOLDER.iterdir() if found.name.endswith(".toml"))


def load(name: str) -> Mapping:
    """A shipped mapping by name, or one from a TOML file. Raises UsageError, NotFoundError or InvalidDataError."""
    if not name.endswith(".toml"):
        if name not in shipped():
            raise UsageError(
                f"no mapping is called {name}; there are {', '.join(shipped())}, or give a file: --map mine.toml (docs/mapping.md)"
            )
        return _read(name, (_FOLDER / f"{name}.toml").read_bytes())
    path = Path(name)
    try:
        return _read(name, path.read_bytes())
    except OSError as error:
        raise NotFoundError(f"mapping {name} cannot be read ({error.strerror}); check the path") from None


def _read(name: str, content: bytes) -> Mapping:
    try:
        return Mapping(**tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidDataError(f"mapping {name} is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidDataError(f"mapping {name}, {place or 'file'}: {first['msg'].removeprefix('Value error, ')}") from None
    except TypeError:
        raise InvalidDataError(f"mapping {name} has a key that is no name") from None


@dataclass(slots=True)
class Reading:
    """What one row states, and what of it is broken."""

    line: int
    events: list[Event] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(mapping: Mapping, path: Path, recorded_at: int, pseudonym: Pseudonym) -> Iterator[Reading]:
    """Every row of the file. `recorded_at` (seconds) is when the events are sent: nothing may lie a day beyond it. `pseudonym` turns officials' names into codes.

    Raises NotFoundError, or InvalidDataError where the file has no header or lacks a mapped column.
    """
    table = Table(path, mapping.delimiter)
    missing = [column for column in mapping.columns() if column not in table.header]
    if missing:
        raise InvalidDataError(f"{path.name} lacks the column {missing[0]!r} of mapping {mapping.name}; it has {', '.join(table.header)}")
    maker = _Maker(mapping, table.header, recorded_at, pseudonym)
    for found in table:
        yield Reading(found.line, problems=[found]) if isinstance(found, Problem) else maker.make(found)


def time_reader(mapping: Mapping) -> Callable[[str], str]:
    """Turns a cell into RFC 3339 of whole seconds in Z. The result raises ValueError or OverflowError for what is no time."""
    zone = ZoneInfo(mapping.zone)

    @lru_cache(maxsize=100_000)
    def turn(text: str) -> str:
        moment = dt.datetime.fromisoformat(text) if mapping.time == RFC3339 else dt.datetime.strptime(text, mapping.time)  # noqa: DTZ007 - a zone follows
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return rfc3339(int(moment.timestamp() // 1))

    return turn


class _Maker:
    """Makes the events of a row; remembers which column stands where."""

    def __init__(self, mapping: Mapping, header: list[str], recorded_at: int, pseudonym: Pseudonym) -> None:
        self._mapping, self._pseudonym = mapping, pseudonym
        self._place = {name: place for place, name in reversed(list(enumerate(header)))}
        self._empty = {"", *mapping.empty}
        self._time = time_reader(mapping)
        self._recorded_at = recorded_at

    def make(self, row: Row) -> Reading:
        found = Reading(row.line)
        number = self._cell(row, self._mapping.dossier)
        try:
            if number is None:
                raise RejectedError("dossier", "is empty")
            number = canonical_number(number)
            admit_number(number)
        except RejectedError as error:
            found.problems.append(Problem(row.line, self._mapping.dossier, error.field, error.rule))
            return found
        for wanted in self._mapping.event:
            self._event(row, number, wanted, found)
        return found

    def _cell(self, row: Row, column: str) -> str | None:
        text = row.cells[self._place[column]].strip()
        return None if text in self._empty else text

    def _value(self, row: Row, cell: Cell) -> str | bool | None:
        if cell.column is None:
            return cell.value
        text = self._cell(row, cell.column)
        if not cell.values and cell.default is None:
            return text
        return cell.default if text is None else cell.values.get(text, cell.default)

    def _event(self, row: Row, number: str, wanted: EventMapping, found: Reading) -> None:
        at = self._value(row, wanted.at)
        if at is None:
            return
        stated: Any = self._mapping.stated_at if wanted.stated_at is None else self._value(row, wanted.stated_at)
        try:
            facts = {"at": self._moment("at", at), "dossier": number, "source": self._mapping.source}
            if stated is not None:
                facts["stated_at"] = self._moment("stated_at", stated)
        except RejectedError as error:
            found.problems.append(Problem(row.line, _column(wanted, error.field), error.field, error.rule))
            return
        facts.update(self._facts(row, wanted, found))
        self._admit(row, wanted, facts, found)

    def _facts(self, row: Row, wanted: EventMapping, found: Reading) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for name, cell in wanted.facts.items():
            value = self._value(row, cell)
            if value is None:
                continue
            try:
                facts[name] = self._fact(name, value)
            except RejectedError as error:
                found.problems.append(Problem(row.line, cell.column, error.field, error.rule))
        if wanted.type == "received" and self._mapping.unit_kind is not None:
            facts.setdefault("unit_kind", self._mapping.unit_kind)
        return facts

    def _fact(self, name: str, value: Any) -> Any:
        """In its canonical form."""
        if name in _TIMES:
            return self._moment(name, value)
        if name in _UNITS:
            return canonical_unit(str(value))
        return self._pseudonym(str(value)) if name == "official" else value

    def _moment(self, name: str, value: object) -> str:
        try:
            return self._time(str(value))
        except (ValueError, OverflowError, OSError):
            raise RejectedError(name, "is no time in the mapping's form") from None

    def _admit(self, row: Row, wanted: EventMapping, facts: dict[str, Any], found: Reading) -> None:
        event, wrong = make(KINDS[wanted.type], facts, self._recorded_at)
        found.problems += [Problem(row.line, _column(wanted, error.field), error.field, error.rule) for error in wrong]
        if event is not None:
            found.events.append(event)


def _column(wanted: EventMapping, name: str) -> str | None:
    cell = {"at": wanted.at, "stated_at": wanted.stated_at, **wanted.facts}.get(name)
    return None if cell is None else cell.column
