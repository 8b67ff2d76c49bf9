"""The agent behind the door: national payloads, and canonical events from outside, become canonical events of the one topic.

A batch's events are acknowledged by Kafka before its position moves. After a crash they may be sent again; a fact stated twice counts once.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer

from connectors import national
from connectors.codec import CE_TYPE, NAMESPACE, decode, encode, partition
from connectors.national import Pseudonym
from indicators.admission import MAX_CODE, admit, admit_number, needs_unit
from indicators.errors import RejectedError, UnreachableError
from indicators.events import Event
from indicators.times import seconds
from streams.batch import Batch
from streams.pump import advanced
from streams.sending import Sender
from streams.store.store import Position, StoreDownError, Writes
from streams.topology import EVENTS, REJECTED

DEFAULT_SOURCE = "national"
_CANONICAL = frozenset(CE_TYPE.values())
_pack = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode

Watch = Callable[[int, Writes, float], None]


@dataclass(slots=True)
class Reading:
    """What a batch of the raw topic says: events, outbox entries of what was rejected, and how many records gave events or none."""

    events: list[Event] = field(default_factory=list)
    rejected: dict[str, bytes] = field(default_factory=dict)
    applied: int = 0
    refused: int = 0


def read(batch: Batch, pseudonym: Pseudonym) -> Reading:
    """Never raises for what a record holds."""
    found = Reading()
    for record in batch.records:
        before = len(found.events)
        for position, error, events in _statements(record, pseudonym):
            found.events += events
            if error is not None:
                entry, packed = rejection(batch, record, position, error)
                found.rejected[entry] = packed
        given = len(found.events) > before
        found.applied += given
        found.refused += not given
    return found


def _statements(record: Any, pseudonym: Pseudonym) -> Iterator[tuple[int | None, RejectedError | None, list[Event]]]:
    """(position in the list, what is wrong, events) of a record."""
    headers = dict(record.headers)
    recorded_at = record.timestamp // 1000
    try:
        stated_at = _stated_at(headers, recorded_at)
        source = _source(headers)
        if headers.get("ce_type") in _CANONICAL:
            yield None, None, [_canonical(record.value or b"", recorded_at, pseudonym)]
            return
        for item in national.read(parse(record.value or b""), stated_at, source, pseudonym):
            for fault in item.faults:
                yield item.position, RejectedError(fault.field, fault.rule), []
            yield item.position, None, item.events
    except RejectedError as error:
        yield None, error, []


def parse(value: bytes) -> object:
    """The JSON of a payload. Raises RejectedError."""
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RejectedError("payload", "is no JSON document") from None


def _canonical(value: bytes, recorded_at: int, pseudonym: Pseudonym) -> Event:
    event = decode(value)
    official = getattr(event, "official", None)
    if official is not None:
        event = msgspec.structs.replace(event, official=pseudonym(official))
    admit_number(event.dossier)
    admit(event, recorded_at)
    if needs_unit(event):
        raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
    return event


def _stated_at(headers: dict[str, bytes], recorded_at: int) -> int:
    """`ce_time` where it is given and not ahead of the record, else the record's own time."""
    text = headers.get("ce_time")
    if text is None:
        return recorded_at
    try:
        return min(seconds(text.decode()), recorded_at)
    except (ValueError, OverflowError):
        raise RejectedError("ce_time", "is no RFC 3339 time") from None


def _source(headers: dict[str, bytes]) -> str:
    text = headers.get("ce_source", b"").decode(errors="replace")
    return text if text.isprintable() and 0 < len(text) <= MAX_CODE else DEFAULT_SOURCE


def rejection(batch: Batch, record: Any, position: int | None, error: RejectedError) -> tuple[str, bytes]:
    """(id, outbox entry): where it stands and the rule it broke, never the payload."""
    place = {"topic": batch.topic, "partition": batch.partition, "offset": record.offset}
    entry = uuid.uuid5(
        NAMESPACE, f"rejected:{batch.topic}:{batch.partition}:{record.offset}:{record.timestamp}:{position}:{error.field}:{error.rule}"
    )
    where = {} if position is None else {"position": position}
    return str(entry), _pack(
        (REJECTED, record.key, _json({"reason": error.field, "message": f"{error.field} {error.rule}", **place, **where}))
    )


@dataclass(frozen=True, slots=True)
class Normalise:
    """The `Work` of a partition of the raw topic."""

    partition: int
    producer: AIOKafkaProducer
    partitions: int  # of the topic of events
    pseudonym: Pseudonym
    watch: Watch

    def forget(self) -> None:
        """Nothing is remembered."""

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """Sends the events, and says what else is to be written."""
        found = read(batch, self.pseudonym)
        out = Sender(self.producer)
        try:
            for event in found.events:
                record = encode(event)
                await out.send(EVENTS, partition(record.key, self.partitions), record)
            await out.flush()
        except UnreachableError as error:
            raise StoreDownError(str(error)) from None
        after = advanced(position, batch, (found.applied, 0, 0, found.refused))
        return Writes(position, after, batch.records[0].timestamp, {}, {}, {}, {}, found.rejected)

    def applied(self, writes: Writes, seconds_taken: float) -> None:
        """Tells."""
        self.watch(self.partition, writes, seconds_taken)
