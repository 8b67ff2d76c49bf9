"""One entry of a national payload, field by field: text, flag, time, amount, status, lists. A broken field is noted; values are never quoted."""

import math
import re
from typing import NamedTuple

from indicators.admission import admit_number
from indicators.errors import RejectedError
from indicators.numbers import canonical_number, canonical_unit, prefix
from indicators.times import rfc3339, seconds

MOST_OBJECTS = 2000  # in a list of one dossier: papers, fees, supplements
BROKEN = ""  # a time that is stated and cannot be read: nothing may rest on it, nor on what stands in for an absent one
STATUSES = frozenset(str(number) for number in range(1, 11))
_CODE = re.compile(r"^[GH]\d{2}(\.\d+)*$")
_DIGIT = re.compile(r"[0-9]")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$")


class Fault(NamedTuple):
    """What is wrong with one entry of a list: its position, the field, the rule; never the value."""

    position: int
    field: str
    rule: str


class Entry:
    """Fields of one entry, as text, flag, time or amount; a broken one is noted and, but for times, counts as absent."""

    def __init__(self, entry: object, position: int, faults: list[Fault]) -> None:
        if not isinstance(entry, dict):
            raise RejectedError("data", "holds an entry that is no object")
        self._entry, self._position, self._faults = entry, position, faults

    def text(self, name: str) -> str:
        """The field as text, '' for absent. Numbers count as text, anything else is noted."""
        return self._read(name) or ""

    def _read(self, name: str) -> str | None:
        """As `text`; None for broken."""
        value = self._entry.get(name)
        if value is None or value == "":
            return ""
        if isinstance(value, float) and math.isfinite(value):  # 50000.0 is how some write 50000
            value = int(value) if value.is_integer() else value
        elif isinstance(value, bool) or not isinstance(value, str | int):
            self._note(name, "must be text or a number")
            return None
        return str(value).strip()

    def _note(self, name: str, rule: str) -> None:
        fault = Fault(self._position, name, rule)
        if fault not in self._faults:  # several facts may rest on one field
            self._faults.append(fault)

    def number(self) -> str:
        """The canonical number. Raises RejectedError."""
        found = canonical_number(self.text("MaHoSo"))
        if not found:
            raise RejectedError("MaHoSo", "is empty")
        try:
            admit_number(found)
        except RejectedError as error:
            raise RejectedError("MaHoSo", error.rule) from None
        return found

    def time(self, name: str) -> str | None:
        """A time as RFC 3339 in Z, None for absent, BROKEN for one that cannot be read."""
        text = self._read(name)
        if text is None:
            return BROKEN
        if not text:
            return None
        try:
            return _moment(text)
        except (ValueError, OverflowError):
            self._note(name, "is no time of the forms yyyyMMddHHmmss, yyyy-MM-dd HH:mm:ss or ISO 8601")
            return BROKEN

    def costs(self, name: str) -> bool | None:
        """Whether an amount is above zero, in whatever way its digits are grouped; None for absent or broken."""
        text = self.text(name)
        if not text:
            return None
        digits = set(_DIGIT.findall(text))
        if not digits or (text.startswith("-") and digits != {"0"}):
            self._note(name, "is no amount")
            return None
        return digits != {"0"}

    def flag(self, name: str, yes: frozenset[str] = frozenset({"1"})) -> bool | None:
        """True for the values of `yes`, None for absent."""
        text = self.text(name)
        return None if not text else text in yes

    def status(self, name: str) -> str:
        """A code of the list. Raises RejectedError."""
        found = self.text(name)
        if found not in STATUSES:
            raise RejectedError(name, "is no status from 1 to 10")
        return found

    def entries(self, name: str) -> list["Entry"]:
        """Objects of a list."""
        value = self._entry.get(name) or []
        if not isinstance(value, list):
            self._note(name, "must be a list")
            return []
        if len(value) > MOST_OBJECTS:
            self._note(name, f"has more than {MOST_OBJECTS} entries")
            return []
        return [Entry(one, self._position, self._faults) for one in value if isinstance(one, dict)]

    def unit(self, number: str) -> dict[str, str]:
        """`unit` where a code is given or the number names one; `unit_name` where a name is."""
        text = self.text("DonViXuLy")
        code = canonical_unit(text)
        found = {"unit": code if _CODE.match(code) else prefix(number), "unit_name": "" if _CODE.match(code) else text}
        return {name: value for name, value in found.items() if value}


def _moment(text: str) -> str:
    found = _COMPACT.match(text)
    if found:
        year, month, day, hour, minute, second = (part or "00" for part in found.groups())
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}"
    return rfc3339(seconds(text))
