"""The room in which things break: a broker, a store behind a proxy, workers that somebody starts anew, traffic, and the comparison with the oracle."""

import asyncio
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from redis import Redis
from redis.exceptions import RedisError

from connectors.codec import Record, partition
from indicators.errors import UnreachableError
from indicators.lanes import DAY_COUNTERS, counters
from streams.admin import ensure_topics
from streams.ending import BUG
from streams.ends import look_at_ends
from streams.sending import Sender, SpentError, start
from streams.servers import kafka, valkey
from streams.servers.tether import end
from streams.settings import Settings
from streams.store.keys import META, Keys, partitions_of
from streams.store.redis import read_position
from streams.store.store import Position
from streams.topology import EVENTS, LETTERS, SYNC
from tests.chaos.oracle import Oracle, Row, day
from tests.chaos.proxy import Proxy
from tests.chaos.told import Told
from tests.chaos.traffic import records, through_the_door
from tests.chaos.worker import PORTS, Worker, WrongError

PARTITIONS = 12
BURST = int(os.environ.get("BURST", "3500"))  # events a fault
PATIENCE = 120.0
REPLAYED = 10_000  # events a second at least, where a store that lost everything is filled anew
LOOK_EVERY = 0.05


SPENT = str(SpentError())  # that a worker ends then is meant: another one has another producer


class Rig:
    """Servers as child processes of this one; everything ends with `close`."""

    def __init__(self, home: Path, seed: int, workers: int = 2, *, patient: bool = False) -> None:
        self.home = home
        self._patience = Counter({"store": 2, "broker": 2, "bounces": 2}) if patient else Counter()  # how often something lasts long
        self.broker, self.bootstrap = kafka.start(home, wanted=PORTS)
        self.store, url = valkey.start(home, wanted=PORTS + 10)
        kafka.wait(self.broker, self.bootstrap, self.home)
        valkey.wait(self.store, url)
        self.url = url
        port = int(url.rpartition(":")[2].partition("/")[0])
        self.proxy = Proxy(("127.0.0.1", port))
        self.client: Any = Redis.from_url(url, socket_timeout=30)
        ensure_topics(self.bootstrap, Settings(partitions=PARTITIONS))
        self.env = {
            "CHISO_KAFKA": self.bootstrap,
            "CHISO_REDIS": f"redis://127.0.0.1:{self.proxy.port}/0",
            "CHISO_WATCHDOG": "12",
        }
        self.started = self.killed = 0  # workers; servers, by kill -9
        self.traffic = records(seed, PARTITIONS)
        self.sent = 0
        self.oracle, self.told = Oracle(), Told(self.bootstrap)
        self._read = [0] * PARTITIONS
        self._through: set[str] = set()  # ids of what was sent to the raw topic
        self.exits: Counter[int] = Counter()
        self.doomed: set[str] = set()  # workers that are meant to end themselves
        self.bugs: list[str] = []  # what others said that did so, since somebody looked
        self._lock = threading.Lock()
        self.workers = [Worker(self) for _ in range(workers)]
        self._open = True
        self._guard = threading.Thread(target=self._look_after, daemon=True)
        self._guard.start()

    def _look_after(self) -> None:
        """What a supervisor does: who died is started anew, unarmed."""
        while self._open:
            with self._lock:
                for place, worker in enumerate(self.workers):
                    if not worker.child.alive:
                        self.exits[code := worker.child.process.returncode] += 1
                        if code == BUG and worker.name not in self.doomed and SPENT not in (said := worker.last_words()):
                            self.bugs.append(f"{worker.name}: {said}")
                        self.workers[place] = Worker(self)
            time.sleep(LOOK_EVERY)

    def long(self, name: str, long: float, short: float) -> float:
        """A duration: long the first times of a long run, short afterwards."""
        self._patience[name] -= 1
        return long if self._patience[name] >= 0 else short

    def arm(self, armed: str) -> Worker:
        """Replaces one worker by one that breaks at a fail point."""
        with self._lock:
            worker = self.workers.pop(0)
            end([worker.child], 5)
            self.workers.append(Worker(self, armed))
            return self.workers[-1]

    def join(self) -> None:
        """One worker more."""
        with self._lock:
            self.workers.append(Worker(self))

    def leave(self) -> int:
        """One worker less, by SIGTERM; gives its exit code."""
        with self._lock:
            worker = self.workers.pop(0)
        began = time.monotonic()
        worker.child.process.terminate()
        code = worker.child.process.wait(20)
        if time.monotonic() - began > 5 or code != 0:
            raise WrongError(f"{worker.name} ended with {code} after {time.monotonic() - began:.1f} s")
        return code

    def send(self, count: int = BURST) -> None:
        """The next events of the traffic, acknowledged."""
        asyncio.run(self._send(list(islice(self.traffic, count))))

    async def _send(self, some: list[Any]) -> None:
        for _ in range(100):
            try:
                producer = await start(self.bootstrap)
                break
            except UnreachableError:
                await asyncio.sleep(0.3)
        else:
            raise WrongError("the broker did not come back")
        out = Sender(producer)
        for place, record in some:
            name = through_the_door(record)
            if name is None:
                await out.send(EVENTS, place, record)
            else:
                self._through.add(name)
                await out.send(SYNC, partition(record.key, PARTITIONS), Record(record.key, record.value, [("ce_source", b"chaos")]))
        await out.flush()
        await producer.stop()
        self.sent += len(some)

    def positions(self, topic: str = EVENTS) -> dict[int, Position]:
        return {keys.number: read_position(self.client.hgetall(keys.position)) for keys in self.keys(topic)}

    def keys(self, topic: str = EVENTS) -> list[Keys]:
        plain = [Keys(number, LETTERS[topic]) for number in range(PARTITIONS)]
        return plain if topic == SYNC else partitions_of(self.client.hgetall(META)) or plain

    def caught_up(self, patience: float = PATIENCE) -> float:
        """Waits until every partition of the raw topic, then of events, stands at the end of its log, with an empty outbox; gives the seconds it took."""
        began = time.monotonic()
        for topic in (SYNC, EVENTS):
            self._stands_at_the_end(topic, began, patience + self.sent / REPLAYED)
        took = time.monotonic() - began
        if self.bugs:
            said, self.bugs = self.bugs, []
            raise WrongError(f"workers ended themselves: {said}")
        for topic in (SYNC, EVENTS):
            for number, position in self.positions(topic).items():
                if position.unaccounted or position.gap:
                    raise WrongError(f"{topic} {number}: {position.unaccounted} records without an outcome, {position.gap} passed over")
        return took

    def _stands_at_the_end(self, topic: str, began: float, patience: float) -> None:
        ends = look_at_ends(self.bootstrap, patience, topic)
        while True:
            try:
                stands = self.positions(topic)
                lacking = [number for number, stop in ends.items() if stands.get(number, Position()).next < stop]
                if not lacking and not any(self.client.hlen(keys.outbox) for keys in self.keys(topic)):
                    break
            except (RedisError, OSError):
                lacking = [-1]
            if time.monotonic() - began > patience:
                raise WrongError(f"partitions {lacking} of {topic} did not catch up in {patience:.0f} s: {self.said()}")
            time.sleep(LOOK_EVERY)

    def said(self) -> str:
        """The last lines of the newest workers' logs."""
        return " | ".join(worker.child.tail() for worker in self.workers)

    def compare(self) -> int:
        """Every counter of every unit and day against the oracle; gives how many. Raises WrongError."""
        self._feed()
        wanted = {row: value for row, value in self.oracle.rows().items() if value}
        found = dict(self._stored())
        if wanted != found:
            odd = sorted({*wanted, *found}, key=str)
            some = [(row, wanted.get(row, 0), found.get(row, 0)) for row in odd if wanted.get(row, 0) != found.get(row, 0)]
            raise WrongError(f"{len(some)} of {len(wanted)} counters differ (row, want, got): {some[:4]}")
        if lost := self._through - self.oracle.through:
            raise WrongError(f"{len(lost)} of {len(self._through)} sent to the raw topic are not among the events: {sorted(lost)[:4]}")
        self._compare_told()
        rejected = sum(position.counts[3] for position in self.positions().values())
        if rejected != self.oracle.rejected:
            raise WrongError(f"{rejected} rejected, want {self.oracle.rejected}")
        return len(wanted)

    def _compare_told(self) -> None:
        """The overdue topic holds what is open and overdue, nothing else, and of each a notice was sent. Timers are given a while. Raises WrongError."""
        wanted = set(self.oracle.overdue(day(int(time.time()))))
        deadline = time.monotonic() + PATIENCE
        while True:
            self.told.feed()
            untold = wanted - set(self.told.overdue)
            if self.told.standing == wanted and not untold:
                break
            if time.monotonic() > deadline:
                wrong = sorted(self.told.standing ^ wanted)
                raise WrongError(f"{len(wrong)} of {len(wanted)} overdue dossiers differ {wrong[:4]}, {len(untold)} untold: {self.said()}")
            time.sleep(LOOK_EVERY)
        twice = [number for number, ids in self.told.overdue.items() if len(ids) > 1 and number in wanted]
        due_dates_moved = {number for number in twice if len(self.oracle.dossiers[number].said["received"]) > 1}
        if set(twice) - due_dates_moved:
            raise WrongError(f"told twice under different ids: {sorted(set(twice) - due_dates_moved)[:4]}")

    def _feed(self) -> None:
        """What came into the topic since the last time."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
        places = [TopicPartition(EVENTS, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        for place in places:
            consumer.seek(place, self._read[place.partition])
        ends = consumer.end_offsets(places)
        while any(self._read[place.partition] < ends[place] for place in places):
            for place, some in consumer.poll(timeout_ms=1000, max_records=20_000).items():
                for record in some:
                    self.oracle.take(record.value or b"", record.timestamp)
                    self._read[place.partition] = record.offset + 1
        consumer.close()

    def _stored(self) -> Iterator[tuple[Row, int]]:
        total: Counter[Row] = Counter()
        for keys in self.keys():
            for unit in (code.decode() for code in self.client.hkeys(keys.units)):
                for name, row in self.client.hgetall(keys.rows("day", unit)).items():
                    for counter, value in counters(row, DAY_COUNTERS).items():
                        high = counter == "handling_seconds_high"  # one number of 64 bits
                        total[unit, int(name), "handling_seconds" if high else counter] += value << 32 if high else value
        return ((row, value) for row, value in total.items() if value)

    def restart_store(self) -> None:
        """Starts it anew on its data, after kill -9."""
        self.killed += 1
        if self.store.alive:
            self.store.process.send_signal(signal.SIGKILL)
            self.store.process.wait()
        self.store.again()
        valkey.wait(self.store, self.url)

    def restart_broker(self) -> None:
        """Starts it anew on its data, after kill -9."""
        self.killed += 1
        if self.broker.alive:
            self.broker.process.kill()
            self.broker.process.wait()
        self.broker.again()
        kafka.wait(self.broker, self.bootstrap, self.home)

    def copy_store(self) -> Path:
        """Yesterday's copy of the store's files."""
        copy = self.home / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.home / "valkey", copy, ignore=shutil.ignore_patterns("temp*"))
        return copy

    def close(self) -> None:
        """Ends everything."""
        self._open = False
        self._guard.join(5)
        for worker in self.workers:
            os.kill(worker.pid, signal.SIGCONT) if worker.child.alive else None
        for child in (self.store, self.broker):
            os.kill(child.process.pid, signal.SIGCONT) if child.alive else None
        end([worker.child for worker in self.workers], 5)
        self.proxy.close()
        self.client.close()
        end([self.store, self.broker], 10)
