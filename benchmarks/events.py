"""A made-up province for measuring: canonical events of dossiers in order of time, the same for the same seed.

Five events a dossier on average: received, one to three of (step, fee, payment, supplement, transfer, rescheduling, digitised), processed,
returned, rated. About 60 units, 300 procedures, 25 sectors, 600 officials, one year of receptions.
"""

import random
from collections.abc import Iterator

from indicators import events as ev
from indicators.times import rfc3339

START = 1_735_689_600  # 2025-01-01
YEAR = 365 * 86_400
HOUR = 3600
UNITS = tuple(f"H44.{number:02d}" for number in range(1, 61))
BETWEEN = (
    lambda rng, base: ev.Step(**base, official=_official(rng)),
    lambda rng, base: ev.FeeRequested(**base, fee_owed=rng.random() < 0.8),
    lambda rng, base: ev.Paid(**base, online=rng.random() < 0.7),
    lambda rng, base: ev.SupplementRequested(**base, papers=("P01",)),
    lambda rng, base: ev.SupplementGiven(**base, papers=("P01",)),
    lambda rng, base: ev.Digitised(**base, papers=True, result=rng.random() < 0.5),
    lambda rng, base: ev.Transferred(**base, official=_official(rng)),
)


def _official(rng: random.Random) -> str:
    return f"u-{rng.randrange(600):04d}"


def dossier(number: int, rng: random.Random) -> Iterator[tuple[int, ev.Event]]:
    """The life of one dossier as (seconds, event)."""
    unit = rng.choice(UNITS)
    received = START + rng.randrange(YEAR)
    name = f"{unit}-{rfc3339(received)[:10].replace('-', '')}-{number:06d}"
    promised = received + rng.randrange(3, 30) * 86_400

    def base(moment: int) -> dict[str, str]:
        return {"dossier": name, "at": rfc3339(moment), "source": "bench"}

    yield (
        received,
        ev.Received(
            **base(received),
            unit=unit,
            due_at=rfc3339(promised),
            procedure=f"1.{rng.randrange(300):06d}",
            sector=f"G{rng.randrange(25):02d}",
            official=_official(rng),
            channel=rng.choice(("online", "online", "counter", "post")),
            fee_owed=rng.random() < 0.5,
        ),
    )
    moment = received
    for _ in range(rng.choice((0, 1, 1, 2))):
        moment += rng.randrange(1, 72) * HOUR
        yield moment, rng.choice(BETWEEN)(rng, base(moment))
    moment = max(moment + HOUR, promised + rng.randrange(-10, 4) * 86_400)
    yield moment, ev.Processed(**base(moment), official=_official(rng), electronic_result=rng.random() < 0.6)
    moment += rng.randrange(1, 48) * HOUR
    yield moment, ev.Returned(**base(moment))
    moment += rng.randrange(1, 48) * HOUR
    yield moment, ev.Rated(**base(moment), rating=rng.choice(("satisfied", "satisfied", "neutral", "unsatisfied")))


def events(dossiers: int, seed: int = 766) -> Iterator[ev.Event]:
    """All events of `dossiers` dossiers, in order of time."""
    rng = random.Random(seed)
    lives = [[(moment, number, place, event) for place, (moment, event) in enumerate(dossier(number, rng))] for number in range(dossiers)]
    for _, _, _, event in sorted((item for life in lives for item in life), key=lambda item: item[:3]):
        yield event
