"""The reading side as it would be had the log ended at given positions: the topics are folded into memory, which then answers as the store does."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from indicators.buckets import RowKey
from indicators.errors import NotFoundError, UnreachableError
from indicators.fold import Change
from indicators.services import Services
from streams.batch import Batch
from streams.desk import Sources
from streams.ends import Ends
from streams.families import family
from streams.follow import BookFollower, Follower, Stand
from streams.press.shelves import Shelves
from streams.press.talk import Talk
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.store.keys import Keys, heard_field
from streams.store.scripts import row_bytes
from streams.topology import FACTS, LETTERS, PETITIONS
from streams.windows import Family

POLL_MS = 500
FETCH = 4_000_000
Positions = Mapping[str, Mapping[str, int]]  # positions, petitions, procedures → partition → next offset
NAMES = dict(zip(FACTS, ("positions", "petitions", "procedures"), strict=True))


class Folded:
    """A partition folded into memory."""

    def __init__(self, keys: Keys, shelves: Shelves, kind: Family) -> None:
        self.keys, self._shelves, self._kind = keys, shelves, kind
        self.rows: dict[RowKey, int] = defaultdict(int)
        self._states: dict[str, bytes] = {}

    def take(self, batch: Batch) -> None:
        """Folds a batch onto what stands."""
        groups = self._kind.read(batch).groups
        change = self._kind.fold(groups, {number: self._states.get(number) for number in groups})
        self._states.update(change.states)
        for key, delta in change.rows.items():
            self.rows[key] += delta
        self._note(change)

    def _note(self, change: Change) -> None:
        keys, shelves = self.keys, self._shelves
        shelves.score(keys.due, change.due)
        shelves.score(keys.held, change.held)
        for name, days in change.lists.items():
            shelves.score(keys.listed(name), days)
        for (agency, source), last in change.heard.items():
            shelves.hashes[keys.heard][heard_field(agency, source).encode()] = str(last).encode()
        for unit, what in change.kinds.items():
            shelves.hashes[keys.units][unit.encode()] = what.encode()

    def finish(self) -> None:
        """Puts rows and states where they are read."""
        for (kind, unit, field), row in self.rows.items():
            stored = row_bytes(kind, row)
            if stored:
                self._shelves.hashes[self.keys.rows(kind, unit)][field.encode()] = stored
            if kind == "day":
                self._shelves.hashes[self.keys.units].setdefault(unit.encode(), b"")
        self._shelves.hashes[self.keys.dossiers] = {number.encode(): state for number, state in self._states.items()}


async def replayed(bootstrap: str, positions: Positions, registry: Iterable[tuple[bytes, bytes]], terms: Terms, talk: Talk) -> Sources:
    """Everything up to the positions. Raises UnreachableError; NotFoundError where the log does not reach that far any more."""
    shelves = Shelves()
    book = BookFollower(shelves)
    followers: list[Follower] = [Follower(shelves, services=Services(book.book.codes)), Follower(shelves, topic=PETITIONS), book]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=FETCH
    )
    folding = _Folding(consumer, shelves, terms, talk)
    try:
        await consumer.start()
        for follower in followers:
            await folding.fill(follower, positions[NAMES[follower.topic]])
    except (KafkaError, OSError):
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    finally:
        await consumer.stop()
    names = RegistryFollower(bootstrap)
    names.hold(registry)
    ends = Ends(bootstrap)
    ends.now = ends.before = {topic: {int(number): end for number, end in positions[NAMES[topic]].items()} for topic in FACTS}
    return Sources(followers[0], followers[1], book, names, ends)


@dataclass(frozen=True, slots=True)
class _Folding:
    """Fills followers from their topics."""

    consumer: Any
    shelves: Shelves
    terms: Terms
    talk: Talk

    async def fill(self, follower: Follower, upto: Mapping[str, int]) -> None:
        """Every partition up to its position."""
        topic = follower.topic
        kind = family(topic, len(upto), self.terms.zone, self.terms.calendar)
        for number, end in sorted((int(number), end) for number, end in upto.items()):
            keys = Keys(number, LETTERS[topic])
            folded = Folded(keys, self.shelves, kind)
            async for batch in _batches(self.consumer, TopicPartition(topic, number), end):
                folded.take(batch)
                self.talk(f"folding {topic} {number}, {batch.next} of {end}")
                await asyncio.sleep(0)
            folded.finish()
            follower.keys.append(keys)
            follower.stands[number] = Stand(next=end)
            await follower.load_rows(keys)
        follower.stale = False


async def _batches(consumer: Any, place: TopicPartition, end: int) -> AsyncIterator[Batch]:
    """A partition from its first record to an offset."""
    consumer.assign([place])
    last = (await consumer.end_offsets([place]))[place]
    if last < end:
        raise NotFoundError(
            f"{place.topic} {place.partition} ends at {last}, before {end}: this is not the log the publication was made from"
        )
    at = (await consumer.beginning_offsets([place]))[place]
    if at >= end:
        return
    consumer.seek(place, at)
    while await consumer.position(place) < end:
        for records in (await consumer.getmany(place, timeout_ms=POLL_MS)).values():
            some = [record for record in records if record.offset < end]
            if some:
                yield Batch(place.topic, place.partition, some)
