"""One worker process: starts the app, shows metrics, ends within five seconds of SIGTERM."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys

from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry, start_http_server

from connectors.metrics import WorkerMetrics, worker_metrics
from indicators.errors import ChisoError
from indicators.fold import Change
from streams import addresses, admin, app, outbox
from streams.servers.ports import free_port
from streams.settings import Settings
from streams.store.redis import RedisStore, connect
from streams.store.store import OUTCOMES, Identity, Writes
from streams.topology import EVENTS

LEAVE_AFTER = 2.0  # positions are safe, so nothing is worth waiting for any longer
BUG = 70
LAG_EVERY = 1.0
SWEEP_EVERY = 30.0
_log = logging.getLogger("chiso.worker")


def run(settings: Settings) -> int:
    """Until SIGTERM or Ctrl-C (exit code 0), or a bug (70). Raises ChisoError where it cannot start."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("chiso").setLevel(logging.INFO)
    found = addresses.resolve(settings)
    identity = look(found.kafka, settings)
    status = asyncio.run(Worker(settings, found, identity).run())
    sys.stderr.flush()
    os._exit(status)  # Faust's threads may take their time; nothing of theirs matters any more


def look(bootstrap: str, settings: Settings) -> Identity:
    """Which log this is. Raises UnreachableError, or ChisoError where the topic is missing."""
    broker = admin.look(bootstrap)
    if EVENTS not in broker.topics:
        raise ChisoError(f"topic {EVENTS} is missing at {bootstrap}; `chiso topics apply` makes it")
    topic, partitions = broker.topics[EVENTS]
    return Identity(broker.cluster, topic, str(partitions), settings.zone)


class Worker:
    """Puts store, relay, app and metrics together, and waits for the end."""

    def __init__(self, settings: Settings, found: addresses.Addresses, identity: Identity) -> None:
        self._settings, self._addresses, self._identity = settings, found, identity
        self._registry = CollectorRegistry()
        self._metrics: WorkerMetrics = worker_metrics(self._registry)
        self._applied: dict[int, int] = {}
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None

    async def run(self) -> int:
        """The whole life; gives the exit code."""
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._asked)
        store = RedisStore(await connect(self._addresses.redis))
        producer = await outbox.producer(self._addresses.kafka)
        relay = outbox.Relay(store, producer)
        made = app.build(self._settings, self._addresses.kafka)
        app.own(made, store, self._identity, self._watch, (relay.notice, self._failed))
        port = free_port(self._settings.bind, self._settings.metrics_port)
        start_http_server(port, addr=self._settings.bind, registry=self._registry)
        await made.start()
        _log.info("worker is up; metrics on http://%s:%s/metrics", self._settings.bind, port)
        spare_the_collector()
        tasks = [asyncio.create_task(life) for life in (relay.run(), self._lag(made), self._crash(made), sweep())]
        await self._stop.wait()
        with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(_leave(made, producer, tasks), LEAVE_AFTER)
        return BUG if self._failure else 0

    def _asked(self) -> None:
        if self._stop.is_set():
            os._exit(0)  # a second time
        self._stop.set()

    def _failed(self, error: BaseException) -> None:
        _log.critical("stopped by a bug; every position is unmoved, so nothing is lost", exc_info=error)
        self._failure = error
        self._stop.set()

    def _watch(self, partition: int, change: Change, writes: Writes, seconds: float) -> None:
        rejected = writes.position.counts[3] - writes.expected.counts[3]
        for outcome, count in zip(OUTCOMES, (change.applied, change.no_effect, change.duplicate, rejected), strict=True):
            self._metrics.events.labels(EVENTS, outcome).inc(count)
        self._metrics.apply_seconds.observe(seconds)
        self._applied[partition] = writes.position.next
        for unit in writes.touched:
            self._metrics.source_last.labels(unit).set(writes.position.as_of / 1000)

    async def _lag(self, made: app.App) -> None:
        while True:
            await asyncio.sleep(LAG_EVERY)
            for partition, end in made.consumer.ends().items():
                if partition in self._applied:
                    self._metrics.lag.labels(str(partition)).set(max(0, end - self._applied[partition]))

    async def _crash(self, made: app.App) -> None:
        """Faust crashes quietly; here it ends the process, and whoever supervises starts a new one."""
        await made.wait_until_stopped()
        self._failed(made.crash_reason or ChisoError("Faust stopped by itself"))


def spare_the_collector() -> None:
    """What lives now lives to the end, and batches make hardly a cycle: collecting by itself would cost 15 %, so it is done now and then instead."""
    gc.collect()
    gc.freeze()
    gc.disable()


async def sweep() -> None:
    """Collects what few cycles clients leave behind."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        gc.collect()


async def _leave(made: app.App, producer: AIOKafkaProducer, tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    made.owner.close()
    await producer.stop()
    await made.stop()
