"""The registry's topic: loading files into it, and following it on the reading side. Compacted: one record a code, the last one holds."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.registry import check, decode, encode
from indicators.errors import UnreachableError
from indicators.units import Registry, Unit
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
    consumer = _consumer(bootstrap)
    try:
        await consumer.start()
        consumer.assign([_PLACE])
        end = (await consumer.end_offsets([_PLACE]))[_PLACE]
        found: dict[bytes, bytes] = {}
        await consumer.seek_to_beginning(_PLACE)
        while await consumer.position(_PLACE) < end:
            for records in (await consumer.getmany(_PLACE, timeout_ms=500)).values():
                for record in records:
                    found[record.key] = record.value
    except (KafkaError, OSError):
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    finally:
        await consumer.stop()
    return {key: value for key, value in found.items() if value is not None}


async def load(bootstrap: str, units: Iterable[Unit], name: str) -> Loaded:
    """Sends what is new or changed. Raises InvalidDataError where the whole would not fit together, UnreachableError."""
    before = await stored(bootstrap)
    known = {unit.code: unit for value in before.values() if (unit := decode(value)) is not None}
    given = {unit.code: unit for unit in units}
    check(list((known | given).values()), name)
    records = [encode(unit) for unit in given.values()]
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

    def _take(self, records: Iterable[AIOKafkaConsumer]) -> None:
        changed = False
        for record in records:
            code = (record.key or b"").decode(errors="replace").removeprefix("unit:")
            unit = decode(record.value) if record.value is not None else None
            if unit is not None:
                self._units[unit.code] = unit
            elif record.value is None:
                self._units.pop(code, None)
            changed = True
        if changed:
            self.registry = Registry(dict(self._units))
