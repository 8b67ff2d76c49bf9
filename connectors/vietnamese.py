"""How numbers, days and times are written for Vietnamese readers: 1.234,56, dd/MM/yyyy, a 24-hour clock."""

import datetime as dt

from indicators.times import VIETNAM


def number(value: float | None, places: int = 0) -> str:
    """`1.234,5`; a dash for none. Trailing zeros of the fraction are left out."""
    if value is None:
        return "–"
    whole, _, fraction = f"{value:,.{places}f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", ".") + ("," + fraction if fraction else "")


def day(date: dt.date) -> str:
    """`13/08/2026`."""
    return f"{date:%d/%m/%Y}"


def moment(text: str | None) -> str | None:
    """An RFC 3339 time as `13/08/2026 17:00` in Vietnam, a date as `13/08/2026`; what is neither stays as it is."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-08-13"):
            return day(dt.date.fromisoformat(text))
        return f"{local(text):%d/%m/%Y %H:%M}"
    except ValueError:
        return text


def clock(text: str) -> str:
    """An RFC 3339 time as `17:00 ngày 13/08/2026`; what is none stays as it is."""
    try:
        return f"{local(text):%H:%M ngày %d/%m/%Y}"
    except ValueError:
        return text


def local(text: str) -> dt.datetime:
    """The time in Vietnam; a naive one is Vietnam's already. Raises ValueError."""
    found = dt.datetime.fromisoformat(text)
    return found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found.astimezone(VIETNAM)


def one_line(text: str) -> str:
    """For a subject: no line may break into it."""
    return " ".join(text.split())
