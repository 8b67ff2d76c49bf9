"""What `--incidents` stages beside the ordinary simulation, and what was heard of it: fates, letters, offices that fall silent or send late.

All of it follows from the seed and the moment, with random generators of its own: without incidents the stream is what it always was.
"""

from dataclasses import dataclass, field
from random import Random

from connectors.simulate import fates, letters
from connectors.simulate.catalogue import COMMUNE
from connectors.simulate.lives import Life, at, day_of, office_time
from connectors.simulate.offices import Office, Province
from connectors.simulate.payloads import last_step
from indicators.times import DAY
from indicators.workdays import Calendar

MINUTE = 60
HOUR = 3600
EVENING = 19 * HOUR
QUIET, DAILY, WEEKLY = "quiet", "daily", "weekly"  # communes that stop, send once an evening, send once a week
JUMP = 1 / 300  # of an office's days leave more than a thousand numbers out: another counter, no sequence
JUMPED = 1500
JUMP_AFTER = 2
_MONDAY, _WEEK = 4, 7  # day 4 was a Monday


@dataclass(slots=True)
class Trace:
    """What was sent of one dossier: seconds of sending, then what was said."""

    earliest: int  # the first moment anything was told of, at most a minute late
    first: int | None = None  # when its reception was sent first, or anything that only follows one
    reception: int | None = None  # when its reception was sent first
    steps: set[tuple[int, str]] = field(default_factory=set)
    beside: set[int] = field(default_factory=set)  # places in `Life.beside`


@dataclass
class Incidents:
    """Asked by the stream for every life and every statement; keeps `traces` of what was sent, and when each agency `spoke` last."""

    provinces: list[Province]
    seed: int
    end_day: int
    calendar: Calendar
    traces: dict[str, tuple[Life, Trace]] = field(default_factory=dict)
    spoke: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)  # agency → QUIET, DAILY, WEEKLY
    stops: dict[str, int] = field(default_factory=dict)  # agency → the moment from which it says nothing

    def __post_init__(self) -> None:
        for province in self.provinces:
            random = Random(f"{self.seed}:{province.code}:links")  # noqa: S311 - not a secret
            communes = [office for office in province.offices if office.kind == COMMUNE and office.silent_days is None]
            kinds = (QUIET, QUIET, DAILY, WEEKLY)
            for kind, office in zip(kinds, random.sample(communes, len(kinds)), strict=True):
                self.links[office.code] = kind
                if kind == QUIET:
                    day = self.end_day if self.calendar.is_workday(self.end_day) else self.calendar.add(self.end_day, 1)
                    self.stops[office.code] = office_time(random, day)

    def change(self, life: Life) -> Life:
        """The life as it is staged."""
        found = fates.change(life, self.seed, self.calendar)
        letters.add(found, self.seed, self.calendar)
        return found

    def named(self, office: Office, day: int, number: int) -> int:
        """The running number of an office's day."""
        jumps = number > JUMP_AFTER and Random(f"{self.seed}:{office.code}:{day}:jump").random() < JUMP  # noqa: S311 - not a secret
        return number + JUMPED if jumps else number

    def may_be_named(self, office: Office) -> bool:
        """Whether petitions name its dossiers: those of an office that fell silent may never be heard of."""
        return office.silent_days is None and office.code not in self.links

    def sent(self, life: Life, sent: int) -> int | None:
        """When a statement is sent that would have been sent then; None where it never is."""
        if life.fate in (fates.MISSING, fates.UNRECEIVED) or sent >= self.stops.get(life.office.code, sent + 1):
            return None
        if life.fate == fates.AFTERWARDS:
            sent = max(sent, life.steps[0][0] + DAY + 2 * HOUR + life.steps[0][0] % (12 * HOUR))
        return self._link(life.office, sent)

    def besides(self, life: Life) -> list[int]:
        """Moments at which something is said of a life whose payloads are not sent, or later."""
        if life.fate == fates.AFTERWARDS:
            life.beside.insert(0, (life.steps[0][0], {"type": "step", "official": life.steps[0][1]}))
            return self._before_the_stop(life, [life.steps[0][0]])
        return self._before_the_stop(life, sorted({moment for moment, _ in life.beside})) if life.fate == fates.UNRECEIVED else []

    def _before_the_stop(self, life: Life, moments: list[int]) -> list[int]:
        silent = life.office.silent_days
        stop = min(self.stops.get(life.office.code, 1 << 40), 1 << 40 if silent is None else at(self.end_day - silent + 1, 0))
        return [moment for moment in moments if moment < stop]

    def _link(self, office: Office, sent: int) -> int:
        link = self.links.get(office.code)
        if link not in (DAILY, WEEKLY):
            return sent
        day = day_of(sent) if sent <= at(day_of(sent), EVENING) else day_of(sent) + 1
        if link == WEEKLY:
            day += (_MONDAY - day) % _WEEK
        return at(day, EVENING)

    def heard(self, life: Life, said: int, second: int) -> Trace:
        """Something of a dossier, or about a moment of it, was sent at a second."""
        self.spoke[life.office.code] = second
        _, trace = self.traces.setdefault(life.number, (life, Trace(said)))
        trace.earliest = min(trace.earliest, said)
        return trace

    def note(self, life: Life, said: int, second: int, *, whole: bool) -> None:
        """A statement was sent at a second: with its payload, or what is said beside alone."""
        trace = self.heard(life, said, second)
        told = {place for place, (moment, _) in enumerate(life.beside) if said - MINUTE < moment <= said}
        trace.beside |= told
        if trace.first is None and (said >= life.received or told):
            trace.first = second
        trace.steps |= {
            (life.beside[place][0], life.beside[place][1]["official"]) for place in told if life.beside[place][1]["type"] == "step"
        }
        if not whole:
            return
        if said >= life.received and trace.reception is None:
            trace.reception = second
        step = last_step(life, said)
        if step is not None:
            trace.steps.add(step[:2])
