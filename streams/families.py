"""The families of events that have windows: dossiers, petitions, procedures. How each is read from its topic and folded."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from connectors.codec import CE_TYPE, FAMILIES, decode_petition_event, decode_procedure_event, encode, partition
from indicators import fold as dossiers
from indicators import petitions, procedures
from indicators.admission import admit, admit_number
from indicators.errors import RejectedError
from indicators.events import Petitioned
from indicators.fold import Change
from indicators.petition_events import AnyPetitionEvent, Filed
from indicators.procedure_events import AnyProcedureEvent
from indicators.times import Zone, date_of
from indicators.workdays import Calendar
from streams.batch import Batch, Reader, Reading, admit_type, rejection
from streams.entries import Entry, pack
from streams.store.store import RULES
from streams.topology import EVENTS, FACTS, PETITIONS, PROCEDURES
from streams.windows import Family

PETITION_YEARS = range(2020, 2036)


class _Kind(NamedTuple):
    """How events of a small family are decoded, what groups them, what their record's key is, and what the fold needs of each."""

    decode: Callable[[bytes], Any]
    types: frozenset[bytes]
    group: Callable[[Any], str]
    key: Callable[[Any], str]
    admitted: Callable[[Any, int, int, int], tuple[Any, ...]]  # event, stated_at, at, Kafka time of the record (seconds)


def family(topic: str, partitions: int, zone: Zone, calendar: Calendar) -> Family:
    """The family of a topic that has so many partitions."""
    if topic == EVENTS:
        return Family(Reader(partitions).read, lambda groups, stored: dossiers.fold(groups, stored, zone))
    if topic == PETITIONS:
        return Family(partial(_read, _PETITION, partitions), lambda groups, stored: petitions.fold(groups, stored, zone, calendar), tell)
    assert topic == PROCEDURES
    return Family(partial(_read, _PROCEDURE, partitions), procedures.fold)


def rules(topic: str, calendar: Calendar) -> str:
    """Under which rules a store was filled. Petitions' due days rest on working days, so another calendar is another rule."""
    if topic != PETITIONS:
        return RULES
    days = (date_of(day).isoformat() for day in calendar.days_off(PETITION_YEARS))
    return f"{RULES}-{hashlib.sha256(' '.join(days).encode()).hexdigest()[:8]}"


def _read(kind: _Kind, partitions: int, batch: Batch) -> Reading:
    """Never raises for what a record holds."""
    found = Reading()
    for record in batch.records:
        try:
            admit_type(record.headers or (), kind.types)
            if not record.value:
                raise RejectedError("value", "is empty")
            event = kind.decode(record.value)
            recorded_at = record.timestamp // 1000
            stated, moment = admit(event, recorded_at)
            if partition(kind.key(event).encode(), partitions) != batch.partition:
                raise RejectedError("key", "puts the record into another partition than it belongs to")
            _admit_about(event)
            found.groups.setdefault(kind.group(event), []).append(kind.admitted(event, stated, moment, recorded_at))
        except RejectedError as error:
            entry, packed = rejection(batch.topic, batch.partition, record, error)
            found.rejected[entry] = packed
    return found


def _admit_about(event: AnyPetitionEvent | AnyProcedureEvent) -> None:
    if isinstance(event, Filed) and event.about is not None:
        try:
            admit_number(event.about)
        except RejectedError as error:
            raise RejectedError("about", error.rule) from None


def tell(change: Change) -> dict[str, bytes]:
    """Outbox entries that tell dossiers about petitions."""
    found = {}
    for one in change.tellings:
        record = encode(Petitioned(dossier=one.dossier, at=one.at, stated_at=one.stated_at, petition=one.petition, withdrawn=one.withdrawn))
        found[dict(record.headers)["ce_id"].decode()] = pack(Entry(EVENTS, record.key, record.value))
    return found


_PETITION = _Kind(
    decode_petition_event,
    frozenset(CE_TYPE[kind] for kind in FAMILIES["petition"]),
    lambda event: str(event.petition),
    lambda event: str(event.petition),
    lambda *admitted: admitted,
)
_PROCEDURE = _Kind(
    decode_procedure_event,
    frozenset(CE_TYPE[kind] for kind in FAMILIES["procedure"]),
    procedures.key,
    lambda event: str(event.procedure),
    lambda *admitted: admitted[:3],
)
assert set(FACTS) == {EVENTS, PETITIONS, PROCEDURES}
