"""Publishing a month of the whole country, and the daily look at two years of them: `python -m benchmarks.publishing`. Brings its own broker."""

import asyncio
import datetime as dt
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scoring import country
from connectors.reference import calendar
from indicators.book import Book
from indicators.cube import Cube
from indicators.lanes import DAY_COUNTERS, DAY_LANE, encode
from indicators.publication import first_due, months
from indicators.registry import Registry
from indicators.services import Services
from indicators.times import Zone, day_of
from streams import admin, clock
from streams.cards import Cards
from streams.desk import Desk, Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower, Stand
from streams.publications import Publications
from streams.reading import records
from streams.registry import RegistryFollower
from streams.servers import kafka
from streams.servers.tether import end
from streams.settings import Settings
from streams.sheets import Terms
from streams.shelf import Shelf
from streams.topology import EVENTS, PETITIONS, PUBLICATIONS

DAYS = 760


class Held:
    """A lease nobody else wants."""

    async def held(self) -> bool:
        return True


def filled(registry: Registry, seed: int = 766) -> Cube:
    """Windows of every department and commune on every working day of two years; of rows that may be."""
    chance = random.Random(seed)
    rows = []
    for _ in range(400):
        early, on_time, late = chance.randint(0, 9), chance.randint(0, 9), chance.randint(0, 2)
        counts = {"finished_early": early, "finished_on_time": on_time, "finished_late": late, "received": early + on_time + late}
        counts |= {name: chance.randint(0, early) for name in ("received_online", "received_digitised", "received_reused")}
        rows.append(encode(sum(DAY_LANE[name] * value for name, value in counts.items()), len(DAY_COUNTERS)))
    cube, today = Cube(), day_of(dt.date(2026, 11, 5))
    days = [day for day in range(today - DAYS, today) if calendar().is_workday(day)]
    for place, unit in enumerate(sorted(registry.units)):
        if "." in unit:
            cube.put(unit, place % 12, {day: rows[(day * 7 + place * 13) % len(rows)] for day in days})
    return cube


def desk_of(bootstrap: str) -> Desk:
    """All windows, as a reading process has them."""
    registry = country()
    book = Book()
    figures = Follower(None, cube=filled(registry), services=Services(book.codes), stale=False)
    sources = Sources(
        figures,
        Follower(None, topic=PETITIONS, stale=False),
        BookFollower(None, stale=False, book=book),
        RegistryFollower(bootstrap, registry=registry),
        Ends(bootstrap),
    )
    figures.stands |= {number: Stand(next=1) for number in range(12)}
    sources.ends.now = sources.ends.before = {EVENTS: dict.fromkeys(range(12), 1)}
    return Desk(sources, Terms(Zone("Asia/Ho_Chi_Minh"), calendar(), "portal", "VN"))


async def passed(found: Publications, what: str, wanted: list[str]) -> None:
    """Prints how long some months took, and how long everybody else had to wait meanwhile."""
    before, began, longest = time.process_time(), time.perf_counter(), 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - started)
            await asyncio.sleep(0.005)

    beside = asyncio.create_task(others())
    for month in wanted:
        await found.cut(month)
    beside.cancel()
    cpu, wall = time.process_time() - before, time.perf_counter() - began
    sys.stdout.write(f"{what}: {wall:.2f} s, {cpu:.2f} s of CPU, others waited at most {longest * 1000:.0f} ms\n")


async def sizes(bootstrap: str) -> None:
    """Prints how large the records of units' months are."""
    values = [len(one.value) for one in await records(bootstrap, PUBLICATIONS) if not one.key.startswith(b"cut")]
    sys.stdout.write(f"{len(values):,} records of units' months, {sum(values) / len(values):,.0f} bytes each, at most {max(values):,}\n")


async def measured(bootstrap: str) -> None:
    """Prints what was measured."""
    desk, shelf = desk_of(bootstrap), Shelf(bootstrap)
    found = Publications(desk, Cards(desk), Held(), shelf)  # type: ignore[arg-type]
    following = asyncio.create_task(shelf.run())
    while not shelf.loaded:
        await asyncio.sleep(0.05)
    looked_at = months(int(clock.now()))
    last = looked_at[-1:]
    await passed(found, "first cut of a month", last)
    await sizes(bootstrap)
    await passed(found, "the same again, nothing moved", last)
    await passed(found, f"first cut of the other {len(looked_at) - 1} months", looked_at[:-1])
    await passed(found, f"daily look at {len(looked_at)} months, nothing moved", looked_at)
    day = desk.period(last[0]).a + 1
    row = encode(DAY_LANE["received"] + DAY_LANE["finished_late"], len(DAY_COUNTERS))
    for unit in sorted(desk.follower.cube.index)[:200]:
        desk.follower.cube.put(unit, 0, {day: row})
    await passed(found, "the same with 200 units changed in the last month", looked_at)
    for unit in desk.follower.cube.index:
        desk.follower.cube.put(unit, 0, {day + 1: row})
    await passed(found, "a month of which every unit moved", last)
    await sizes(bootstrap)
    sys.stdout.write(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB\n")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


def main() -> int:
    """On a broker of its own."""
    clock.now = lambda: float(first_due("2026-10"))
    with tempfile.TemporaryDirectory() as home:
        child, address = kafka.start(Path(home), wanted=19_492)
        try:
            kafka.wait(child, address, Path(home))
            admin.ensure_topics(address, Settings(partitions=12))
            asyncio.run(measured(address))
        finally:
            end([child])
    return 0


if __name__ == "__main__":
    sys.exit(main())
