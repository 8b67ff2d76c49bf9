"""`make bench`: events a second against stock Faust and the bare limit, in one run, interleaved; then what a person feels.

Shapes: 1,000,000 events of 200,000 dossiers on 4 partitions (`--quick`: 100,000 of 20,000); one worker, broker and store share the machine.
"""

import argparse
import os
import platform
from pathlib import Path

from benchmarks.door import door
from benchmarks.feel import feel
from benchmarks.rig import Rig, median, rig, say

SIDES = ("ours", "limit", "stock-faust")


def machine() -> str:
    """Processor, cores, Python."""
    lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def compare(found: Rig, rounds: int) -> None:
    """All sides in turn, `rounds` times; medians and ratios."""
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    memory = 0.0
    for number in range(rounds):
        for side in SIDES:
            empty = found.client.info("memory")["used_memory"] if side == "ours" and not number else 0
            rates[side].append(found.rate(side))
            say(f"  round {number + 1}: {side:12} {rates[side][-1]:10,.0f} events/s")
            if empty:
                memory = (found.client.info("memory")["used_memory"] - empty) / (found.total / 5)
    say(f"median: {', '.join(f'{side} {median(values):,.0f}' for side, values in rates.items())} events/s")
    say(f"store: {memory:,.0f} bytes a dossier, windows included")
    found.ratios = {side: median(rates["ours"]) / median(rates[side]) for side in ("stock-faust", "limit")}


def main() -> None:
    """The whole run; the last lines are the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    say(machine())
    with rig() as found:
        found.fill(20_000 if quick else 200_000)
        compare(found, 1 if quick else 3)
        feel(found, 10 if quick else 30)
        door(found, 3 if quick else 10)
        for name, ratio in found.ratios.items():
            say(f"ratio ours/{name} {ratio:.2f}")


if __name__ == "__main__":
    main()
