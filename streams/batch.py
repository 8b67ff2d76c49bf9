"""One fetched batch of a partition: records in, admitted events by dossier out; whatever breaks a rule becomes an entry for the outbox."""

import uuid
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors.codec import CE_TYPE, FAMILIES, NAMESPACE, decode, partition
from indicators.admission import MAX_CODE, admit, admit_number, needs_unit
from indicators.errors import RejectedError
from indicators.fold import Admitted
from indicators.numbers import partition_key
from streams.entries import Entry, pack
from streams.topology import REJECTED

_KNOWN_TYPES = frozenset(CE_TYPE[kind] for kind in FAMILIES["dossier"])
_CACHE_LIMIT = 100_000
_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Batch:
    """Records of one partition, in order, as the transport hands them on."""

    topic: str
    partition: int
    records: Sequence[Any]  # aiokafka's ConsumerRecord
    flow: int = 0  # since which seek of its partition it was fetched
    passed: int = (
        0  # of a batch without records: where the log goes on, for what lies before are marks of transactions; below 0: nothing can be read
    )

    @property
    def first(self) -> int:
        """Offset of the first record."""
        return int(self.records[0].offset)

    @property
    def next(self) -> int:
        """Offset after the last record."""
        return int(self.records[-1].offset) + 1 if self.records else self.passed

    def since(self, offset: int) -> "Batch":
        """The batch without the records before `offset`."""
        if not self.records or offset <= self.first:
            return self
        return Batch(self.topic, self.partition, [record for record in self.records if record.offset >= offset], self.flow)


@dataclass(slots=True)
class Reading:
    """What a batch says: events by what they are about, in order of arrival, and what was rejected, by id of the outbox entry."""

    groups: dict[str, list[Any]] = field(default_factory=dict)
    rejected: dict[str, bytes] = field(default_factory=dict)


class Reader:
    """Reads batches of a topic with `partitions` partitions; remembers which partition a key belongs to."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self._home: dict[str, int] = {}

    def read(self, batch: Batch) -> Reading:
        """Decodes, admits and groups. Never raises for what a record holds."""
        found = Reading()
        groups = found.groups
        for record in batch.records:
            try:
                admitted = self._admit(record)
                event = admitted[0]
                group = groups.get(event.dossier)
                if group is None:
                    self._admit_dossier(event.dossier, batch.partition)
                    group = groups[event.dossier] = []
                group.append(admitted)
            except RejectedError as error:
                entry = rejection(batch.topic, batch.partition, record, error)
                found.rejected[entry[0]] = entry[1]
        return found

    def _admit(self, record: Any) -> Admitted:
        headers = record.headers
        # chiso itself writes ce_type second; strangers may write it anywhere, or not at all
        if headers and not (len(headers) > 1 and headers[1][0] == "ce_type" and headers[1][1] in _KNOWN_TYPES):
            admit_type(headers, _KNOWN_TYPES)
        if not record.value:
            raise RejectedError("value", "is empty")
        event = decode(record.value)
        recorded = record.timestamp // 1000
        stated, moment = admit(event, recorded)
        if needs_unit(event):
            raise RejectedError("unit", "must be given where the dossier's number has no agency prefix")
        return event, stated, moment, recorded

    def _admit_dossier(self, number: str, here: int) -> None:
        admit_number(number)
        key = partition_key(number)
        home = self._home.get(key)
        if home is None:
            home = partition(key.encode(), self.partitions)
            if len(self._home) < _CACHE_LIMIT:
                self._home[key] = home
        if home != here:
            raise RejectedError("key", "puts the record into another partition than its dossier's")


def admit_type(headers: Sequence[tuple[str, bytes]], known: Collection[bytes]) -> None:
    """Raises RejectedError where the CloudEvents type is none of those known."""
    if any(name == "ce_type" and content not in known for name, content in headers):
        raise RejectedError("ce_type", "is no known type, or a newer major version of one")


def rejection(topic: str, number: int, record: Any, error: RejectedError) -> tuple[str, bytes]:
    """(id, outbox entry) of a rejected record: a reference and the rule it broke, never the payload. The id follows from the place."""
    entry_id = str(uuid.uuid5(NAMESPACE, f"rejected:{topic}:{number}:{record.offset}:{record.timestamp}"))
    place = {"topic": topic, "partition": number, "offset": record.offset}
    value = _json({"reason": error.field, "message": f"{error.field} {error.rule}", **place})
    return entry_id, pack(Entry(REJECTED, short_key(record), value))


def short_key(record: Any) -> bytes | None:
    """The record's key; None for one that is no name of anybody: references of what was rejected are small."""
    return record.key if len(record.key or b"") <= MAX_CODE else None


def checksum(record: Any) -> str:
    """CRC-32 of a record's value and key: recognises the last applied record when a log comes back another one."""
    return f"{zlib.crc32(record.key or b'', zlib.crc32(record.value or b'')):08x}"
