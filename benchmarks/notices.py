"""`python -m benchmarks.notices`: how soon notices leave, what timers cost, and how much store a dossier takes.

A store with a million open dossiers; 500 a second come to be due soon while 1,000 other events a second flow; then a midnight at which 50,000 become
overdue. The worker runs on a test clock, for half of the day offices are closed.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.events import UNITS
from benchmarks.events import events as ordinary
from benchmarks.filling import fill
from benchmarks.rig import PARTITIONS, Rig, rig, say
from connectors.codec import encode, partition
from connectors.reference import calendar
from indicators import events as ev
from indicators.standing import LISTS
from indicators.times import DAY, rfc3339, seconds
from indicators.workhours import add, sessions
from streams.readback import since
from streams.sending import sender
from streams.servers.tether import Child, end
from streams.store.keys import FIRED, Keys
from streams.topology import EVENTS, NOTICES

MORNING, NIGHT = "2026-11-19T08:10:00+07:00", "2026-11-19T23:57:00+07:00"
RATE, TICK, AHEAD = 1_000, 0.05, 20
FAR = "2027-03-01T10:00:00Z"
SHIFT = "bench:shift"
WORKER = """
import sys, time
from redis import Redis
from streams import clock
Redis.from_url(sys.argv[2]).set("bench:shift", clock.now() - time.time())
if sys.argv[4] == "without":
    import asyncio
    from streams.tide import Tide
    async def forever(self): await asyncio.Event().wait()
    Tide.run = forever
from benchmarks.sides import ours
ours(*sys.argv[1:4])
"""


def opened(start: int, count: int, due: Callable[[int], str], received: str) -> Iterator[ev.Event]:
    """Receptions of so many dossiers."""
    for number in range(start, start + count):
        unit = UNITS[number % len(UNITS)]
        name = f"{unit}-{received[:10].replace('-', '')}-{number:07}"
        yield ev.Received(
            dossier=name,
            at=received,
            unit=unit,
            due_at=due(number - start),
            procedure="1.000300",
            sector="G15",
            official="u-0042",
            source="bench",
        )


class Running:
    """A worker on a test clock."""

    def __init__(self, found: Rig, now: str, name: str, timers: str = "with") -> None:
        self.found = found
        found.client.delete(SHIFT, FIRED)
        command = [sys.executable, "-c", WORKER, found.kafka, found.redis, f"bench-{name}", timers]
        self.child = Child(name, command, found.place / f"{name}.log", {"CHISO_NOW": now, "PYTHONPATH": str(Path.cwd())})
        while found.client.get(SHIFT) is None:
            time.sleep(0.02)
        self.shift = float(found.client.get(SHIFT))  # type: ignore[arg-type]

    def now(self) -> float:
        """Its time."""
        return time.time() + self.shift

    def settled(self) -> None:
        """Waits until everything is applied and timers have fired up to now."""
        asked = int(self.now())
        while True:
            fired = [int(moment) for moment in self.found.client.hvals(FIRED)]  # type: ignore[union-attr]
            if self.found.progress("ours") >= self.found.total and len(fired) == PARTITIONS and min(fired) >= asked:
                return
            if not self.child.alive:
                sys.exit(self.child.tail())
            time.sleep(0.2)

    def load(self, seconds_long: float) -> float:
        """Share of a core it takes."""
        process = psutil.Process(self.child.process.pid)
        before = process.cpu_times()
        time.sleep(seconds_long)
        after = process.cpu_times()
        return (after.user + after.system - before.user - before.system) / seconds_long


async def flow(found: Rig, long: float, also: Iterator[ev.Event]) -> int:
    """1,000 ordinary events a second for so long; `also` at once before."""
    made = ordinary(int(long * RATE / 4), seed=time.monotonic_ns())
    count = 0
    async with sender(found.kafka) as out:
        for event in also:
            record = encode(event)
            await out.send(EVENTS, partition(record.key, PARTITIONS), record)
            count += 1
        await out.flush()
        started = time.monotonic()
        for tick in itertools.count(1):
            for event in itertools.islice(made, int(RATE * TICK)):
                record = encode(event)
                await out.send(EVENTS, partition(record.key, PARTITIONS), record)
                count += 1
            await out.flush()
            if tick * TICK > long:
                return count
            await asyncio.sleep(max(0.0, started + tick * TICK - time.monotonic()))
    raise AssertionError


async def ends(found: Rig) -> dict[int, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=found.kafka)
    await consumer.start()
    places = [TopicPartition(NOTICES, number) for number in range(4)]
    last = await consumer.end_offsets(places)
    await consumer.stop()
    return {place.partition: offset for place, offset in last.items()}


async def lateness(found: Rig, begun: dict[int, int], shift: float, wanted: Callable[[Any], bool]) -> list[float]:
    """Seconds from the moment a notice is about to the moment Kafka has it, sorted."""
    ages = []
    async for record in since(found.kafka, NOTICES, begun):
        said = json.loads(record.value)
        if wanted(said):
            ages.append(record.timestamp / 1000 + shift - seconds(said["at"]))
    return sorted(ages)


def told(name: str, ages: list[float], count: int) -> None:
    if not ages:
        sys.exit(f"{name}: nothing was told")
    middle, high = ages[len(ages) // 2], ages[len(ages) * 99 // 100]
    say(f"{name}: {len(ages):,} of {count:,} told; median {middle:.1f} s, p99 {high:.1f} s, last {ages[-1]:.1f} s after their time")


def memory(found: Rig, dossiers: int) -> None:
    """Bytes a dossier of states and everything timers keep."""
    parts: dict[str, int] = {}
    for number in range(PARTITIONS):
        keys = Keys(number)
        names = {name: getattr(keys, name) for name in ("dossiers", "due", "held", "told", "watch", "moved")}
        for name, key in (names | {f"list {name}": keys.listed(name) for name in LISTS}).items():
            parts[name] = parts.get(name, 0) + int(found.client.memory_usage(key, samples=2000) or 0)
    each = ", ".join(f"{name} {used / dossiers:.0f}" for name, used in parts.items() if used > dossiers)
    say(f"  {sum(parts.values()) / dossiers:,.0f} bytes a dossier: {each}")


def due_soon(found: Rig, arguments: argparse.Namespace) -> None:
    """500 a second come to be due soon while events flow."""
    running = Running(found, MORNING, "morning")
    try:
        running.settled()
        say(f"{found.total:,} open dossiers; state and timers:")
        memory(found, found.total)
        say(f"idle: {running.load(20):.1%} of a core")
        hours, days, begin = sessions(), calendar(), int(running.now()) + AHEAD + 10
        count = arguments.rate * arguments.seconds

        def due(place: int) -> str:
            return rfc3339(add(days, hours, begin + place // arguments.rate, 4 * 3600))

        begun = asyncio.run(ends(found))
        received = rfc3339(seconds(MORNING) - DAY // 2)
        found.total += asyncio.run(flow(found, AHEAD + 10 + arguments.seconds + 8, opened(5_000_000, count, due, received)))
        ages = asyncio.run(
            lateness(found, begun, running.shift, lambda said: said["kind"] == "due_soon" and said["dossier"][-7:] >= "5000000")
        )
        told(f"due soon, {arguments.rate} a second for {arguments.seconds} s", ages, count)
    finally:
        end([running.child], 5)
    idle = Running(found, MORNING, "without", "without")
    try:
        while found.progress("ours") < found.total:
            time.sleep(0.2)
        time.sleep(3)
        say(f"idle without timers: {idle.load(20):.1%} of a core")
    finally:
        end([idle.child], 5)


def midnight(found: Rig, count: int) -> None:
    """So many become overdue at once."""
    running = Running(found, NIGHT, "night")
    try:
        received, today = rfc3339(seconds(NIGHT) - DAY // 2), rfc3339(seconds("2026-11-19T17:00:00+07:00"))
        found.total += asyncio.run(fill(found.kafka, EVENTS, opened(7_000_000, count, lambda _: today, received)))
        running.settled()
        begun, begins = asyncio.run(ends(found)), seconds("2026-11-20T00:00:00+07:00")
        time.sleep(max(0.0, begins - running.now()))
        while sum(int(found.client.zcard(Keys(number).watch)) for number in range(PARTITIONS)) < count:
            time.sleep(0.2)
            if running.now() - begins > 300:
                break
        running.settled()
        ages = asyncio.run(
            lateness(found, begun, running.shift, lambda said: said["kind"] == "overdue" and said["dossier"][-7:] >= "7000000")
        )
        told("overdue at midnight", ages, count)
    finally:
        end([running.child], 5)


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--burst", type=int, default=50_000)
    arguments = parser.parse_args()
    with rig() as found:
        found.total = asyncio.run(fill(found.kafka, EVENTS, opened(0, arguments.open, lambda _: FAR, rfc3339(seconds(MORNING) - 9 * DAY))))
        due_soon(found, arguments)
        midnight(found, arguments.burst)


if __name__ == "__main__":
    main()
