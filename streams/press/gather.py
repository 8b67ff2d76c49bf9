"""Gathers what tables are made of, from a desk that stands still and the lists of the store."""

import datetime as dt
from collections import Counter
from typing import NamedTuple

import numpy as np

from indicators import periods
from indicators.bulletin.late import FINISHED_LATE, OPEN_OVERDUE, Late, ahead
from indicators.bulletin.material import Form, Material
from indicators.bulletin.model import Room
from indicators.errors import UsageError
from indicators.figures import Counts, DayTotals, counts
from indicators.lanes import FLAGS, MONTH_COUNTERS, counters
from indicators.layout import Ints, Layout
from indicators.periods import Period, months_of
from indicators.sheet import Rank, Sheet, rank
from indicators.times import day_of
from indicators.units import ROOT
from streams.cards import Cards
from streams.lists import Lists
from streams.press.delayed import late_of
from streams.press.drawing import Drawn, drawn_up
from streams.press.sectors import by_sector
from streams.press.still import Still
from streams.press.talk import Talk

MONTHS = 12


class Asked(NamedTuple):
    """What is to be published: form 06a of which period, and whether officials may be named."""

    form: str
    names: bool


async def gather(desk: Still, lists: Lists, asked: Asked, talk: Talk) -> Material:
    """Everything about the desk's month. Raises UsageError, NotFoundError, UnreachableError."""
    period = desk.month
    cards = Cards(desk)
    now = desk.sheet(period)
    talk("scorecards")
    sheets = _sheets(desk, now)
    dossiers, petitions = desk.totals(now)
    code = desk.terms.room
    about = desk.unit(code, period.b - 1)
    members = frozenset(now.layout.tree.members(code))

    def official(who: str | None) -> str | None:
        return desk.names.registry.official(who, period.b - 1) if asked.names and who is not None else None

    standings = _standings(desk, cards, now)
    talk("late dossiers")
    year = await late_of(desk, lists, members)
    talk("lists")
    rows = await drawn_up(desk, lists, Drawn(members, year.late, year.states, year.months, official))
    return Material(
        room=Room(code, about["name"], about["kind"]),
        period=period,
        until=min(desk.today(), period.b),
        registry=desk.names.registry,
        sheets=sheets,
        line=_line(desk),
        places={"now": cards.places(now), "before": sheets["before"].places},
        ranks=(cards.rank(code, now), _stood(code, sheets["before"])),
        among={one: standing.of for one, standing in standings.items()},
        published=next((one.published for one in standings.values() if one.published is not None), None),
        flags=_flags(dossiers, period),
        petitions=counts(petitions, period, desk.today()),
        form=await _form(desk, lists, asked.form, members),
        sectors=await _sectors(desk, period, members),
        late=year.late,
        times=year.times,
        handled=await _handled(desk, lists, year.late),
        lists=rows,
        official=official,
    )


def _sheets(desk: Still, now: Sheet) -> dict[str, Sheet]:
    period, today = desk.month, desk.today()
    year = Period("", day_of(dt.date(period.first.year, 1, 1)), period.b, period.open)
    year = Period(periods.name(year.a, year.b), year.a, year.b, year.open)
    others = {
        "before": periods.before(period, today),
        "last_year": periods.year_before(period, today),
        "year": year,
        "year_last": periods.year_before(year, today),
    }
    return {"now": now, **{name: desk.sheet(one) for name, one in others.items()}}


def _line(desk: Still) -> list[Sheet]:
    """The month and the eleven before it."""
    first = desk.month.first
    index = first.year * MONTHS + first.month - 1
    months = [f"{one // MONTHS}-{one % MONTHS + 1:02}" for one in range(index - MONTHS + 1, index + 1) if one // MONTHS >= 2000]
    return [desk.sheet(desk.period(month)) for month in months]


def _standings(desk: Still, cards: Cards, now: Sheet) -> dict[str, Rank]:
    """Provinces are ranked among what others published."""
    if desk.names.registry.published is None:
        return {}
    ranks = ((code, cards.rank(code, now)) for code in now.layout.peers.get(("province", ROOT), []))
    return {code: one for code, one in ranks if one is not None}


def _stood(code: str, before: Sheet) -> Rank | None:
    """A rank of the period before, among peers with figures here: what others published is of now."""
    kind = before.layout.tree.kinds.get(code)
    if code == ROOT or kind is None:
        return None
    return rank(code, {one: before.total(one) for one in before.layout.peers_of(code)}, kind)


def _flags(totals: DayTotals, period: Period) -> dict[str, Ints]:
    names = [f"{what}_{flag}" for what in ("received", "finished") for flag in FLAGS]
    return {name: totals.upto(name, period.b) - totals.upto(name, period.a) for name in names}


async def _form(desk: Still, lists: Lists, text: str, members: frozenset[str]) -> Form:
    """Form 06a of a period."""
    period = desk.period(text)
    sheet = desk.sheet(period)
    if period.b > desk.month.b:
        raise UsageError(f"{period.id} ends on {period.last}, after {desk.month.id}; publish it with --month {period.last:%Y-%m}")
    totals, _ = desk.totals(sheet)
    online = totals.upto("received_online", period.b) - totals.upto("received_online", period.a)
    layout = desk.sheet(desk.month).layout
    by_unit = Counts(*(_moved(getattr(sheet.counts, name), sheet.layout, layout) for name in Counts.__slots__))
    sectors = _sectors(desk, period, members) if period.whole_months else by_sector(desk, lists, period, members)
    return Form(period.id, by_unit, _moved(online, sheet.layout, layout), await sectors)


def _moved(values: Ints, source: Layout, target: Layout) -> Ints:
    """An array in another order of units; 0 for those that are not in it."""
    return target.column({code: (int(value),) for code, value in zip(source.codes, values, strict=True)}, 0)


async def _sectors(desk: Still, period: Period, members: frozenset[str]) -> list[tuple[str, str, Counts, int]]:
    """By sector: code, name, counts, received online; what has no sector last."""
    found = []
    for code, totals in await desk.totals_by(sorted(members), "sector"):
        row = counts(totals, period, desk.today())
        online = totals.upto("received_online", period.b) - totals.upto("received_online", period.a)
        if row.workload:
            found.append((code, desk.names.registry.name("sector", code, period.b - 1) or code, row, online))
    return sorted(found, key=lambda one: (not one[0], one[0]))


async def _handled(desk: Still, lists: Lists, found: list[Late]) -> dict[tuple[str, str], int]:
    """Finished in the month, of each official who was late: as windows count, by who finished it."""
    months = months_of(desk.month)
    who = sorted({(one.unit, one.official) for one in found if one.official is not None})
    cube = desk.follower.cube
    wanted = [
        (unit, official, keys) for unit, official in who for keys in desk.follower.keys if keys.number in cube.partitions(unit) and official
    ]
    rows = await lists.rows("official", [(keys, unit, [f"{month} {official}" for month in months]) for unit, official, keys in wanted])
    total: Counter[tuple[str, str]] = Counter()
    for (unit, official, _), stored in zip(wanted, rows, strict=True):
        for row in stored:
            if row:
                of_it = counters(row, MONTH_COUNTERS)
                total[unit, str(official)] += sum(of_it.get(name, 0) for name in ("finished_early", "finished_on_time", "finished_late"))
    return dict(total)


def agrees(found: Material) -> list[str]:
    """Units whose late dossiers are not as many as the month's figures say: empty, or facts moved while they were read."""
    layout = found.now.layout
    wrong: list[str] = []
    for note, figures in ((FINISHED_LATE, found.now.counts.finished_late), (OPEN_OVERDUE, found.now.counts.open_overdue)):
        own = Counter(one.unit for one in found.late if one.note == note)
        if note == OPEN_OVERDUE:
            own.subtract(ahead(found.late, found.until))
        listed = np.maximum(layout.summed(layout.column({unit: (count,) for unit, count in own.items()}, 0)), 0)
        inside = np.zeros(len(layout.codes), bool)
        inside[layout.places(found.members & set(layout.codes))] = True
        wrong += [layout.codes[place] for place in np.flatnonzero(inside & (listed != figures)).tolist()]
    return sorted(set(wrong))
