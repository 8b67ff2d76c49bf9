"""Files in: every row's events go to the topic, whatever is broken goes to the topic of rejected events, and both are counted.

An event that a file says twice is sent once, where its repetition is near enough to be remembered; sent twice it would change nothing either.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from connectors import mapping as mappings
from connectors.codec import NAMESPACE, Record, encode, partition
from connectors.mapping_model import Mapping
from connectors.national import Pseudonym
from connectors.table import Problem
from indicators.events import type_name
from indicators.numbers import partition_key
from streams import clock
from streams.sending import Sender, rejection, sender
from streams.topology import EVENTS, REJECTED

SAMPLE = "sample"
REMEMBERED = 200_000
TELL_EVERY = 1_000  # rows
FLUSH_SECONDS = 0.2  # while paced


@dataclass(slots=True)
class Report:
    """What became of one file so far."""

    file: str
    rows: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    problems: int = 0


Told = Callable[[Report, Problem | None], None]


class Source(NamedTuple):
    """A file, how its rows become events, and what stands for the names of officials in it."""

    mapping: Mapping
    path: Path
    pseudonym: Pseudonym


def path_of(name: str) -> Path:
    """The file itself; `sample` is the one that chiso ships."""
    if name != SAMPLE:
        return Path(name)
    with as_file(files("connectors") / "samples" / "service_requests.csv") as path:
        return path


def statements(source: Source, report: Report, told: Told) -> Iterator[tuple[Record, str, str]]:
    """(record, topic, key of the partition) of all there is to send, in order. Counts in `report` as it goes."""
    known: set[int] = set()
    mapping, path, pseudonym = source
    for reading in mappings.read(mapping, path, int(clock.now()), pseudonym):
        report.rows += 1
        for problem in reading.problems:
            report.problems += 1
            told(report, problem)
            yield _rejected(path, problem), REJECTED, ""
        for event in reading.events:
            seen = hash(event)
            if seen in known:
                report.repeated += 1
                continue
            if len(known) > REMEMBERED:
                known.clear()
            known.add(seen)
            report.sent[type_name(event)] += 1
            yield encode(event), EVENTS, partition_key(event.dossier)
        if report.rows % TELL_EVERY == 0:
            told(report, None)


def _rejected(path: Path, problem: Problem) -> Record:
    content = {
        "reason": problem.field,
        "message": f"{problem.field} {problem.rule}",
        "file": path.name,
        "line": problem.line,
        "column": problem.column,
    }
    entry = uuid.uuid5(NAMESPACE, f"rejected:{path.name}:{problem.line}:{problem.column}:{problem.field}:{problem.rule}")
    return rejection(str(entry), path.name.encode(), content)


async def ingest(bootstrap: str, source: Source, told: Told, speed: float | None = None) -> Report:
    """Sends a file, at most `speed` rows a second. Raises UnreachableError, NotFoundError, InvalidDataError."""
    report = Report(source.path.name)
    # what strangers read is not compressed: not every client knows lz4
    async with sender(bootstrap) as facts, sender(bootstrap, compression=None) as rejected:
        senders = {EVENTS: facts, REJECTED: rejected}
        counts = {topic: await one.partitions(topic) for topic, one in senders.items()}
        pace = _Pace(speed, facts)
        for record, topic, key in statements(source, report, told):
            await senders[topic].send(topic, partition(key.encode(), counts[topic]), record)
            await pace.keep(report.rows)
        await facts.flush()
        await rejected.flush()
    told(report, None)
    return report


class _Pace:
    """Holds the sender back to `speed` rows a second, and lets go of what is queued meanwhile."""

    def __init__(self, speed: float | None, sender: Sender) -> None:
        self._speed, self._sender = speed, sender
        self._started = self._flushed = time.monotonic()

    async def keep(self, rows: int) -> None:
        """Waits until row number `rows` may be sent."""
        if self._speed is None:
            return
        ahead = rows / self._speed - (time.monotonic() - self._started)
        if ahead > 0 or time.monotonic() - self._flushed > FLUSH_SECONDS:
            await self._sender.flush()
            self._flushed = time.monotonic()
        await asyncio.sleep(max(0.0, ahead))
