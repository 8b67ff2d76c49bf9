"""How units want to be told: the registry's settings and the calendar as they stand today, as the terms of timers."""

from collections.abc import Callable, Mapping

from indicators.leads import HOUR, Leads, Wishes
from indicators.registry import Registry
from indicators.settings_of_units import hours, setting
from indicators.times import Zone
from indicators.workdays import Calendar
from indicators.workhours import add

OVERDUE, SOON = "overdue", "soon "  # marks: up to which due moment was told that it is over, or soon will be


class Wanted:
    """Terms of units. `refresh` takes everything anew where something changed since."""

    def __init__(self, registry: Callable[[], Registry], calendar: Callable[[], Calendar], zone: Zone) -> None:
        self._source = registry, calendar
        self.zone = zone
        self._registry, self._calendar, self._day = Registry(), calendar(), 0
        self._units: dict[str, Leads] = {}
        self._leads: dict[Wishes, Leads] = {}
        self._reached: tuple[int, dict[str, int]] = 0, {}

    def refresh(self, now: int) -> None:
        """What holds at a moment."""
        registry, calendar, day = self._source[0](), self._source[1](), self.zone.day(now)
        if (registry, calendar, day) == (self._registry, self._calendar, self._day):
            return
        self._registry, self._calendar, self._day = registry, calendar, day
        self._units, self._reached = {}, (0, {})
        self._leads = {Wishes(): Leads(Wishes(), calendar, self.zone)}
        for code in registry.entries.get("setting", {}):
            self.terms(code.partition(":")[0])

    def terms(self, unit: str) -> Leads:
        """The terms of a unit."""
        found = self._units.get(unit)
        if found is None:
            wishes = self._wishes(unit)
            found = self._units[unit] = self._leads.setdefault(wishes, Leads(wishes, self._calendar, self.zone))
        return found

    def _wishes(self, unit: str) -> Wishes:
        if not self._registry.entries.get("setting"):
            return Wishes()
        line = self._line(unit)
        ahead = setting(self._registry, line, "due_soon_days", self._day), setting(self._registry, line, "due_soon_hours", self._day)
        apology = setting(self._registry, line, "apology_days", self._day)
        return Wishes(*ahead, apology, setting(self._registry, line, "sessions", self._day))

    def _line(self, unit: str) -> list[str]:
        return [unit, *self._registry.tree(self._day).above(unit)]

    def reached(self, now: int) -> Mapping[str, int]:
        """Mark → the greatest due moment that calls by now, of all terms there are."""
        if self._reached[0] != now:
            found = {OVERDUE: self.zone.midnight(self.zone.day(now)) - 1}
            for wishes, leads in self._leads.items():
                found |= {f"{SOON}{stage} {wishes.sessions}": upto for stage, upto in leads.reached(now).items()}
            self._reached = now, found
        return self._reached[1]

    def silent_from(self, agency: str, last: int) -> int | None:
        """From when a source heard last at `last` is silent; None where nobody wants to know."""
        line = self._line(agency)
        limit = setting(self._registry, line, "silence_hours", self._day)
        if not limit:
            return None
        return add(self._calendar, hours(self._registry, line, self._day), last, int(limit * HOUR))
