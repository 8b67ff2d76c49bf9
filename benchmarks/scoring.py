"""Scores of the whole country in one pass, and what its cube weighs: `python -m benchmarks.scoring`.

34 provinces, 700 departments and 3,300 communes, each with dossiers on every working day of 25 months; petitions and procedures beside them.
"""

import datetime as dt
import resource
import statistics
import sys
import time

import numpy as np

from connectors.reference import calendar
from indicators.book import Book
from indicators.cube import Cube
from indicators.lanes import DAY_COUNTERS, DAY_LANE, MONTH_LANE, encode
from indicators.periods import Period, parse
from indicators.procedures import SEPARATOR, ProcedureState, encode_procedure
from indicators.registry import Registry
from indicators.services import Services
from indicators.sheet import Sheet
from indicators.times import Zone, day_of
from indicators.units import Unit, Version
from streams.sheets import Sheets, Terms

PROVINCES, DEPARTMENTS, COMMUNES = 34, 700, 3300
DAYS, ROUNDS = 760, 9
TODAY = day_of(dt.date(2026, 11, 25))
PERIODS = ("2026-11", "2026-Q4", "2026", "rolling-30")


def country(provinces: int = PROVINCES, departments: int = DEPARTMENTS, communes: int = COMMUNES) -> Registry:
    """The units."""
    units = [("VN", "country", None)] + [(f"H{number:02}", "province", "VN") for number in range(provinces)]
    for kind, count, first in (("department", departments, 1), ("commune", communes, 100)):
        units += [(f"H{number % provinces:02}.{first + number // provinces}", kind, f"H{number % provinces:02}") for number in range(count)]
    return Registry({code: Unit(code, (Version(code, kind, parent),)) for code, kind, parent in units})


def filled(registry: Registry) -> tuple[Sheets, Cube]:
    """Everything followed, as after two years, and what makes sheets of it."""
    cube, petitions, book, services = followed(registry)
    return Sheets(cube, petitions, book, services), cube


def followed(registry: Registry) -> tuple[Cube, Cube, Book, Services]:
    """Windows of dossiers and petitions, procedures and where they are used."""
    random = np.random.default_rng(766)
    rows = []
    for _ in range(400):
        values = random.integers(0, 40, len(DAY_COUNTERS)).tolist()
        counts = {name: value for name, value in zip(DAY_COUNTERS, values, strict=True) if name != "handling_seconds_high"}
        counts["received"] = counts["finished_early"] + counts["finished_on_time"] + counts["finished_late"] + 3
        rows.append(encode(sum(DAY_LANE[name] * value for name, value in counts.items()), len(DAY_COUNTERS)))
    cube, petitions, book = Cube(), Cube(), Book()
    services = Services(book.codes)
    row = MONTH_LANE["received"] + MONTH_LANE["received_paid_online"]
    days = [day for day in range(TODAY - DAYS, TODAY + 1) if calendar().is_workday(day)]
    states: dict[str, bytes] = {}
    for place, unit in enumerate(sorted(registry.units)):
        if "." not in unit:
            continue
        cube.put(unit, place % 12, {day: rows[(day * 7 + place) % len(rows)] for day in days})
        petitions.put(unit, place % 4, {day: rows[(day + place) % len(rows)] for day in days[::20]})
        codes = [f"{1 + (place + number) % 7}.{(place * 13 + number * 31) % 900:06}" for number in range(15)]
        services.put(unit, place % 12, {f"2026-{month:02} {code}": row for month in range(1, 12) for code in codes[:8]})
        state = ProcedureState(published=((1_600_000_000, 0),), opened=(1_600_100_000,), level=((1_600_000_000, 1_600_000_000, "full"),))
        states |= {f"{code}{SEPARATOR}{unit}": encode_procedure(state) for code in codes}
    book.put(0, states)
    return cube, petitions, book, services


def main() -> int:
    """Prints medians."""
    say = sys.stdout.write
    registry = country()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sheets, cube = filled(registry)
    say(
        f"{len(registry.units):,} units, {len(cube.index):,} with windows; memory of all windows {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:,.0f} MiB\n"
    )
    terms = Terms(Zone("Asia/Ho_Chi_Minh"), calendar(), "portal", "VN")
    periods: list[Period] = [parse(text, TODAY) for text in PERIODS]

    def score() -> list[Sheet]:
        found = [sheets.of(registry, period, TODAY, terms) for period in periods]
        for sheet in found:
            assert len(sheet.totals) == len(sheet.places)
        return found

    started = time.perf_counter()
    score()
    say(f"first pass {(time.perf_counter() - started) * 1000:,.0f} ms\n")
    took = []
    for number in range(ROUNDS):
        cube.put("H00.1", 0, {TODAY: encode(DAY_LANE["received"] * (number + 1), len(DAY_COUNTERS))})
        started = time.perf_counter()
        score()
        took.append((time.perf_counter() - started) * 1000)
    say(
        f"all indicators, blocks, totals and ranks of {len(PERIODS)} periods after a change: median {statistics.median(took):,.0f} ms, worst {max(took):,.0f} ms\n"
    )
    say(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
