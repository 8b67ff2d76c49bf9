"""The registry's topic: loading files into it, and following it on the reading side. Compacted: one record a code, the last one holds."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.catalogue import decode_entries, encode_entries
from connectors.registry import check, decode, encode
from indicators.errors import UnreachableError
from indicators.registry import Entry, Registry
from indicators.times import date_of
from indicators.units import Unit
from streams.reading import everything
from streams.sending import start
from streams.topology import REGISTRY

RETRY_SECONDS = 1.0
_PLACE = TopicPartition(REGISTRY, 0)
_log = logging.getLogger("chiso.registry")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    new: int
    changed: int
    same: int


def _consumer(bootstrap: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", request_timeout_ms=10_000)


async def stored(bootstrap: str) -> dict[bytes, bytes]:
    """Every record that holds now, by key. Raises UnreachableError."""
    return {key.encode(): value for key, value in (await everything(bootstrap, REGISTRY)).items()}


async def load(bootstrap: str, units: Iterable[Unit], name: str) -> Loaded:
    """Sends what is new or changed. Raises InvalidDataError where the whole would not fit together, UnreachableError."""
    before = await stored(bootstrap)
    known = {unit.code: unit for value in before.values() if (unit := decode(value)) is not None}
    given = {unit.code: unit for unit in units}
    check(list((known | given).values()), name)
    return await _load(bootstrap, before, [encode(unit) for unit in given.values()])


async def load_entries(bootstrap: str, kind: str, entries: Mapping[str, Iterable[Entry]]) -> Loaded:
    """The same for the other kinds, whose codes stand each for itself."""
    return await _load(bootstrap, await stored(bootstrap), [encode_entries(kind, code, one) for code, one in entries.items()])


async def officials(bootstrap: str) -> list[dict[str, Any]]:
    """Every line of officials that holds now: code, name, unit, valid_from, valid_to (ISO dates or None), by code and time."""
    found = (decode_entries(key, value) for key, value in (await stored(bootstrap)).items())
    entries = [(code, entry.first or 0, entry) for kind, code, several in filter(None, found) if kind == "official" for entry in several]
    entries.sort(key=lambda one: one[:2])
    return [{"code": code, "name": entry.values["name"], "unit": entry.values["unit"], **_bounds(entry)} for code, _, entry in entries]


def _bounds(entry: Entry) -> dict[str, str | None]:
    days = {"valid_from": entry.first, "valid_to": entry.last}
    return {name: None if day is None else date_of(day).isoformat() for name, day in days.items()}


async def _load(bootstrap: str, before: dict[bytes, bytes], records: list[tuple[bytes, bytes]]) -> Loaded:
    changed = [(key, value) for key, value in records if before.get(key) != value]
    if changed:
        await _send(bootstrap, changed)
    new = sum(key not in before for key, _ in changed)
    return Loaded(new, len(changed) - new, len(records) - len(changed))


async def _send(bootstrap: str, records: list[tuple[bytes, bytes]]) -> None:
    producer: AIOKafkaProducer = await start(bootstrap)
    try:
        for key, value in records:
            await producer.send(REGISTRY, key=key, value=value, partition=0)
        await producer.flush()
    except KafkaError as error:
        raise UnreachableError(f"Kafka did not take the registry ({type(error).__name__}); load it again") from None
    finally:
        await producer.stop()


@dataclass(slots=True)
class RegistryFollower:
    """Keeps `registry` up to date with the topic, up to the offset `next`."""

    bootstrap: str
    registry: Registry = field(default_factory=Registry)
    next: int = 0
    _units: dict[str, Unit] = field(default_factory=dict)
    _entries: dict[str, dict[str, tuple[Entry, ...]]] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled; waits where Kafka is away."""
        while True:
            consumer = _consumer(self.bootstrap)
            try:
                await consumer.start()
                consumer.assign([_PLACE])
                while True:
                    found = await consumer.getmany(_PLACE, timeout_ms=1000)
                    self._take(record for records in found.values() for record in records)
                    self.next = await consumer.position(_PLACE)
            except (KafkaError, OSError) as error:
                _log.warning("Kafka does not answer (%s); names and parents stay as they are", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                await consumer.stop()

    def _take(self, records: Iterable[Any]) -> None:
        self.hold((record.key or b"", record.value) for record in records)

    def hold(self, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Takes records in, as (key, value)."""
        changed = False
        for key, value in records:
            self._put(key, value)
            changed = True
        if changed:
            self.registry = Registry(dict(self._units), {kind: dict(entries) for kind, entries in self._entries.items()})

    def _put(self, key: bytes, value: bytes | None) -> None:
        kind, _, code = key.decode(errors="replace").partition(":")
        unit = decode(value) if value is not None else None
        found = decode_entries(key, value) if value is not None else None
        if unit is not None:
            self._units[unit.code] = unit
        elif found is not None:
            self._entries.setdefault(kind, {})[code] = found[2]
        elif value is None:
            self._units.pop(code, None) if kind == "unit" else self._entries.get(kind, {}).pop(code, None)
