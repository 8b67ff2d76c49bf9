"""What Prometheus gets of the whole country, how large it is and how long it takes: `python -m benchmarks.scraping`.

34 provinces, 21 ministries, 700 departments and 3,300 communes, each office with dossiers on every working day of 25 months.
"""

import asyncio
import gzip
import statistics
import sys
import time
from collections import Counter
from http.client import HTTPConnection
from typing import Any

from prometheus_client import CollectorRegistry

from benchmarks.scoring import country, followed
from connectors import exposition
from connectors.exposition import Shown
from connectors.metrics import serve_metrics
from connectors.reference import calendar
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from indicators.registry import Registry
from indicators.times import Zone
from indicators.units import Unit, Version
from streams.cards import Cards
from streams.desk import Desk, Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower
from streams.gauges import Gauges
from streams.lookout import Lookout
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.topology import PETITIONS

MINISTRIES, ROUNDS = 21, 30
LISTS = ("chiso_apologies_owed", "chiso_silent_sources", "chiso_off_record_signs", "chiso_extra_papers_signs", "chiso_repeat_late")


def units(*sizes: int) -> Registry:
    """The country, with ministries that handle dossiers themselves (their code has a dot, as that of an office)."""
    made = {code: Unit(code, (Version(code, "ministry", "VN"),)) for code in (f"G{number:02}." for number in range(MINISTRIES))}
    return Registry({**country(*sizes).units, **made})


def desk_of(registry: Registry) -> Desk:
    """As in `chiso serve`, but nothing is followed: everything is there."""
    cube, petitions, book, services = followed(registry)
    sources = Sources(
        Follower(None, cube=cube, services=services, stale=False),
        Follower(None, topic=PETITIONS, cube=petitions, stale=False),
        BookFollower(None, book=book, stale=False),
        RegistryFollower("", registry=registry),
        Ends(""),
    )
    return Desk(sources, Terms(Zone("Asia/Ho_Chi_Minh"), calendar(), "portal", "VN"))


def shown_of(desk: Desk) -> tuple[Shown, Gauges]:
    """What a scrape gets, and what makes it."""
    registry = CollectorRegistry()
    serve_metrics(registry)
    nobody: Any = None
    lookout = Lookout(desk, nobody, nobody, "")
    lookout.own = {name: Counter() for name in LISTS}
    lookout.delays = {code: (900, 3) for code in desk.names.registry.units if "." in code}
    shown = Shown(registry)
    return shown, Gauges(desk, Cards(desk), lookout, shown)


def scrape(port: int) -> tuple[float, bytes]:
    """Seconds of a scrape, packed as Prometheus asks for it, and what came."""
    started = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics", headers={"Accept-Encoding": "gzip"})
    body = connection.getresponse().read()
    took = time.perf_counter() - started
    connection.close()
    return took, body


async def measure() -> None:
    """Prints medians."""
    say = sys.stdout.write
    desk = desk_of(units())
    shown, gauges = shown_of(desk)
    server = exposition.serve(shown, "127.0.0.1", 0)
    await gauges.refresh()
    took, made = [], []
    for number in range(5):
        desk.follower.cube.put("H00.1", 0, {desk.today(): encode(DAY_LANE["received"] * (number + 1), len(DAY_COUNTERS))})
        started = time.perf_counter()
        await gauges.refresh()
        made.append((time.perf_counter() - started) * 1000)
    for _ in range(ROUNDS):
        seconds, body = await asyncio.to_thread(scrape, server.server_address[1])
        took.append(seconds * 1000)
    server.shutdown()
    plain = gzip.decompress(body).decode()
    series = sum(not line.startswith("#") for line in plain.splitlines())
    say(f"{len(desk.names.registry.units):,} units, {series:,} series, budget {exposition.BUDGET:,}\n")
    say(f"plain {len(plain) / 1e6:.1f} MB, packed {len(body) / 1e6:.2f} MB\n")
    say(f"scrape: median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms\n")
    say(f"made anew after a change: median {statistics.median(made):,.0f} ms, worst {max(made):,.0f} ms (in a thread, at most every 5 s)\n")
    for line in plain.splitlines():
        if line.startswith(("chiso_series ", "chiso_series_left_out")):
            say(line + "\n")
    names = Counter(line.partition("{")[0] for line in plain.splitlines() if not line.startswith("#"))
    for name, number in names.most_common(10):
        say(f"  {number:7,} {name}\n")


if __name__ == "__main__":
    asyncio.run(measure())
