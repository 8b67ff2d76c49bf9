"""`python -m benchmarks.rebuild`: how long `chiso rebuild` takes for 5,000,000 events of 1,000,000 dossiers on 4 partitions."""

import argparse
import asyncio
import time

from benchmarks.rig import PARTITIONS, rig, say
from streams.rebuild import SWITCHED, rebuild
from streams.settings import Settings


def main() -> None:
    """One rebuild into an empty store; prints events, seconds, events a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    dossiers = parser.parse_args().dossiers
    with rig() as found:
        found.fill(dossiers)
        began = time.monotonic()
        done = asyncio.run(rebuild(found.kafka, found.redis, Settings(partitions=PARTITIONS), lambda _done, _lacking: None))
        took = time.monotonic() - began
        say(
            f"rebuilt {done:,} events in {took:.0f} s ({done / (took - SWITCHED):,.0f} events/s, {SWITCHED:.0f} s of waiting for the switch)"
        )


if __name__ == "__main__":
    main()
