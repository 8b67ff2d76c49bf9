"""One look at every dossier that may have been late since the year began: the month's late dossiers, and who was late how often."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from indicators.bulletin.late import FINISHED_LATE, Late, late
from indicators.dossier import State
from indicators.periods import Period
from indicators.times import date_of, day_of
from streams.lists import Lists
from streams.press.still import Still

FAR = 1_000_000  # a day that is never reached


@dataclass(slots=True)
class Year:
    """Late dossiers of the month with their states; of the year to date who (None: the unit itself) was late how often, and in which months."""

    late: list[Late] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    times: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    months: list[tuple[str, str | None, int]] = field(default_factory=list)

    def count(self, one: Late, first: int) -> None:
        """A dossier that was late since day `first`; one that has been overdue for longer belongs to no month of the year."""
        for whose in {None, one.official}:
            self.times[one.unit, whose] += 1
        day = one.became if one.finished is None else one.finished
        if day >= first:
            self.months.append((one.unit, one.official, date_of(day).month))


async def late_of(desk: Still, lists: Lists, members: Collection[str]) -> Year:
    """Of the desk's month. Whoever was overdue at its end is open and due, or was finished late after it."""
    month, until = desk.month, desk.today()
    first = day_of(dt.date(month.first.year, 1, 1))
    year = Period(str(month.first.year), first, month.b, month.open)
    found = Year()
    seen: set[str] = set()
    for some in (lists.overdue(None, min(until, month.b) - 1), lists.listed("late", first, FAR)):
        async for number, state in some:
            one = late(number, state, year, until, desk.zone)
            if one is None or one.unit not in members or number in seen:
                continue
            seen.add(number)
            found.count(one, first)
            if one.finished is None or one.finished >= month.a:
                found.late.append(one)
                found.states[number] = state
    found.late.sort(key=lambda one: (one.unit, one.note != FINISHED_LATE, one.due or 0, one.dossier))
    return found
