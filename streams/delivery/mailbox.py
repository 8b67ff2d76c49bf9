"""What waits for whom, in Redis: a queue an address, so that one address' trouble is its own. What is settled is remembered for 31 days.

Everything here may be done twice. `put` before the reader's position moves, and `settle` after the other side took the message: so a crash loses nothing,
and repeats at most the one message an address was being sent, under the same id.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from streams.delivery.entry import Address, Entry, Trouble, address, decode, decode_trouble, encode, mark
from streams.store import keys
from streams.store.redis import script

KEPT = 31 * 86_400.0  # seconds a settled id is remembered
SETTLED_MOST = 1_000_000  # ids, at some 100 bytes
WAITING_MOST = 50_000  # messages of one address; the oldest are given up
RECENT_MOST = 100_000
CHUNK = 500

Pair = tuple[Address, Entry]


class Mailbox:
    """One for a process; `client` is redis.asyncio.Redis, whose errors come through."""

    def __init__(self, client: Any, most: int = WAITING_MOST) -> None:
        self._client, self._most = client, most
        self._settle, self._move = client.register_script(script("settle")), client.register_script(script("move"))
        self._recent: dict[bytes, None] = {}  # settled by this process: outlives a store that was emptied

    async def put(self, pairs: Sequence[Pair], now: float) -> list[Pair]:
        """Queues what is not settled; messages that are waiting already stay as they are. Returns what had to go, because too much waits."""
        left: list[Pair] = []
        for start in range(0, len(pairs), CHUNK):
            left += await self._put(pairs[start : start + CHUNK], now)
        return left

    async def _put(self, pairs: Sequence[Pair], now: float) -> list[Pair]:
        marks = [mark(to, entry.id) for to, entry in pairs]
        settled = await self._client.zmscore(keys.DELIVERED, marks)
        todo = [(one, pair) for one, pair, when in zip(marks, pairs, settled, strict=True) if when is None and one not in self._recent]
        async with self._client.pipeline(transaction=True) as pipe:
            for one, (to, entry) in todo:
                pipe.hsetnx(keys.delivery_texts(to.key), entry.id, encode(entry))
                pipe.zadd(keys.delivery_queue(to.key), {entry.id: now}, nx=True)
                if entry.partition >= 0:
                    pipe.zadd(keys.delivery_open(entry.partition), {one: entry.offset}, nx=True)
                pipe.zadd(keys.ADDRESSEES, {to.key: now}, lt=True)
            await pipe.execute()
        left: list[Pair] = []
        for to in dict.fromkeys(pair[0] for _, pair in todo):
            left += await self._shorten(to, now)
        return left

    async def _shorten(self, to: Address, now: float) -> list[Pair]:
        """Gives up the oldest where too much waits."""
        queue = keys.delivery_queue(to.key)
        more = await self._client.zcard(queue) - self._most
        left = []
        for name in await self._client.zrange(queue, 0, more - 1) if more > 0 else ():
            entry = await self._entry(to, name)
            await self.settle(to, entry, now, now)
            left.append((to, entry))
        return left

    async def due(self, now: float) -> list[Address]:
        """Addresses that something can be sent to, longest waiting first."""
        found = await self._client.zrange(keys.ADDRESSEES, "-inf", now, byscore=True)
        return [address(key.decode()) for key in found]

    async def rest(self, to: Address, until: float) -> None:
        """Not to be looked at before."""
        await self._client.zadd(keys.ADDRESSEES, {to.key: until}, xx=True)

    async def first(self, to: Address, now: float) -> Entry | None:
        """What is to be tried next, None where nothing is due."""
        names = await self._client.zrange(keys.delivery_queue(to.key), "-inf", now, byscore=True, offset=0, num=1)
        if not names:
            await self._look_again(to)
            return None
        return await self._entry(to, names[0])

    async def _entry(self, to: Address, name: bytes) -> Entry:
        stored = await self._client.hget(keys.delivery_texts(to.key), name)
        return Entry(name.decode(), {}, 0, 0) if stored is None else decode(stored)

    async def _look_again(self, to: Address) -> None:
        """Says anew when the address has something due."""
        await self._settle(keys=self._places(to, None), args=["", b"", to.key, 0, 0, "0", ""])

    async def settled(self, to: Address, entry: Entry) -> bool:
        """Whether it was sent or given up before."""
        one = mark(to, entry.id)
        return one in self._recent or await self._client.zscore(keys.DELIVERED, one) is not None

    async def settle(self, to: Address, entry: Entry, now: float, look: float) -> None:
        """Sent, or given up: never again. The address is looked at from `look` on."""
        one = mark(to, entry.id)
        self._recent[one] = None
        if len(self._recent) > RECENT_MOST:
            for old in list(islice(self._recent, RECENT_MOST // 10)):
                del self._recent[old]
        await self._settle(keys=self._places(to, entry), args=[entry.id, one, to.key, now, look, "", ""])

    async def postpone(self, to: Address, entry: Entry, when: float, look: float) -> None:
        """To be tried again at `when`; the address is looked at from `look` on."""
        await self._settle(keys=self._places(to, entry), args=[entry.id, mark(to, entry.id), to.key, 0, look, repr(when), encode(entry)])

    def _places(self, to: Address, entry: Entry | None) -> list[str]:
        partition = -1 if entry is None else entry.partition
        return [
            keys.DELIVERED,
            keys.delivery_queue(to.key),
            keys.delivery_texts(to.key),
            keys.ADDRESSEES,
            keys.delivery_open(partition),
        ]

    async def waiting(self) -> int:
        """How many messages wait."""
        known = await self._client.zrange(keys.ADDRESSEES, 0, -1)
        async with self._client.pipeline(transaction=False) as pipe:
            for key in known:
                pipe.zcard(keys.delivery_queue(key.decode()))
            return sum(await pipe.execute())

    async def troubles(self) -> dict[Address, Trouble]:
        """Of every address that has any."""
        found = await self._client.hgetall(keys.DELIVERY_TROUBLE)
        return {address(key.decode()): decode_trouble(value) for key, value in found.items()}

    async def trouble(self, to: Address, trouble: Trouble | None) -> None:
        """Remembers it, or that it is over."""
        if trouble is None:
            await self._client.hdel(keys.DELIVERY_TROUBLE, to.key)
        else:
            await self._client.hset(keys.DELIVERY_TROUBLE, to.key, encode(trouble))

    async def places(self, partitions: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
        """By partition: where the reader stands, and the offset of the first notice that still waits; each None for none. Read in one step."""
        wanted = list(partitions)
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.DELIVERY_POSITION)
            for number in wanted:
                pipe.zrange(keys.delivery_open(number), 0, 0, withscores=True)
            stored, *firsts = await pipe.execute()
        stands = {int(number): int(offset) for number, offset in stored.items()}
        return {number: (stands.get(number), int(first[0][1]) if first else None) for number, first in zip(wanted, firsts, strict=True)}

    async def stand(self, positions: dict[int, int]) -> None:
        """The reader begins here."""
        await self._client.hset(keys.DELIVERY_POSITION, mapping={str(number): offset for number, offset in positions.items()})

    async def move(self, partition: int, old: int, new: int) -> bool:
        """The reader goes on; False where the store forgot where it stood."""
        return bool(await self._move(keys=[keys.DELIVERY_POSITION], args=[partition, old, new]))

    async def digested(self) -> int | None:
        """The day of the last digest."""
        found = await self._client.get(keys.DIGESTED)
        return None if found is None else int(found)

    async def digest_done(self, day: int) -> None:
        """That day's digests are all in their queues."""
        await self._client.set(keys.DIGESTED, day)

    async def clean(self, now: float) -> None:
        """Forgets what was settled long ago."""
        await self._client.zremrangebyscore(keys.DELIVERED, "-inf", now - KEPT)
        await self._client.zremrangebyrank(keys.DELIVERED, 0, -SETTLED_MOST - 1)
