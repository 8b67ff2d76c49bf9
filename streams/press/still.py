"""The reading side with its hands stopped: today is a month's end (or now, while the month is open), so nothing that comes later is looked at."""

from dataclasses import replace

from indicators.periods import Period
from indicators.registry import Registry
from indicators.sight import Sight
from indicators.units import Tree
from streams.desk import Desk, Sources
from streams.sheets import Sheets, Terms


class Gathered(Sheets):
    """Where nothing at all is registered, a publication's room is the sum of all that have figures; elsewhere such a room has none."""

    def tree(self, registry: Registry, day: int, room: str) -> Tree:
        """As registered, or all units below the room."""
        found = super().tree(registry, day, room)
        if registry.units:
            return found
        return replace(found, parents={**found.parents, **dict.fromkeys(found.children[room], room)})


class Still(Desk):
    """A desk for one month. `now` is the moment of the publication, seconds; lists are looked at from the month's end, where that is earlier."""

    def __init__(self, sources: Sources, terms: Terms, period: Period, now: int) -> None:
        super().__init__(sources, terms)
        services = sources.figures.services
        assert services is not None
        self._sheets = Gathered(sources.figures.cube, sources.petitions.cube, sources.procedures.book, services)
        self.month, self.now = period, now
        self.end = min(now, terms.zone.midnight(period.b))

    def today(self) -> int:
        """Day number of the month's last moment: the day after its last, so that all its days are over."""
        return self.zone.day(self.end)

    def sight(self) -> Sight:
        """From the month's end."""
        return Sight(self.end, self.zone, self.calendar)

    def as_of_seconds(self) -> int | None:
        """The same moment."""
        return self.end
