"""The lines of the registry's files, one model a kind. What kind a file is shows in its columns."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from connectors.registry import Day, Maybe, Text, absent
from indicators.addresses import SENT, Sink
from indicators.formulas import IDS
from indicators.registry import REPORTED
from indicators.settings_of_units import DEFAULTS, Value, parsed

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
LONGEST = 2000


def _month(value: str) -> str:
    if not MONTH.fullmatch(value):
        raise ValueError("is no month like 2026-08")
    return value


def _known(value: str) -> str:
    if value not in IDS:
        raise ValueError(f"is none of {', '.join(IDS)}")
    return value


def _setting(value: str) -> str:
    if value not in DEFAULTS:
        raise ValueError(f"is none of {', '.join(DEFAULTS)}")
    return value


def _is_url(text: str) -> bool:
    found = urlsplit(text)
    return found.scheme in ("http", "https") and bool(found.hostname) and text.isprintable() and not text.split()[1:]


def _sent(value: str | None) -> str | None:
    strange = [kind for kind in (value or "").split() if kind not in SENT]
    if strange:
        raise ValueError(f"names kinds, by spaces, of {', '.join(SENT)}")
    return value


class Line(BaseModel):
    """What all kinds share: a time in which it holds."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    valid_from: Day = None
    valid_to: Day = None

    @model_validator(mode="after")
    def _in_order(self) -> "Line":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def key(self) -> str:
        """The code the line is about."""
        return str(getattr(self, "code"))  # noqa: B009 - most kinds have one


class Sector(Line):
    """code,name"""

    code: Text = Field(min_length=1)
    name: Text = Field(min_length=1)


class Procedure(Sector):
    """code,name,sector,limit,limit_unit,papers: `papers` are the codes of its components, by spaces."""

    sector: Maybe = None
    limit: Annotated[int | None, BeforeValidator(absent)] = None
    limit_unit: Annotated[Literal["hours", "days", "working_days", "months"] | None, BeforeValidator(absent)] = None
    papers: Maybe = None


class Official(Sector):
    """code,name,unit: whose code or pseudonym it is in figures, which themselves never hold a name."""

    unit: Text = Field(min_length=1)


class Target(Line):
    """unit,id,ratio: the ratio aimed at, from 0 to 1, by the unit and those below it."""

    unit: Text = Field(min_length=1)
    id: Annotated[Text, AfterValidator(_known)]
    ratio: float = Field(ge=0, le=1)

    def key(self) -> str:
        return f"{self.unit}:{self.id}"


class Setting(Line):
    """unit,name,value: how the unit and those below it reckon duty and time; `value` becomes a number where the setting is one."""

    unit: Text = Field(min_length=1)
    name: Annotated[Text, AfterValidator(_setting)]
    value: Value

    @field_validator("value", mode="plain")
    @classmethod
    def _typed(cls, value: object, info: ValidationInfo) -> Value:
        name = info.data.get("name")
        return "" if name is None else parsed(name, str(value or "").strip())  # a name that is none was refused already

    def key(self) -> str:
        return f"{self.unit}:{self.name}"


class Address(Line):
    """unit,sink,to,kinds: where notices and the digest of the unit go; `kinds` by spaces, none for all."""

    unit: Text = Field(min_length=1)
    sink: Sink
    to: str = Field(max_length=LONGEST)
    kinds: Annotated[Maybe, AfterValidator(_sent)] = None

    @field_validator("to")
    @classmethod
    def _reachable(cls, to: str, info: ValidationInfo) -> str:
        sink = info.data.get("sink")
        if sink == "email" and not MAIL.fullmatch(to):
            raise ValueError("is no e-mail address")
        if sink == "webhook" and not _is_url(to):
            raise ValueError("is no URL that begins with http:// or https://")
        return to

    def key(self) -> str:
        return f"{self.unit}:{self.sink}:{self.to}"


class Report(Line):
    """unit,month,id,numerator,denominator: what an agency reported of 1.4 (received) or 4.6 (communes)."""

    unit: Text = Field(min_length=1)
    month: Annotated[Text, AfterValidator(_month)]
    id: Literal[REPORTED]  # type: ignore[valid-type]
    numerator: Annotated[int, BeforeValidator(lambda value: absent(value) or 0)] = Field(default=0, ge=0, le=10**9)
    denominator: int = Field(ge=0, le=10**9)

    def key(self) -> str:
        return f"{self.month}:{self.unit}:{self.id}"


KINDS: dict[str, tuple[type[Line], tuple[str, ...]]] = {
    "report": (Report, ("unit", "month", "id", "denominator")),
    "target": (Target, ("unit", "id", "ratio")),
    "setting": (Setting, ("unit", "name", "value")),
    "address": (Address, ("unit", "sink", "to")),
    "procedure": (Procedure, ("code", "name", "sector")),
    "official": (Official, ("code", "name", "unit")),
    "sector": (Sector, ("code", "name")),
}


def kind_of(heads: Iterable[str]) -> str | None:
    """Which of KINDS a file is by its first line; None for units, or nothing known."""
    names = set(heads)
    if {"kind", "parent"} <= names:
        return None
    return next((kind for kind, (_, needed) in KINDS.items() if set(needed) <= names), None)
