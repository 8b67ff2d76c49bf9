"""The store in memory, for unit tests: the same contract as `RedisStore`, held by the same suite."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.buckets import RowKey
from streams.store.store import Identity, Position, RefusedError, Writes


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

    async def apply(self, partition: int, writes: Writes) -> None:
        of = self.partitions[partition]
        if of.position.epoch != writes.expected.epoch:
            raise RefusedError("another epoch")
        if of.position.next != writes.expected.next:
            raise RefusedError("another position")
        of.states.update(writes.states)
        _put(of.rows, {key: row or None for key, row in writes.rows.items()})
        _put(of.due, writes.due)
        _put(of.held, writes.held)
        of.outbox.update(writes.outbox)
        of.sources.update(writes.sources)
        of.kinds.update(writes.kinds)
        of.changes.append((writes.expected.next, writes.position.next, writes.touched))
        of.position = replace(writes.position, epoch=of.position.epoch, identity=of.position.identity)

    async def outbox(self, partition: int) -> dict[str, bytes]:
        return dict(self.partitions[partition].outbox)

    async def sent(self, partition: int, entries: Collection[str]) -> None:
        for entry in entries:
            self.partitions[partition].outbox.pop(entry, None)


def _put(into: dict[Any, Any], values: Mapping[Any, Any]) -> None:
    for key, value in values.items():
        if value is None:
            into.pop(key, None)
        else:
            into[key] = value
