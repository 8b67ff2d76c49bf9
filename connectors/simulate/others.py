"""What simulated provinces say beside dossiers, as canonical events: their procedures, once, and petitions as they go."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from connectors.codec import Record
from connectors.simulate.lives import at, office_time
from connectors.simulate.offices import Office, Province
from indicators.times import date_of, rfc3339
from indicators.workdays import Calendar

Sent = tuple[int, Record]  # second, record
PETITIONS_A_DAY = 0.02  # of an office's dossiers
YEAR = 365
MORNING = 8 * 3600


def procedures(province: Province, seed: int, first_day: int, calendar: Calendar) -> Iterator[Sent]:
    """Every procedure of every office: published a while ago, some too late, most of them served online."""
    said = at(first_day, MORNING)
    for office in province.offices:
        random = Random(f"{seed}:{office.code}:procedures")  # noqa: S311 - not a secret
        events: list[dict[str, Any]] = []
        for procedure in office.procedures:
            published = first_day - random.randrange(3 * YEAR)
            opened = calendar.add(published, random.choice((1, 2, 3, 4, 5, 5, 9)))
            effective = calendar.add(published, random.choice((2, 6, 8, 12)))
            for kind, day, facts in (
                ("published", published, {"effective_at": rfc3339(at(effective, 0))}),
                ("opened", opened, {}),
                ("described", opened, {"complete": random.random() < 0.95}),
                ("served", published, _served(random, fee=procedure.fee)),
            ):
                if day <= first_day:
                    events.append(
                        {"type": kind, "procedure": procedure.code, "unit": office.code, "at": rfc3339(at(day, MORNING)), **facts}
                    )
        yield said, _record(province.code, said, events)


def _served(random: Random, *, fee: bool) -> dict[str, Any]:
    return {
        "level": random.choices(("full", "partial", "none"), (50, 35, 15))[0],
        "fee": fee,
        "online_payment": fee and random.random() < 0.6,
        "citizens": random.random() < 0.8,
        "population_data": random.random() < 0.4,
    }


def petitions(office: Office, day: int, seed: int, calendar: Calendar, *, named: bool = True) -> Iterator[Sent]:
    """Petitions filed at an office on a day, and what becomes of each; where `named`, some are about its first dossier of the day, if it has one or not."""
    random = Random(f"{seed}:{office.code}:{day}:petitions")  # noqa: S311 - not a secret
    if not calendar.is_workday(day) or random.random() > office.a_day * PETITIONS_A_DAY:
        return
    name = f"PAKN-{office.code}-{date_of(day):%Y%m%d}"
    filed = office_time(random, day)
    facts: dict[str, Any] = {"unit": office.code, "subject": random.choice(("rule", "rule", "official"))}
    if random.random() < 0.4 and named:
        facts["about"] = f"{office.code}-{date_of(day):%Y%m%d}-0001"
    told = [("filed", filed, facts)]
    if random.random() < 0.05:
        told.append(("refused", office_time(random, calendar.add(day, random.choice((1, 2, 4)))), {"reason": "KHONGTHUOC"}))
    else:
        answered = office_time(random, calendar.add(day, random.randint(2, 18 if random.random() < 0.9 else 30)))
        told.append(("answered", answered, {}))
        told.append(("published", answered + 86_400, {}))
        if random.random() < 0.6:
            told.append(("rated", answered + 7200, {"rating": random.choices(("satisfied", "neutral", "unsatisfied"), (75, 10, 15))[0]}))
    for kind, moment, more in told:
        yield moment, _record(office.province, moment, [{"type": kind, "petition": name, "at": rfc3339(moment), **more}])


def _record(province: str, said: int, events: list[dict[str, Any]]) -> Record:
    source = province.encode()
    return Record(source, json.dumps(events).encode(), [("ce_source", source), ("ce_time", rfc3339(said).encode())])
