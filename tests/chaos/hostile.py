"""`python -m tests.chaos.hostile`: a million records of which 4 % want to do harm. Nobody dies, nothing stands still, memory stays where it was.

Canonical events go into the topic of events, payloads of up to 10 MB into the raw topic. Ends with exit code 1 where anything broke.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import psutil

from connectors.codec import Record, encode, partition
from streams.sending import Sender, start
from streams.store.keys import Keys
from streams.topology import EVENTS, SYNC
from tests.chaos.rig import PARTITIONS, Rig
from tests.chaos.traffic import life
from tests.connectors.test_national import BASE

HOSTILE = 0.04
MAX_MORE = 128 * 1024 * 1024  # bytes
BIG = 10_000_000
BIG_ONES = 40
RAW_SHARE = 0.1
CHUNK = 20_000


def nasty(random: Random, good: bytes) -> bytes:
    """Bytes that a parser may stumble over."""
    cut = random.randrange(len(good))
    flipped = bytearray(good)
    for _ in range(random.randrange(1, 20)):
        flipped[random.randrange(len(flipped))] = random.randrange(256)
    said = json.loads(good)
    name = random.choice(list(said))
    return random.choice(
        (
            b"",
            good[:cut],
            bytes(flipped),
            random.randbytes(random.randrange(1, 2000)),
            b"[" * random.randrange(1, 100_000),
            b'{"a":' * random.randrange(1, 20_000),
            b"9" * random.randrange(1, 50_000),
            json.dumps(said | {name: "\x00" * 50}).encode(),
            json.dumps(said | {name: "\ud800"}).encode(),
            json.dumps(said | {name: float("nan")}).encode(),
            json.dumps(said | {name: 10**400}).encode(),
            json.dumps(said | {name: {"$ne": [said] * 5}}).encode(),
            json.dumps(said | {name: "x" * random.randrange(100_000)}).encode(),
            good[:-1] + b"," + good[1:],
            b"\xef\xbb\xbf" + good,
            good.replace(b'"', b"'"),
            good.replace(b"{", b'{"at":1,', 1),
            json.dumps(said | {f"extra{n}": n for n in range(2000)}).encode(),
        )
    )


def canonical(random: Random) -> Iterator[tuple[str, int, Record]]:
    """(topic, partition, record) of the topic of events, without end."""
    number = 0
    while True:
        number += 1
        for event in life(random, number):
            record = encode(event)
            if random.random() < HOSTILE:
                record = Record(record.key, nasty(random, record.value), random.choice((record.headers, [], [("ce_type", b"\xff\x00")])))
            yield EVENTS, partition(record.key, PARTITIONS), record


def payloads(random: Random, big: int) -> Iterator[tuple[str, int, Record]]:
    """The same of the raw topic; the first `big` hostile ones are of 10 MB."""
    number = 0
    while True:
        number += 1
        place, value = number % PARTITIONS, json.dumps(BASE | {"MaHoSo": f"H44.07-20260803-{number:07}"}).encode()
        source = f"H{number % 2000}".encode()  # so many that none is set aside
        if random.random() < HOSTILE:
            value = (
                random.choice((b"[" * BIG, b'"' + b"x" * BIG, value[:-1] + b',"x":"' + b"y" * BIG + b'"}'))
                if big > 0
                else nasty(random, value)
            )
            big -= 1
        yield SYNC, place, Record(source, value, [("ce_source", source)])


async def send(bootstrap: str, some: Iterator[tuple[str, int, Record]]) -> int:
    producer = await start(bootstrap)
    out = Sender(producer)
    count = 0
    for topic, place, record in some:
        await out.send(topic, place, record)
        count += 1
    await out.flush()
    await producer.stop()
    return count


def caught_up_raw(rig: Rig, sent: int) -> None:
    deadline = time.monotonic() + 600
    while sum(int(rig.client.hget(Keys(number, "r").position, "next") or 0) for number in range(PARTITIONS)) < sent:
        if time.monotonic() > deadline:
            sys.exit(f"the raw topic stands still: {rig.said()}")
        time.sleep(0.5)
    rig.caught_up(600)


def run(home: Path, records: int, seed: int) -> int:
    """Gives how many workers died; prints what was seen."""
    random, rig = Random(seed), Rig(home, seed)
    try:
        raw = int(records * RAW_SHARE)
        facts, doors = canonical(random), payloads(random, min(BIG_ONES, raw // 200))
        asyncio.run(send(rig.bootstrap, islice(facts, CHUNK)))
        asyncio.run(send(rig.bootstrap, islice(doors, CHUNK // 10)))
        caught_up_raw(rig, CHUNK // 10)
        before = [psutil.Process(worker.pid).memory_info().rss for worker in rig.workers]
        most = list(before)
        sent, sent_raw = CHUNK, CHUNK // 10
        while sent + sent_raw < records:
            sent += asyncio.run(send(rig.bootstrap, islice(facts, min(CHUNK, records - raw - sent))))
            sent_raw += asyncio.run(send(rig.bootstrap, islice(doors, min(CHUNK // 8, raw - sent_raw))))
            if rig.exits:
                break
            most = [max(old, psutil.Process(worker.pid).memory_info().rss) for old, worker in zip(most, rig.workers, strict=True)]
        caught_up_raw(rig, sent_raw)
        more = max(last - first for first, last in zip(before, most, strict=True))
        counts = [sum(position.counts[one] for position in rig.positions().values()) for one in range(4)]
        print(f"{sent + sent_raw:,} records, {counts[3]:,} of {sum(counts):,} in the topic of events rejected")  # noqa: T201
        print(f"workers that ended: {sum(rig.exits.values())}; memory {more / 1e6:+.0f} MB, from {max(before) / 1e6:.0f} MB")  # noqa: T201
        return sum(rig.exits.values()) + (more > MAX_MORE)
    finally:
        rig.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chiso-hostile-") as place:
        sys.exit(run(Path(place), given.records, given.seed) > 0)
