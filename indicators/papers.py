"""Signs that papers are asked for beyond the rules: a second request, a paper that the procedure does not list, a request that comes late, and a
share of requests far above that of a unit's peers.
"""

from collections.abc import Callable, Collection, Mapping
from statistics import median
from typing import NamedTuple

from indicators.dossier import State
from indicators.facts import at
from indicators.notices import unit_of
from indicators.sight import SettingOf, Sight

ASKED_AGAIN, NOT_LISTED, ASKED_LATE = "asked_again", "paper_not_listed", "asked_late"
ENOUGH = 20  # dossiers received: the share of fewer says little
FEWEST = 5  # requests: fewer may be chance
PEERS = 3
FAR = 2  # times the median

# procedure, day → the codes of its papers; None where no list is registered
ListOf = Callable[[str, int], Collection[str] | None]


class Asked(NamedTuple):
    """A sign about one dossier: `asked` are all its requests (seconds), `papers` the codes that the sign is about, else all that were asked for."""

    sign: str
    unit: str
    procedure: str | None
    asked: tuple[int, ...]
    papers: tuple[str, ...]


class Share(NamedTuple):
    """Dossiers of which papers were asked, of those received; `median` is the peers', None where they are too few to compare with."""

    unit: str
    asked: int
    received: int
    share: float
    median: float | None
    high: bool


def signs(number: str, state: State, sight: Sight, list_of: ListOf, supplement_days: SettingOf) -> list[Asked]:
    """All signs of a dossier. A paper counts by the list that was valid on the day it was asked for."""
    if not state.asked:
        return []
    unit = unit_of(number, state)
    procedure = None if state.procedure is None else state.procedure[1]
    asked = tuple(moment for moment, _, _ in state.asked)
    all_papers = tuple(sorted({code for _, code in state.papers}))
    found = []
    if len(asked) > 1:
        found.append(Asked(ASKED_AGAIN, unit, procedure, asked, all_papers))
    beyond = _beyond(state, procedure, sight, list_of)
    if beyond:
        found.append(Asked(NOT_LISTED, unit, procedure, asked, tuple(sorted(beyond))))
    if _late(unit, state, asked, sight, supplement_days):
        found.append(Asked(ASKED_LATE, unit, procedure, asked, all_papers))
    return found


def _beyond(state: State, procedure: str | None, sight: Sight, list_of: ListOf) -> set[str]:
    if procedure is None:
        return set()
    found = set()
    for moment, code in state.papers:
        listed = list_of(procedure, sight.zone.day(moment))
        if listed is not None and code not in listed:
            found.add(code)
    return found


def _late(unit: str, state: State, asked: tuple[int, ...], sight: Sight, supplement_days: SettingOf) -> bool:
    """Whether any request came more working days after reception than the unit's setting allows; 0 allows all."""
    if not state.received:
        return False
    received = sight.zone.day(at(state.received))
    limit = supplement_days(unit, received)
    return bool(limit) and any(sight.calendar.between(received, sight.zone.day(moment)) > limit for moment in asked)


def shares(counts: Mapping[str, tuple[int, int]], peers_of: Callable[[str], Collection[str]]) -> list[Share]:
    """Shares of units that received enough, the highest first; `counts` is unit → (asked, received), `peers_of` gives a unit and all like it.

    `high`: at least FEWEST requests, and a share above FAR times the median of at least PEERS others that received enough too.
    """
    of = {unit: asked / received for unit, (asked, received) in counts.items() if received >= ENOUGH}
    found = []
    for unit, share in of.items():
        others = [of[peer] for peer in peers_of(unit) if peer != unit and peer in of]
        middle = median(others) if len(others) >= PEERS else None
        asked, received = counts[unit]
        high = middle is not None and asked >= FEWEST and share > FAR * middle
        found.append(Share(unit, asked, received, share, middle, high))
    return sorted(found, key=lambda one: (-one.share, one.unit))
