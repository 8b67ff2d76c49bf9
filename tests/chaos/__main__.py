"""`make chaos FAULTS=n SEED=s`: breaks things and prints what became of them. Ends with `N passed, M failed`.

`KINDS=store_cut` tries one kind alone, `BURST=7000` sends so many events before each fault. A run told to end (SIGTERM) compares once more and prints its
table of what it did.
"""

import math
import os
import random as randoms
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.chaos.faults import plan
from tests.chaos.rig import Rig, WrongError

COMPARE_EVERY = 10
LONG = 100  # so many faults make a long run: servers are then away for a minute, at first


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(home: Path, faults: int, seed: int, kinds: str = "") -> int:
    """Gives how many failed; the table goes to stdout."""
    random = randoms.Random(seed)
    rig = Rig(home, seed, patient=faults >= LONG)
    took: dict[str, list[float]] = defaultdict(list)
    failed: dict[str, list[str]] = defaultdict(list)
    began = time.monotonic()
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    done = 0
    try:
        rig.send()
        rig.caught_up()
        for number, fault in enumerate(plan(faults, random, kinds), 1):
            if ended:
                say(f"told to end; {rig.compare():,} counters equal")
                break
            done = number
            name = fault.__name__.replace("_", " ")
            try:
                rig.send()
                fault(rig, random)
                took[name].append(rig.caught_up())
                if number % COMPARE_EVERY == 0 or number == faults:
                    say(f"  {number:4} {name}: {rig.compare():,} counters equal, {rig.sent:,} events, {time.monotonic() - began:.0f} s")
            except WrongError as error:
                failed[name].append(str(error))
                say(f"  {number:4} {name}: {error}")
        exits = ", ".join(f"{code}: {count}" for code, count in sorted(rig.exits.items()))
        say(_table(took, failed))
        say(f"seed {seed}, {rig.sent:,} events, {time.monotonic() - began:.0f} s; workers that ended by exit code: {exits}")
        told = rig.told
        say(f"{len(told.standing):,} dossiers overdue, {len(told.records):,} notices told; sent again under the same id: {told.repeated}")
    finally:
        rig.close()
    bad = sum(map(len, failed.values()))
    say(f"{done - bad} passed, {bad} failed")
    return bad


def _table(took: dict[str, list[float]], failed: dict[str, list[str]]) -> str:
    lines = ["| kind | faults | caught up after, median s | p95 s | worst s | wrong |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name in sorted({*took, *failed}):
        times = sorted(took[name]) or [0.0]
        figures = times[len(times) // 2], times[math.ceil(len(times) * 0.95) - 1], times[-1]
        lines.append(f"| {name} | {len(took[name])} | {' | '.join(f'{one:.1f}' for one in figures)} | {len(failed[name])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="chiso-chaos-") as place:
        sys.exit(run(Path(place), int(os.environ.get("FAULTS", "100")), int(os.environ.get("SEED", "7")), os.environ.get("KINDS", "")) > 0)
