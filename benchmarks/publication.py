"""The monthly publication of a country: `python -m benchmarks.publication`. Brings its own broker, store, worker and `chiso serve`.

34 provinces, 700 departments, 3,300 communes; 400,000 dossiers of one month, 5 % of them late. Published twice into two folders, which must be the same
bytes, then verified from the topics. Prints seconds and the most memory of the command.
"""

import argparse
import asyncio
import datetime as dt
import filecmp
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.filling import fill
from benchmarks.rig import PARTITIONS, Rig, rig, say
from benchmarks.scoring import country
from indicators import events as ev
from indicators.publication import months
from indicators.times import rfc3339
from streams import clock
from streams.registry import load
from streams.servers.ports import free_port
from streams.servers.tether import Child, end
from streams.topology import EVENTS

DAY, HOUR = 86_400, 3600
PORTS = tuple(free_port("127.0.0.1", wanted) for wanted in (38_766, 39_766, 39_866))
LATE = 0.05


def lives(dossiers: int, month: str, seed: int = 766) -> Iterator[ev.Event]:
    """Events of a month of the country: received on its days, finished in it or after it; one in twenty late, half of those still open."""
    rng = random.Random(seed)
    offices = sorted(code for code in country().units if "." in code)
    first = int(dt.datetime.fromisoformat(f"{month}-01T00:00:00+07:00").timestamp())
    for number in range(dossiers):
        yield from _life(number, offices[number % len(offices)], first, rng)


def _life(number: int, unit: str, first: int, rng: random.Random) -> Iterator[ev.Event]:
    day = rng.randrange(26)
    received = first + day * DAY + rng.randrange(8, 16) * HOUR + rng.randrange(HOUR)
    name = f"{unit}-{dt.datetime.fromtimestamp(received + 7 * HOUR, dt.UTC):%Y%m%d}-{number:06d}"
    official = f"u-{unit}-{rng.randrange(3)}"
    late = rng.random() < LATE
    due = received + rng.randrange(1, max(2, 28 - day) if late else 40) * DAY

    def base(moment: int) -> dict[str, str]:
        return {"dossier": name, "at": rfc3339(moment), "source": "bench"}

    yield ev.Received(
        **base(received),
        unit=unit,
        due_at=rfc3339(due),
        procedure=f"1.{number % 300:06d}",
        sector=f"G{number % 25:02d}",
        official=official,
        channel=rng.choice(("online", "online", "counter", "post")),
        fee_owed=rng.random() < 0.5,
    )
    yield ev.Step(**base(received + HOUR), official=official)
    if not late:
        done = max(received + HOUR, due - rng.randrange(0, 3) * DAY)
        yield ev.Processed(**base(done), official=official, electronic_result=True)
    elif rng.random() < 0.5:
        yield ev.Processed(**base(due + 2 * DAY), official=official)
        yield ev.Late(**base(due + 2 * DAY), apology_at=rfc3339(due + 2 * DAY), reason="QT", new_date=rfc3339(due + 3 * DAY))


def chiso(found: Rig, *words: str) -> str:
    """How one command went."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "streams.cli", *words, "--home", str(found.place / "home")], env=_env(found))
    _, status, used = os.wait4(process.pid, 0)
    code, cpu = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
    return f"exit code {code}, {time.monotonic() - began:.1f} s ({cpu:.1f} s of CPU), at most {used.ru_maxrss / 1024:,.0f} MiB"


def _env(found: Rig) -> dict[str, str]:
    own = {"CHISO_KAFKA": found.kafka, "CHISO_REDIS": found.redis, "CHISO_HTTP": f"http://127.0.0.1:{PORTS[0]}"}
    return os.environ | own | {"CHISO_PARTITIONS": str(PARTITIONS)}


def same(one: Path, other: Path) -> bool:
    """As `diff -r` has it."""
    names = [sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()) for top in (one, other)]
    return names[0] == names[1] and not any(filecmp.cmpfiles(one, other, names[0], shallow=False)[1:])


def published(found: Rig, month: str) -> None:
    """Prints how long it took."""
    out = [found.place / "out" / name for name in ("a", "b")]
    for path in out:
        say(f"published: {chiso(found, 'publish', '--month', month, '--out', str(path))}")
    files = [path for path in out[0].rglob("*") if path.is_file()]
    say(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:,.0f} MB; twice the same bytes: {same(*out)}")
    late = json.loads((out[0] / month / "v1" / "internal" / "publication.json").read_bytes())["late_dossiers"]
    say(f"{len(late):,} late dossiers")
    say(f"verified: {chiso(found, 'publish', '--verify', str(out[0] / month / 'v1'))}")


def main() -> int:
    """On servers of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=400_000)
    wanted = parser.parse_args().dossiers
    month = months(int(clock.now()))[-1]
    with rig() as found:
        home = found.place / "home"
        home.mkdir()
        began = time.monotonic()
        asyncio.run(load(found.kafka, country().units.values(), "country"))
        total = asyncio.run(fill(found.kafka, EVENTS, lives(wanted, month)))
        say(f"{total:,} events of {wanted:,} dossiers in {month}, sent in {time.monotonic() - began:.0f} s")
        options = ["--home", str(home)]
        serve = ["serve", "--http-port", str(PORTS[0]), "--metrics-port", str(PORTS[1]), *options]
        commands = {"worker": ["worker", "--metrics-port", str(PORTS[2]), *options], "serve": serve}
        children = [
            Child(name, [sys.executable, "-m", "streams.cli", *words], found.place / f"{name}.log", _env(found))
            for name, words in commands.items()
        ]
        try:
            say(f"folded: {chiso(found, 'drain', '--timeout', '900')}")
            published(found, month)
        finally:
            end(children, 5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
