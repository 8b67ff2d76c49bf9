"""Why a figure is what it is: whether one dossier, petition or procedure stands below and above the line of each indicator in a period."""

from indicators.book import COUNTED
from indicators.buckets import AGGRIEVED, FLAG_BIT, Tally
from indicators.ontime import LATE
from indicators.periods import Period
from indicators.procedures import BIT

Stands = dict[str, bool]  # indicator → whether it counts above the line, for those where it counts below
FLAGGED = {
    "3.3": "online_with_result",
    "4.1": "electronic_result",
    "4.2": "digitised",
    "4.3": "reused",
    "4.4": "personal_store",
    "4.5b": "population_data",
}
OF_DOSSIERS = ("1.4", "2.1", "3.6", "5.4", *FLAGGED)
OF_PETITIONS = ("5.1", "5.2", "5.3")
OF_PROCEDURES = tuple(COUNTED)


def dossier(counted: Tally, period: Period, today: int) -> Stands:
    """Of a dossier, by the portal's rule; nothing where it is no part of the workload."""
    if not _works(counted, period):
        return {}
    late = _late(counted, period, today)
    found = {name: bool(counted.flags & FLAG_BIT[flag]) for name, flag in FLAGGED.items()}
    found |= {"2.1": not late, "5.4": not (late or counted.flags & AGGRIEVED)}
    if counted.received >= period.a:
        found["1.4"] = True
    if counted.flags & FLAG_BIT["fee_owed"]:
        found["3.6"] = bool(counted.flags & FLAG_BIT["paid_online"])
    return found


def petition(counted: Tally, period: Period, today: int) -> Stands:
    """Of a petition."""
    if not _works(counted, period):
        return {}
    late = _late(counted, period, today)
    about_official = bool(counted.flags & FLAG_BIT["about_official"])
    return {"5.1": about_official, "5.2": not late, "5.3": not (late or counted.flags & AGGRIEVED)}


def procedure(bits: int) -> Stands:
    """Of a procedure at one agency, by its bits of the period."""
    found = {}
    for name, (above, less, below) in COUNTED.items():
        if bits & BIT[below]:
            found[name] = bool(bits & BIT[above]) and not (less is not None and bits & BIT[less])
    return found


def _works(counted: Tally, period: Period) -> bool:
    return counted.received < period.b and (counted.finished is None or counted.finished >= period.a)


def _late(counted: Tally, period: Period, today: int) -> bool:
    """Finished late in the period, or open and overdue at its end, or now."""
    if counted.finished is not None and counted.finished < period.b:
        return counted.verdict == LATE
    return counted.became is not None and counted.became < min(today, period.b)
