"""The composition root of a worker: names the concrete classes, and puts them together."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import faust

from indicators.times import Zone
from streams.batch import Reader
from streams.settings import Settings
from streams.store.store import Identity, Store
from streams.topology import EVENTS
from streams.transport import BatchSchema, brokers
from streams.windows import Ports, Watch, Windows

_log = logging.getLogger("chiso.worker")


class Deck:
    """The partitions this process owns, one task each. A bug in one ends the worker, with every position unmoved."""

    def __init__(self, ports: Ports, failed: Callable[[BaseException], None]) -> None:
        self._ports = ports
        self._failed = failed
        self._running: dict[int, tuple[Windows, asyncio.Task[None]]] = {}

    def assigned(self, partitions: set[int]) -> None:
        """These, and only these, are ours from now on; each is taken anew."""
        self.close()
        for partition in sorted(partitions):
            windows = Windows(partition, self._ports)
            task = asyncio.create_task(windows.run(), name=f"windows-{partition}")
            task.add_done_callback(self._ended)
            self._running[partition] = windows, task
        _log.info("owns partitions %s", ", ".join(map(str, sorted(partitions))) or "none")

    def revoked(self, partitions: set[int]) -> None:
        """These are not ours any more."""
        for partition in partitions:
            if partition in self._running:
                self._running.pop(partition)[1].cancel()

    def close(self) -> None:
        """Lets go of everything."""
        self.revoked(set(self._running))

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed(task.exception())  # type: ignore[arg-type]

    async def put(self, batch: Any) -> None:
        """Hands a batch to its partition, if that is still ours."""
        found = self._running.get(batch.partition)
        if found is not None:
            windows, task = found
            waiting = asyncio.ensure_future(windows.put(batch))
            await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()


class App(faust.App):
    """Faust's app, and what the transport asks of it."""

    owner: Deck
    events_topic: str = EVENTS

    def _create_directories(self) -> None:
        """Faust's tables would live there; there are none."""


def build(settings: Settings, bootstrap: str) -> App:
    """The Faust app with one topic and one agent; `own` completes it."""
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
        broker_max_poll_records=None,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=10.0,
        broker_request_timeout=30.0,
        loghandlers=[],
    )
    events = app.topic(EVENTS, acks=False, internal=True, schema=BatchSchema(), key_serializer="raw", value_serializer="raw")

    async def windows(stream: Any) -> None:
        async for batch in stream:
            await app.owner.put(batch)

    app.agent(events, name="windows")(windows)
    app.finalize()
    return app


def own(
    app: App, store: Store, identity: Identity, watch: Watch, hooks: tuple[Callable[[int], None], Callable[[BaseException], None]]
) -> None:
    """Gives the app the owner of its partitions; `hooks` are (an outbox has something, a partition's task failed)."""
    relay, failed = hooks
    ports = Ports(store, app.consumer, Reader(int(identity.partitions)), Zone(identity.zone), identity, watch, relay)
    app.owner = Deck(ports, failed)
