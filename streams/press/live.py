"""The reading side for one command: loads the cube from the store of a running system, the registry and what was published from Kafka, and waits until
nothing is behind.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from indicators.errors import UnreachableError
from indicators.services import Services
from streams.addresses import Addresses
from streams.desk import Desk, Sources
from streams.door import door_passed
from streams.ends import Ends, look_at_ends
from streams.follow import BookFollower, Follower
from streams.press.talk import Talk
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.shelf import Shelf
from streams.topology import FACTS, PETITIONS, REGISTRY

LOOK_SECONDS = 0.05
PATIENCE = 120.0
ENDS_SECONDS = 5.0
BEHIND = "figures are behind what Kafka has; ask again once `chiso drain` returns"


class Reading(NamedTuple):
    """What is followed, and what was published."""

    sources: Sources
    shelf: Shelf


@contextlib.asynccontextmanager
async def reading(found: Addresses, terms: Terms, talk: Talk) -> AsyncIterator[Reading]:
    """Loaded and up to date when it is given. Raises UnreachableError."""
    client: Any = Redis.from_url(found.redis, protocol=2, socket_connect_timeout=5, socket_timeout=60)
    try:
        await client.ping()
    except (RedisError, OSError):
        raise UnreachableError(
            f"Redis at {found.redis.rpartition('@')[2]} does not answer; is chiso running? `chiso up` starts it"
        ) from None
    book = BookFollower(client)
    figures = Follower(client, services=Services(book.book.codes))
    sources = Sources(figures, Follower(client, topic=PETITIONS), book, RegistryFollower(found.kafka), Ends(found.kafka))
    shelf = Shelf(found.kafka)
    tasks = [asyncio.create_task(one) for one in (*(each.run() for each in sources.followers), sources.registry.run(), shelf.run())]
    try:
        await up_to_date(Reading(sources, shelf), Desk(sources, terms), talk)
        yield Reading(sources, shelf)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.aclose()


async def up_to_date(found: Reading, desk: Desk, talk: Talk) -> None:
    """Returns once everything that Kafka has now is in the figures. Raises UnreachableError."""
    talk("waiting for what was sent")
    if not await door_passed(desk, found.shelf.bootstrap, PATIENCE):
        raise UnreachableError(BEHIND)
    ends = {topic: await asyncio.to_thread(look_at_ends, found.shelf.bootstrap, ENDS_SECONDS, topic) for topic in FACTS}
    registry = (await asyncio.to_thread(look_at_ends, found.shelf.bootstrap, ENDS_SECONDS, REGISTRY)).get(0, 0)
    found.sources.ends.now = found.sources.ends.before = ends
    deadline = time.monotonic() + PATIENCE
    while not _arrived(found, desk, ends, registry):
        if time.monotonic() > deadline:
            raise UnreachableError(BEHIND)
        talk("reading the store")
        await asyncio.sleep(LOOK_SECONDS)


def _arrived(found: Reading, desk: Desk, ends: dict[str, dict[int, int]], registry: int) -> bool:
    sources = found.sources
    for follower in sources.followers:
        wanted = ends[follower.topic]
        if any(number not in follower.stands for number, end in wanted.items() if end) or follower.loading:
            return False
    return found.shelf.loaded and sources.registry.next >= registry and desk.current
