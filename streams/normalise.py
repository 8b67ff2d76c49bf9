"""The agent behind the door: national payloads, and canonical events from outside, become canonical events of the one topic.

A batch's events are acknowledged by Kafka before its position moves. After a crash they may be sent again; a fact stated twice counts once.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer

from connectors import payload
from connectors.codec import CE_TYPE, FAMILIES, NAMESPACE, AnyEvent, encode, partition
from connectors.door import Said
from connectors.national import Pseudonym
from connectors.order import Order
from connectors.quarantine import SourceRecord
from connectors.quarantine import decode as decode_source
from indicators.admission import MAX_CODE
from indicators.errors import RejectedError, UnreachableError
from indicators.events import Event
from indicators.petition_events import PetitionEvent
from indicators.times import seconds
from streams.batch import Batch, short_key
from streams.entries import Entry, pack
from streams.failpoints import reach
from streams.progress import advanced
from streams.sending import Sender, SpentError
from streams.store.store import Position, Store, StoreDownError, Writes
from streams.topology import EVENTS, PETITIONS, PROCEDURES, REJECTED

Statement = tuple[int | None, RejectedError | None, list[AnyEvent]]  # position in the list, what is wrong, events

DEFAULT_SOURCE = "national"
ORDER = "order"  # the one state of a partition of the raw topic
SLOW = 5.0  # seconds; Kafka has not taken a batch by then
ASIDE: list[Statement] = [
    (None, RejectedError("source", "is set aside because of what it sent; `chiso rejected replay` once it was resumed"), [])
]
SUBJECTS = {"dossier": "dossier", "petition": "petition", "procedure": "procedure"}  # family → the field that says what it is about
TYPE_NAMES = {CE_TYPE[kind]: (str(kind.__struct_config__.tag), SUBJECTS[family]) for family, kinds in FAMILIES.items() for kind in kinds}
_json = msgspec.json.Encoder().encode

_log = logging.getLogger("chiso.normalise")

Watch = Callable[[int, Writes, float], None]


@dataclass(slots=True)
class Reading:
    """What a batch of the raw topic says: events, outbox entries of what was rejected, and how many records gave events or none."""

    events: list[AnyEvent] = field(default_factory=list)
    rejected: dict[str, bytes] = field(default_factory=dict)
    applied: int = 0
    refused: int = 0


def read(batch: Batch, pseudonym: Pseudonym, senders: dict[str, SourceRecord] | None = None, order: Order | None = None) -> Reading:
    """Never raises for what a record holds. Judges `senders` (by name, changed in place): what one sends that is set aside is not looked at.
    `order` knows what the records before said, and is told of these.
    """
    found = Reading()
    senders, order = {} if senders is None else senders, order or Order()
    for record in batch.records:
        sender_of = senders.setdefault(sender_name(record), SourceRecord())
        before = len(found.events)
        statements: Iterable[Statement] = ASIDE if sender_of.quarantined else _statements(record, pseudonym, order)
        for position, error, events in statements:
            found.events += events
            if error is not None:
                entry, packed = rejection(batch, record, position, error)
                found.rejected[entry] = packed
        given = len(found.events) > before
        if not sender_of.quarantined and sender_of.judge(bad=not given):
            _log.error("source %s sends rubbish and is set aside; `chiso resume %s` once it is right", *[sender_name(record)] * 2)
        found.applied += given
        found.refused += not given
    return found


def topic_of(event: AnyEvent) -> str:
    """Where facts of this family are kept."""
    return EVENTS if isinstance(event, Event) else PETITIONS if isinstance(event, PetitionEvent) else PROCEDURES


def sender_name(record: Any) -> str:
    """Who sent it: `ce_source`, else the record's key."""
    named = dict(record.headers).get("ce_source") or record.key or b""
    text = named.decode(errors="replace")
    return text if text.isprintable() and 0 < len(text) <= MAX_CODE else DEFAULT_SOURCE


def _statements(record: Any, pseudonym: Pseudonym, order: Order) -> Iterator[Statement]:
    """(position in the list, what is wrong, events) of a record."""
    headers = dict(record.headers)
    recorded_at = record.timestamp // 1000
    order.begin(recorded_at)
    try:
        said = Said(stated_at(headers, recorded_at), recorded_at, source_of(headers), None if headers.get("ce_time") else order)
        for item in payload.read(document(record.value or b"", headers), said, pseudonym):
            for fault in item.faults:
                yield item.position, RejectedError(fault.field, fault.rule), []
            yield item.position, None, item.events
    except RejectedError as error:
        yield None, error, []
    except Exception as error:  # noqa: BLE001 - one odd record may not stop everybody's; its words may hold what the record holds
        place = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("a record of the raw topic is rejected, for it broke %s:%s (%s)", place.name, place.lineno, type(error).__name__)
        yield None, RejectedError("payload", "cannot be read"), []


def document(value: bytes, headers: dict[str, bytes]) -> object:
    """The payload; a canonical event's type and what it is about may stand in CloudEvents' headers alone."""
    found = payload.parse(value)
    kind = headers.get("ce_type")
    if kind in TYPE_NAMES and isinstance(found, dict) and "service" not in found:
        subject = headers.get("ce_subject")
        tag, name = TYPE_NAMES[kind]
        return {"type": tag} | ({name: subject.decode(errors="replace")} if subject else {}) | found
    return found


def stated_at(headers: dict[str, bytes], recorded_at: int) -> int:
    """`ce_time` where it is given and not ahead of the record, else the record's own time."""
    text = headers.get("ce_time")
    if text is None:
        return recorded_at
    try:
        return min(seconds(text.decode()), recorded_at)
    except (ValueError, OverflowError):
        raise RejectedError("ce_time", "is no RFC 3339 time") from None


def source_of(headers: dict[str, bytes]) -> str:
    """Who is said to have sent it."""
    text = (headers.get("ce_source") or b"").decode(errors="replace")
    return text if text.isprintable() and 0 < len(text) <= MAX_CODE else DEFAULT_SOURCE


def rejection(batch: Batch, record: Any, position: int | None, error: RejectedError) -> tuple[str, bytes]:
    """(id, outbox entry): where it stands and the rule it broke, never the payload."""
    place = {"topic": batch.topic, "partition": batch.partition, "offset": record.offset}
    entry = uuid.uuid5(
        NAMESPACE, f"rejected:{batch.topic}:{batch.partition}:{record.offset}:{record.timestamp}:{position}:{error.field}:{error.rule}"
    )
    where = {} if position is None else {"position": position}
    value = _json({"reason": error.field, "message": f"{error.field} {error.rule}", **place, **where})
    return str(entry), pack(Entry(REJECTED, short_key(record), value))


@dataclass(slots=True)
class Normalise:
    """The `Work` of a partition of the raw topic."""

    partition: int
    producer: AIOKafkaProducer
    partitions: Mapping[str, int]  # of each topic of facts
    pseudonym: Pseudonym
    watch: Watch
    store: Store
    _order: Order | None = None  # None: to be read from the store
    _kept: bytes = b""  # the order as it stands in the store
    _sending: float | None = None  # since when Kafka has been asked to take what was read

    @property
    def waiting(self) -> bool:
        """Kafka does not take what is sent: too few replicas, a full disk. aiokafka goes on trying."""
        return self._sending is not None and time.monotonic() - self._sending > SLOW

    def forget(self) -> None:
        """What the records before said is read again, or somebody else's."""
        self._order = None

    async def _said(self) -> Order:
        """What the records before said."""
        if self._order is None:
            [stored] = await self.store.states(self.partition, [ORDER])
            self._kept = stored or b""
            self._order = Order(stored)
        return self._order

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """Sends the events, and says what else is to be written."""
        names = sorted({sender_name(record) for record in batch.records})
        stored = await self.store.sources(self.partition, names)
        senders = {name: decode_source(one) for name, one in zip(names, stored, strict=True)}
        order = await self._said()
        found = read(batch, self.pseudonym, senders, order)
        out = Sender(self.producer)
        reach("normalise.read")
        self._sending = time.monotonic()
        try:
            for event in found.events:
                record, topic = encode(event), topic_of(event)
                await out.send(topic, partition(record.key, self.partitions[topic]), record)
            reach("normalise.queued")
            await out.flush()
            reach("normalise.acknowledged")
        except SpentError:
            raise
        except UnreachableError as error:
            raise StoreDownError(str(error)) from None
        finally:
            self._sending = None
        after = advanced(position, batch, (found.applied, 0, 0, found.refused))
        said, kept = order.encode(), self._kept
        self._kept = said
        return Writes(
            position,
            after,
            batch.records[0].timestamp,
            {} if said == kept else {ORDER: said},
            {},
            {},
            {},
            found.rejected,
            {name: packed for name, before in zip(names, stored, strict=True) if (packed := senders[name].encode()) != before},
        )

    def applied(self, writes: Writes, seconds_taken: float) -> None:
        """Tells."""
        self.watch(self.partition, writes, seconds_taken)
