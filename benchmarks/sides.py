"""The sides of the comparison, each a process of its own: `python -m benchmarks.sides ours|stock-faust|limit KAFKA REDIS GROUP`.

ours         the worker as it is: exactly once, positions in the store
stock-faust  faust-streaming as it comes: an agent that takes up to 2,000 events at a time, does the same fold, and reads and writes Redis by
             pipelines; at least once, no fencing, no position of its own
limit        bare aiokafka: fetch and decode, one small write a batch, no fold

`ours` shows its progress by the positions in the store, the others by the counter `bench:count`.
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from redis.asyncio import Redis

from connectors.codec import decode
from indicators.admission import admit
from indicators.fold import Change, fold
from indicators.lanes import decode as decode_row
from indicators.times import Zone
from streams.store.keys import heard_field
from streams.store.scripts import row_bytes
from streams.topology import EVENTS
from streams.worker import spare_the_collector

COUNT = "bench:count"
TAKEN = 2_000
FAR_FUTURE = 1 << 40
ZONE = Zone("Asia/Ho_Chi_Minh")
DOSSIERS = "bench:dossiers"


def ours(kafka: str, redis: str, group: str) -> None:
    from streams.settings import load
    from streams.worker import run

    run(load(kafka=kafka, redis=redis, group=group, metrics_port=29_767))


def stock(kafka: str, redis: str, group: str) -> None:
    app = faust.App(
        group, broker=f"kafka://{kafka}", store="memory://", web_enabled=False, topic_disable_leader=True, datadir=f"/tmp/{group}"
    )
    app.conf.consumer_auto_offset_reset = "earliest"
    app.conf.broker_max_poll_records = TAKEN
    app.conf.stream_buffer_maxsize = 4 * TAKEN
    client = Redis.from_url(redis)
    topic = app.topic(EVENTS, value_serializer="raw", key_serializer="raw", value_type=bytes)

    @app.agent(topic)
    async def windows(stream: Any) -> None:
        async for values in stream.take(TAKEN, within=0.2):
            await fold_pipelined(client, values)

    async def main() -> None:
        app.finalize()
        await app.start()
        spare_the_collector()
        await app.wait_until_stopped()

    asyncio.run(main())


async def fold_pipelined(client: "Redis", values: list[bytes]) -> None:
    """The same fold; states, then rows by pipelines, then everything written by one."""
    groups: dict[str, list[Any]] = {}
    recorded = int(time.time())
    for value in values:
        event = decode(value)
        groups.setdefault(event.dossier, []).append((event, *admit(event, FAR_FUTURE), recorded))
    numbers = list(groups)
    change = fold(groups, dict(zip(numbers, await client.hmget(DOSSIERS, numbers), strict=True)), ZONE)
    keys: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for (kind, unit, name), delta in change.rows.items():
        keys[f"bench:{kind}:{unit}"].append((name, delta, kind))
    async with client.pipeline(transaction=False) as pipe:
        for key, rows in keys.items():
            pipe.hmget(key, [name for name, _, _ in rows])
        stored = await pipe.execute()
    async with client.pipeline(transaction=False) as pipe:
        pipe.hset(DOSSIERS, mapping=change.states)
        for (key, rows), olds in zip(keys.items(), stored, strict=True):
            pipe.hset(
                key,
                mapping={
                    name: row_bytes(kind, decode_row(old or b"") + delta) or b""
                    for (name, delta, kind), old in zip(rows, olds, strict=True)
                },
            )
        _rest(pipe, change)
        pipe.incrby(COUNT, len(values))
        await pipe.execute()


def _rest(pipe: Any, change: Change) -> None:
    """What stands beside states and rows."""
    if change.heard:
        pipe.hset("bench:heard", mapping={heard_field(*whose): last for whose, last in change.heard.items()})
    lists = {f"bench:list:{name}": days for name, days in change.lists.items()}
    for key, scores in {"bench:due": change.due, "bench:held": change.held, **lists}.items():
        kept = {number: day for number, day in scores.items() if day is not None}
        gone = [number for number, day in scores.items() if day is None]
        if kept:
            pipe.zadd(key, kept)
        if gone:
            pipe.zrem(key, *gone)


def limit(kafka: str, redis: str, group: str) -> None:
    async def main() -> None:
        client = Redis.from_url(redis)
        consumer = AIOKafkaConsumer(
            EVENTS, bootstrap_servers=kafka, group_id=group, auto_offset_reset="earliest", max_partition_fetch_bytes=2_000_000
        )
        await consumer.start()
        spare_the_collector()
        while True:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    decode(record.value)
                await client.incrby(COUNT, len(records))

    asyncio.run(main())


SIDES = {"ours": ours, "stock-faust": stock, "limit": limit}

if __name__ == "__main__":
    os.environ.pop("CHISO_HOME", None)
    SIDES[sys.argv[1]](*sys.argv[2:])
