"""How figures are written: 1.234,56 or 1,234.56, days as dd/MM/yyyy, a 24-hour clock."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from indicators.bulletin.model import Kind, Ratio
from indicators.times import VIETNAM

NUMBERS: frozenset[Kind] = frozenset({"count", "ratio", "points", "days", "place"})


@dataclass(frozen=True, slots=True)
class Figures:
    """`decimal` and `thousands` are the marks of a language."""

    decimal: str
    thousands: str

    def count(self, value: int) -> str:
        """`1.234`; a true minus."""
        return ("−" if value < 0 else "") + f"{abs(value):,}".replace(",", self.thousands)

    def hundredths(self, value: int) -> str:
        """`73,12` of 7312."""
        whole, rest = divmod(abs(value), 100)
        return f"{'−' if value < 0 else ''}{self.count(whole)}{self.decimal}{rest:02}"

    def whole(self, value: int) -> str:
        """`20` of 2000, `0,50` of 50: what is whole is written so."""
        return self.count(value // 100) if value % 100 == 0 else self.hundredths(value)

    def ratio(self, value: Ratio) -> str:
        """`69,18`, of a hundred."""
        return self.hundredths(value.hundredths())

    def writer(self, kind: Kind, *, signed: bool = False) -> Callable[[Any], str]:
        """What writes cells of a kind; `signed` for those that say how much more or less."""
        writers: dict[str, Callable[[Any], str]] = {
            "ratio": self.ratio,
            "points": self.hundredths,
            "date": day,
            "time": time,
            "month": month,
        }
        found = writers.get(kind, self.count if kind in NUMBERS else str)
        return _signed(found) if signed and kind in NUMBERS else found


def _signed(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def signed(value: Any) -> str:
        return f"+{write(value)}" if not isinstance(value, Ratio) and value > 0 else write(value)

    return signed


def day(value: str) -> str:
    """`31/08/2026` of `2026-08-31`; what is no day stays as it is."""
    try:
        return f"{dt.date.fromisoformat(value[:10]):%d/%m/%Y}"
    except ValueError:
        return value


def time(value: str) -> str:
    """`31/08/2026 17:00` in Vietnam."""
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        return value
    found = found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found.astimezone(VIETNAM)
    return f"{found:%d/%m/%Y %H:%M}"


def month(value: str) -> str:
    """`08/2026` of `2026-08`."""
    return f"{value[5:7]}/{value[:4]}" if len(value) == len("2026-08") else value
