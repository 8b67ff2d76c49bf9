"""Form 06a by sector for periods that do not begin with a month: the rows of sectors are by month, so the dossiers themselves are counted."""

from collections import Counter

from indicators.buckets import FLAG_BIT, tally
from indicators.clocks import stands
from indicators.dossier import decode_state
from indicators.figures import Counts
from indicators.periods import Period
from streams.lists import Lists
from streams.press.still import Still

SCAN = 2000
_ONLINE = FLAG_BIT["online"]


async def by_sector(desk: Still, lists: Lists, period: Period, members: frozenset[str]) -> list[tuple[str, str, Counts, int]]:
    """By sector: code, name, counts, received online; what has no sector last. Reads every dossier of the partitions concerned."""
    found: dict[str, Counter[str]] = {}
    held = {number for unit in members for number in desk.follower.cube.partitions(unit)}
    async with desk.store() as client:
        for keys in desk.follower.keys:
            if keys.number not in held:
                continue
            async for number, stored in client.hscan_iter(keys.dossiers, count=SCAN):
                counted = tally(number.decode(), decode_state(stored), desk.zone)
                where = None if counted is None or counted.unit not in members else stands(counted, period, desk.today())
                if counted is None or where is None:
                    continue
                new = counted.received >= period.a
                row = found.setdefault(counted.sector, Counter())
                row.update(["received" if new else "carried_over", where, *(["online"] if new and counted.flags & _ONLINE else [])])
    name = lists.registry.name
    rows = [(code, name("sector", code, period.b - 1) or code, _counts(row), row["online"]) for code, row in found.items()]
    return sorted(rows, key=lambda one: (not one[0], one[0]))


def _counts(row: Counter[str]) -> Counts:
    finished = [row[name] for name in ("finished_early", "finished_on_time", "finished_late")]
    in_time, overdue = row["open_in_time"] + row["waiting"], row["open_overdue"]
    both = in_time + overdue
    early, on_time, late = finished
    received, carried_over = row["received"], row["carried_over"]
    return Counts(received, carried_over, sum(finished), early, on_time, late, both, in_time, overdue, row["waiting"])
