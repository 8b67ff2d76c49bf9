"""What an operator decides: rebuild, resume, accept a gap. On a running system, with the real files."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka.admin import KafkaAdminClient
from redis import Redis

from connectors.codec import Record, partition
from streams.ends import look_at_ends
from streams.sending import sender
from streams.store.keys import META, Keys, partitions_of
from streams.topology import EVENTS, SYNC
from tests.connectors.test_national import BASE
from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]


def rows(client: Any) -> int:
    """How many keys there are, but for marks of timers: these come once a first look has ended, which nobody waits for."""
    return sum(not key.endswith(b":timers") for key in client.scan_iter())


def test_a_rebuild_comes_to_the_same_figures_while_others_come_in(up: Callable[..., System], shared: Path) -> None:
    system = up("--ingest", shared / "data" / "permits.csv", "--map", "permits")
    system.drain()
    before, client = system.fingerprint(), Redis.from_url(system.addresses["redis"])
    keys = rows(client)
    assert "rebuilt from" in chiso("rebuild", home=system.home).stderr
    assert client.hget(META, "space") == b"2"
    system.drain()
    assert system.fingerprint() == before
    assert rows(client) == keys, "nothing of the old space is left"
    figures = system.get("/v1/units/General/indicators", period="2011-08")
    assert (figures["counts"]["received"], figures["complete"]) == (18, True)
    # life goes on in the new space, and a second rebuild makes a third
    answer = system.client.post("/v1/sync", json=[BASE])
    assert answer.status_code == 202
    system.drain()
    assert system.get("/v1/units/H44.07/indicators", period="2026-08")["counts"]["received"] == 1
    after = system.fingerprint()
    chiso("rebuild", home=system.home)
    system.drain()
    assert (client.hget(META, "space"), system.fingerprint()) == (b"3", after)


def readyz(system: System) -> dict[str, Any]:
    found: dict[str, Any] = system.client.get("/readyz").json()
    return found


def positions(client: Any) -> dict[int, int]:
    """Where each partition of events stands."""
    return {keys.number: int(client.hget(keys.position, "next") or 0) for keys in partitions_of(client.hgetall(META))}


def the_others_go_on(system: System, client: Any, halted: int) -> None:
    """The sample once more: they come to their new ends, the halted partition stands still, and a drain names it."""
    stood = positions(client)
    chiso("ingest", "sample", "--map", "service-requests", home=system.home, check=6)
    ends = look_at_ends(system.addresses["kafka"], 10, EVENTS)
    others = stood.keys() - {halted}
    assert sum(ends[number] for number in others) > sum(stood[number] for number in others)
    until(lambda: positions(client) == ends | {halted: stood[halted]}, 30)
    assert ends[halted] > stood[halted], "something waits for it"
    done = chiso("drain", "--timeout", "5", home=system.home, check=1)
    assert f"partition p{halted} is halted" in done.stderr
    assert positions(client)[halted] == stood[halted]


def test_a_halted_partition_waits_while_the_others_go_on_and_looks_again_when_told(up: Callable[..., System]) -> None:
    system = up("--ingest", "sample", "--map", "service-requests")
    system.drain()
    before, client = system.fingerprint(), Redis.from_url(system.addresses["redis"])
    victim = next(keys for keys in partitions_of(client.hgetall(META)) if int(client.hget(keys.position, "next") or 0) > 1)
    crc = client.hget(victim.position, "crc")
    assert crc is not None
    client.hset(victim.position, "crc", "00000000")
    [worker] = system.children("worker")
    worker.kill()
    until(lambda: readyz(system)["halted"], 30)
    assert "another log" in readyz(system)["halted"][str(victim.number)]
    unit = client.hkeys(victim.units)[0].decode()
    until(lambda: not system.get(f"/v1/units/{unit}/indicators", period="2011")["complete"], 10)
    the_others_go_on(system, client, victim.number)
    assert "p99" in chiso("resume", "p99", home=system.home, check=2).stderr
    chiso("resume", home=system.home)  # nothing was put right, so it halts again
    until(lambda: client.hget(victim.position, "halted") is not None, 10)
    client.hset(victim.position, "crc", crc)
    assert f"p{victim.number} looks again" in chiso("resume", f"p{victim.number}", home=system.home).stderr
    system.drain()
    until(lambda: readyz(system)["halted"] == {}, 10)
    assert system.fingerprint() == before
    assert "is not halted" in chiso("resume", f"p{victim.number}", home=system.home, check=3).stderr
    assert "no partition is halted" in chiso("resume", home=system.home).stderr


def test_records_that_are_gone_halt_the_partition_until_the_gap_is_accepted(up: Callable[..., System]) -> None:
    system = up()
    client = Redis.from_url(system.addresses["redis"])
    for number in range(1, 6):
        assert system.client.post("/v1/sync", json=[BASE | {"MaHoSo": f"H44.07-20260803-{number:04}"}]).status_code == 202
    system.drain()
    [place] = [number for number in range(12) if int(client.hget(Keys(number, "r").position, "next") or 0) > 0]
    keys = Keys(place, "r")
    [worker] = system.children("worker")
    worker.suspend()
    try:
        for number in range(6, 9):
            system.client.post("/v1/sync", json=[BASE | {"MaHoSo": f"H44.07-20260803-{number:04}"}])
        delete(system, SYNC, place, 7)
    finally:
        worker.kill()
    until(lambda: client.hget(keys.position, "halted") is not None, 30)
    assert b"accept-gap" in (client.hget(keys.position, "halted") or b"")
    done = chiso("drain", "--timeout", "3", home=system.home, check=1)
    assert f"partition r{place} is halted" in done.stderr
    assert "goes on without 2 records" in chiso("accept-gap", f"r{place}", home=system.home).stderr
    system.drain()
    assert system.get("/v1/units/H44.07/indicators", period="2026-08")["counts"]["received"] == 6
    assert client.hget(keys.position, "gap") == b"2"
    assert "is not halted" in chiso("accept-gap", f"r{place}", home=system.home, check=3).stderr
    until(lambda: readyz(system)["halted"] == {}, 10)


def test_another_raw_log_is_begun_with_what_it_has_and_new_rules_are_nothing_to_it(up: Callable[..., System]) -> None:
    system = up()
    client: Any = Redis.from_url(system.addresses["redis"])
    for number in range(1, 6):
        assert system.client.post("/v1/sync", json=[BASE | {"MaHoSo": f"H44.07-20260803-{number:04}"}]).status_code == 202
    system.drain()
    before = system.fingerprint()
    [place] = [number for number in range(12) if int(client.hget(Keys(number, "r").position, "next") or 0) > 0]
    keys = Keys(place, "r")
    client.hset(keys.position, mapping={"cluster": "elsewhere", "rules": "0"})
    [worker] = system.children("worker")
    worker.kill()
    until(lambda: client.hget(keys.position, "halted") is not None, 30)
    assert b"`chiso accept-gap` begins with what is there" in (client.hget(keys.position, "halted") or b"")
    assert "begins with what its log has now" in chiso("accept-gap", f"r{place}", home=system.home).stderr
    until(lambda: client.hget(keys.position, "next") == b"5", 30)
    system.drain()
    assert (system.fingerprint(), client.hget(keys.position, "rules")) == (before, b"")
    assert system.client.post("/v1/sync", json=[BASE | {"MaHoSo": "H44.07-20260803-0006"}]).status_code == 202
    system.drain()
    assert system.get("/v1/units/H44.07/indicators", period="2026-08")["counts"]["received"] == 6


def delete(system: System, topic: str, partition: int, before: int) -> None:
    """As retention would."""
    from kafka import TopicPartition

    admin = KafkaAdminClient(bootstrap_servers=system.addresses["kafka"])
    admin.delete_records({TopicPartition(topic, partition): before})
    admin.close()


def test_what_was_rejected_is_listed_and_comes_back_in_after_a_fix_without_duplicates(up: Callable[..., System], tmp_path: Path) -> None:
    system = up()
    good, bad = BASE | {"MaHoSo": "H44.07-20260803-0001"}, BASE | {"MaHoSo": "H44.07-20260803-0002", "NgayTiepNhan": "20991231090000"}
    assert system.client.post("/v1/sync", json=[good, bad]).status_code == 207
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{no json\n")
    chiso("ingest", broken, home=system.home, check=6)
    system.drain()
    listed = json.loads(chiso("rejected", "list", "--json", home=system.home).stdout)
    assert {(one["reason"], one.get("position"), one.get("file")) for one in listed["items"]} == {
        ("NgayTiepNhan", 1, None),
        ("payload", None, "broken.jsonl"),
    }
    assert [
        one["reason"] for one in json.loads(chiso("rejected", "list", "--source", "H44.07", "--json", home=system.home).stdout)["items"]
    ] == ["NgayTiepNhan"]
    assert "NgayTiepNhan" in chiso("rejected", "list", home=system.home).stdout
    before = system.get("/v1/dossiers/H44.07-20260803-0001")
    figures = system.fingerprint()
    assert "1 payloads sent again, 0 were before" in chiso("rejected", "replay", home=system.home).stderr
    system.drain()
    assert (system.fingerprint(), system.get("/v1/dossiers/H44.07-20260803-0001")) == (figures, before), "said once more, counted once"
    done = chiso("rejected", "replay", home=system.home).stderr
    # the replayed payload was rejected for the same reason, at its own place; the first is not sent a third time
    assert done.startswith("1 payloads sent again, 1 were before")


def test_a_sender_of_rubbish_is_set_aside_alone_and_let_in_again(up: Callable[..., System]) -> None:
    system = up()
    asyncio.run(_flood(system.addresses["kafka"], 1000))
    good = [BASE | {"MaHoSo": "H01.01-20260803-0001"}], [BASE | {"MaHoSo": "H44.07-20260803-0001"}]
    system.drain()
    for payload, source in zip(good, ("H01", "H44"), strict=True):
        assert system.client.post("/v1/sync", json=payload, headers={"ce-source": source}).status_code == 202
    system.drain()
    assert "set aside because of what they send: H01" in chiso("resume", home=system.home).stderr
    assert system.client.get("/v1/dossiers/H01.01-20260803-0001").status_code == 404
    assert system.get("/v1/dossiers/H44.07-20260803-0001")["unit"] == "H44.07"
    assert 'chiso_source_quarantined{source="H01"} 1.0' in httpx.get(system.addresses["workers"][0]).text
    assert "H01 is let in again" in chiso("resume", "H01", home=system.home).stderr
    assert "neither a partition" in chiso("resume", "nobody", home=system.home, check=3).stderr
    done = chiso("rejected", "replay", "--source", "H01", "--reason", "source", home=system.home)
    assert done.stderr.startswith("1 payloads sent again")
    system.drain()
    assert system.get("/v1/dossiers/H01.01-20260803-0001")["unit"] == "H01.01"
    assert json.loads(chiso("rejected", "list", "--json", home=system.home).stdout)["count"] == 1001


async def _flood(kafka: str, count: int) -> None:
    async with sender(kafka) as out:
        partitions = await out.partitions(SYNC)
        for _ in range(count):
            await out.send(SYNC, partition(b"H01", partitions), Record(b"H01", b"{rubbish", [("ce_source", b"H01")]))
        await out.flush()
