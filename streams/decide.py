"""What an operator decides about a partition that is halted: look again, or go on after records that are gone. Written where its worker looks every second."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, WatchError

from connectors.quarantine import decode
from indicators.errors import ChisoError, NotFoundError, UnreachableError, UsageError
from streams import admin
from streams.ends import Look
from streams.progress import BEGIN_ANEW
from streams.store.keys import META, Keys, partitions_of
from streams.store.store import GAP
from streams.topology import FACTS, LETTERS, SYNC

TOPICS = {letter: topic for topic, letter in LETTERS.items()}


def halted(url: str, bootstrap: str) -> dict[str, str]:
    """Halted partitions (`p3` of events, `q3` of petitions, `u3` of procedures, `r3` of the raw topic) and why. Raises UnreachableError."""
    with _store(url) as client:
        found = {}
        for name, keys in _partitions(client, bootstrap).items():
            why = client.hget(keys.position, "halted")
            if why is not None:
                found[name] = why.decode()
    return found


def resume(url: str, bootstrap: str, name: str) -> None:
    """Lets a halted partition look again: it goes on if what was wrong is right now. Raises NotFoundError, UnreachableError."""
    with _store(url) as client:
        keys = _known(client, bootstrap, name)
        if not client.hdel(keys.position, "halted"):
            raise NotFoundError(f"partition {name} is not halted; /readyz names those that are")


def quarantined(url: str, bootstrap: str) -> list[str]:
    """Senders that are set aside. Raises UnreachableError."""
    with _store(url) as client:
        found: set[str] = set()
        for keys in _partitions(client, bootstrap).values():
            found |= {name.decode() for name, stored in client.hgetall(keys.sources).items() if decode(stored).quarantined}
    return sorted(found)


def resume_source(url: str, bootstrap: str, name: str) -> None:
    """Looks at a sender again, as if it had never sent anything. Raises NotFoundError, UnreachableError."""
    with _store(url) as client:
        taken = sum(client.hdel(keys.sources, name) for keys in _partitions(client, bootstrap).values())
    if not taken:
        raise NotFoundError(f"{name!r} is neither a partition (p3, r3) that is halted nor a sender that is set aside")


def accept_gap(url: str, bootstrap: str, name: str) -> int | None:
    """Goes on with the first record there is, leaving out those that are gone for ever; gives their number. A partition of the raw topic whose log is
    another one begins anew with whatever that has (None): what is said once more counts once.

    Raises NotFoundError, UnreachableError, and ChisoError where no records are missing at the log's beginning.
    """
    with _store(url) as client:
        keys = _known(client, bootstrap, name)
        first = _first(bootstrap, name)
        with client.pipeline() as pipe:
            pipe.watch(keys.position)
            following, halted = int(pipe.hget(keys.position, "next") or 0), pipe.hget(keys.position, "halted")
            if halted is None:
                raise NotFoundError(f"partition {name} is not halted; /readyz names those that are")
            anew = BEGIN_ANEW in halted.decode()
            if not anew and following >= first:
                raise ChisoError(f"partition {name} lacks no records at the log's beginning; `chiso rebuild` is for everything else")
            pipe.multi()
            if anew:
                pipe.delete(keys.position, keys.dossiers)
                aside = [sender for sender, stored in client.hgetall(keys.sources).items() if not decode(stored).quarantined]
                if aside:
                    pipe.hdel(keys.sources, *aside)  # they are judged anew, by the same payloads
            else:
                pipe.hset(keys.position, mapping={"next": first, "crc": GAP})
                pipe.hincrby(keys.position, "gap", first - following)
                pipe.hdel(keys.position, "halted")
            try:
                pipe.execute()
            except WatchError:
                raise ChisoError(f"partition {name} moved meanwhile; look at it again") from None
    return None if anew else first - following


def _first(bootstrap: str, name: str) -> int:
    look = Look(bootstrap)
    try:
        return look.begins(TOPICS[name[0]])[int(name[1:])]
    finally:
        look.close()


def _known(client: Any, bootstrap: str, name: str) -> Keys:
    found = _partitions(client, bootstrap)
    if name not in found:
        raise UsageError(f"{name!r} is no partition; write p3 for partition 3 of events, r3 for one of the raw topic")
    return found[name]


def _partitions(client: Any, bootstrap: str) -> dict[str, Keys]:
    count = admin.look(bootstrap).topics.get(SYNC, ("", 0))[1]
    raw = {f"r{number}": Keys(number, "r") for number in range(count)}
    meta, letters = client.hgetall(META), [LETTERS[topic] for topic in FACTS]
    return {f"{letter}{keys.number}": keys for letter in letters for keys in partitions_of(meta, letter)} | raw


@contextmanager
def _store(url: str) -> Iterator[Any]:
    """A client whose errors are one sentence."""
    client = Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5)
    try:
        yield client
    except (RedisError, OSError):
        raise UnreachableError(f"Redis at {url.rpartition('@')[2]} does not answer; is it running?") from None
    finally:
        client.close()
