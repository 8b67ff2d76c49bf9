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
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.faults import plan
from tests.chaos.rig import Rig
from tests.chaos.worker import WrongError

COMPARE_EVERY = 10
LONG = 100  # so many faults make a long run: servers are then away for a minute, at first


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(home: Path, faults: int, seed: int, kinds: str = "", ended: Sequence[int] = ()) -> int:
    """Gives how many failed; the table goes to stdout. Ends early once `ended` holds anything."""
    random = randoms.Random(seed)
    rig = Rig(home, seed, patient=faults >= LONG)
    took: dict[str, list[float]] = defaultdict(list)
    failed: dict[str, list[str]] = defaultdict(list)
    began, done = time.monotonic(), 0
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
        say(_table(took, failed))
        say(f"seed {seed}, {time.monotonic() - began:.0f} s, {_summary(rig)}")
    finally:
        rig.close()
    bad = sum(map(len, failed.values()))
    say(f"{done - bad} passed, {bad} failed")
    return bad


def _summary(rig: Rig) -> str:
    exits, told = ", ".join(f"{code}: {count}" for code, count in sorted(rig.exits.items())), rig.told
    return (
        f"{rig.sent:,} events; kill -9: {rig.killed + rig.exits[-9]}; workers that ended by exit code: {exits}\n{len(told.standing):,} dossiers overdue, {len(told.records):,} notices told; "
        f"sent again under the same id: {told.repeated}"
    )


def _table(took: dict[str, list[float]], failed: dict[str, list[str]]) -> str:
    lines = ["| kind | faults | caught up after, median s | p95 s | worst s | wrong |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name in sorted({*took, *failed}):
        times = sorted(took[name]) or [0.0]
        figures = times[len(times) // 2], times[math.ceil(len(times) * 0.95) - 1], times[-1]
        lines.append(f"| {name} | {len(took[name])} | {' | '.join(f'{one:.1f}' for one in figures)} | {len(failed[name])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: signals.append(number))
    wanted, start = int(os.environ.get("FAULTS", "100")), int(os.environ.get("SEED", "7"))
    with tempfile.TemporaryDirectory(prefix="chiso-chaos-") as place:
        sys.exit(run(Path(place), wanted, start, os.environ.get("KINDS", ""), signals) > 0)
