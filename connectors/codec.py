"""Canonical events of dossiers, petitions and procedures ⇄ Kafka records.

The value is the event as JSON; the headers are CloudEvents' binary mode. The key decides the partition by murmur2, as aiokafka, kafka-python
and Java compute it (librdkafka does not: one more reason why only chiso writes the topic).
"""

import re
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from aiokafka.partitioner import murmur2

from connectors.once import every_name_once
from indicators.errors import RejectedError
from indicators.events import TYPES, DossierEvent, Event
from indicators.numbers import partition_key
from indicators.petition_events import PETITION_TYPES, AnyPetitionEvent, PetitionEvent
from indicators.procedure_events import PROCEDURE_TYPES, AnyProcedureEvent, ProcedureEvent

AnyEvent = Event | PetitionEvent | ProcedureEvent

NAMESPACE = uuid.UUID("0d0e9f5c-7a0b-5f0c-9d5d-6d1c1b1f7660")
FAMILIES: dict[str, tuple[type[msgspec.Struct], ...]] = {"dossier": TYPES, "petition": PETITION_TYPES, "procedure": PROCEDURE_TYPES}
CE_TYPE = {kind: f"chiso.{family}.{kind.__struct_config__.tag}.v1".encode() for family, kinds in FAMILIES.items() for kind in kinds}
DEFAULT_SOURCE = "chiso"
_PATH = re.compile(r" - at `\$\.?(.*)`$")
_encode = msgspec.json.Encoder().encode


class Record(NamedTuple):
    """What is handed to a producer."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def subject(event: AnyEvent) -> tuple[str, str]:
    """(what it is about, the key of its record)."""
    if isinstance(event, Event):
        return event.dossier, partition_key(event.dossier)
    name = event.petition if isinstance(event, PetitionEvent) else event.procedure
    return name, name


def encode(event: AnyEvent) -> Record:
    """The event as a record; `stated_at` defaults to `at`, `id` to a uuid5 of the content, so the same statement has the same id."""
    if event.stated_at is None:
        event = msgspec.structs.replace(event, stated_at=event.at)
    if event.id is None:
        event = msgspec.structs.replace(event, id=str(uuid.uuid5(NAMESPACE, _encode(event).decode())))
    name, key = subject(event)
    headers = [
        ("ce_id", str(event.id).encode()),
        ("ce_type", CE_TYPE[type(event)]),
        ("ce_source", (event.source or DEFAULT_SOURCE).encode()),
        ("ce_subject", name.encode()),
        ("ce_time", str(event.stated_at).encode()),
    ]
    return Record(key.encode(), _encode(event), headers)


def _reader(kind: Any, family: str) -> Callable[[bytes], Any]:
    """Reads the event of a record's value. Raises RejectedError naming field and rule, never the value."""
    decode = msgspec.json.Decoder(kind).decode

    def read(value: bytes) -> Any:
        try:
            event = decode(value)
            if _encode(event) != value:  # what chiso wrote comes out as it went in, which is a tenth of the cost of looking
                every_name_once(value)
        except (ValueError, RecursionError) as error:
            raise _broken(error, family) from None
        return event

    return read


def _broken(error: Exception, family: str) -> RejectedError:
    """What is wrong, by field and rule."""
    if isinstance(error, msgspec.ValidationError):
        return RejectedError(*place(str(error)))
    return RejectedError("value", f"is no JSON document of a {family} event")


decode: Callable[[bytes], DossierEvent] = _reader(DossierEvent, "dossier")
decode_petition_event: Callable[[bytes], AnyPetitionEvent] = _reader(AnyPetitionEvent, "petition")
decode_procedure_event: Callable[[bytes], AnyProcedureEvent] = _reader(AnyProcedureEvent, "procedure")


def place(message: str) -> tuple[str, str]:
    """Splits msgspec's message into field and rule; a value that msgspec quotes (an invalid enum or tag) is cut off."""
    path = _PATH.search(message)
    rule = _PATH.sub("", message)
    if rule.startswith("Invalid"):
        rule = "has a value that is not in its list"
    return (path.group(1) if path and path.group(1) else "value"), rule


def partition(key: bytes, count: int) -> int:
    """The partition of a key in a topic of `count` partitions."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)
