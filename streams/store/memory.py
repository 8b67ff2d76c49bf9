"""The store in memory, for unit tests: the same contract as `RedisStore`, held by the same suite."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.buckets import RowKey
from streams.store.keys import heard_field
from streams.store.store import Firing, Identity, Position, RefusedError, Writes


@dataclass(slots=True)
class Partition:
    """Everything under one partition's hash tag."""

    position: Position = field(default_factory=Position)
    halted: str | None = None
    states: dict[str, bytes] = field(default_factory=dict)
    rows: dict[RowKey, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    outbox: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    scores: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))  # lists, and `watch`
    heard: dict[str, int] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    told: dict[str, bytes] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[int, int, dict[str, list[str]]]] = field(default_factory=list)


class MemoryStore:
    """A Store."""

    def __init__(self) -> None:
        self.partitions: dict[int, Partition] = defaultdict(Partition)

    async def claim(self, partition: int, epoch: str, identity: Identity) -> Position:
        of = self.partitions[partition]
        fresh = not of.position.crc
        of.position = replace(of.position, epoch=epoch, identity=identity.fields() if fresh else of.position.identity)
        return of.position

    async def position(self, partition: int) -> Position:
        return self.partitions[partition].position

    async def halted(self, partition: int) -> str | None:
        return self.partitions[partition].halted

    async def halt(self, partition: int, sentence: str | None) -> None:
        self.partitions[partition].halted = sentence

    async def states(self, partition: int, numbers: Sequence[str]) -> list[bytes | None]:
        return [self.partitions[partition].states.get(number) for number in numbers]

    async def sources(self, partition: int, names: Sequence[str]) -> list[bytes | None]:
        return [self.partitions[partition].sources.get(name) for name in names]

    async def rows(self, partition: int, keys: Sequence[RowKey]) -> list[int]:
        return [self.partitions[partition].rows.get(key, 0) for key in keys]

    def _expected(self, partition: int, expected: Position) -> Partition:
        of = self.partitions[partition]
        if of.position.epoch != expected.epoch:
            raise RefusedError("another epoch")
        if of.position.next != expected.next:
            raise RefusedError("another position")
        return of

    async def apply(self, partition: int, writes: Writes) -> None:
        of = self._expected(partition, writes.expected)
        of.states.update(writes.states)
        _put(of.rows, {key: row or None for key, row in writes.rows.items()})
        _put(of.due, writes.due)
        _put(of.held, writes.held)
        of.outbox.update(writes.outbox)
        of.sources.update(writes.sources)
        of.kinds.update(writes.kinds)
        for name, days in writes.lists.items():
            _put(of.scores[f"list:{name}"], days)
        of.moved.update(writes.moved)
        of.heard.update({heard_field(agency, source): last for (agency, source), last in writes.heard.items()})
        of.changes.append((writes.expected.next, writes.position.next, writes.touched))
        of.position = replace(writes.position, epoch=of.position.epoch, identity=of.position.identity)

    async def outbox(self, partition: int) -> dict[str, bytes]:
        return dict(self.partitions[partition].outbox)

    async def waiting(self, partition: int) -> int:
        return len(self.partitions[partition].outbox)

    async def sent(self, partition: int, entries: Mapping[str, bytes], marks: Mapping[str, int]) -> None:
        of = self.partitions[partition]
        gone = any(entry not in of.outbox for entry in entries)
        for entry, value in entries.items():
            if of.outbox.get(entry) == value:
                del of.outbox[entry]
        if not gone:
            of.marks.update(marks)

    async def fire(self, partition: int, firing: Firing) -> None:
        of = self._expected(partition, firing.expected)
        of.outbox.update(firing.outbox)
        _put(of.told, firing.told)
        _put(of.scores["watch"], firing.watch)
        of.moved.difference_update(firing.looked)
        of.marks.update(firing.marks)

    async def marks(self, partition: int) -> dict[str, int]:
        return dict(self.partitions[partition].marks)

    async def told(self, partition: int, numbers: Sequence[str] | None = None) -> dict[str, bytes]:
        kept = self.partitions[partition].told
        return {number: kept[number] for number in (kept if numbers is None else numbers) if number in kept}

    async def heard(self, partition: int) -> dict[str, int]:
        return dict(self.partitions[partition].heard)

    def _scores(self, partition: int, name: str) -> dict[str, int]:
        of = self.partitions[partition]
        return of.due if name == "due" else of.held if name == "held" else of.scores[name]

    async def between(self, partition: int, name: str, low: float, high: float) -> list[str]:
        found = sorted((score, number) for number, score in self._scores(partition, name).items() if low < score <= high)
        return [number for _, number in found]

    async def earliest(self, partition: int, name: str, above: float) -> int | None:
        return min((score for score in self._scores(partition, name).values() if score > above), default=None)

    async def moved(self, partition: int) -> list[str]:
        return sorted(self.partitions[partition].moved)


def _put(into: dict[Any, Any], values: Mapping[Any, Any]) -> None:
    for key, value in values.items():
        if value is None:
            into.pop(key, None)
        else:
            into[key] = value
