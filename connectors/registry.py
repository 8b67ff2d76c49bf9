"""The registry's files and records: CSV lines of units, and one record a unit in `dvc.registry.v1` that holds everything that ever held of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from connectors.csvfile import Rows
from indicators.errors import InvalidDataError, NotFoundError
from indicators.times import date_of, day_of
from indicators.units import Unit, Version, faults

SHIPPED = "units"
COLUMNS = ("code", "name", "kind", "parent", "valid_from", "valid_to", "merged_into")
MAX_CODE = 200


def absent(value: object) -> object:
    """Empty cells say nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def _short(value: str) -> str:
    if len(value) > MAX_CODE or not value.isprintable():
        raise ValueError("must be printable and at most 200 characters")
    return value


Text = Annotated[str, AfterValidator(_short)]
Maybe = Annotated[Text | None, BeforeValidator(absent)]
Day = Annotated[dt.date | None, BeforeValidator(absent)]


class Span(BaseModel):
    """What held of a unit for a time; also the shape inside a record."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    name: Text = Field(min_length=1)
    kind: Literal["country", "ministry", "province", "department", "commune"]
    parent: Maybe = None
    valid_from: Day = None
    valid_to: Day = None
    merged_into: Maybe = None

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def version(self) -> Version:
        """As the domain knows it."""
        first, last = (None if date is None else day_of(date) for date in (self.valid_from, self.valid_to))
        return Version(self.name, self.kind, self.parent, first, last, self.merged_into)


class Line(Span):
    """A line of the file."""

    code: Text = Field(min_length=1)


class UnitRecord(BaseModel):
    """The value of a record `unit:CODE`."""

    kind: Literal["unit"] = "unit"
    code: Text
    versions: list[Span] = Field(min_length=1)


def path_of(name: str) -> Path:
    """A file by its path; `units` ships with chiso. Raises NotFoundError."""
    path = Path(str(files("connectors") / "units.csv")) if name == SHIPPED else Path(name)
    if not path.is_file():
        raise NotFoundError(f"file {name} does not exist; `{SHIPPED}` is the list of units that ships with chiso")
    return path


def read_units(path: Path) -> list[Unit]:
    """The units of a file, each line checked alone. Raises InvalidDataError naming line and column."""
    rows = Rows.of(path)
    lacking = [column for column in COLUMNS[:4] if column not in rows.columns]
    if lacking:
        raise InvalidDataError(f"{path.name} lacks the column {lacking[0]!r}; it needs {', '.join(COLUMNS)}")
    spans: dict[str, list[Version]] = defaultdict(list)
    for row in rows:
        line = _line(row, rows.where)
        spans[line.code].append(line.version())
    return [Unit(code, tuple(sorted(versions, key=_begins))) for code, versions in spans.items()]


def _begins(version: Version) -> float:
    return float("-inf") if version.first is None else version.first


def _line(row: Mapping[str, Any], where: str) -> Line:
    try:
        return Line.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        column = ".".join(str(part) for part in first["loc"]) or "valid_to"
        raise InvalidDataError(f"{where}, column {column!r}: {first['msg']}") from None


def check(units: list[Unit], name: str) -> None:
    """Whether they fit together. Raises InvalidDataError."""
    found = faults(units)
    if found:
        code, rule = found[0]
        raise InvalidDataError(f"{name}: unit {code} {rule}" + (f" (and {len(found) - 1} more)" if found[1:] else ""))


def encode(unit: Unit) -> tuple[bytes, bytes]:
    """(key, value) of the record."""
    spans = [
        Span(
            name=version.name,
            kind=version.kind,
            parent=version.parent,
            valid_from=None if version.first is None else date_of(version.first),
            valid_to=None if version.last is None else date_of(version.last),
            merged_into=version.merged_into,
        )
        for version in unit.versions
    ]
    return f"unit:{unit.code}".encode(), UnitRecord(code=unit.code, versions=spans).model_dump_json(exclude_none=True).encode()


def decode(value: bytes) -> Unit | None:
    """The unit of a record; None where the record is of another kind or broken, which is nobody's loss here."""
    try:
        found = UnitRecord.model_validate_json(value)
    except ValidationError:
        return None
    return Unit(found.code, tuple(span.version() for span in found.versions))
