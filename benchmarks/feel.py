"""What a person feels: how soon a figure is shown at 1,000 events a second, how fast a file goes in."""

import asyncio
import csv
import itertools
import sys
import time
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.events import events
from benchmarks.rig import PARTITIONS, Rig, say
from connectors.codec import encode, partition
from connectors.mapping import load
from streams.follow import Follower
from streams.ingest import Source, ingest, path_of
from streams.sending import sender
from streams.servers.tether import Child, end
from streams.topology import EVENTS

RATE = 1_000
TICK = 0.02
ROWS = 100_000
WARM_SECONDS = 3


def feel(rig: Rig, seconds: int) -> None:
    """Both measurements."""
    child = Child("ours", [sys.executable, "-m", "benchmarks.sides", "ours", rig.kafka, rig.redis, "bench-feel"], rig.place / "feel.log")
    try:
        rig.client.flushall()
        while rig.progress("ours") < rig.total:
            time.sleep(0.1)
        ages = asyncio.run(_visible(rig, seconds))
        say(
            f"shown after (1,000 events/s, {seconds} s): median {ages[len(ages) // 2]:.0f} ms, p99 {ages[len(ages) * 99 // 100]:.0f} ms, max {ages[-1]:.0f} ms"
        )
    finally:
        end([child], 5)
    rate = asyncio.run(_ingest(rig))
    say(f"ingest: {rate:,.0f} rows/s of a CSV, two events a row")


async def _visible(rig: Rig, seconds: int) -> list[float]:
    """Ages in ms at which records were in the cube, every record counted as old as the oldest of its batch; sorted."""
    ages: list[float] = []

    def seen(first_ms: int, _last_ms: int) -> None:
        ages.append(time.time() * 1000 - first_ms)

    follower = Follower(Redis.from_url(rig.redis, protocol=2), seen)
    following = asyncio.create_task(follower.run())
    while len(follower.stands) < PARTITIONS:
        await asyncio.sleep(TICK)
    await _send(rig, WARM_SECONDS)
    ages.clear()
    await _send(rig, seconds)
    await asyncio.sleep(1)
    following.cancel()
    return sorted(ages)


async def _send(rig: Rig, seconds: int) -> None:
    made = events(seconds * RATE // 4, seed=time.monotonic_ns())
    async with sender(rig.kafka) as out:
        started = time.monotonic()
        for tick in itertools.count(1):
            for event in itertools.islice(made, int(RATE * TICK)):
                record = encode(event)
                await out.send(EVENTS, partition(record.key, PARTITIONS), record)
            await out.flush()
            if tick * TICK > seconds:
                return
            await asyncio.sleep(max(0.0, started + tick * TICK - time.monotonic()))


async def _ingest(rig: Rig) -> float:
    """Rows a second of a file of 100,000 rows, from opening it to the broker's last acknowledgement."""
    path = _big(rig.place / "requests.csv")
    started = time.monotonic()
    report = await ingest(rig.kafka, Source(load("service-requests"), path, str), lambda _report, _problem: None)
    return report.rows / (time.monotonic() - started)


def _big(path: Path) -> Path:
    with path_of("sample").open(newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows([str(10**8 + number), *rows[number % len(rows)][1:]] for number in range(ROWS))
    return path
