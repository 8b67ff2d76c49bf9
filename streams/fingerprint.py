"""One hash for all figures: equal hashes mean equal windows, whatever the way they came about."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from indicators.errors import UnreachableError
from indicators.lanes import DAY_COUNTERS, MONTH_COUNTERS, counters, decode, encode
from indicators.times import date_of
from streams.store.keys import DIMENSIONS, META, partitions_of

Line = tuple[str, str, str, str, int]  # unit, day or month, dimension, counter, value


def fingerprint(url: str) -> str:
    """SHA-256 over the sorted non-zero (unit, day or month, dimension, counter, value), one JSON-free line each. Raises UnreachableError."""
    client = Redis.from_url(url, socket_timeout=30, socket_connect_timeout=5)
    try:
        lines = sorted(_lines(client))
    except (RedisError, OSError):
        raise UnreachableError(f"Redis at {url.rpartition('@')[2]} does not answer; is it running? `chiso up` brings its own") from None
    found = hashlib.sha256()
    for line in lines:
        found.update("\x1f".join(map(str, line)).encode() + b"\n")
    return found.hexdigest()


def _lines(client: Any) -> Iterator[Line]:
    for (kind, unit, name), row in _rows(client).items():
        names = DAY_COUNTERS if kind == "day" else MONTH_COUNTERS
        when, _, code = name.partition(" ")
        place = date_of(int(when)).isoformat() if kind == "day" else when
        dimension = "" if kind == "day" else f"{kind}={code}"
        for counter, value in counters(encode(row, len(names)), names).items():
            yield unit, place, dimension, counter, value


def _rows(client: Any) -> dict[tuple[str, str, str], int]:
    """Every row, summed over partitions."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for keys in partitions_of(client.hgetall(META)):
        for unit in (code.decode() for code in client.hkeys(keys.units)):
            for kind in ("day", *DIMENSIONS):
                for name, row in client.hgetall(keys.rows(kind, unit)).items():
                    found[kind, unit, name.decode()] += decode(row)
    return found
