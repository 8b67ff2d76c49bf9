"""What an operator's decision writes, on a real store."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from connectors.quarantine import SourceRecord
from indicators.errors import ChisoError
from streams import decide
from streams.admin import Broker
from streams.progress import BEGIN_ANEW
from streams.store.keys import Keys
from streams.topology import SYNC

pytestmark = pytest.mark.redis
RAW = Keys(3, "r")
FIRST = 5


@pytest.fixture
def store(valkey: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    client = Redis.from_url(valkey)
    client.flushall()
    monkeypatch.setattr(decide, "_first", lambda *_: FIRST)
    monkeypatch.setattr(decide.admin, "look", lambda _: Broker("cluster", {SYNC: ("id", 12)}))
    client.hset(RAW.sources, mapping={"good": SourceRecord(run=3).encode(), "bad": SourceRecord(quarantined=True).encode()})
    client.hset(RAW.dossiers, "order", b"x")
    yield client
    client.flushall()
    client.close()


def test_records_that_are_gone_are_counted_as_such(store: Any, valkey: str) -> None:
    store.hset(RAW.position, mapping={"next": 2, "crc": "x", "gap": 1, "halted": "records were deleted; or `chiso accept-gap`"})
    assert decide.accept_gap(valkey, "nowhere", "r3") == FIRST - 2
    assert store.hmget(RAW.position, "next", "gap", "halted") == [b"5", b"4", None]
    assert store.hlen(RAW.sources) == 2


@pytest.mark.parametrize("following", [2, 9])
def test_another_raw_log_is_begun_anew_wherever_it_begins(store: Any, valkey: str, following: int) -> None:
    """Senders are judged by the same payloads once more, but those set aside stay so."""
    store.hset(RAW.position, mapping={"next": following, "crc": "x", "cluster": "elsewhere", "halted": f"this is another; {BEGIN_ANEW}"})
    assert decide.accept_gap(valkey, "nowhere", "r3") is None
    assert not store.exists(RAW.position, RAW.dossiers)
    assert store.hkeys(RAW.sources) == [b"bad"]


def test_a_partition_that_is_halted_for_something_else_keeps_its_position(store: Any, valkey: str) -> None:
    store.hset(RAW.position, mapping={"next": 9, "crc": "x", "halted": "a record has a header that is not UTF-8, then `chiso accept-gap`"})
    with pytest.raises(ChisoError, match="lacks no records"):
        decide.accept_gap(valkey, "nowhere", "r3")
    assert store.hget(RAW.position, "next") == b"9"
