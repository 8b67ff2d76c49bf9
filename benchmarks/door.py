"""How fast the door is: whole payloads a second through the normalise agent's work on one core, dossiers a second through `POST /v1/sync`."""

import asyncio
import json
import sys
import time
import urllib.request
from types import SimpleNamespace
from typing import Any

from benchmarks.rig import PARTITIONS, Rig, say
from connectors.pseudonym import pseudonyms
from connectors.reference import calendar
from connectors.simulate.lives import day_of
from connectors.simulate.offices import provinces
from connectors.simulate.stream import Stream
from streams.admin import ensure_topics
from streams.batch import Batch
from streams.normalise import Normalise
from streams.sending import start
from streams.servers.ports import free_port
from streams.servers.tether import Child, end
from streams.settings import Settings
from streams.store.memory import MemoryStore
from streams.store.store import Position
from streams.topology import FACTS, SYNC

BATCH = 500
DAYS = 30
LIST = 10
CONNECTIONS = 8


def door(rig: Rig, seconds: int) -> None:
    """Both measurements."""
    ensure_topics(rig.kafka, Settings(partitions=PARTITIONS))
    records = _records()
    rates = sorted(asyncio.run(_normalise(rig, records)) for _ in range(3))
    say(f"normalise: {rates[1]:,.0f} payloads/s on one core, sent and acknowledged")
    http = free_port("127.0.0.1", 18_766)
    command = [sys.executable, "-m", "streams.cli", "serve", "--http-port", str(http), "--metrics-port", "0"]
    child = Child("serve", command, rig.place / "serve.log", {"CHISO_KAFKA": rig.kafka, "CHISO_REDIS": rig.redis})
    try:
        _until_answers(f"http://127.0.0.1:{http}/livez")
        for size in (1, LIST):
            rate = asyncio.run(_sync(http, records, size, seconds))
            say(f"/v1/sync, {CONNECTIONS} connections, {size} dossiers a call: {rate:,.0f} dossiers/s accepted")
    finally:
        end([child], 5)


def _records() -> list[Any]:
    """Payloads of a simulated province, one dossier each."""
    now = int(time.time())
    made = Stream(provinces(1, 1), 1, day_of(now) - DAYS, day_of(now), calendar())
    found: list[Any] = []
    for _, records in made.until(now, []):
        found += [record for record in records if b"MaTTHC" in record.value]
    return [
        SimpleNamespace(offset=place, timestamp=now * 1000, key=record.key, value=record.value, headers=tuple(record.headers))
        for place, record in enumerate(found)
    ]


async def _normalise(rig: Rig, records: list[Any]) -> float:
    producer = await start(rig.kafka)
    work = Normalise(0, producer, dict.fromkeys(FACTS, PARTITIONS), pseudonyms(b"k" * 32), lambda *_: None, MemoryStore())
    started = time.perf_counter()
    for first in range(0, len(records), BATCH):
        await work.prepare(Position(), Batch(SYNC, 0, records[first : first + BATCH]))
    rate = len(records) / (time.perf_counter() - started)
    await producer.stop()
    return rate


async def _sync(port: int, records: list[Any], size: int, seconds: int) -> float:
    """Dossiers a second that were accepted, by clients that cost next to nothing themselves."""
    dossiers = [dossier for record in records[:5000] for dossier in _data(record.value)]
    bodies = [json.dumps(dossiers[first : first + size]).encode() for first in range(0, 2000, size)]
    until = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_client(port, bodies, until) for _ in range(CONNECTIONS)))
    return sum(counts) * size / seconds


def _data(value: bytes) -> list[Any]:
    found = json.loads(value)
    data: list[Any] = found if isinstance(found, list) else found["data"]
    return data


async def _client(port: int, bodies: list[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        body = bodies[count % len(bodies)]
        writer.write(b"POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202"), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count


def _until_answers(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
