"""Files of national payloads (or canonical events) into the raw topic: a `.json` file is one payload, a `.jsonl` file one a line.

Each entry is read here as the door would, so that what is broken is named by line and position; what normalise rejects is on record there too.
"""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from connectors import national, payload
from connectors.codec import NAMESPACE, Record, partition
from connectors.door import Said
from connectors.national import Item
from indicators.errors import NotFoundError, RejectedError
from indicators.numbers import prefix
from streams import clock
from streams.ingest import Report
from streams.normalise import DEFAULT_SOURCE
from streams.sending import rejection, sender
from streams.topology import REJECTED, SYNC

SUFFIXES = (".json", ".jsonl", ".ndjson")
CHUNK = 100  # entries of one record
_json = msgspec.json.Encoder().encode


class Fault(NamedTuple):
    """What is wrong, and where: the line, and the entry's position in its list (None for the whole payload)."""

    line: int
    position: int | None
    field: str
    rule: str


Told = Callable[[Report, Fault | None], None]


def records(path: Path, report: Report, told: Told) -> Iterator[tuple[Record, str]]:
    """(record, topic) of all there is to send. Raises NotFoundError. Counts in `report` as it goes."""
    for line, text in _documents(path):
        report.rows += 1
        try:
            for record in _chunks(payload.parse(text), line, report, told):
                yield record, SYNC
        except RejectedError as error:
            report.problems += 1
            told(report, Fault(line, None, error.field, error.rule))
            content = {"reason": error.field, "message": f"{error.field} {error.rule}", "file": path.name, "line": line, "column": None}
            entry = uuid.uuid5(NAMESPACE, f"rejected:{path.name}:{line}:{error.field}:{error.rule}")
            yield rejection(str(entry), path.name.encode(), content), REJECTED
        told(report, None)


def _documents(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            if path.suffix == ".json":
                yield 1, file.read()
            else:
                yield from ((number, text) for number, text in enumerate(file, 1) if text.strip())
    except OSError as error:
        raise NotFoundError(f"file {path} cannot be read ({error.strerror})") from None


def _chunks(found: object, line: int, report: Report, told: Told) -> Iterator[Record]:
    """A payload in records of at most CHUNK entries each."""
    if isinstance(found, dict) and "service" not in found and "data" not in found:
        yield from _record(found, 0, line, report, told)
        return
    name, entries = (None, found) if isinstance(found, list) else national.service(found)
    assert isinstance(entries, list)
    for first in range(0, len(entries), CHUNK):
        some = entries[first : first + CHUNK]
        yield from _record(some if name is None else {"service": name, "data": some}, first, line, report, told)


def _record(part: Any, first: int, line: int, report: Report, told: Told) -> Iterator[Record]:
    """The record of a part, unless nothing in it can be read."""
    now = int(clock.now())
    items: list[Item] = list(payload.read(part, Said(now, now, DEFAULT_SOURCE), lambda _name: "u-0"))
    for item in items:
        for fault in item.faults:
            report.problems += 1
            told(report, Fault(line, first + fault.position, fault.field, fault.rule))
    report.sent["payload entries"] += sum(bool(item.events) for item in items)
    source = next((code for item in items if item.dossier and (code := prefix(item.dossier))), DEFAULT_SOURCE).encode()
    if any(item.events for item in items):
        yield Record(source, _json(part), [("ce_source", source)])


async def ingest(bootstrap: str, path: Path, told: Told) -> Report:
    """Sends a file. Raises UnreachableError, NotFoundError."""
    report = Report(path.name)
    async with sender(bootstrap) as out, sender(bootstrap, compression=None) as rejected:
        senders = {SYNC: out, REJECTED: rejected}
        counts = {topic: await one.partitions(topic) for topic, one in senders.items()}
        for record, topic in records(path, report, told):
            await senders[topic].send(topic, partition(record.key, counts[topic]), record)
        await out.flush()
        await rejected.flush()
    return report
