"""When is everything that was sent in the figures? In order of flow: files sent, log applied, outboxes empty, cube there."""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from indicators.errors import ChisoError, UnreachableError
from streams import clock, simulating
from streams.ends import look_at_ends
from streams.ingesting import read_status
from streams.store.keys import FIRED, META, PUBLISHED, Keys, fired_field
from streams.topology import EVENTS, FACTS, LETTERS, PETITIONS, PROCEDURES, REGISTRY, SYNC

EVERY_SECONDS = 0.1

Positions = Callable[[], dict[str, Any]]


def drain(home: Path, kafka: str, redis: str, positions: Positions, seconds: float) -> None:
    """Returns when all is drained. Raises ChisoError naming what lags after `seconds`, or the file that failed."""
    deadline = time.monotonic() + seconds
    _until(lambda: _unsent(home), deadline)
    client = Redis.from_url(redis, socket_timeout=5, socket_connect_timeout=5)
    try:
        # a topic's end is read after the agents before it have passed theirs
        ends: dict[str, dict[int, int]] = {}
        for topic in (SYNC, PROCEDURES, PETITIONS, EVENTS):
            letter = LETTERS[topic]
            ends[letter] = look_at_ends(kafka, max(0.0, deadline - time.monotonic()), topic)
            _until(partial(_unapplied, client, ends[letter], letter), deadline)
        _until(partial(_unfired, client, ends[LETTERS[EVENTS]], int(clock.now())), deadline)
        _until(partial(_unapplied, client, ends[LETTERS[EVENTS]], LETTERS[EVENTS]), deadline)
        of_facts = {LETTERS[topic]: ends[LETTERS[topic]] for topic in FACTS}
        _until(lambda: _unshown(positions(), of_facts), deadline)
        _until(lambda: _unpublished(client, of_facts), deadline)
        names = look_at_ends(kafka, max(0.0, deadline - time.monotonic()), REGISTRY).get(0, 0)
        _until(lambda: "the registry is being read" if positions()["registry"] < names else None, deadline)
    except (RedisError, OSError):
        raise UnreachableError(f"Redis at {redis.rpartition('@')[2]} does not answer; is it running?") from None


def _until(lacking: Callable[[], str | None], deadline: float) -> None:
    """Waits until nothing is lacking."""
    while (lack := lacking()) is not None:
        if time.monotonic() > deadline:
            raise ChisoError(f"not drained in time: {lack}; give more with --timeout, or look at the logs")
        time.sleep(EVERY_SECONDS)


def _unsent(home: Path) -> str | None:
    simulated = simulating.read(home)
    if simulated is not None and not simulated.live:
        return "the past of the simulated provinces is being sent"
    status = read_status(home)
    if status is None:
        return None
    if status["error"]:
        raise ChisoError(str(status["error"]))
    files = status["files"]
    assert isinstance(files, dict)
    return next((f"{path} is {state}" for path, state in files.items() if state != "sent"), None)


def _unapplied(client: Any, ends: dict[int, int], letter: str) -> str | None:
    space = (client.hget(META, "space") or b"").decode() if letter != LETTERS[SYNC] else ""
    for number, end in ends.items():
        keys = Keys(number, letter, space)
        found, halted = client.hmget(keys.position, "next", "halted")
        if halted:
            raise ChisoError(f"partition {letter}{number} is halted: {halted.decode()}")
        if int(found or 0) < end:
            return f"partition {letter}{number} is applied up to {int(found or 0)} of {end}"
        if client.hlen(keys.outbox):
            return f"the outbox of partition {number} is not empty"
    return None


def _unfired(client: Any, ends: dict[int, int], now: int) -> str | None:
    """Timers fire only once everything is known that Kafka had."""
    space = (client.hget(META, "space") or b"").decode()
    fired = client.hmget(FIRED, [fired_field(space, number) for number in ends]) if ends else []
    return next(
        (f"timers of partition {number} have not fired yet" for number, at in zip(ends, fired, strict=True) if int(at or 0) < now), None
    )


def _unshown(found: dict[str, Any], ends: dict[str, dict[int, int]]) -> str | None:
    return _before({"p": found["positions"], "q": found["petitions"], "u": found["procedures"]}, ends, "shown")


def _unpublished(client: Any, ends: dict[str, dict[int, int]]) -> str | None:
    stored = {name.decode(): json.loads(value) for name, value in client.hgetall(PUBLISHED).items()}
    if not stored and any(map(any, (of_it.values() for of_it in ends.values()))):
        return "the indicator topics are not published yet"
    return _before(stored, ends, "published")


def _before(found: dict[str, Any], ends: dict[str, dict[int, int]], what: str) -> str | None:
    """The first partition that has not reached its end."""
    return next(
        (
            f"partition {letter}{number} is {what} up to {at} of {end}"
            for letter, of_it in ends.items()
            for number, end in of_it.items()
            if (at := found.get(letter, {}).get(str(number), 0)) < end
        ),
        None,
    )
