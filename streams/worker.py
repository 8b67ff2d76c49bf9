"""One worker process: starts the app, shows metrics, ends within five seconds of SIGTERM."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry, start_http_server
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.metrics import worker_metrics
from connectors.pseudonym import key, pseudonyms
from connectors.reference import calendar
from indicators.errors import ChisoError, UnreachableError
from indicators.times import Zone
from streams import addresses, admin, app, clock, failpoints, logs, outbox
from streams.alarm import Alarms
from streams.calendars import Calendars
from streams.dials import Dials
from streams.ending import BUG
from streams.families import family, rules
from streams.normalise import Normalise
from streams.pump import Ports, Pump
from streams.registry import RegistryFollower
from streams.sending import start
from streams.servers.ports import free_port
from streams.settings import Settings
from streams.store.keys import META, meta_field
from streams.store.redis import RedisStore, connect, space
from streams.store.store import Identity
from streams.tide import Tide
from streams.timers import Timers
from streams.topology import AGENTS, EVENTS, FACTS, LETTERS, SYNC
from streams.transport import TopicLog
from streams.wanted import Wanted
from streams.watchdog import Signs, Watchdog
from streams.windows import Shared, Windows

LEAVE_AFTER = 2.0  # positions are safe, so nothing is worth waiting for any longer
ANSWERS_IN = 10.0
LOGS_EVERY = 10.0
SPACE_EVERY = 1.0
SWEEP_EVERY = 30.0
LogId = tuple[str, str, str]  # cluster, id of the topic, number of partitions
_log = logging.getLogger("chiso.worker")


def run(settings: Settings) -> NoReturn:
    """Until SIGTERM or Ctrl-C ends the process (exit code 0), or a bug (70). Raises ChisoError where it cannot start."""
    logs.to_stderr()
    failpoints.arm(os.environ.get(failpoints.VARIABLE))
    found = addresses.resolve(settings)
    identities = look(found.kafka, settings)
    worker = Worker(settings, found, identities)
    try:
        asyncio.run(_whole_life(worker))
    except (KafkaError, RedisError) as error:
        if worker.up:
            raise
        raise UnreachableError(f"Kafka or Redis went away while the worker started ({type(error).__name__}); start it again") from None
    raise AssertionError


async def _whole_life(worker: "Worker") -> None:
    """Ends the process: Faust's threads and whoever looks at Kafka may take their time, and nothing of theirs matters any more."""
    status = await worker.run()
    sys.stderr.flush()
    os._exit(status)


def look(bootstrap: str, settings: Settings) -> dict[str, Identity]:
    """Which logs these are and by which rules they are read, by topic. Raises UnreachableError, or ChisoError where a topic is missing. No rule of ours
    stands in the raw topic's position: what it says is stated anew wherever it is read again.
    """
    days = calendar(settings.calendar)
    found = look_at_logs(bootstrap)
    facts = {topic: Identity(*found[topic], settings.zone, rules(topic, days)) for topic in FACTS}
    return {SYNC: Identity(*found[SYNC], zone="", rules="")} | facts


def look_at_logs(bootstrap: str) -> dict[str, LogId]:
    """Cluster, id and number of partitions by topic. Raises UnreachableError, or ChisoError where a topic is missing."""
    broker = admin.look(bootstrap)
    missing = [topic for topic in AGENTS.values() if topic not in broker.topics]
    if missing:
        raise ChisoError(f"topic {missing[0]} is missing at {bootstrap}; `chiso topics apply` makes it")
    found = {topic: broker.topics[topic] for topic in AGENTS.values()}
    return {topic: (broker.cluster, number, str(count)) for topic, (number, count) in found.items()}


class Worker:
    """Puts stores, relays, app and metrics together, and waits for the end."""

    def __init__(self, settings: Settings, found: addresses.Addresses, identities: dict[str, Identity]) -> None:
        self._settings, self._addresses, self._identities = settings, found, identities
        self._registry = CollectorRegistry()
        self._dials: Dials
        self._stop = asyncio.Event()
        self.up = False
        self._failure: BaseException | None = None
        self._relays: list[outbox.Relay] = []
        self._stores: dict[str, RedisStore] = {}  # of facts, by topic
        self._timers: Timers
        self._calendars = Calendars(settings.calendar)  # of timers; windows of petitions keep the one they began with

    async def run(self) -> int:
        """The whole life; gives the exit code."""
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._asked)
        client = await connect(self._addresses.redis)
        names = RegistryFollower(self._addresses.kafka)
        standing = await space(client)
        self._stores = {topic: RedisStore(client, LETTERS[topic], standing) for topic in FACTS}
        facts, plain = await start(self._addresses.kafka), await start(self._addresses.kafka, compression=None)
        self._timers = self._clockwork(client, plain, names)
        made = app.build(self._settings, self._addresses.kafka)
        self._dials = Dials(worker_metrics(self._registry), lambda: made.owner.pumps(), made.consumer.ends)  # noqa: PLW0108 - the owner comes later
        makers = {SYNC: self._normalise(made, client, (facts, plain))} | {topic: self._windows(made, topic, plain) for topic in FACTS}
        made.owner = app.Deck(makers, self._failed)
        self._timers.pumps = lambda: {place.partition: pump for place, pump in made.owner.pumps().items() if place.topic == EVENTS}
        port = free_port(self._settings.bind, self._settings.metrics_port)
        start_http_server(port, addr=self._settings.bind, registry=self._registry)
        await made.start()
        self.up = True
        _log.info("worker is up; metrics on http://%s:%s/metrics", self._settings.bind, port)
        spare_the_collector()
        dog = Watchdog(self._signs(made, client), self._settings.watchdog)
        lives = (
            dog.run(),
            self._dials.run(),
            self._dials.set_aside(client),
            self._space(made, client),
            self._crash(made),
            names.run(),
            self._calendars.run(lambda: Zone(self._settings.zone).day(int(clock.now()))),
            self._timers.tide.run(),
            self._timers.run(),
            self._logs(),
            sweep(),
            *(relay.run() for relay in self._relays),
        )
        tasks = [asyncio.create_task(life, name=getattr(life, "__qualname__", None)) for life in lives]
        for task in tasks:
            task.add_done_callback(self._ended)
        await self._stop.wait()
        with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(_leave(made, (facts, plain), tasks), LEAVE_AFTER)
        return BUG if self._failure else 0

    def _clockwork(self, client: Redis, producer: AIOKafkaProducer, names: RegistryFollower) -> Timers:
        """The timers of dossiers, and the relay of what they tell."""
        kafka, identity = self._addresses.kafka, self._identities[EVENTS]
        store = self._stores[EVENTS]
        wanted = Wanted(lambda: names.registry, lambda: self._calendars.calendar, Zone(identity.zone))
        alarms = Alarms(store)
        relay = outbox.Relay(store, producer, alarms.known, alarms.noting)
        return Timers(alarms, relay, wanted, Tide(kafka, client), int(identity.partitions))

    def _ports(self, made: app.App, topic: str, store: RedisStore, producer: AIOKafkaProducer) -> Ports:
        relay = self._timers.relay if topic == EVENTS else outbox.Relay(store, producer)
        self._relays.append(relay)
        return Ports(store, TopicLog(made.consumer, topic), self._identities[topic], relay.notice)

    def _windows(self, made: app.App, topic: str, producer: AIOKafkaProducer) -> Callable[[int], Pump]:
        store, identity = self._stores[topic], self._identities[topic]
        ports = self._ports(made, topic, store, producer)
        kind = family(topic, int(identity.partitions), Zone(identity.zone), calendar(self._settings.calendar))
        shared = Shared(store, kind, partial(self._dials.watch, topic), self._timers.alarms.of if topic == EVENTS else lambda _: None)
        return lambda partition: Pump(partition, ports, Windows(partition, shared))

    def _normalise(self, made: app.App, client: Redis, producers: tuple[AIOKafkaProducer, AIOKafkaProducer]) -> Callable[[int], Pump]:
        facts, plain = producers
        store = RedisStore(client, "r")
        ports = self._ports(made, SYNC, store, plain)
        known = pseudonyms(key(self._settings.pseudonym_key))
        counts = {topic: int(self._identities[topic].partitions) for topic in FACTS}
        return lambda partition: Pump(partition, ports, Normalise(partition, facts, counts, known, partial(self._dials.watch, SYNC), store))

    def _asked(self) -> None:
        if self._stop.is_set() or not self.up:
            os._exit(0)  # a second time, or before there is anything to leave in order
        self._stop.set()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Nothing that runs beside the partitions may end unnoticed; clients of Kafka cancel whoever waits for them, at times."""
        if task.cancelled():
            self._failed(ChisoError(f"{task.get_name()} was cancelled"))
        elif (error := task.exception()) is not None:
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        if self._stop.is_set():
            return  # whatever breaks while everything is taken apart: the positions are safe
        if isinstance(error, ChisoError):
            _log.critical("%s; ending, so that a successor looks at what is there now", error)
        else:
            _log.critical("stopped by a bug; every position is unmoved, so nothing is lost", exc_info=error)
        self._failure = error
        self._stop.set()

    def _signs(self, made: app.App, client: Redis) -> Signs:
        """What the watchdog looks at."""

        def behind() -> bool:
            ends, pumps = made.consumer.ends(), made.owner.pumps()
            return any(ends.get(place, 0) > pump.position.next for place, pump in pumps.items() if not (pump.halted or pump.waiting))

        async def reachable() -> bool:
            try:
                async with asyncio.timeout(ANSWERS_IN):
                    await client.ping()
                    for place in list(made.owner.pumps())[:1]:
                        await made.consumer.extent(place)
            except (RedisError, KafkaError, OSError):
                return False
            return True

        return Signs(self._dials.stands, behind, reachable)

    async def _space(self, made: app.App, client: Redis) -> None:
        """After a rebuild everything is taken anew, where it stands now. One under other rules than ours (days off that were edited meanwhile) is for a
        successor, who begins with them.
        """
        while True:
            await asyncio.sleep(SPACE_EVERY)
            with contextlib.suppress(RedisError, OSError):
                meta: Any = await client.hgetall(META)
                found = meta.get(b"space", b"").decode()
                if found == self._stores[EVENTS].space:
                    continue
                if found and (other := self._other(meta)):
                    self._failed(ChisoError(f"the store was rebuilt under {other} than this worker knows"))
                    return
                _log.warning("the store was rebuilt; taking the partitions where they stand now")
                for store in self._stores.values():
                    store.move(found)
                made.owner.assigned(made.consumer.assignment())

    def _other(self, meta: Mapping[bytes, bytes]) -> str | None:
        """What the store was filled under that is not ours."""
        for topic in FACTS:
            identity = self._identities[topic]
            for name in ("partitions", "zone", "rules"):
                if meta.get(meta_field(name, LETTERS[topic]).encode(), b"").decode() != getattr(identity, name):
                    return f"other {name} of {topic}"
        return None

    async def _logs(self) -> None:
        """A topic made anew or given partitions under a running worker: it ends, and its successor halts what does not belong together. By which rules
        logs are read is no matter of theirs: days off that were edited hold from the next start (`streams.calendars`).
        """
        while True:
            await asyncio.sleep(LOGS_EVERY)
            with contextlib.suppress(ChisoError):
                found = await asyncio.to_thread(look_at_logs, self._addresses.kafka)
                for topic, log in found.items():
                    known = self._identities[topic]
                    if log != (known.cluster, known.topic, known.partitions):
                        self._failed(ChisoError(f"topic {topic} is another one than when this worker started"))

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


async def _leave(made: app.App, producers: tuple[AIOKafkaProducer, ...], tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    made.owner.close()
    for producer in producers:
        await producer.stop()
    await made.stop()
