"""What a dossier contributes to the windows: a pure function of its state alone.

`tally` says in a small comparable value what is to be counted; equal tallies mean that nothing changes. `change` takes the old contributions
back and adds the new ones, on rows of lanes (`indicators.lanes`). A row is keyed `(kind, unit, field)`: kind `day` with the day number as
field, or a dimension (`sector`, `procedure`, `official`) with `2026-08 CODE`.
"""

from functools import cache
from operator import attrgetter
from typing import NamedTuple

from indicators.dossier import State, is_accepted
from indicators.facts import at
from indicators.lanes import DAY_LANE, DUE_LANES, FINISHED, FLAGS, MONTH_LANE
from indicators.numbers import prefix
from indicators.ontime import LATE, Clock, Wait, clock
from indicators.times import Zone, date_of

FLAG_BIT = {name: 1 << index for index, name in enumerate(FLAGS)}
AGGRIEVED = FLAG_BIT["unsatisfied"] | FLAG_BIT["petitioned"]
_OUTCOME = {name: FLAG_BIT[name] for name in ("refused", "withdrawn", "stopped")}
_CHANNEL = {name: FLAG_BIT[name] for name in ("online", "counter", "post")}
_ONLINE, _OWED, _PAID = FLAG_BIT["online"], FLAG_BIT["fee_owed"], FLAG_BIT["paid_online"]
_FACTS = {
    "fee_owed": "fee_owed",
    "paid_online": "paid_online",
    "electronic_result": "electronic_result",
    "population_data": "population_data",
    "personal_store": "personal_store",
    "papers_reused": "reused",
    "result_reused": "reused",
}
_get_facts = attrgetter(*_FACTS)
_FACT_BITS = tuple(FLAG_BIT[flag] for flag in _FACTS.values())

RowKey = tuple[str, str, str]
Rows = dict[RowKey, int]
Moment = tuple[int, int, int]  # day, row of the day, row of the month
CODES = (("sector", 1), ("procedure", 2), ("official", 3))  # dimension, and where its code stands in a Tally


class Tally(NamedTuple):
    """All that is counted of one dossier; days are day numbers, `handling` is seconds from reception to the end, a missing code is ''."""

    unit: str
    sector: str
    procedure: str
    official: str
    flags: int
    received: int
    finished: int | None
    verdict: int | None
    became: int | None
    waits: tuple[Wait, ...]
    handling: int


def tally(number: str, state: State, zone: Zone) -> Tally | None:
    """What the dossier counts as under profile `document`."""
    return tally_of(number, state, clock(state, zone))


def tally_of(number: str, state: State, times: Clock | None) -> Tally | None:
    """What the dossier counts as by a clock; None while its reception or its unit is unknown, or where it was not accepted."""
    unit = state.unit[1] if state.unit is not None else prefix(number)
    if times is None or unit is None or not is_accepted(state):
        return None
    official = state.handled_by or state.assigned
    flags = _flags(state) | _OUTCOME.get(times.outcome or "", 0)
    if times.due_at is None:
        flags |= FLAG_BIT["no_due_date"]
    return Tally(
        unit,
        state.sector[1] if state.sector is not None else "",
        state.procedure[1] if state.procedure is not None else "",
        official[1] if official is not None else "",
        flags,
        times.received_day,
        times.finished_day,
        times.verdict,
        times.became_day,
        times.waits,
        0 if times.finished_at is None else times.finished_at - at(state.received),
    )


def _flags(state: State) -> int:
    """Flags of facts; a missing channel counts as counter."""
    flags = _CHANNEL[state.channel[1] if state.channel is not None else "counter"]
    for fact, bit in zip(_get_facts(state), _FACT_BITS, strict=True):
        if fact is not None and fact[1]:
            flags |= bit
    if not flags & _OWED:  # what was paid for nothing owed is no payment of a fee
        flags &= ~_PAID
    papers, result = state.papers_digitised, state.result_digitised
    if papers is not None and papers[1] and result is not None and result[1]:
        flags |= FLAG_BIT["digitised"]
    if flags & _ONLINE and (flags & FLAG_BIT["electronic_result"] or state.paper_result is None or not state.paper_result[1]):
        flags |= FLAG_BIT["online_with_result"]
    if state.rating is not None and state.rating[1] == "unsatisfied":
        flags |= FLAG_BIT["unsatisfied"]
    if any(not withdrawn for _, _, withdrawn in state.petitions):
        flags |= FLAG_BIT["petitioned"]
    return flags


@cache
def _received_row(flags: int) -> int:
    row = DAY_LANE["received"] + sum(DAY_LANE[f"received_{name}"] for name, bit in FLAG_BIT.items() if flags & bit)
    return row + (DAY_LANE["received_aggrieved"] if flags & AGGRIEVED else 0)


@cache
def _finished_row(flags: int, verdict: int) -> int:
    row = DAY_LANE[FINISHED[verdict]] + sum(DAY_LANE[f"finished_{name}"] for name, bit in FLAG_BIT.items() if flags & bit)
    if flags & AGGRIEVED:
        row += DAY_LANE["finished_aggrieved"] + (DAY_LANE["late_aggrieved"] if verdict == LATE else 0)
    return row


_BECAME = (DAY_LANE["became_overdue"], DAY_LANE["became_overdue"] + DAY_LANE["became_aggrieved"])
_CEASED = (DAY_LANE["ceased_overdue"], DAY_LANE["ceased_overdue"] + DAY_LANE["ceased_aggrieved"])
_BEGAN, _ENDED = DAY_LANE["wait_began"], DAY_LANE["wait_ended"]
_MONTH_FINISHED = tuple(MONTH_LANE[name] for name in FINISHED)
_MONTH_FLAGS = {name: MONTH_LANE[f"received_{name}"] for name in ("online", "fee_owed", "paid_online")}
_MONTH_DUE = tuple(MONTH_LANE[name] for name in DUE_LANES)
_HANDLING = MONTH_LANE["handling_seconds"].bit_length() - 1
_DAY_HANDLING = DAY_LANE["handling_seconds"].bit_length() - 1


@cache
def _month_received(flags: int) -> int:
    return MONTH_LANE["received"] + sum(lane for name, lane in _MONTH_FLAGS.items() if flags & FLAG_BIT[name])


class _Day(dict[int, tuple[str, str, int]]):
    """Day number → (its text, its month `2026-08`, index of the day in the month), kept because every event asks."""

    def __missing__(self, day: int) -> tuple[str, str, int]:
        date = date_of(day)
        self[day] = found = (str(day), f"{date:%Y-%m}", date.day - 1)
        return found


_DAY = _Day()


def month_of(day: int) -> str:
    """`2026-08` of a day number."""
    return _DAY[day][1]


def change(rows: Rows, old: Tally | None, new: Tally | None, codes: tuple[tuple[str, int], ...] = CODES) -> None:
    """Takes what `old` contributed out of `rows` and adds what `new` contributes; the moments both begin with are left alone.

    `codes` are the dimensions beside the days.
    """
    before = [] if old is None else moments(old)
    after = [] if new is None else moments(new)
    stays = old is not None and new is not None and old.unit == new.unit
    same = _common(before, after) if stays else 0
    if old is not None:
        _days(rows, old.unit, before[same:], -1)
    if new is not None:
        _days(rows, new.unit, after[same:], 1)
    for kind, place in codes:
        skip = same if stays and old[place] == new[place] else 0  # type: ignore[index]
        if old is not None:
            _months(rows, (kind, old.unit, str(old[place])), before[skip:], -1)
        if new is not None:
            _months(rows, (kind, new.unit, str(new[place])), after[skip:], 1)


def _common(before: list[Moment], after: list[Moment]) -> int:
    """How many moments both begin with."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _days(rows: Rows, unit: str, found: list[Moment], sign: int) -> None:
    for day, row, _ in found:
        key = ("day", unit, _DAY[day][0])
        rows[key] = rows.get(key, 0) + sign * row


def _months(rows: Rows, place: tuple[str, str, str], found: list[Moment], sign: int) -> None:
    kind, unit, code = place
    for day, _, row in found:
        key = (kind, unit, f"{_DAY[day][1]} {code}")
        rows[key] = rows.get(key, 0) + sign * row


def moments(dossier: Tally) -> list[Moment]:
    """Every moment that counts, as (day, row of the day, row of the month)."""
    flags, verdict, became = dossier.flags, dossier.verdict, dossier.became
    aggrieved = bool(flags & AGGRIEVED)
    found = [(dossier.received, _received_row(flags), _month_received(flags))]
    if dossier.finished is not None and verdict is not None:
        handling = dossier.handling
        day = _finished_row(flags, verdict) + (handling << _DAY_HANDLING)
        found.append((dossier.finished, day, _MONTH_FINISHED[verdict] + (handling << _HANDLING)))
    if became is not None:
        found.append((became, _BECAME[aggrieved], _MONTH_DUE[_DAY[became][2]]))
        if dossier.finished is not None:
            found.append((dossier.finished, _CEASED[aggrieved], MONTH_LANE["ceased_overdue"]))
    for began, ended in dossier.waits:
        found.append((began, _BEGAN, MONTH_LANE["wait_began"]))
        if ended is not None:
            found.append((ended, _ENDED, MONTH_LANE["wait_ended"]))
    return found
