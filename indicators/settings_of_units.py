"""How each unit wants duty and time to be reckoned: its own setting, else that of the nearest unit above that has one, else the default.

Days and hours are working time. 0 turns off what waits for a time: `due_soon_*` (no such notice), `silence_hours`, `supplement_days`.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, overload

from indicators.registry import Registry
from indicators.workhours import DEFAULT, Sessions, sessions

Value = int | float | str
InDays = Literal["due_soon_days", "apology_days", "supplement_days"]
InHours = Literal["due_soon_hours", "silence_hours", "acceptance_hours"]
InWords = Literal["sessions", "profile"]

DEFAULTS: Final[Mapping[str, Value]] = {
    "due_soon_days": 2,  # so long before the due day its notice leaves
    "due_soon_hours": 4.0,  # and again so long before the due moment
    "apology_days": 1,  # after so many days a letter is sent late
    "silence_hours": 4.0,  # a source that says nothing for longer is silent
    "acceptance_hours": 8.0,  # an online filing is accepted or refused within
    "supplement_days": 0,  # a supplement asked later than so long after reception is late
    "sessions": DEFAULT,
    "profile": "document",
}
PROFILES = ("document", "province")
MOST = 10_000


def parsed(name: str, text: str) -> Value:
    """A setting as a file writes it. Raises ValueError saying what it must be."""
    default = DEFAULTS.get(name)
    if default is None:
        raise ValueError(f"is no setting; there are {', '.join(DEFAULTS)}")
    if isinstance(default, str):
        return _word(name, text)
    try:
        value = type(default)(text)
    except ValueError:
        raise ValueError("must be a whole number" if isinstance(default, int) else "must be a number") from None
    if not 0 <= value <= MOST:
        raise ValueError(f"must be a number from 0 to {MOST}")
    return value


def _word(name: str, text: str) -> str:
    if name == "sessions":
        sessions(text)
    elif text not in PROFILES:
        raise ValueError(f"must be {' or '.join(PROFILES)}")
    return text


@overload
def setting(registry: Registry, line: Iterable[str], name: InDays, day: int) -> int: ...


@overload
def setting(registry: Registry, line: Iterable[str], name: InHours, day: int) -> float: ...


@overload
def setting(registry: Registry, line: Iterable[str], name: InWords, day: int) -> str: ...


def setting(registry: Registry, line: Iterable[str], name: str, day: int) -> Value:
    """What holds on a day for the first unit of `line` (itself, then those above, nearest first)."""
    found = (registry.entry("setting", f"{unit}:{name}", day) for unit in line)
    value: Value = next((one["value"] for one in found if one is not None), DEFAULTS[name])
    return value


def hours(registry: Registry, line: Iterable[str], day: int) -> Sessions:
    """The unit's working hours."""
    return sessions(setting(registry, line, "sessions", day))
