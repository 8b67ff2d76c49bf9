"""What a worker shows of the partitions it owns: outcomes, how far behind, unaccounted records, senders set aside. Of a partition given away it shows
nothing more, for whoever has it now shows the same series.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from faust.types import TP
from prometheus_client import Gauge
from redis.exceptions import RedisError

from connectors.metrics import WorkerMetrics
from connectors.quarantine import decode
from streams import clock
from streams.pump import Pump
from streams.store.keys import Keys
from streams.store.store import OUTCOMES, Writes
from streams.topology import LETTERS, SYNC

LOOK_EVERY = 1.0
ASIDE_EVERY = 5.0


class Dials:
    """`pumps` and `ends` (of each log, as last seen) are asked for what is ours now."""

    def __init__(self, metrics: WorkerMetrics, pumps: Callable[[], Mapping[TP, Pump]], ends: Callable[[], Mapping[TP, int]]) -> None:
        self._metrics, self._pumps, self._ends = metrics, pumps, ends
        self._stood: dict[TP, int] = {}
        self._aside: set[str] = set()
        self._shown: dict[Gauge, set[TP]] = {metrics.lag: set(), metrics.unaccounted: set()}

    def watch(self, topic: str, _partition: int, writes: Writes, seconds: float) -> None:
        """A batch was applied."""
        for outcome, old, new in zip(OUTCOMES, writes.expected.counts, writes.position.counts, strict=True):
            self._metrics.events.labels(topic, outcome).inc(new - old)
        self._metrics.apply_seconds.labels(topic).observe(seconds)
        for unit in writes.touched:
            self._metrics.source_last.labels(unit).set(writes.position.as_of / 1000)
        for name, packed in writes.sources.items():
            self._judged(name, aside=decode(packed).quarantined)

    def stands(self) -> dict[TP, int]:
        """The next offset of each partition of ours whose position is known."""
        return {place: pump.position.next for place, pump in self._pumps().items() if pump.position.epoch}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Shows how far behind each partition is, and when there last was progress: caught up, or further than at the look before."""
        stands, ends = self.stands(), self._ends()
        lags = {place: max(0, ends[place] - at) for place, at in stands.items() if place in ends}
        self._show(self._metrics.lag, lags)
        self._show(
            self._metrics.unaccounted, {place: pump.position.unaccounted for place, pump in self._pumps().items() if place in stands}
        )
        if stands != self._stood or not any(lags.values()):
            self._metrics.progress.set(clock.now())
        self._stood = stands

    def _show(self, gauge: Gauge, values: Mapping[TP, int]) -> None:
        for place, value in values.items():
            gauge.labels(place.topic, str(place.partition)).set(value)
        for place in self._shown[gauge] - values.keys():
            gauge.remove(place.topic, str(place.partition))
        self._shown[gauge] = set(values)

    async def set_aside(self, client: Any) -> None:
        """Shows senders set aside on the partitions that are ours now: whoever takes one over may not hear of them for hours. Until cancelled."""
        while True:
            with contextlib.suppress(RedisError, OSError):
                await self.look_aside(client)
            await asyncio.sleep(ASIDE_EVERY)

    async def look_aside(self, client: Any) -> None:
        """Once. Raises RedisError where the store does not answer."""
        places = [place.partition for place in self._pumps() if place.topic == SYNC]
        stored = [await client.hgetall(Keys(number, LETTERS[SYNC]).sources) for number in places]
        aside = {name.decode() for one in stored for name, packed in one.items() if decode(packed).quarantined}
        for name in aside | self._aside:
            self._judged(name, aside=name in aside)

    def _judged(self, name: str, *, aside: bool) -> None:
        if aside:
            self._aside.add(name)
            self._metrics.quarantined.labels(name).set(1)
        elif name in self._aside:
            self._aside.remove(name)
            self._metrics.quarantined.remove(name)
