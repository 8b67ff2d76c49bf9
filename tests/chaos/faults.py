"""Everything that is done to it. A fault returns once it has struck and whatever it broke may heal; the rig then waits for that."""

import os
import random as randoms
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from streams.failpoints import POINTS
from tests.chaos.rig import Rig
from tests.chaos.worker import Worker

ASLEEP = 8.0  # seconds; longer than the session, so the partitions are given to others
STRUCK_WITHIN = 25.0
# places a worker reaches again and again while events come; the others are reached when it takes partitions
TAKING = [name for name in POINTS if name.startswith("take.")]
WORKING = [
    name for name in POINTS if name.startswith(("consumer.", "agent.", "pump.", "normalise.", "windows.", "apply.", "timers.", "outbox."))
]
ANSWERS = [name for name in (*TAKING, *WORKING) if name.startswith(("take.", "windows.", "apply.", "timers."))]

UNLIMITED = ["/bin/sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"]  # a file that may not grow is then an error, not the end

Random = randoms.Random
Fault = Callable[[Rig, Random], None]


def _kill(worker: Worker) -> None:
    if worker.child.alive:
        worker.child.process.kill()


def kill_worker(rig: Rig, random: Random) -> None:
    _kill(random.choice(rig.workers))


def kill_all_workers(rig: Rig, random: Random) -> None:
    for worker in list(rig.workers):
        _kill(worker)


def kill_twice(rig: Rig, random: Random) -> None:
    """And again while the others are still taking over."""
    _kill(random.choice(rig.workers))
    rig.send(200)
    time.sleep(random.random() * 3)
    _kill(random.choice(rig.workers))


def _armed(rig: Rig, random: Random, points: list[str], action: str) -> Worker:
    point = random.choice(points)
    worker = rig.arm(f"{point}:{action}:{random.randint(1, 3)}")
    if action == "hang":
        rig.doomed.add(worker.name)
    deadline = time.monotonic() + STRUCK_WITHIN
    while worker.child.alive and time.monotonic() < deadline:
        rig.send(300)
        if action == "stop" and _stopped(worker):
            break
        if action == "lose":
            break
        time.sleep(0.1)
    return worker


def _stopped(worker: Worker) -> bool:
    try:
        return Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def kill_while_working(rig: Rig, random: Random) -> None:
    _armed(rig, random, WORKING, "kill")


def kill_while_taking(rig: Rig, random: Random) -> None:
    _armed(rig, random, TAKING, "kill")


def stop_at_a_point(rig: Rig, random: Random) -> None:
    """It wakes as a zombie, in the middle of a batch."""
    worker = _armed(rig, random, WORKING, "stop")
    time.sleep(ASLEEP)
    if worker.child.alive:
        os.kill(worker.pid, signal.SIGCONT)


def lose_an_answer(rig: Rig, random: Random) -> None:
    _armed(rig, random, ANSWERS, "lose")


def hang(rig: Rig, random: Random) -> None:
    """The watchdog ends it."""
    _armed(rig, random, [name for name in WORKING if not name.startswith(("outbox.", "timers."))], "hang")


def stop_and_continue(rig: Rig, random: Random) -> None:
    worker = random.choice(rig.workers)
    os.kill(worker.pid, signal.SIGSTOP)
    rig.send()
    time.sleep(ASLEEP)
    if worker.child.alive:
        os.kill(worker.pid, signal.SIGCONT)


def stop_shortly(rig: Rig, random: Random) -> None:
    worker = random.choice(rig.workers)
    os.kill(worker.pid, signal.SIGSTOP)
    rig.send()
    time.sleep(random.random() * 2)
    if worker.child.alive:
        os.kill(worker.pid, signal.SIGCONT)


def terminate(rig: Rig, random: Random) -> None:
    """Exit code 0 within five seconds, and another comes."""
    rig.join()
    rig.leave()


def join_and_leave(rig: Rig, random: Random) -> None:
    rig.join()
    rig.send()
    time.sleep(3)
    rig.join()
    rig.send()
    time.sleep(3)
    rig.leave()
    rig.leave()


def connections_reset(rig: Rig, random: Random) -> None:
    for _ in range(3):
        rig.send(500)
        rig.proxy.reset()


def replies_lost(rig: Rig, random: Random) -> None:
    lost = rig.proxy.lose(random.randint(1, 4))
    rig.send()
    lost.wait(5)


def store_slow(rig: Rig, random: Random) -> None:
    rig.proxy.delay = 0.3
    rig.send()
    time.sleep(2)
    rig.proxy.delay = 0.0


def store_half_open(rig: Rig, random: Random) -> None:
    """Nothing passes and nothing ends, then everything is torn."""
    rig.proxy.dropping = True
    rig.send()
    time.sleep(4)
    rig.proxy.reset()
    rig.proxy.dropping = False


def store_killed(rig: Rig, random: Random) -> None:
    rig.store.process.kill()
    rig.store.process.wait()
    rig.send(500)
    rig.restart_store()


def store_asleep(rig: Rig, random: Random) -> None:
    os.kill(rig.store.process.pid, signal.SIGSTOP)
    rig.send()
    time.sleep(5)
    os.kill(rig.store.process.pid, signal.SIGCONT)


def store_cut(rig: Rig, random: Random) -> None:
    """Its append-only file ends at a random byte. While it is being rewritten there are two, of which the server itself lets only the last be cut."""
    rig.store.process.kill()
    rig.store.process.wait()
    path = max((rig.home / "valkey" / "appendonlydir").glob("*.incr.aof"), key=lambda one: int(one.name.split(".")[2]))
    size = path.stat().st_size
    os.truncate(path, random.randrange(size // 2, size) if size > 2 else 0)
    rig.restart_store()


def store_restored(rig: Rig, random: Random) -> None:
    """An earlier copy takes the place of what there was."""
    copy = rig.copy_store()
    rig.send()
    rig.caught_up()
    rig.store.process.kill()
    rig.store.process.wait()
    shutil.rmtree(rig.home / "valkey")
    shutil.copytree(copy, rig.home / "valkey")
    rig.restart_store()


def store_flushed(rig: Rig, random: Random) -> None:
    rig.client.flushall()


def store_full(rig: Rig, random: Random) -> None:
    rig.client.config_set("maxmemory", 1)
    rig.send()
    time.sleep(2)
    rig.client.config_set("maxmemory", 0)


def store_away(rig: Rig, random: Random) -> None:
    rig.store.process.kill()
    rig.store.process.wait()
    rig.send()
    time.sleep(rig.long("store", 60, 8))
    rig.restart_store()


def store_disk_full(rig: Rig, random: Random) -> None:
    """No file may grow any more, as on a full disk."""
    if rig.store.command[0] != UNLIMITED[0]:
        rig.store.command = [*UNLIMITED, *rig.store.command]
        rig.restart_store()
    grown = max(path.stat().st_size for path in (rig.home / "valkey").rglob("*") if path.is_file())
    hard = resource.prlimit(rig.store.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(rig.store.process.pid, resource.RLIMIT_FSIZE, (grown, hard))
    rig.send()
    time.sleep(3)
    resource.prlimit(rig.store.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def broker_killed(rig: Rig, random: Random) -> None:
    rig.broker.process.kill()
    rig.broker.process.wait()
    rig.restart_broker()


def broker_away(rig: Rig, random: Random) -> None:
    rig.send()
    rig.broker.process.kill()
    rig.broker.process.wait()
    time.sleep(rig.long("broker", 60, 8))
    rig.restart_broker()


def broker_bounced(rig: Rig, random: Random) -> None:
    """Killed again and again, hardly up."""
    for _ in range(int(rig.long("bounces", 10, 2))):
        rig.broker.process.kill()
        rig.broker.process.wait()
        rig.restart_broker()


def broker_asleep(rig: Rig, random: Random) -> None:
    os.kill(rig.broker.process.pid, signal.SIGSTOP)
    time.sleep(5)
    os.kill(rig.broker.process.pid, signal.SIGCONT)


# kind → how often; half of all are kill -9 of a worker
KINDS: dict[Fault, int] = {
    kill_worker: 6,
    kill_all_workers: 3,
    kill_twice: 3,
    kill_while_working: 12,
    kill_while_taking: 6,
    stop_at_a_point: 2,
    stop_and_continue: 1,
    stop_shortly: 2,
    lose_an_answer: 3,
    hang: 1,
    terminate: 2,
    join_and_leave: 1,
    connections_reset: 3,
    replies_lost: 4,
    store_slow: 1,
    store_half_open: 1,
    store_killed: 3,
    store_asleep: 1,
    store_cut: 3,
    store_restored: 1,
    store_flushed: 1,
    store_full: 1,
    store_away: 1,
    store_disk_full: 1,
    broker_killed: 1,
    broker_away: 1,
    broker_bounced: 1,
    broker_asleep: 1,
}


def plan(count: int, random: Random, kinds: str = "") -> list[Fault]:
    """So many faults, every kind at least once where there is room, in a random order; `kinds` (names by commas) are the only ones wanted."""
    every = [fault for fault in KINDS if not kinds or fault.__name__ in kinds.split(",")]
    found = every[:count] + random.choices(every, [KINDS[fault] for fault in every], k=max(0, count - len(every)))
    random.shuffle(found)
    return found
