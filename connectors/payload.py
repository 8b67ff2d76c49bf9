"""What may come through the one door: national payloads, canonical events, or a list of either; each entry is answered for itself."""

from collections.abc import Iterator

import msgspec

from connectors import national
from connectors.codec import decode
from connectors.door import Said
from connectors.entry import Fault
from connectors.national import Item, Pseudonym
from indicators.admission import admit, admit_number, needs_unit
from indicators.errors import RejectedError
from indicators.events import Event
from indicators.numbers import canonical_number
from indicators.times import rfc3339

_json = msgspec.json.Encoder().encode


def parse(value: bytes) -> object:
    """The JSON of a payload. Raises RejectedError."""
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RejectedError("payload", "is no JSON document") from None


def read(payload: object, said: Said, pseudonym: Pseudonym) -> Iterator[Item]:
    """Every entry. Raises RejectedError where the envelope itself is broken."""
    if _canonical(payload):
        yield _event(0, payload, said, pseudonym)
    elif isinstance(payload, list) and any(_canonical(entry) for entry in payload):
        for position, entry in enumerate(payload):
            yield from _entry(position, entry, said, pseudonym)
    else:
        yield from national.read(payload, said, pseudonym)


def _canonical(entry: object) -> bool:
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


def _event(position: int, entry: object, said: Said, pseudonym: Pseudonym) -> Item:
    item = Item(position)
    try:
        event = _admitted(entry, said, pseudonym)
        item.dossier, item.events = event.dossier, [event]
    except RejectedError as error:
        item.faults.append(Fault(position, error.field, error.rule))
    return item


def _admitted(entry: object, said: Said, pseudonym: Pseudonym) -> Event:
    """A canonical event from outside: whoever is named in it becomes a pseudonym. Raises RejectedError."""
    event = decode(_json(entry))
    official = getattr(event, "official", None)
    changes: dict[str, object] = {} if official is None else {"official": pseudonym(official)}
    event = msgspec.structs.replace(
        event,
        dossier=canonical_number(event.dossier),
        stated_at=event.stated_at or rfc3339(said.at),
        source=event.source or said.source,
        **changes,
    )
    admit_number(event.dossier)
    admit(event, said.recorded_at)
    if needs_unit(event):
        raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
    return event
