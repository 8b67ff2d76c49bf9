"""What happens to a simulated dossier: planned once, whole, when it is filed. All moments are seconds since 1970; days are Vietnam's."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from connectors.simulate.catalogue import Procedure
from connectors.simulate.offices import Office
from indicators.times import DAY, VIETNAM
from indicators.workdays import Calendar

OFFSET = int(VIETNAM.utcoffset(None).total_seconds())
SESSIONS = ((7 * 3600 + 1800, 11 * 3600 + 1800), (13 * 3600, 17 * 3600))  # seconds of a working day
CLOSING = SESSIONS[-1][1]
WORKED = sum(end - begin for begin, end in SESSIONS)
ENDS = ("processed", "refused", "withdrawn", "stopped")
END_WEIGHTS = (94, 2, 3, 1)


def day_of(moment: int) -> int:
    """The day of a moment."""
    return (moment + OFFSET) // DAY


def at(day: int, second: int) -> int:
    """The moment of a day's second."""
    return day * DAY - OFFSET + second


@dataclass(slots=True)
class Life:
    """A dossier from filing to rating. None where a thing never happens."""

    number: str
    office: Office
    procedure: Procedure
    official: str
    channel: str  # counter, online, post
    filed: int
    received: int
    due: int
    accepted: bool = True
    steps: list[tuple[int, str]] = field(default_factory=list)  # (moment, official)
    corrected: tuple[int, int] | None = None  # (said at, due date instead)
    moved: tuple[int, Office] | None = None  # to another department
    asked: int | None = None  # a supplement
    given: int | None = None
    promised: int | None = None  # NgayHenTraMoi
    end: str = "processed"
    finished: int | None = None
    back: tuple[int, int] | None = None  # (reopened, finished again)
    handed: int | None = None
    rated: tuple[int, str] | None = None
    digitised: bool = False
    paid_online: bool = False
    electronic: bool = False
    again: tuple[int, int | None] | None = None  # (asked a second time, given)
    fate: str = ""  # what was staged of it, of connectors.simulate.fates
    beside: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # (moment, event) of what national payloads have no place for

    def moments(self) -> list[int]:
        """When its system has something new to say."""
        found = [self.received, self.finished, self.handed, self.asked, self.given, *(moment for moment, _ in self.steps)]
        found += [pair[0] for pair in (self.corrected, self.moved) if pair is not None]
        found += self.back or ()
        found += self.again or ()
        found += [moment for moment, _ in self.beside]
        if self.channel == "online":
            found.append(self.filed)
        return sorted({moment for moment in found if moment is not None})


def office_time(random: Random, day: int) -> int:
    """A moment of a working day inside the sessions."""
    second = random.randrange(WORKED)
    for begin, end in SESSIONS:
        if second < end - begin:
            return at(day, begin + second)
        second -= end - begin
    raise AssertionError


def plan(random: Random, office: Office, number: str, filed: int, calendar: Calendar) -> Life:
    """A life in office hours, of a dossier filed at a moment."""
    procedure = random.choices(office.procedures, [one.weight for one in office.procedures])[0]
    channel = random.choices(("online", "counter", "post"), (62, 34, 4))[0]
    received = filed
    if channel == "online":
        day = day_of(filed)
        received = office_time(random, day if calendar.is_workday(day) and filed < at(day, SESSIONS[0][0]) else calendar.add(day, 1))
    life = Life(number, office, procedure, random.choice(office.officials), channel, filed, received, 0)
    life.due = at(calendar.add(day_of(received), procedure.days), CLOSING)
    life.digitised, life.paid_online = random.random() < 0.8, procedure.fee and random.random() < 0.6
    if random.random() < 0.01:
        life.accepted = False
        return life
    _middle(random, life, calendar)
    _end(random, life, calendar)
    return life


def _middle(random: Random, life: Life, calendar: Calendar) -> None:
    """Steps, supplements, corrections."""
    begun = day_of(life.received)
    last = life.received
    for _ in range(random.randint(1, 2)):
        last += random.randint(600, 5400)
        life.steps.append((last, random.choice(life.office.officials)))
    if life.procedure.days > 2 and random.random() < 0.08:
        day = calendar.add(begun, random.randint(1, life.procedure.days - 2))
        back = calendar.add(day, random.randint(1, 6))
        life.asked, life.given = office_time(random, day), office_time(random, back)
        if random.random() < 0.5:
            life.promised = at(calendar.add(day_of(life.due), calendar.between(day, back)), CLOSING)
    elif life.procedure.days > 2 and random.random() < 0.02:
        life.corrected = last + random.randint(600, 3600), at(calendar.add(day_of(life.due), random.randint(1, 3)), CLOSING)


def _end(random: Random, life: Life, calendar: Calendar) -> None:
    """In time or late, as is the habit of the office; handed over, rated, sometimes opened again."""
    life.end = random.choices(ENDS, END_WEIGHTS)[0]
    earliest = max(day_of(moment) for moment in (life.received, life.steps[-1][0], life.given or 0, (life.corrected or (0, 0))[0]))
    due = day_of(effective(life, life.given or life.due) or life.due)
    if random.random() < life.office.late_share:
        day = calendar.add(max(due, earliest), min(1 + int(random.expovariate(0.4)), 40))
    else:
        span = max(0, calendar.between(earliest, due))
        day = calendar.add(earliest, round(span * random.triangular(0, 1, 0.7)))
    life.finished = max(office_time(random, day), life.steps[-1][0] + 600, (life.given or 0) + 600, (life.corrected or (0, 0))[0] + 600)
    if life.end != "processed":
        return
    life.electronic = random.random() < 0.7
    ready = life.finished
    if random.random() < 0.01:
        back = life.finished + random.randint(1800, 7200)
        life.back = back, office_time(random, calendar.add(day_of(back), random.randint(1, 2)))
        ready = life.back[1]
    if random.random() < 0.85:
        life.handed = ready + random.randint(600, 20_000)
        if random.random() < 0.3:
            life.rated = life.handed + random.randint(60, 600), random.choices(("satisfied", "neutral", "unsatisfied"), (90, 7, 3))[0]


def hurry(random: Random, office: Office, number: str, received: int, calendar: Calendar) -> Life:
    """A life of minutes, at any hour: most are finished at once, the others stay open in the ordinary way."""
    life = plan(random, office, number, received, calendar)
    if life.channel == "online" or random.random() < 0.8:
        life.received = life.filed = received
        life.due = at(calendar.add(day_of(received), life.procedure.days), CLOSING)
        life.accepted, life.end, life.corrected, life.asked, life.given, life.promised, life.back = (
            True,
            "processed",
            None,
            None,
            None,
            None,
            None,
        )
        life.steps = [(received + random.randint(15, 45), random.choice(office.officials))]
        life.finished = life.steps[0][0] + random.randint(20, 200)
        life.handed = life.finished + random.randint(5, 60)
        life.rated = (life.handed + 5, "satisfied") if random.random() < 0.3 else None
    return life


def effective(life: Life, now: int) -> int | None:
    """The moment it is due by what was staged up to `now`: corrected, moved by a supplement, or None while one is waited for."""
    due = life.due
    if life.corrected is not None and life.corrected[0] <= now:
        due = life.corrected[1]
    if life.asked is None or life.asked > now or day_of(life.asked) > day_of(due):  # asked when it is too late, it moves nothing
        return due
    if life.promised is not None:
        return life.promised
    if life.given is None or life.given > now:
        return None
    return due + (day_of(life.given) - day_of(life.asked)) * DAY
