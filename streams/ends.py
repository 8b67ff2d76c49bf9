"""The ends of the log's partitions, by kafka-python: once for `drain`, every second for figures that say how far behind they are."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from indicators.errors import UnreachableError
from streams.topology import EVENTS, FACTS

EVERY_SECONDS = 1.0
RETRY_SECONDS = 0.2
ANSWER_MS = 5_000
_log = logging.getLogger("chiso.ends")


class Look:
    """A connection that sees the ends of a topic. Blocking; one caller at a time. Raises UnreachableError."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=bootstrap,
                bootstrap_timeout_ms=ANSWER_MS,
                request_timeout_ms=ANSWER_MS,
                group_id=None,
                enable_auto_commit=False,
            )
        except (KafkaError, OSError):
            raise self._away() from None

    def _away(self) -> UnreachableError:
        return UnreachableError(f"Kafka at {self._bootstrap} does not answer; is it running? `chiso up` brings its own")

    def ends(self, topic: str = EVENTS) -> dict[int, int]:
        """Partition → offset after its last record; never empty."""
        return self._offsets(topic, self._consumer.end_offsets)

    def begins(self, topic: str = EVENTS) -> dict[int, int]:
        """Partition → offset of its first record; never empty."""
        return self._offsets(topic, self._consumer.beginning_offsets)

    def _offsets(self, topic: str, ask: Callable[[list[TopicPartition]], dict[TopicPartition, int]]) -> dict[int, int]:
        try:
            places = [TopicPartition(topic, number) for number in self._consumer.partitions_for_topic(topic) or ()]
            found = ask(places) if places else {}
        except (KafkaError, OSError, AssertionError):
            raise self._away() from None
        if not found:  # a broker that just came back may not know its topics yet; nothing to wait for would pass for having waited
            raise UnreachableError(
                f"Kafka at {self._bootstrap} knows no topic {topic} yet; `chiso topics apply` makes those that are missing"
            )
        return {place.partition: offset for place, offset in found.items()}

    def close(self) -> None:
        """Lets go of the connection."""
        with suppress(Exception):  # a client that broke says so once more, and is as closed as it will ever be
            self._consumer.close()


def look_at_ends(bootstrap: str, seconds: float, topic: str = EVENTS) -> dict[int, int]:
    """The ends once; a broker that just came back is given so many seconds to lead its partitions. Raises UnreachableError."""
    deadline = time.monotonic() + seconds
    while True:
        look: Look | None = None
        try:
            look = Look(bootstrap)
            return look.ends(topic)
        except UnreachableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
        finally:
            if look is not None:
                look.close()


class Ends:
    """By topic of facts: `now` are the ends as last seen, `before` those seen the time before; both are empty while Kafka does not answer."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self.now: dict[str, dict[int, int]] = {}
        self.before: dict[str, dict[int, int]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        look: Look | None = None
        while True:
            try:
                if look is None:
                    look = await asyncio.to_thread(Look, self._bootstrap)
                found = {}
                for topic in FACTS:
                    found[topic] = await asyncio.to_thread(look.ends, topic)
                self.before, self.now = self.now, found
            except UnreachableError as error:
                if self.now:
                    _log.warning("%s", error)
                self.now, self.before = {}, {}
                if look is not None:
                    look.close()
                look = None
            await asyncio.sleep(EVERY_SECONDS)
