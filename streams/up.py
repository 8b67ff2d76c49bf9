"""`chiso up`: everything on one machine, as children of one process that watches over them and takes them along when it ends."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indicators.errors import ChisoError, UnreachableError
from streams import addresses, admin, simulating
from streams.addresses import Addresses
from streams.ends import look_at_ends
from streams.ingesting import Queue
from streams.servers import jars, kafka, valkey
from streams.servers.ports import free_port
from streams.servers.tether import Child, end, removed_with_us
from streams.settings import Settings
from streams.watch import Watch

DISK_BYTES = 1 << 30
ANSWER_SECONDS = 60
LOOK_EVERY = 0.2
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
BACK_OFF = (0.5, 1.0, 2.0, 5.0)
UPPER_PATIENCE, LOWER_PATIENCE = 2.5, 2.0


class Ended(BaseException):
    """Somebody asked us to end. Raised by the signal handler wherever we are, caught in `run`."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """The simulation asked for, as options of `chiso simulate`."""

    provinces: int
    seed: int
    office_hours: bool
    truth: Path | None
    incidents: bool = False

    def options(self) -> list[str]:
        """As words."""
        found = [str(self.provinces), "--seed", str(self.seed)]
        found += ["--office-hours"] if self.office_hours else []
        found += ["--incidents"] if self.incidents else []
        return found + (["--truth", str(self.truth)] if self.truth else [])


@dataclass(frozen=True, slots=True)
class Wish:
    """What `chiso up` was asked for."""

    workers: int = 1
    kafka: str | None = None
    redis: str | None = None
    seconds: float | None = None
    simulated: Simulated | None = None


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(settings: Settings, wish: Wish, queue: Queue, watch: Watch | None = None) -> int:
    """Until Ctrl-C, SIGTERM, or `wish.seconds` later. `watch` is called a few times a second with serve's address."""
    for name in ENDING:
        signal.signal(name, _asked)
    with _home(settings.home):
        up = Up(settings, wish, queue)
        try:
            with one_at_a_time():
                up.start()
            up.stay(watch)
        except Ended:
            pass
        finally:
            signal.signal(signal.SIGINT, lambda *_: os._exit(1))
            up.stop()
    return 0


def _asked(_number: int, _frame: object) -> None:
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)  # once is enough: what follows is quick
    raise Ended


@contextmanager
def _home(home: Path) -> Iterator[None]:
    """The folder, writable, roomy, and ours alone."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise ChisoError(f"cannot write to {home} ({error.strerror}); choose another folder with --home") from None
    if shutil.disk_usage(home).free < DISK_BYTES:
        raise ChisoError(f"less than 1 GiB is free at {home}; make room, or choose another folder with --home")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ChisoError(f"another `chiso up` runs on {home}; end it, or choose another folder with --home") from None
        yield


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two that start at once would choose the same free ports: the second waits until the first has its own."""
    place = jars.cache().parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / "starts.lock").open("w")
    except OSError:  # the jars may stand where we cannot write; then each server makes sure of itself alone
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another `chiso up` is starting; this one begins once that one has its ports")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(slots=True)
class Up:
    """The children and their addresses."""

    settings: Settings
    wish: Wish
    queue: Queue
    lower: list[Child] = field(default_factory=list)  # servers
    upper: list[Child] = field(default_factory=list)  # ours
    found: Addresses = field(default_factory=Addresses)
    cleaner: "subprocess.Popen[bytes] | None" = None
    _failed: dict[str, tuple[int, float]] = field(default_factory=dict)  # name → (times, not before)

    def start(self) -> None:
        """Everything, in order; `addresses.json` appears once all answer. Raises ChisoError."""
        started = time.monotonic()
        home = self.settings.home
        addresses.path(home).unlink(missing_ok=True)
        self.cleaner = removed_with_us(addresses.path(home))
        self.queue.save()
        broker, store = self._servers(home)
        admin.ensure_topics(broker, self.settings)
        look_at_ends(broker, ANSWER_SECONDS)  # a broker that was killed answers before it leads its partitions again
        self.found = Addresses(kafka=broker, redis=store, pid=os.getpid())
        self._processes(home)
        addresses.write(home, self.found)
        say(f"chiso is up after {time.monotonic() - started:.0f} s: {self.found.http} (API docs at /docs), metrics {self.found.metrics}")
        say(f"Kafka {broker}, store {store}, data and logs in {home}; Ctrl-C ends it. In another terminal: chiso units --home {home}")

    def _servers(self, home: Path) -> tuple[str, str]:
        """Those given, made sure of, or our own."""
        broker, store = self.wish.kafka, self.wish.redis
        children: list[tuple[Child, Callable[[], None]]] = []
        if broker is None:
            child, broker = kafka.start(home)
            self.lower.append(child)
            children.append((child, lambda child=child, address=broker: kafka.wait(child, address, home)))  # type: ignore[misc]
        if store is None:
            child, store = valkey.start(home)
            self.lower.append(child)
            children.append((child, lambda child=child, address=store: valkey.wait(child, address)))  # type: ignore[misc]
        for _, wait in children:
            wait()
        if self.wish.redis is not None and not valkey.answers(store):
            raise UnreachableError(f"Redis at {store.rpartition('@')[2]} does not answer; start it, or leave --redis out")
        if self.wish.kafka is not None and not kafka.answers(broker):
            raise UnreachableError(f"Kafka at {broker} does not answer; start it, or leave --kafka out")
        return broker, store

    def _processes(self, home: Path) -> None:
        """Workers and the reading side; returns once all answer."""
        bind = self.settings.bind
        http = free_port(bind, self.settings.http_port)
        taken = {http}
        ports = []
        for _ in range(self.wish.workers + 1):
            ports.append(free_port(bind, self.settings.metrics_port, frozenset(taken)))
            taken.add(ports[-1])
        self.found = Addresses(
            kafka=self.found.kafka,
            redis=self.found.redis,
            http=f"http://{bind}:{http}",
            metrics=f"http://{bind}:{ports[0]}/metrics",
            workers=tuple(f"http://{bind}:{port}/metrics" for port in ports[1:]),
            pid=self.found.pid,
        )
        self._child(home, "serve", "--http-port", str(http), "--metrics-port", str(ports[0]))
        for port in ports[1:]:
            self._child(home, "worker", "--metrics-port", str(port))
        for child, address in zip(self.upper, (f"{self.found.http}/livez", *self.found.workers), strict=True):
            _wait(child, address)
        if self.wish.simulated is None:
            simulating.rest(home)
        else:
            simulated = self.wish.simulated
            simulating.begin(home, simulating.Wish(simulated.provinces, simulated.seed, incidents=simulated.incidents))
            self._child(home, "simulate", *simulated.options())

    def _child(self, home: Path, command: str, *options: str) -> None:
        env = {"CHISO_KAFKA": self.found.kafka, "CHISO_REDIS": self.found.redis}
        number = sum(child.name.startswith(command) for child in self.upper) + 1
        line = [sys.executable, "-m", "streams.cli", command, "--home", str(home), *options]
        self.upper.append(Child(f"{command} {number}", line, home / "logs" / f"{command}-{number}.log", env))

    def stay(self, watch: Watch | None) -> None:
        """Watches over the children until somebody asks us to end."""
        until = time.monotonic() + self.wish.seconds if self.wish.seconds else float("inf")
        while time.monotonic() < until:
            for child in (*self.lower, *self.upper):
                self._look_after(child)
            self.queue.step(watch.say if watch is not None else say)
            if watch is not None:
                watch(self.found.http)
            time.sleep(LOOK_EVERY)

    def _look_after(self, child: Child) -> None:
        """Starts it anew when it died, sooner the first time."""
        if child.alive:
            return
        times, not_before = self._failed.get(child.name, (0, 0.0))
        if not_before == 0.0:
            wait = BACK_OFF[min(times, len(BACK_OFF) - 1)]
            say(f"{child.name} ended ({child.process.returncode}); starting it anew in {wait} s ({child.log})")
            self._failed[child.name] = times + 1, time.monotonic() + wait
        elif time.monotonic() >= not_before:
            child.again()
            self._failed[child.name] = times, 0.0

    def stop(self) -> None:
        """Ours first, then the servers; all gone within five seconds."""
        if self.cleaner is not None:
            self.cleaner.communicate()
        end([*self.queue.children, *self.upper], UPPER_PATIENCE)
        end(self.lower, LOWER_PATIENCE)


def _wait(child: Child, address: str) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            pass
        if not child.alive or time.monotonic() > deadline:
            raise ChisoError(f"{child.name} did not start: {child.tail()} (the whole log: {child.log})")
        time.sleep(0.05)
