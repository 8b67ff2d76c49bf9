"""The store on Redis or Valkey: reads are pipelined, a batch is applied by one script."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

import hiredis
from redis.asyncio import Connection, Redis
from redis.exceptions import RedisError, ResponseError

from indicators.buckets import RowKey
from indicators.errors import UnreachableError
from indicators.lanes import decode
from streams.store import scripts
from streams.store.keys import META, Keys, meta_field
from streams.store.store import OUTCOMES, Firing, Identity, Position, RefusedError, StoreDownError, Writes

ANSWER_SECONDS = 30


class PackedConnection(Connection):
    """Packs commands by hiredis, as redis-py's blocking connection does; its asyncio one packs them in Python, at 1.5 µs an event."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """One command in the wire format."""
        return [hiredis.pack_command((*str(args[0]).encode().split(), *args[1:]))]


async def connect(url: str) -> Redis:
    """A client that never retries by itself (an answer may be lost after a script ran). Raises UnreachableError."""
    packed: dict[str, Any] = {} if url.startswith("rediss") else {"connection_class": PackedConnection}
    client = Redis.from_url(url, **packed, protocol=2, retry=None, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS)
    try:
        await client.ping()
    except (RedisError, OSError):
        raise UnreachableError(f"Redis at {url.rpartition('@')[2]} does not answer; is it running? `chiso up` brings its own") from None
    return client


async def space(client: Any) -> str:
    """The space in force for partitions of events; '' before the first rebuild."""
    found = await client.hget(META, "space")
    return "" if found is None else str(found.decode())


def script(name: str) -> str:
    """The text of one Lua script of the store."""
    return (files("streams.store") / "lua" / f"{name}.lua").read_text()


def read_position(stored: Mapping[bytes, bytes]) -> Position:
    """A position hash as a value; an empty one stands at the start."""
    text = {name.decode(): value.decode() for name, value in stored.items()}
    counts = tuple(int(text.get(name, 0)) for name in OUTCOMES)
    identity = {name: text[name] for name in Identity.__slots__ if name in text}
    place = int(text.get("next", 0)), text.get("crc", ""), int(text.get("as_of", 0))
    return Position(text.get("epoch", ""), *place, counts, identity, int(text.get("gap", 0)))  # type: ignore[arg-type]


@asynccontextmanager
async def _answers() -> AsyncIterator[None]:
    """Turns the client's errors into the store's."""
    try:
        yield
    except ResponseError as error:
        if str(error).startswith("REFUSED"):
            raise RefusedError(str(error)) from None
        raise StoreDownError(str(error)) from None
    except (RedisError, OSError) as error:
        raise StoreDownError(f"{type(error).__name__}: {error}") from None


class RedisStore:
    """A Store. The client must not decode responses, and must not retry: a reply may be lost after the script was run."""

    def __init__(
        self, client: Any, letter: str = "p", space: str = ""
    ) -> None:  # redis.asyncio.Redis, whose types leave open whether it decodes
        self._client = client
        self._letter = letter
        self.space = space
        self._apply = client.register_script(script("apply"))
        self._claim = client.register_script(script("claim"))
        self._sent = client.register_script(script("sent"))
        self._keys: dict[int, Keys] = {}

    def _of(self, partition: int) -> Keys:
        found = self._keys.get(partition)
        if found is None:
            found = self._keys[partition] = Keys(partition, self._letter, self.space)
        return found

    def move(self, space: str) -> None:
        """Everything from now on happens in another space."""
        self.space = space
        self._keys.clear()

    async def claim(self, partition: int, epoch: str, identity: Identity) -> Position:
        flat = [part for pair in identity.fields().items() for part in pair]
        meta = {"partitions": identity.partitions, "zone": identity.zone, "rules": identity.rules}
        async with _answers():
            if self._letter != "r" and not self.space:
                for name, value in meta.items():
                    await self._client.hsetnx(META, meta_field(name, self._letter), value)
            stored = await self._claim(keys=[self._of(partition).position], args=[epoch, *flat])
        return read_position(dict(zip(stored[::2], stored[1::2], strict=True)))

    async def position(self, partition: int) -> Position:
        async with _answers():
            return read_position(await self._client.hgetall(self._of(partition).position))

    async def halted(self, partition: int) -> str | None:
        async with _answers():
            found = await self._client.hget(self._of(partition).position, "halted")
        return None if found is None else found.decode()

    async def halt(self, partition: int, sentence: str | None) -> None:
        async with _answers():
            if sentence is None:
                await self._client.hdel(self._of(partition).position, "halted")
            else:
                await self._client.hset(self._of(partition).position, "halted", sentence)

    async def states(self, partition: int, numbers: Sequence[str]) -> list[bytes | None]:
        if not numbers:
            return []
        async with _answers():
            found: list[bytes | None] = await self._client.hmget(self._of(partition).dossiers, list(numbers))
        return found

    async def sources(self, partition: int, names: Sequence[str]) -> list[bytes | None]:
        if not names:
            return []
        async with _answers():
            found: list[bytes | None] = await self._client.hmget(self._of(partition).sources, list(names))
        return found

    async def rows(self, partition: int, keys: Sequence[RowKey]) -> list[int]:
        if not keys:
            return []
        of = self._of(partition)
        places: dict[str, list[int]] = defaultdict(list)
        for place, (kind, unit, _) in enumerate(keys):
            places[of.rows(kind, unit)].append(place)
        found = [0] * len(keys)
        async with _answers(), self._client.pipeline(transaction=False) as pipe:
            for key, wanted in places.items():
                pipe.hmget(key, [keys[place][2] for place in wanted])
            for wanted, values in zip(places.values(), await pipe.execute(), strict=True):
                for place, value in zip(wanted, values, strict=True):
                    if value is not None:
                        found[place] = decode(value)
        return found

    async def apply(self, partition: int, writes: Writes) -> None:
        await self._run(writes.expected, *scripts.batch(self._of(partition), writes))

    async def fire(self, partition: int, firing: Firing) -> None:
        await self._run(firing.expected, *scripts.firing(self._of(partition), firing))

    async def _run(self, expected: Position, keys: list[str], args: list[Any]) -> None:
        known = str(expected.next) if expected.crc else ""
        async with _answers():
            await self._apply(keys=keys, args=[expected.epoch, known, *args])

    async def outbox(self, partition: int) -> dict[str, bytes]:
        async with _answers():
            stored = await self._client.hgetall(self._of(partition).outbox)
        return {name.decode(): value for name, value in stored.items()}

    async def waiting(self, partition: int) -> int:
        async with _answers():
            return int(await self._client.hlen(self._of(partition).outbox))

    async def sent(self, partition: int, entries: Mapping[str, bytes], marks: Mapping[str, int]) -> None:
        if entries or marks:
            of = self._of(partition)
            flat = [part for pairs in (entries, marks) for pair in pairs.items() for part in pair]
            async with _answers():
                await self._sent(keys=[of.outbox, of.timers], args=[len(entries), *flat])

    async def marks(self, partition: int) -> dict[str, int]:
        async with _answers():
            return _numbers(await self._client.hgetall(self._of(partition).timers))

    async def told(self, partition: int, numbers: Sequence[str] | None = None) -> dict[str, bytes]:
        async with _answers():
            if numbers is None:
                return {name.decode(): value for name, value in (await self._client.hgetall(self._of(partition).told)).items()}
            found = await self._client.hmget(self._of(partition).told, list(numbers)) if numbers else []
        return {number: value for number, value in zip(numbers, found, strict=True) if value is not None}

    async def heard(self, partition: int) -> dict[str, int]:
        async with _answers():
            return _numbers(await self._client.hgetall(self._of(partition).heard))

    async def between(self, partition: int, name: str, low: float, high: float) -> list[str]:
        async with _answers():
            found = await self._client.zrange(f"{self._of(partition).tag}:{name}", f"({low}", high, byscore=True)
        return [number.decode() for number in found]

    async def earliest(self, partition: int, name: str, above: float) -> int | None:
        key = f"{self._of(partition).tag}:{name}"
        async with _answers():
            found = await self._client.zrange(key, f"({above}", "+inf", byscore=True, offset=0, num=1, withscores=True)
        return int(found[0][1]) if found else None

    async def moved(self, partition: int) -> list[str]:
        async with _answers():
            return [number.decode() for number in await self._client.smembers(self._of(partition).moved)]


def _numbers(stored: Mapping[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in stored.items()}
