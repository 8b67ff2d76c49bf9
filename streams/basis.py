"""What a cut rests on, taken in one go with the figures themselves: positions, rules, calendar, registry."""

import json
from hashlib import blake2b
from typing import Any

import numpy as np

from indicators.formulas import table
from indicators.periods import Period
from indicators.publication import Cut, iso
from indicators.snapshot import Snapshot
from indicators.tabulate import tabulate
from indicators.times import date_of
from indicators.units import ROOT
from indicators.workdays import Calendar
from streams.cards import Cards
from streams.desk import Desk
from streams.store.store import RULES

YEARS = range(2000, 2051)
KINDS = ("positions", "petitions", "procedures")


def digest(value: Any) -> str:
    """Of anything that JSON can hold."""
    return blake2b(json.dumps(value, sort_keys=True, ensure_ascii=False).encode(), digest_size=8).hexdigest()


def calendar_version(calendar: Calendar) -> str:
    """Digest of its days off and Saturdays worked."""
    return digest([date_of(day).isoformat() for day in calendar.days_off(YEARS)])


def snapshot(desk: Desk, cards: Cards, period: Period) -> Snapshot:
    """Figures of all units of a period, as they stand now."""
    sheet = desk.sheet(period)
    published = desk.names.registry.published
    others = None
    if published is not None:
        ranked = (cards.rank(code, sheet) for code in sheet.layout.peers.get(("province", ROOT), []))
        others = next(((one.published, one.of) for one in ranked if one is not None and one.published is not None), None)
    known = None if others is None or others[0] is None else (date_of(others[0]).isoformat(), others[1])
    return Snapshot(sheet, tabulate(sheet, cards.places(sheet)), known)


def basis(desk: Desk, period: Period, now: int) -> Cut:
    """What holds of everything counted now; number and how many units are filled in later."""
    stands = desk.positions()
    terms = desk.terms
    formulas = table(terms.rule, period.b - 1).values()
    return Cut(
        cut=0,
        at=iso(now),
        as_of=desk.as_of(),
        positions={kind: stands[kind] for kind in KINDS},
        halted=stands["halted"],
        rule=terms.rule,
        formulas=digest([(one.id, one.block, one.points, one.full, one.zero) for one in formulas]),
        rules=RULES,
        calendar=calendar_version(terms.calendar),
        zone=terms.zone.name,
        registry=stands["registry"],
        reports=digest(desk.names.registry.reported([period.id])),
        units=0,
    )


def incomplete(desk: Desk, period: Period) -> frozenset[str]:
    """Units of which a partition that holds windows of theirs, or of a unit below, is halted or behind."""
    layout = desk.layout(period.b - 1)
    if desk.caught_up:
        return frozenset()
    if desk.stale or desk.blind or desk.lagging(desk.sources.procedures):
        return frozenset(layout.codes)
    own = np.zeros(len(layout.codes), np.int64)
    for follower in (desk.sources.figures, desk.sources.petitions):
        late = desk.lagging(follower)
        own[layout.places(unit for unit in follower.cube.units() if late.intersection(follower.cube.partitions(unit)))] = 1
    return frozenset(layout.codes[place] for place in np.flatnonzero(layout.summed(own)).tolist())
