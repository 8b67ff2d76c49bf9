"""The log itself becomes another one under a running system: made anew, given partitions. Never silently wrong, and the way out is said."""

from collections.abc import Callable
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient, NewPartitions
from redis import Redis

from streams.admin import ensure_topics
from streams.settings import Settings
from streams.store.keys import META, partitions_of
from streams.topology import EVENTS
from tests.connectors.test_national import BASE
from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
NOTICED = 60.0


def halted(system: System) -> dict[str, str]:
    found: dict[str, str] = system.client.get("/readyz").json()["halted"]
    return found


def loaded(up: Callable[..., System]) -> tuple[System, Any]:
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    return system, Redis.from_url(system.addresses["redis"])


def test_a_topic_made_anew_halts_every_partition_until_a_rebuild(up: Callable[..., System]) -> None:
    system, client = loaded(up)
    filled = {str(keys.number) for keys in partitions_of(client.hgetall(META)) if int(client.hget(keys.position, "next") or 0)}
    admin = KafkaAdminClient(bootstrap_servers=system.addresses["kafka"])
    admin.delete_topics([EVENTS])
    until(lambda: EVENTS not in admin.list_topics(), 20)
    ensure_topics(system.addresses["kafka"], Settings())
    admin.close()
    until(lambda: set(halted(system)) >= filled, NOTICED)
    assert all("chiso rebuild" in sentence for sentence in halted(system).values())
    unit = client.hkeys(partitions_of(client.hgetall(META))[int(min(filled))].units)[0].decode()
    assert not system.get(f"/v1/units/{unit}/indicators", period="2011")["complete"]
    chiso("rebuild", home=system.home)
    until(lambda: halted(system) == {}, NOTICED)
    assert system.client.post("/v1/sync", json=[BASE]).status_code == 202
    system.drain()
    assert [unit["unit"] for unit in system.get("/v1/units")["items"]] == ["H44.07"], "the new log is all there is"


def test_partitions_added_halt_what_was_there_and_no_rebuild_splits_a_dossier(up: Callable[..., System]) -> None:
    system, client = loaded(up)
    admin = KafkaAdminClient(bootstrap_servers=system.addresses["kafka"])
    admin.create_partitions({EVENTS: NewPartitions(14)})
    admin.close()
    until(lambda: len(halted(system)) >= 12, NOTICED)
    assert "partitions 12, this is partitions 14" in halted(system)["0"]
    before = system.fingerprint()
    assert "given partitions" in chiso("rebuild", home=system.home, check=1).stderr
    assert system.fingerprint() == before
    assert client.hget(META, "space") is None
