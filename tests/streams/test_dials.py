"""A worker shows the partitions that are its own, and forgets what it gave away."""

from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from connectors.metrics import worker_metrics
from connectors.quarantine import SourceRecord
from streams import clock
from streams.dials import Dials
from streams.store.keys import Keys
from streams.store.store import Position
from streams.topology import EVENTS, SYNC

LAG, UNACCOUNTED, ASIDE = "chiso_consumer_lag_records", "chiso_records_unaccounted", "chiso_source_quarantined"
PROGRESS = "chiso_worker_progress_timestamp_seconds"


class Room:
    """Pumps and ends as a test sets them, and what is shown of them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.pumps: dict[TP, Any] = {}
        self.ends: dict[TP, int] = {}
        self.dials = Dials(worker_metrics(self.registry), lambda: self.pumps, lambda: self.ends)

    def owns(self, partition: int, at: int, end: int, topic: str = EVENTS, epoch: str = "e1") -> None:
        place = TP(topic, partition)
        self.pumps[place] = SimpleNamespace(position=Position(next=at, epoch=epoch, counts=(at, 0, 0, 0)))
        self.ends[place] = end

    def shown(self, name: str) -> dict[str, float]:
        """Label of a partition or sender → value."""
        found = (sample for metric in self.registry.collect() for sample in metric.samples if sample.name == name)
        return {sample.labels.get("partition", sample.labels.get("source", "")): sample.value for sample in found}


def test_a_partition_given_away_is_shown_no_more() -> None:
    room = Room()
    room.owns(0, at=5, end=5)
    room.owns(1, at=2, end=900)
    room.dials.look()
    assert room.shown(LAG) == {"0": 0, "1": 898}
    assert room.shown(UNACCOUNTED) == {"0": 0, "1": 0}
    del room.pumps[TP(EVENTS, 1)]
    room.dials.look()
    assert room.shown(LAG) == {"0": 0}
    assert room.shown(UNACCOUNTED) == {"0": 0}


def test_a_partition_not_taken_yet_is_not_said_to_be_behind_by_its_whole_log() -> None:
    room = Room()
    room.owns(0, at=0, end=1_000_000, epoch="")
    room.dials.look()
    assert room.shown(LAG) == {}
    room.owns(0, at=999_999, end=1_000_000)
    room.dials.look()
    assert room.shown(LAG) == {"0": 1}


def test_progress_is_moving_on_or_having_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    seen = []
    for second, (at, end) in enumerate([(1, 9), (2, 9), (2, 9), (2, 9), (9, 9), (9, 9)]):
        monkeypatch.setattr(clock, "now", lambda second=second: float(second))
        room.owns(0, at=at, end=end)
        room.dials.look()
        seen.append(room.shown(PROGRESS)[""])
    assert seen == [0, 1, 1, 1, 4, 5]


@pytest.mark.redis
async def test_senders_set_aside_follow_the_partition(valkey: str) -> None:
    client = Redis.from_url(valkey)
    await client.flushdb()
    await client.hset(Keys(2, "r").sources, mapping={"H01": SourceRecord(quarantined=True).encode(), "H02": SourceRecord().encode()})
    old, new = Room(), Room()
    old.owns(2, at=5, end=5, topic=SYNC)
    await old.dials.look_aside(client)
    await new.dials.look_aside(client)
    assert (old.shown(ASIDE), new.shown(ASIDE)) == ({"H01": 1}, {})
    new.pumps, old.pumps = old.pumps, {}
    await old.dials.look_aside(client)
    await new.dials.look_aside(client)
    assert (old.shown(ASIDE), new.shown(ASIDE)) == ({}, {"H01": 1})
    await client.aclose()
