"""What may come through the one door: national payloads, canonical events of any family, or a list of either; each entry is answered for itself."""

from collections.abc import Callable, Iterator

import msgspec

from connectors import national
from connectors.codec import AnyEvent, decode, decode_petition_event, decode_procedure_event
from connectors.door import Said
from connectors.entry import Fault
from connectors.national import Item, Pseudonym
from indicators.admission import admit, admit_number, needs_unit
from indicators.errors import RejectedError
from indicators.events import Event
from indicators.numbers import canonical_number
from indicators.petition_events import Filed
from indicators.times import rfc3339

DECODE: dict[str, Callable[[bytes], AnyEvent]] = {
    "dossier": decode,
    "petition": decode_petition_event,
    "procedure": decode_procedure_event,
}
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
        item.dossier, item.events = getattr(event, "dossier", None), [event]
    except RejectedError as error:
        item.faults.append(Fault(position, error.field, error.rule))
    return item


def _admitted(entry: object, said: Said, pseudonym: Pseudonym) -> AnyEvent:
    """A canonical event from outside: whoever is named in it becomes a pseudonym. Raises RejectedError."""
    assert isinstance(entry, dict)
    family = "dossier" if "dossier" in entry else "petition" if "petition" in entry else "procedure" if "procedure" in entry else "dossier"
    event: AnyEvent = DECODE[family](_json(entry))
    changes: dict[str, object] = {"stated_at": event.stated_at or rfc3339(said.at), "source": event.source or said.source}
    official = getattr(event, "official", None)
    if official is not None:
        changes["official"] = pseudonym(official)
    if isinstance(event, Event):
        changes["dossier"] = canonical_number(event.dossier)
    elif isinstance(event, Filed) and event.about is not None:
        changes["about"] = canonical_number(event.about)
    event = msgspec.structs.replace(event, **changes)
    admit(event, said.recorded_at)
    if isinstance(event, Event):
        admit_number(event.dossier)
        if needs_unit(event):
            raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
    elif isinstance(event, Filed) and event.about is not None:
        admit_number(event.about)
    return event
