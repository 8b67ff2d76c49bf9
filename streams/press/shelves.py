"""A store in memory that answers the questions readers ask of Redis: hashes, sorted sets, and pipelines of them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Self


class Shelves:
    """Names and fields as Redis gives them: names are text, fields and values bytes."""

    def __init__(self) -> None:
        self.hashes: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        self.scores: dict[str, dict[str, int]] = defaultdict(dict)

    def score(self, name: str, changes: Mapping[str, int | None]) -> None:
        """Members of a sorted set; None takes one away."""
        of = self.scores[name]
        for member, value in changes.items():
            if value is None:
                of.pop(member, None)
            else:
                of[member] = value

    async def hgetall(self, name: str) -> dict[bytes, bytes]:
        return self.hashes.get(name, {})

    async def hget(self, name: str, field: str) -> bytes | None:
        return self.hashes.get(name, {}).get(_bytes(field))

    async def hmget(self, name: str, fields: Iterable[Any]) -> list[bytes | None]:
        of = self.hashes.get(name, {})
        return [of.get(_bytes(field)) for field in fields]

    async def hscan_iter(self, name: str, count: int = 0) -> AsyncIterator[tuple[bytes, bytes]]:  # noqa: ARG002 - as Redis is asked
        for pair in self.hashes.get(name, {}).items():
            yield pair

    async def zrange(self, name: str, low: Any, high: Any, *, byscore: bool, withscores: bool = False) -> list[Any]:
        assert byscore
        found = [(score, member.encode()) for member, score in self.scores.get(name, {}).items() if float(low) <= score <= float(high)]
        return [(member, score) if withscores else member for score, member in sorted(found)]

    def pipeline(self, *, transaction: bool) -> "Pipe":
        assert not transaction
        return Pipe(self)


class Pipe:
    """Questions asked together."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._asked: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._asked.clear()

    def hgetall(self, name: str) -> None:
        self._asked.append(self._shelves.hgetall(name))

    def hmget(self, name: str, fields: Iterable[Any]) -> None:
        self._asked.append(self._shelves.hmget(name, fields))

    async def execute(self) -> list[Any]:
        found = [await one for one in self._asked]
        self._asked.clear()
        return found


def _bytes(field: Any) -> bytes:
    return field if isinstance(field, bytes) else str(field).encode()
