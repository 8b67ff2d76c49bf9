"""Canonical dossier numbers, and the agency prefix that decides a dossier's partition.

Old agency codes such as `000.00.07.H44` are read from the right (`H44.07`); a yymmdd date becomes yyyymmdd.
"""

import re
from functools import lru_cache

_CODE = re.compile(r"^[GH]\d{2}(\.\d+)*$")
_OLD_CODE = re.compile(r"^(?:\d+\.)*[GH]\d{2}$")
_NUMBER = re.compile(r"^([^-]+)-(\d{6}|\d{8})(-.+)$")
_SHORT_DATE = 6


def canonical_unit(code: str) -> str:
    """`000.00.07.H44` → `H44.07`; a code that is canonical already, or no agency code at all, comes back as it is."""
    if not _OLD_CODE.match(code):
        return code
    head, *rest = reversed(code.split("."))
    return ".".join([head, *(part for part in rest if part.strip("0"))])


def canonical_number(number: str) -> str:
    """`000.00.07.H44-260813-0042` → `H44.07-20260813-0042`; numbers of any other shape come back as they are."""
    found = _NUMBER.match(number)
    if not found:
        return number
    code, date, rest = found.groups()
    unit = canonical_unit(code)
    if not _CODE.match(unit):
        return number
    return f"{unit}-{'20' + date if len(date) == _SHORT_DATE else date}{rest}"


def prefix(number: str) -> str | None:
    """The agency prefix of a canonical number, or None."""
    head, dash, _ = number.partition("-")
    return _agency(head) if dash else None


@lru_cache(maxsize=1 << 16)
def _agency(head: str) -> str | None:
    return head if _CODE.fullmatch(head) else None


def partition_key(number: str) -> str:
    """The key of a dossier's events: its agency prefix, else the whole number."""
    return prefix(number) or number
