"""What a mapping file may say: how the rows of a CSV become canonical events. `docs/mapping.md` explains it to people."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from indicators.events import TYPES, Event
from indicators.times import Zone, seconds

KINDS: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in TYPES}
OWN = frozenset({"dossier", "at", "stated_at", "id", "source"})
RFC3339 = "rfc3339"


class Cell(BaseModel):
    """Where a value comes from: a column (its cells translated by `values`, else `default`), or the same `value` for every row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    values: dict[str, str | bool] = Field(default_factory=dict)
    default: str | bool | None = None
    value: str | bool | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("needs either `column` or `value`")
        return self


def _cell(found: object) -> object:
    return {"column": found} if isinstance(found, str) else found


class EventMapping(BaseModel):
    """One kind of event that a row may state; made where the cell of `at` is not empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    at: Cell
    stated_at: Cell | None = None
    facts: dict[str, Cell] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, found: Any) -> Any:
        if not isinstance(found, dict):
            return found
        facts = found.get("facts")
        short = {name: _cell(value) for name, value in found.items() if name in ("at", "stated_at")}
        if isinstance(facts, dict):
            short["facts"] = {name: _cell(value) for name, value in facts.items()}
        return {**found, **short}

    @model_validator(mode="after")
    def _known_facts(self) -> Self:
        kind = KINDS.get(self.type)
        if kind is None:
            raise ValueError(f"type {self.type} is none of {', '.join(KINDS)}")
        known = set(kind.__struct_fields__) - OWN
        for name in self.facts:
            if name not in known:
                raise ValueError(f"{self.type} has no fact {name}; it has {', '.join(sorted(known))}")
        absent = {name for name in _required(kind) if name not in self.facts}
        if absent:
            raise ValueError(f"{self.type} needs {', '.join(sorted(absent))}")
        return self

    def columns(self) -> Iterator[str]:
        """Every column it reads."""
        for cell in (self.at, self.stated_at, *self.facts.values()):
            if cell is not None and cell.column is not None:
                yield cell.column


def _required(kind: type[Event]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(kind) if field.required} - OWN


def _zone(name: str) -> str:
    try:
        Zone(name)
    except Exception:  # noqa: BLE001 - zoneinfo raises several kinds
        raise ValueError("is no time zone such as Asia/Ho_Chi_Minh") from None
    return name


def _time(text: str) -> str:
    seconds(text)
    return text


class Mapping(BaseModel):
    """A whole mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "mapping"
    source: str
    unit_kind: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"
    time: str = RFC3339
    stated_at: Annotated[str, AfterValidator(_time)] | None = None
    empty: tuple[str, ...] = ()
    dossier: str
    event: tuple[EventMapping, ...] = Field(min_length=1)

    def columns(self) -> list[str]:
        """Every column the mapping reads, once."""
        return list(dict.fromkeys([self.dossier, *(column for event in self.event for column in event.columns())]))
