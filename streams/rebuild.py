"""`chiso rebuild`: everything anew from the topic of events, into a second space of the store, switched over at the end.

The live workers go on meanwhile. The same pump and windows do the work, so what is rebuilt is what a worker would have computed; what a worker
has already told Kafka about (its outbox) is not told again, if it was of this very log that it told.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.reference import calendar
from indicators.errors import ChisoError, UnreachableError
from indicators.times import Zone
from streams.batch import Batch, checksum
from streams.families import family
from streams.pump import Ports, Pump
from streams.settings import Settings
from streams.store.keys import META, Keys, meta_field
from streams.store.redis import RedisStore, connect, read_position, space
from streams.store.store import Identity, Position, Writes
from streams.topology import FACTS, LETTERS
from streams.windows import Shared, Windows
from streams.worker import look, spare_the_collector

POLL_MS = 200
ANSWERS_IN = 10.0  # seconds
SWITCHED = 5.0  # seconds until workers and readers have noticed for sure
SWEEP = 1000  # keys taken away in one go
_log = logging.getLogger("chiso.rebuild")

Told = Callable[[int, int], None]  # records done, records to do


async def rebuild(bootstrap: str, url: str, settings: Settings, told: Told) -> int:
    """Gives the number of records read. Raises UnreachableError, ChisoError."""
    identities = await asyncio.to_thread(look, bootstrap, settings)
    client = await connect(url)
    done = 0
    try:
        for topic in FACTS:
            await _whole(client, topic, identities[topic])
        old = await space(client)
        new = str(int(old or 1) + 1)
        for topic in FACTS:
            await sweep(client, LETTERS[topic], new)
        spare_the_collector()
        meta: dict[Any, Any] = {"space": new}
        for topic in FACTS:
            identity, before = identities[topic], done
            done += await _Rebuild(client, topic, identity, (old, new)).run(
                bootstrap,
                settings,
                lambda one, lacking, before=before: told(before + one, lacking),  # type: ignore[misc]
            )
            await carry(client, LETTERS[topic], int(identity.partitions), (old, new))
            of_it = {"partitions": identity.partitions, "zone": identity.zone, "rules": identity.rules}
            meta |= {meta_field(name, LETTERS[topic]): value for name, value in of_it.items()}
        await client.hset(META, mapping=meta)
        await asyncio.sleep(SWITCHED)
        for topic in FACTS:
            await sweep(client, LETTERS[topic], old)
    except (RedisError, OSError) as error:
        raise UnreachableError(f"Redis did not answer ({type(error).__name__}); figures are as they were, begin again") from None
    except KafkaError as error:
        raise UnreachableError(f"Kafka did not answer ({type(error).__name__}); figures are as they were, begin again") from None
    finally:
        await client.aclose()
    return done


async def _whole(client: Any, topic: str, identity: Identity) -> None:
    """Raises ChisoError where partitions were added to the topic: a dossier's events would stand in two of them, each with half its life."""
    letter = LETTERS[topic]
    count = int(await client.hget(META, meta_field("partitions", letter)) or identity.partitions)
    known = await client.hget(Keys(0, letter, await space(client)).position, "topic")
    if count != int(identity.partitions) and known is not None and known.decode() == identity.topic:
        raise ChisoError(
            f"{topic} was given partitions ({count} before, {identity.partitions} now), which moves its keys; "
            f"copy its records into a topic made anew, then rebuild. Figures are as they were"
        )


async def carry(client: Redis, letter: str, partitions: int, spaces: tuple[str, str]) -> None:
    """What the old space still had to tell Kafka is told by the new, which also knows what was told already. How far timers have fired is left
    behind: whatever is due is looked at once more.
    """
    old, new = spaces
    for number in range(partitions):
        before, after = Keys(number, letter, old), Keys(number, letter, new)
        for source, target in ((before.outbox, after.outbox), (before.told, after.told), (before.timers, after.timers)):
            entries: dict[Any, Any] = await client.hgetall(source)
            kept = {name: value for name, value in entries.items() if source != before.timers or name.startswith((b"to ", b"silent "))}
            if kept:
                await client.hset(target, mapping=kept)


async def sweep(client: Redis, letter: str, gone: str) -> None:
    """Takes away every key of a family in a space."""
    found: list[bytes] = []
    pattern = f"{{{letter}*.{gone}}}:*" if gone else f"{{{letter}*}}:*"
    async for key in client.scan_iter(match=pattern, count=SWEEP):
        if gone or b"." not in key.partition(b"}")[0]:
            found.append(key)
        if len(found) >= SWEEP:
            await client.unlink(*found)
            found.clear()
    if found:
        await client.unlink(*found)


class _Rebuild:
    """All partitions, one task each, fed by one consumer without a group; it is the pumps' `Log`."""

    def __init__(self, client: Redis, topic: str, identity: Identity, spaces: tuple[str, str]) -> None:
        self._client, self._topic, self._identity = client, topic, identity
        self._letter = LETTERS[topic]
        self._old, new = spaces
        self._store = RedisStore(client, self._letter, new)
        self._flowing: set[TopicPartition] = set()
        self._done: dict[int, int] = {}
        self._consumer: AIOKafkaConsumer

    async def run(self, bootstrap: str, settings: Settings, told: Told) -> int:
        """Until every partition has reached the end of its log."""
        numbers = range(int(self._identity.partitions))
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=settings.fetch_bytes
        )
        await self._consumer.start()
        kind = family(self._topic, len(numbers), Zone(self._identity.zone), calendar(settings.calendar))
        shared = Shared(self._store, kind, self._watch)
        ports = Ports(self._store, self, self._identity, lambda _: None)
        tasks: list[asyncio.Task[None]] = []
        try:
            self._consumer.assign([TopicPartition(self._topic, number) for number in numbers])
            pumps = {number: Pump(number, ports, await self._work(Windows(number, shared), number)) for number in numbers}
            tasks += [asyncio.create_task(pump.run()) for pump in pumps.values()]
            await self._feed(pumps, tasks, told)
        finally:
            for task in tasks:
                task.cancel()
            await self._consumer.stop()
        return sum(self._done.values())

    async def _work(self, windows: Windows, number: int) -> "Windows | _Quiet":
        """Quiet about what the live worker has told, where it worked through this log."""
        live = Keys(number, self._letter, self._old)
        stored: Any = await self._client.hgetall(live.position)
        position = read_position(stored)
        if b"halted" in stored or not same_log(position, self._identity) or not await self._ends_there(number, position):
            return windows
        return _Quiet(windows, self._client, live)

    async def _ends_there(self, number: int, position: Position) -> bool:
        """Whether the record applied last stands in this log, where it stood."""
        place = TopicPartition(self._topic, number)
        first, end = (await self._consumer.beginning_offsets([place]))[place], (await self._consumer.end_offsets([place]))[place]
        if not first < position.next <= end:
            return False
        self._consumer.seek(place, position.next - 1)
        try:
            async with asyncio.timeout(ANSWERS_IN):
                record = await self._consumer.getone(place)
        except TimeoutError:
            return False  # none at or after it that anybody may read
        return record.offset == position.next - 1 and checksum(record) == position.crc

    async def _feed(self, pumps: dict[int, Pump], tasks: list["asyncio.Task[None]"], told: Told) -> None:
        while True:
            for task, pump in zip(tasks, pumps.values(), strict=True):
                if task.done():
                    task.result()
                if pump.halted:
                    raise ChisoError(f"partition {pump.partition} cannot be rebuilt: {await self._store.halted(pump.partition)}")
            ends = await self._consumer.end_offsets(self._consumer.assignment())
            lacking = sum(max(0, end - self._done.get(place.partition, 0)) for place, end in ends.items())
            told(sum(self._done.values()), lacking)
            firsts = await self._consumer.beginning_offsets(self._consumer.assignment())
            if all(self._done.get(place.partition, firsts[place]) >= end for place, end in ends.items()):
                return
            await self._round(pumps, dict(zip(pumps, tasks, strict=True)))

    async def _round(self, pumps: dict[int, Pump], tasks: dict[int, "asyncio.Task[None]"]) -> None:
        places = list(self._flowing)
        if not places:
            await asyncio.sleep(POLL_MS / 1000)
            return
        found = await self._consumer.getmany(*places, timeout_ms=POLL_MS)
        await asyncio.gather(
            *(
                put(pumps[place.partition], tasks[place.partition], Batch(self._topic, place.partition, records))
                for place, records in found.items()
            )
        )

    def _watch(self, partition: int, writes: Writes, seconds: float) -> None:  # noqa: ARG002 - as others are told
        self._done[partition] = writes.position.next

    async def extent(self, partition: int) -> tuple[int, int]:
        """The whole log, as far as it is still there."""
        place = TopicPartition(self._topic, partition)
        end = await self._consumer.end_offsets([place])
        return 0, end[place]

    async def flow(self, partition: int, offset: int) -> int:
        """Seeks and lets batches come. What retention has taken away cannot be rebuilt: it begins with the first record there is."""
        place = TopicPartition(self._topic, partition)
        first = await self._consumer.beginning_offsets([place])
        self._consumer.seek(place, max(offset, first[place]))
        self._flowing.add(place)
        return 0

    def pause(self, partition: int) -> None:
        """No more batches of this partition."""
        self._flowing.discard(TopicPartition(self._topic, partition))


async def put(pump: Pump, task: "asyncio.Task[None]", batch: Batch) -> None:
    """Hands a batch to a pump, unless its task ends first: nobody would ever take it from a full inbox."""
    waiting = asyncio.ensure_future(pump.put(batch))
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def same_log(position: Position, identity: Identity) -> bool:
    """Whether a position is one of this cluster's topic, as it was made."""
    wanted = identity.fields()
    return all(position.identity.get(name) == wanted[name] for name in ("cluster", "topic"))


class _Quiet:
    """Windows whose outbox holds only what the live worker has not told of."""

    waiting = False

    def __init__(self, windows: Windows, client: Any, live: Keys) -> None:
        self._windows, self._client, self._live = windows, client, live

    async def prepare(self, position: Position, batch: Batch) -> Writes:
        """As windows do, with an outbox only beyond the live position."""
        writes = await self._windows.prepare(position, batch)
        if writes.outbox and batch.next <= int(await self._client.hget(self._live.position, "next") or 0):
            writes.outbox = {}
        return writes

    def applied(self, writes: Writes, seconds: float) -> None:
        """Tells."""
        self._windows.applied(writes, seconds)

    def forget(self) -> None:
        """Passes it on."""
        self._windows.forget()
