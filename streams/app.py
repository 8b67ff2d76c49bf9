"""The composition root of a worker: names the concrete classes, and puts them together."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import faust
from faust.types import TP

from streams.batch import Batch
from streams.pump import Pump
from streams.settings import Settings
from streams.topology import AGENTS
from streams.transport import BatchSchema, brokers

METADATA_MS = 5_000  # a broker that just came back may not know its topics; who leads the group then assigns nothing, until it looks again
NEVER_IDLE = 315_360_000.0  # seconds: ten years. A member that fetches nothing for longer leaves its group for good (aiokafka #1187)
AGAIN = 0.2  # seconds until a task that is still there is told once more
_log = logging.getLogger("chiso.worker")


class Deck:
    """The partitions this process owns, one task each. A bug in one ends the worker, with every position unmoved.

    `makers` says for each topic how the pump of one of its partitions is made. Two pumps of one place would seek the log to and fro under each other,
    so the next one begins when the one before is gone, however often that one has to be told.
    """

    def __init__(self, makers: Mapping[str, Callable[[int], Pump]], failed: Callable[[BaseException], None]) -> None:
        self._makers = makers
        self._failed = failed
        self._running: dict[TP, tuple[Pump, asyncio.Task[None]]] = {}
        self._leaving: dict[TP, asyncio.Task[None]] = {}

    def assigned(self, places: set[TP]) -> None:
        """These, and only these, are ours from now on; each is taken anew."""
        self.close()
        for place in sorted(places):
            pump = self._makers[place.topic](place.partition)
            task = asyncio.create_task(_after(self._leaving.get(place), pump), name=f"{place.topic} {place.partition}")
            task.add_done_callback(self._ended)
            self._running[place] = pump, task
        for topic in self._makers:
            _log.info(
                "owns of %s: %s", topic, ", ".join(str(place.partition) for place in sorted(places) if place.topic == topic) or "none"
            )

    def revoked(self, places: set[TP]) -> None:
        """These are not ours any more."""
        for place in places:
            if place in self._running:
                task = self._running.pop(place)[1]
                task.cancel()
                self._leaving[place] = asyncio.create_task(_gone(task, self._leaving.get(place)))

    def pumps(self) -> dict[TP, Pump]:
        """The partitions that are ours."""
        return {place: pump for place, (pump, _) in self._running.items()}

    def close(self) -> None:
        """Lets go of everything."""
        self.revoked(set(self._running))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed(task.exception())  # type: ignore[arg-type]

    async def put(self, batch: Batch) -> None:
        """Hands a batch to its partition, if that is still ours."""
        found = self._running.get(TP(batch.topic, batch.partition))
        if found is not None:
            pump, task = found
            waiting = asyncio.ensure_future(pump.put(batch))
            await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()


async def _after(before: "asyncio.Task[None] | None", pump: Pump) -> None:
    """A pump's life, once the one before it is gone."""
    if before is not None:
        await asyncio.wait({before})
    await pump.run()


async def _gone(task: "asyncio.Task[None]", before: "asyncio.Task[None] | None") -> None:
    """Returns when a cancelled task is done, and the one before it. Until 3.12 `asyncio.wait_for`, which clients of Redis and Kafka use, swallows a
    cancellation that comes together with its result.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN)
    if before is not None:
        await asyncio.wait({before})


class App(faust.App):
    """Faust's app, and what the transport asks of it."""

    owner: Deck

    def _create_directories(self) -> None:
        """Faust's tables would live there; there are none."""


def build(settings: Settings, bootstrap: str) -> App:
    """The Faust app with an agent for each topic; `owner` completes it."""
    app = App(
        settings.group,
        broker=brokers(bootstrap),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        stream_buffer_maxsize=4,
        stream_recovery_delay=0.0,
        consumer_auto_offset_reset="none",
        consumer_max_fetch_size=settings.fetch_bytes,
        consumer_metadata_max_age_ms=METADATA_MS,
        broker_max_poll_records=None,
        broker_max_poll_interval=NEVER_IDLE,  # a store may be away for hours, and a worker may own nothing: `streams.watchdog` sees who hangs
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=10.0,
        broker_request_timeout=30.0,
        loghandlers=[],
    )
    for name, topic in AGENTS.items():
        app.agent(_batches(app, topic), name=name)(_agent(app))
    app.finalize()
    return app


def _batches(app: App, topic: str) -> Any:
    return app.topic(topic, acks=False, internal=True, schema=BatchSchema(), key_serializer="raw", value_serializer="raw")


def _agent(app: App) -> Callable[[Any], Any]:
    async def hand_over(stream: Any) -> None:
        async for batch in stream:
            await app.owner.put(batch)

    return hand_over
