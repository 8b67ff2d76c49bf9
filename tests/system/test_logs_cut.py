"""Records are gone from a log: from its beginning under a running worker, from its end while the broker was down. Nothing goes on as if nothing was."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from connectors.codec import encode, partition
from streams.ends import look_at_ends
from streams.sending import sender
from streams.store.keys import META
from streams.topology import EVENTS
from streams.transport import FETCH_WAIT_MS
from tests.builders import received
from tests.system.conftest import System, chiso
from tests.system.programs import until
from tests.system.test_operate import delete, positions, readyz

pytestmark = [pytest.mark.broker, pytest.mark.redis]
PARTITIONS = 12
AGENCIES = [f"H44.{number:02}" for number in range(1, 25)]  # which say where their dossiers lie
PLACE = {agency: partition(agency.encode(), PARTITIONS) for agency in AGENCIES}
VICTIM = Counter(PLACE.values()).most_common(1)[0][0]
Dossier = tuple[str, int]  # agency, running number
FIRST, SECOND, THIRD = ([(agency, number) for number in numbers for agency in AGENCIES] for numbers in ((1, 2), (3, 4), (5, 6)))


def in_victim(dossiers: Iterable[Dossier]) -> list[Dossier]:
    return [one for one in dossiers if PLACE[one[0]] == VICTIM]


def elsewhere(dossiers: Iterable[Dossier]) -> list[Dossier]:
    return [one for one in dossiers if PLACE[one[0]] != VICTIM]


def named(dossier: Dossier) -> str:
    return f"{dossier[0]}-20260803-{dossier[1]:04}"


def send(system: System, dossiers: Iterable[Dossier]) -> None:
    """A reception each, straight into the topic of events; Kafka has them when this returns, in batches of their own."""

    async def run() -> None:
        async with sender(system.addresses["kafka"]) as out:
            assert await out.partitions(EVENTS) == PARTITIONS
            for agency, number in dossiers:
                record = encode(received(dossier=named((agency, number)), unit=agency))
                assert record.key == agency.encode()
                await out.send(EVENTS, PLACE[agency], record)
            await out.flush()

    asyncio.run(run())


def ends(system: System) -> dict[int, int]:
    return look_at_ends(system.addresses["kafka"], 30, EVENTS)


def figures(system: System) -> dict[str, tuple[int, bool]]:
    """What each agency received, and whether that is said to be complete."""
    cards = {agency: system.get(f"/v1/units/{agency}/indicators", period="2026-08") for agency in AGENCIES}
    return {agency: (card["counts"]["received"], card["complete"]) for agency, card in cards.items()}


def counted(dossiers: Iterable[Dossier], *, lacking: bool = False) -> dict[str, tuple[int, bool]]:
    """The same, one by one; `lacking` while the victim is halted."""
    found = Counter(agency for agency, _ in dossiers)
    return {agency: (found[agency], not (lacking and PLACE[agency] == VICTIM)) for agency in AGENCIES}


def a_later_fetch_was_answered(system: System) -> None:
    """One of ours, for which the broker may wait longer for records than for any that was asked before."""
    place = TopicPartition(EVENTS, VICTIM)
    consumer = KafkaConsumer(
        bootstrap_servers=system.addresses["kafka"],
        enable_auto_commit=False,
        fetch_max_wait_ms=5 * FETCH_WAIT_MS,
        auto_offset_reset="latest",
    )
    try:
        consumer.assign([place])
        consumer.seek_to_end(place)

        def answered() -> bool:
            assert not consumer.poll(timeout_ms=FETCH_WAIT_MS)
            return bool(consumer.metrics()["consumer-fetch-manager-metrics"]["fetch-latency-max"] > 0)

        until(answered, 30)
    finally:
        consumer.close()


def halted_alone(system: System, client: Any, stood: int, says: str) -> None:
    """The victim says why it waits, and waits where it stood; the others come to their ends."""
    until(lambda: list(readyz(system)["halted"]) == [str(VICTIM)], 30)
    assert says in readyz(system)["halted"][str(VICTIM)]
    until(lambda: positions(client) == ends(system) | {VICTIM: stood}, 30)
    drained = chiso("drain", "--timeout", "60", home=system.home, check=1, seconds=30)  # it says so at once, and waits for nothing
    assert f"partition p{VICTIM} is halted: {says}" in drained.stderr


def test_a_log_that_moves_under_a_running_worker_halts_until_the_gap_is_accepted(up: Callable[..., System]) -> None:
    system = up()
    client: Any = Redis.from_url(system.addresses["redis"])
    send(system, FIRST)
    system.drain()
    stood, gone = positions(client)[VICTIM], in_victim(SECOND)[:2]
    [worker] = system.children("worker")
    worker.suspend()
    try:
        until(lambda: worker.status() == psutil.STATUS_STOPPED, 10)
        a_later_fetch_was_answered(system)  # so the worker's last one was too, with nothing
        send(system, SECOND)
        delete(system, EVENTS, VICTIM, stood + 2)
    finally:
        worker.resume()
    halted_alone(system, client, stood, f"the log begins at {stood + 2}, but {stood} is to be applied next: records were deleted")
    until(lambda: figures(system) == counted([*FIRST, *elsewhere(SECOND)], lacking=True), 10)
    assert "goes on without 2 records" in chiso("accept-gap", f"p{VICTIM}", home=system.home).stderr
    system.drain()
    until(lambda: readyz(system)["halted"] == {}, 10)
    assert figures(system) == counted({*FIRST, *SECOND} - {*gone})
    assert positions(client) == ends(system)
    assert client.hget(f"{{p{VICTIM}}}:position", "gap") == b"2"
    assert system.children("worker") == [worker], "it never ended"


def cut(home: Path) -> None:
    """Takes the end of the victim's log, and all that would tell the broker where it was: as after a loss of power."""
    data = home / "kafka" / "data"
    (data / ".kafka_cleanshutdown").unlink()
    (data / "recovery-point-offset-checkpoint").unlink()
    for path in (data / f"{EVENTS}-{VICTIM}").iterdir():
        if path.suffix == ".log":
            with path.open("r+b") as log:
                log.truncate(path.stat().st_size - 10)  # within the last batch, which then is none
        elif path.suffix in {".index", ".timeindex", ".snapshot"}:
            path.unlink()


def test_a_log_that_lost_its_tail_halts_until_a_rebuild_from_what_is_left(up: Callable[..., System]) -> None:
    system = up()
    send(system, FIRST)
    left = ends(system)[VICTIM]
    send(system, SECOND)
    system.drain()
    stood = ends(system)[VICTIM]
    assert figures(system) == counted([*FIRST, *SECOND])
    system.stop()
    cut(system.home)
    system = up(home=system.home)
    client: Any = Redis.from_url(system.addresses["redis"])
    assert 0 < left == ends(system)[VICTIM] < stood
    send(system, elsewhere(THIRD))
    halted_alone(system, client, stood, f"the log ends at {left}, but {stood} was applied: the log lost its tail; `chiso rebuild`")
    until(lambda: figures(system) == counted([*FIRST, *SECOND, *elsewhere(THIRD)], lacking=True), 10)
    chiso("rebuild", home=system.home)
    until(lambda: readyz(system)["halted"] == {}, 30)
    send(system, in_victim(THIRD))
    system.drain()
    assert figures(system) == counted([*FIRST, *elsewhere(SECOND), *THIRD])
    assert (client.hget(META, "space"), positions(client)) == (b"2", ends(system))
    assert {system.client.get(f"/v1/dossiers/{named(one)}").status_code for one in in_victim(SECOND)} == {404}
