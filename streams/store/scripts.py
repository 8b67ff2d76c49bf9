"""Values to be written, as the keys and arguments of `apply.lua`."""

from collections.abc import Collection
from itertools import islice
from typing import Any

import msgspec

from indicators.arrivals import NUMBERS, SYNC
from indicators.lanes import DAY_COUNTERS, MONTH_COUNTERS, SYNC_COUNTERS, encode
from streams.store.keys import Keys, heard_field
from streams.store.store import OUTCOMES, Firing, Writes

CHUNK = 4000  # arguments of one command inside the script; Lua's unpack fails beyond about 8,000
CHANGES_KEPT = "2000"
_SIZE = {"day": len(DAY_COUNTERS), SYNC: len(SYNC_COUNTERS)}
_pack = msgspec.msgpack.Encoder().encode


class Script:
    """Keys and arguments of apply.lua as they grow."""

    def __init__(self, position: str) -> None:
        self.keys = {position: 1}
        self.args: list[Any] = []

    def write(self, command: str, key: str, arguments: Collection[Any], *lead: Any) -> None:
        """One command, or several where there are many arguments; none where there are none."""
        index = self.keys.setdefault(key, len(self.keys) + 1)
        rest = iter(arguments)
        while part := list(islice(rest, CHUNK)):
            self.args += (command, index, len(lead) + len(part), *lead, *part)

    def hash(self, key: str, values: Any) -> None:
        """Entries of a hash as they are to stand; None takes one away."""
        self.write("HSET", key, [part for name, value in values.items() if value is not None for part in (name, value)])
        self.write("HDEL", key, [name for name, value in values.items() if value is None])

    def scores(self, key: str, values: Any) -> None:
        """The same of a sorted set."""
        self.write("ZADD", key, [part for name, score in values.items() if score is not None for part in (score, name)])
        self.write("ZREM", key, [name for name, score in values.items() if score is None])


def row_bytes(kind: str, row: int) -> bytes | None:
    """A row as it is stored; None for one of nothing."""
    if kind == NUMBERS:
        return row.to_bytes((row.bit_length() + 7) // 8, "little")
    return encode(row, _SIZE.get(kind, len(MONTH_COUNTERS))) if row else None


def batch(of: Keys, writes: Writes) -> tuple[list[str], list[Any]]:
    """KEYS and the writes (ARGV[3…]) of a batch; the position comes last."""
    made = Script(of.position)
    made.write("HSET", of.dossiers, [part for pair in writes.states.items() for part in pair])
    hashes: dict[tuple[str, str], dict[str, bytes | None]] = {}
    for (kind, unit, name), row in writes.rows.items():
        hashes.setdefault((kind, unit), {})[name] = row_bytes(kind, row)
    for (kind, unit), rows in hashes.items():
        made.hash(of.rows(kind, unit), rows)
    touched = writes.touched
    made.write("HSET", of.units, [part for pair in writes.kinds.items() for part in pair])
    for unit in touched:
        made.write("HSETNX", of.units, (unit, ""))
    for key, scores in ((of.due, writes.due), (of.held, writes.held)):
        made.scores(key, scores)
    for name, days in writes.lists.items():
        made.scores(of.listed(name), days)
    made.write("SADD", of.moved, writes.moved)
    made.write("HSET", of.heard, [part for (agency, source), last in writes.heard.items() for part in (heard_field(agency, source), last)])
    made.write("HSET", of.sources, [part for pair in writes.sources.items() for part in pair])
    made.write("HSET", of.outbox, [part for pair in writes.outbox.items() for part in pair])
    before, after = writes.expected, writes.position
    change: tuple[Any, ...] = ("from", before.next, "to", after.next, "units", _pack(touched), "ts", after.as_of, "first", writes.first_ms)
    if writes.lit:
        change += ("lit", _pack(writes.lit))
    made.write("XADD", of.changes, change, "MAXLEN", "~", CHANGES_KEPT, "*")
    counts = [part for pair in zip(OUTCOMES, after.counts, strict=True) for part in pair]
    made.write("HSET", of.position, ["next", after.next, "crc", after.crc, "as_of", after.as_of, "gap", after.gap, *counts])
    return list(made.keys), made.args


def firing(of: Keys, found: Firing) -> tuple[list[str], list[Any]]:
    """The same of what timers fire; the position stays where it is."""
    made = Script(of.position)
    made.hash(of.outbox, found.outbox)
    made.hash(of.told, found.told)
    made.scores(of.watch, found.watch)
    made.write("SREM", of.moved, found.looked)
    made.hash(of.timers, found.marks)
    return list(made.keys), made.args
