"""The store on Redis or Valkey: reads are pipelined, a batch is applied by one script."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from itertools import islice
from typing import Any

import hiredis
import msgspec
from redis.asyncio import Connection, Redis
from redis.exceptions import RedisError, ResponseError

from indicators.buckets import RowKey
from indicators.errors import UnreachableError
from indicators.lanes import DAY_COUNTERS, MONTH_COUNTERS, decode, encode
from streams.store.keys import META, Keys, meta_field
from streams.store.store import OUTCOMES, Identity, Position, RefusedError, StoreDownError, Writes

ANSWER_SECONDS = 30
CHUNK = 4000  # arguments of one command inside the script; Lua's unpack fails beyond about 8,000
CHANGES_KEPT = "2000"
_pack = msgspec.msgpack.Encoder().encode
_SIZE = {"day": len(DAY_COUNTERS)}


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
        keys, args = commands(self._of(partition), writes)
        expected = writes.expected
        known = str(expected.next) if expected.crc else ""
        async with _answers():
            await self._apply(keys=keys, args=[expected.epoch, known, *args])

    async def outbox(self, partition: int) -> dict[str, bytes]:
        async with _answers():
            stored = await self._client.hgetall(self._of(partition).outbox)
        return {name.decode(): value for name, value in stored.items()}

    async def sent(self, partition: int, entries: Collection[str]) -> None:
        if entries:
            async with _answers():
                await self._client.hdel(self._of(partition).outbox, *entries)


class _Script:
    """Keys and arguments of apply.lua as they grow."""

    def __init__(self, position: str) -> None:
        self.keys = {position: 1}
        self.args: list[Any] = []

    def write(self, command: str, key: str, arguments: Collection[Any], *lead: Any) -> None:
        """One command, or several where there are many arguments; none where there are none."""
        index = self.keys.setdefault(key, len(self.keys) + 1)
        rest = iter(arguments)
        while part := list(islice(rest, CHUNK)):
            self.args += (command, index, len(lead) + len(part), *lead, *part)


def commands(of: Keys, writes: Writes) -> tuple[list[str], list[Any]]:
    """KEYS and the writes (ARGV[3…]) of apply.lua; the position comes last."""
    made = _Script(of.position)
    made.write("HSET", of.dossiers, [part for pair in writes.states.items() for part in pair])
    hashes: dict[tuple[str, str], tuple[list[Any], list[str]]] = {}
    for (kind, unit, name), row in writes.rows.items():
        kept, gone = hashes.get((kind, unit)) or hashes.setdefault((kind, unit), ([], []))
        if row:
            kept += (name, encode(row, _SIZE.get(kind, len(MONTH_COUNTERS))))
        else:
            gone.append(name)
    for (kind, unit), (kept, gone) in hashes.items():
        key = of.rows(kind, unit)
        made.write("HSET", key, kept)
        made.write("HDEL", key, gone)
    touched = writes.touched
    made.write("HSET", of.units, [part for pair in writes.kinds.items() for part in pair])
    for unit in touched:
        made.write("HSETNX", of.units, (unit, ""))
    for key, scores in ((of.due, writes.due), (of.held, writes.held)):
        made.write("ZADD", key, [part for number, day in scores.items() if day is not None for part in (day, number)])
        made.write("ZREM", key, [number for number, day in scores.items() if day is None])
    made.write("HSET", of.sources, [part for pair in writes.sources.items() for part in pair])
    made.write("HSET", of.outbox, [part for pair in writes.outbox.items() for part in pair])
    before, after = writes.expected, writes.position
    change: tuple[Any, ...] = ("from", before.next, "to", after.next, "units", _pack(touched), "ts", after.as_of, "first", writes.first_ms)
    if writes.lit:
        change += ("lit", _pack(writes.lit))
    made.write("XADD", of.changes, change, "MAXLEN", "~", CHANGES_KEPT, "*")
    counts = [part for pair in zip(OUTCOMES, after.counts, strict=True) for part in pair]
    made.write("HSET", of.position, ["next", after.next, "crc", after.crc, "as_of", after.as_of, *counts])
    return list(made.keys), made.args
