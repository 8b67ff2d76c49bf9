"""What was rejected: a list for people, and the way back in after a fix.

A replayed payload goes through the raw topic again, said at the time it was first said, so whatever was taken of it before is stated once more and
counts once. It carries the place it came from, so no later replay takes it again.
"""

import contextlib
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.codec import Record, partition
from indicators.times import rfc3339, seconds
from streams.normalise import sender_name
from streams.reading import records
from streams.sending import sender
from streams.topology import REJECTED, SYNC

REPLAY_OF = "ce_replayof"
_json = msgspec.json.Decoder(dict[str, Any]).decode

Place = tuple[int, int]  # partition and offset in the raw topic


@dataclass(slots=True)
class Replayed:
    """What a replay did: sent again, sent by an earlier replay, gone from the raw topic, not from the raw topic at all."""

    sent: int = 0
    before: int = 0
    gone: int = 0
    elsewhere: int = 0


async def listed(bootstrap: str) -> list[dict[str, Any]]:
    """Every rejection on record, oldest first: `at`, `reason`, `message`, and where it stands. Raises UnreachableError."""
    found = [_entry(record) for record in await records(bootstrap, REJECTED) if record.value]
    return sorted(found, key=lambda entry: str(entry["at"]))


def _entry(record: Any) -> dict[str, Any]:
    key = (record.key or b"").decode(errors="replace")
    return {"at": rfc3339(record.timestamp // 1000), "source": key, **_json(record.value)}


async def replay(bootstrap: str, source: str | None = None, reason: str | None = None) -> Replayed:
    """Sends every rejected payload (of a source, for a reason) that is still in the raw topic through it once more. A source goes by the record's key or
    by who says that he sent it. Raises UnreachableError.
    """
    every = [_entry(record) for record in await records(bootstrap, REJECTED) if record.value]
    entries = [entry for entry in every if reason in (None, entry["reason"])]
    some = any(entry.get("topic") == SYNC for entry in entries)
    raw = {(record.partition, record.offset): record for record in await records(bootstrap, SYNC)} if some else {}

    def theirs(entry: dict[str, Any]) -> bool:
        place = entry.get("partition"), entry.get("offset")
        return source in (None, entry["source"]) or (entry.get("topic") == SYNC and place in raw and sender_name(raw[place]) == source)

    entries = [entry for entry in entries if theirs(entry)]
    wanted = {(entry["partition"], entry["offset"]) for entry in entries if entry.get("topic") == SYNC}
    report = Replayed(elsewhere=sum(entry.get("topic") != SYNC for entry in entries))
    before = {_origin(record) for record in raw.values()}
    async with sender(bootstrap) as out:
        count = await out.partitions(SYNC)
        for place in sorted(wanted):
            if place in before:
                report.before += 1
            elif place not in raw:
                report.gone += 1
            else:
                await out.send(SYNC, partition(raw[place].key or b"", count), _again(raw[place]))
                report.sent += 1
        await out.flush()
    return report


def _origin(record: Any) -> Place | None:
    """Where a replayed record came from."""
    number, _, offset = dict(record.headers).get(REPLAY_OF, b"").partition(b":")
    try:
        return int(number), int(offset)
    except ValueError:
        return None  # from nowhere, or what somebody else wrote there


def _again(record: Any) -> Record:
    """The record as it was said then."""
    headers = dict(record.headers)
    said = record.timestamp // 1000
    with contextlib.suppress(KeyError, ValueError, OverflowError):  # no time, or the one it was rejected for
        said = min(said, seconds(headers["ce_time"].decode()))
    kept = [(name, value) for name, value in record.headers if name not in ("ce_time", REPLAY_OF)]
    origin = f"{record.partition}:{record.offset}".encode()
    return Record(record.key or b"", record.value or b"", [*kept, ("ce_time", rfc3339(said).encode()), (REPLAY_OF, origin)])
