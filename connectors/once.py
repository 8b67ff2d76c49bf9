"""JSON in which an object holds a name twice says two things: every reader would take another one, so such a document is none."""

import json
from collections.abc import Sequence
from typing import Any

from indicators.errors import RejectedError


class _TwiceError(Exception):
    """Raised and caught here."""


def _pairs(pairs: Sequence[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _TwiceError


def _nothing(_: str) -> None:
    """A number: none of its digits is looked at, however many there are."""


_decode = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_nothing, parse_float=_nothing).decode


def every_name_once(value: bytes, whole: str = "value") -> None:
    """Raises RejectedError (of `whole`) where an object of the document has a name twice; ValueError or RecursionError where it is no JSON."""
    try:
        _decode(value.decode())
    except _TwiceError:
        raise RejectedError(whole, "has a field twice") from None
