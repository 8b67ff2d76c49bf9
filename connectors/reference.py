"""Reference data from outside: Vietnam's working days, from the package `holidays` and a small file of corrections."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import holidays
from pydantic import BaseModel, ConfigDict, ValidationError

from indicators.errors import InvalidDataError, NotFoundError
from indicators.times import day_of
from indicators.workdays import Calendar

YEARS = range(2000, 2051)


class Year(BaseModel):
    """Corrections to one year."""

    model_config = ConfigDict(extra="forbid")

    year: int
    confirmed: bool = False
    source: str = ""
    days_off: list[dt.date] = []
    working_days: list[dt.date] = []


class Corrections(BaseModel):
    """A file of corrections."""

    model_config = ConfigDict(extra="forbid")

    year: list[Year]


def calendar(own: Path | None = None) -> Calendar:
    """The calendar in force; `own` is a further file of corrections. Raises NotFoundError and InvalidDataError."""
    years = _read("holidays.toml", (files("connectors") / "holidays.toml").read_bytes())
    if own is not None:
        try:
            years += _read(str(own), own.read_bytes())
        except OSError as error:
            raise NotFoundError(f"calendar {own} cannot be read ({error.strerror}); check CHISO_CALENDAR") from None
    off, extra = _package()
    days_off, working = set(off), set(extra)
    for year in years:
        days_off |= {day_of(date) for date in year.days_off}
        working |= {day_of(date) for date in year.working_days}
        days_off -= {day_of(date) for date in year.working_days}
    return Calendar(days_off, working, {year.year for year in years if year.confirmed})


def _read(name: str, content: bytes) -> list[Year]:
    try:
        return Corrections(**tomllib.loads(content.decode())).year
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError):
        raise InvalidDataError(f"calendar {name} is no TOML with [[year]] tables") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise InvalidDataError(f"calendar {name}, {place}: {error.errors(include_url=False)[0]['msg']}") from None


@cache
def _package() -> tuple[frozenset[int], frozenset[int]]:
    """Days off and Saturdays worked that the package knows."""
    known = holidays.country_holidays("VN", years=YEARS)
    return frozenset(day_of(date) for date in known), frozenset(day_of(date) for date in known.weekend_workdays)
