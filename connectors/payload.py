"""What may come through the one door: national payloads, canonical events of any family, or a list of either; each entry is answered for itself."""

from collections.abc import Iterator
from typing import Any, TypeGuard

import msgspec

from connectors import canonical, national
from connectors.door import Said
from connectors.entry import Fault
from connectors.national import Item, Pseudonym
from connectors.once import every_name_once
from indicators.errors import RejectedError

MOST_ENTRIES = 20_000
_BOM = b"\xef\xbb\xbf"


def parse(value: bytes) -> object:
    """The JSON of a payload; some programs begin it with a byte order mark. Raises RejectedError."""
    value = value.removeprefix(_BOM)
    try:
        every_name_once(value, "payload")
        return msgspec.json.decode(value)
    except (ValueError, RecursionError):
        raise RejectedError("payload", "is no JSON document") from None


def read(payload: object, said: Said, pseudonym: Pseudonym) -> Iterator[Item]:
    """Every entry. Raises RejectedError where the envelope itself is broken, or holds more than may be read in one go."""
    entries = payload.get("data") if isinstance(payload, dict) else payload
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise RejectedError("data", f"has more than {MOST_ENTRIES} entries; send it in parts")
    if _canonical(payload):
        yield _event(0, payload, said, pseudonym)
    elif isinstance(payload, list) and any(_canonical(entry) for entry in payload):
        for position, entry in enumerate(payload):
            yield from _entry(position, entry, said, pseudonym)
    else:
        yield from national.read(payload, said, pseudonym)


def _canonical(entry: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(entry, dict) and "type" in entry and "service" not in entry


def _entry(position: int, entry: object, said: Said, pseudonym: Pseudonym) -> Iterator[Item]:
    """One of a list that holds canonical events, perhaps among dossiers."""
    if _canonical(entry):
        yield _event(position, entry, said, pseudonym)
        return
    [item] = national.read([entry], said, pseudonym)
    item.position = position
    item.faults = [fault._replace(position=position) for fault in item.faults]
    yield item


def _event(position: int, entry: dict[str, Any], said: Said, pseudonym: Pseudonym) -> Item:
    item = Item(position)
    try:
        event, wrong = canonical.read(entry, said, pseudonym)
    except RejectedError as error:
        event, wrong = None, [error]
    if event is not None:
        item.dossier, item.events = getattr(event, "dossier", None), [event]
    item.faults += [Fault(position, error.field, error.rule) for error in wrong]
    return item
