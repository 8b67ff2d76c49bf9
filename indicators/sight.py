"""From where lists are looked at: the moment, the zone in which days are counted, the calendar of working days."""

from collections.abc import Callable
from typing import NamedTuple

from indicators.times import Zone
from indicators.workdays import Calendar

# unit, day number → what its setting is on that day
SettingOf = Callable[[str, int], float]
WAITED = 2  # working days after which something that has not come yet is missing


class Sight(NamedTuple):
    """`now` in seconds."""

    now: int
    zone: Zone
    calendar: Calendar

    @property
    def today(self) -> int:
        """Day number of now."""
        return self.zone.day(self.now)

    def after(self, day: int, working_days: float) -> int:
        """The midnight that ends the so many-th working day after a day, seconds."""
        return self.zone.midnight(self.calendar.add(day, int(working_days)) + 1)

    def missing(self, day: int) -> bool:
        """Whether what belongs to a day and has not come by now is missing."""
        return self.now >= self.after(day, WAITED)
