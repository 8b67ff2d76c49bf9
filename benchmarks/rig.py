"""Servers of one's own for a measurement, and how one side is run and watched."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from benchmarks.events import events
from benchmarks.filling import fill
from streams import admin
from streams.servers import kafka, valkey
from streams.servers.tether import Child, end
from streams.settings import Settings
from streams.store.keys import Keys
from streams.topology import EVENTS

PARTITIONS = 4
LOOK_EVERY = 0.02
PATIENCE = 900


@dataclass(slots=True)
class Rig:
    """A broker with events in it, and an empty store."""

    place: Path
    kafka: str
    redis: str
    client: "Redis"
    total: int = 0
    runs: int = 0
    ratios: dict[str, float] = field(default_factory=dict)

    def fill(self, dossiers: int) -> None:
        """Made-up events of so many dossiers."""
        started = time.monotonic()
        self.total = asyncio.run(fill(self.kafka, EVENTS, events(dossiers)))
        say(f"{self.total:,} events of {dossiers:,} dossiers in {PARTITIONS} partitions, sent in {time.monotonic() - started:.0f} s")

    def progress(self, side: str) -> int:
        """Events done so far."""
        if side != "ours":
            return int(self.client.get("bench:count") or 0)  # type: ignore[arg-type]
        return sum(int(self.client.hget(Keys(number).position, "next") or 0) for number in range(PARTITIONS))  # type: ignore[arg-type]

    def rate(self, side: str) -> float:
        """Events a second of one side over the whole topic.

        From the first progress to the last; ours already from its claiming a partition, which can be seen, so its first fetch counts too.
        """
        self.client.flushall()
        self.runs += 1
        command = [sys.executable, "-m", "benchmarks.sides", side, self.kafka, self.redis, f"bench-{side}-{self.runs}"]
        child = Child(side, command, self.place / f"{side}.log")
        try:
            return self._watch(child, side)
        finally:
            end([child], 5)

    def _watch(self, child: Child, side: str) -> float:
        first: tuple[float, int] | None = None
        deadline = time.monotonic() + PATIENCE
        while True:
            done, now = self.progress(side), time.monotonic()
            if first is None and (done or (side == "ours" and self.client.exists(Keys(0).position))):
                first = now, done
            if first is not None and done >= self.total:
                return (done - first[1]) / (now - first[0])
            if not child.alive or now > deadline:
                sys.exit(f"{side} did not finish: {child.tail()}")
            time.sleep(LOOK_EVERY)


def say(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def rig() -> Iterator[Rig]:
    """Starts the servers in a temporary folder, ends them afterwards."""
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as name:
        place = Path(name)
        broker, address = kafka.start(place, 29_092)
        store, url = valkey.start(place, 26_379)
        try:
            valkey.wait(store, url)
            kafka.wait(broker, address, place)
            admin.ensure_topics(address, Settings(partitions=PARTITIONS))
            yield Rig(place, address, url, Redis.from_url(url))
        finally:
            end([broker, store])


def median(values: list[float]) -> float:
    """Of an interleaved series."""
    return statistics.median(values)
