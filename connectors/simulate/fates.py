"""What goes wrong with a dossier: lives are changed when they are planned, so that everything that is told of them, and the truth, follows.

The first number of a day keeps its life, for petitions name it.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from connectors.simulate.lives import CLOSING, Life, at, day_of, effective, office_time, plan
from indicators.workdays import Calendar

MISSING = "missing"  # never entered: its number is left out
UNRECEIVED = "unreceived"  # handled, but never received
AFTERWARDS = "afterwards"  # handled for a day or more before its reception is told of
BACKWARDS = "backwards"  # finished before it is received
SLOW = "slow"  # filed online, accepted days later
TWICE = "twice"  # asked for papers twice when it was due, and never again heard of
TOO_LATE = "too_late"  # asked for papers when it was due
HABIT = "habit"  # an official who is always late
AGAIN = "again"  # asked for papers, and again once they came

SHARES = {MISSING: 0.004, UNRECEIVED: 0.004, AFTERWARDS: 0.003, BACKWARDS: 0.004, SLOW: 0.01, TWICE: 0.003, TOO_LATE: 0.003}
ASKED_AGAIN = 0.25  # of those asked once
CHRONIC = 1 / 12  # of offices have an official who is always late
LATER = 1800


def change(life: Life, seed: int, calendar: Calendar) -> Life:
    """The life with what was drawn for it, where that fits."""
    if life.number.endswith("-0001"):
        return quick(life, calendar)
    random = Random(f"{seed}:{life.number}:fate")  # noqa: S311 - not a secret
    drawn = random.choices((*SHARES, ""), (*SHARES.values(), 1 - sum(SHARES.values())))[0]
    found = _CHANGES[drawn](random, life, calendar) if drawn else None
    if found is not None:
        return replace(found if drawn == SLOW else quick(found, calendar), fate=drawn)
    life = quick(life, calendar)
    if is_chronic(life, seed):
        _habit(random, life, calendar)
    if life.given is not None and life.finished is not None and random.random() < ASKED_AGAIN:
        life.again, life.fate = (life.given + 120, life.given + 300), AGAIN
    return life


def quick(life: Life, calendar: Calendar) -> Life:
    """Accepted within eight working hours, as most are."""
    day, second = day_of(life.filed), life.filed - at(day_of(life.filed), 0)
    accepted = life.received - at(day_of(life.received), 0)
    if life.channel == "online" and day < day_of(life.received) and calendar.is_workday(day) and second < accepted:
        life.filed = at(day, accepted)
    return life


def is_chronic(life: Life, seed: int) -> bool:
    """Whether its official is one who is always late."""
    return life.official == life.office.officials[0] and Random(f"{seed}:{life.office.code}:habit").random() < CHRONIC  # noqa: S311


def _ordinary(life: Life) -> bool:
    """Nothing happens to it but steps and an end."""
    nothing = life.asked is None and life.corrected is None and life.back is None and life.moved is None
    return life.accepted and nothing and life.end == "processed" and life.finished is not None


def _missing(_random: Random, life: Life, _calendar: Calendar) -> Life | None:
    return life


def _unreceived(random: Random, life: Life, _calendar: Calendar) -> Life | None:
    if not _ordinary(life):
        return None
    moment, official = life.steps[0]
    life.beside = [(moment, {"type": "step", "official": official})]
    if life.finished is not None and random.random() < 0.7:
        life.beside.append((life.finished, {"type": "processed", "official": life.official}))
    return life


def _afterwards(_random: Random, life: Life, _calendar: Calendar) -> Life | None:
    return life if _ordinary(life) else None


def _backwards(_random: Random, life: Life, _calendar: Calendar) -> Life | None:
    """Received half an hour after it was finished, on the same day, as if it had been filed only then."""
    if not _ordinary(life) or life.channel != "counter" or life.finished is None:
        return None
    received = life.finished + LATER
    if day_of(received) != day_of(life.finished) or day_of(life.finished) > day_of(life.due):
        return None
    life.received = life.filed = received
    life.handed, life.rated = None if life.handed is None else received + LATER, None
    return life


def _slow(random: Random, life: Life, calendar: Calendar) -> Life | None:
    if life.channel != "online" or life.received == life.filed:
        return None
    day = calendar.add(day_of(life.filed), random.randint(2, 4))
    found = plan(random, life.office, life.number, office_time(random, day), calendar)
    found.filed, found.channel = life.filed, "online"
    return found


def _too_late(random: Random, life: Life, calendar: Calendar) -> Life | None:
    """Asked on the first or second working day after the due day; nobody answers."""
    if not _ordinary(life):
        return None
    life.asked = office_time(random, calendar.add(day_of(life.due), random.randint(1, 2)))
    life.finished = life.handed = life.rated = None
    return life


def _twice(random: Random, life: Life, calendar: Calendar) -> Life | None:
    found = _too_late(random, life, calendar)
    if found is not None and found.asked is not None:
        found.again = office_time(random, calendar.add(day_of(found.asked), random.randint(1, 3))), None
    return found


def _habit(random: Random, life: Life, calendar: Calendar) -> None:
    """He held it last, and finishes it one to six working days after the due day."""
    if not life.accepted or life.end != "processed" or life.back is not None or life.finished is None or life.fate:
        return
    due = day_of(effective(life, life.given or life.due) or life.due)
    begun = max(due, day_of(life.steps[-1][0]), day_of(life.given or 0))
    life.steps[-1] = life.steps[-1][0], life.official
    life.finished = office_time(random, calendar.add(begun, random.randint(1, 6)))
    life.handed, life.rated, life.fate = min(life.finished + LATER, at(day_of(life.finished), CLOSING + LATER)), None, HABIT


_CHANGES: dict[str, Callable[[Random, Life, Calendar], Life | None]] = {
    MISSING: _missing,
    UNRECEIVED: _unreceived,
    AFTERWARDS: _afterwards,
    BACKWARDS: _backwards,
    SLOW: _slow,
    TWICE: _twice,
    TOO_LATE: _too_late,
}
