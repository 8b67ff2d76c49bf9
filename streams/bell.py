"""The newest notices, kept in memory for whoever streams: follows `chiso.notices.v1` from shortly before its end. Nothing is acknowledged."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.notices import read_notice
from streams.topology import NOTICES

KEPT = 200
BACK = 20  # records of each partition that are looked at first
POLL_MS = 500
RETRY_SECONDS = 2.0
SHOWN = ("id", "kind", "unit", "name", "at", "dossier", "official", "due_at", "detail")
_log = logging.getLogger("chiso.bell")


class Bell:
    """One for a process; `name` gives a unit's name."""

    def __init__(self, bootstrap: str, name: Callable[[str], str]) -> None:
        self._bootstrap, self._name = bootstrap, name
        self._heard: deque[tuple[int, dict[str, Any]]] = deque(maxlen=KEPT)
        self._count = 0

    def since(self, place: int) -> tuple[int, list[dict[str, Any]]]:
        """(place to ask from next, notices after `place`, oldest first); 0 for all that are kept."""
        if place == self._count:
            return place, []
        return self._count, [notice for number, notice in self._heard if number > place]

    async def run(self) -> None:
        """Until cancelled; waits where Kafka is away."""
        while True:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False, request_timeout_ms=10_000)
            try:
                await consumer.start()
                places = await self._places(consumer)
                while places:
                    found = await consumer.getmany(*places, timeout_ms=POLL_MS)
                    self._take(record for records in found.values() for record in records)
            except (KafkaError, OSError) as error:
                _log.info("notices wait: Kafka does not answer (%s)", type(error).__name__)
            finally:
                await consumer.stop()
            await asyncio.sleep(RETRY_SECONDS)

    async def _places(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        metadata = await consumer._client.fetch_all_metadata()  # noqa: SLF001 - `partitions_for_topic` knows only what was subscribed to
        places = [TopicPartition(NOTICES, number) for number in sorted(metadata.partitions_for_topic(NOTICES) or ())]
        consumer.assign(places)
        if places:
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            for place in places:
                consumer.seek(place, max(begins[place], ends[place] - BACK))
        return places

    def _take(self, records: Iterable[Any]) -> None:
        known = {notice["id"] for _, notice in self._heard}
        for record in sorted(records, key=lambda record: record.timestamp):
            notice = read_notice(record.value)
            if notice is None or notice.get("historical") or notice["id"] in known:
                continue
            self._count += 1
            known.add(notice["id"])
            shown = notice | {"name": self._name(notice["unit"])}
            self._heard.append((self._count, {name: shown.get(name) for name in SHOWN}))
