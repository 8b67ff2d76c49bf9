"""Two clocks: what differs, added to the figures under `document`, equals counting every dossier under `province`."""

from collections import Counter
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.buckets import Tally, moments, tally_of
from indicators.clocks import Moved, Remembered, stands
from indicators.dossier import State, join
from indicators.figures import Counts, counts
from indicators.lanes import BITS, DAY_COUNTERS
from indicators.ontime import clock
from indicators.periods import Period, parse
from indicators.profiles import province
from indicators.standing import LISTS, standing
from tests.builders import HCM, NUMBER, admitted, lives, make, moment, received, state_of

PERIODS = st.sampled_from(["2026-01", "2026-02", "2026-Q1", "2026", "2026-01-15..2026-02-03", "2025"])


def both(number: str, state: State) -> tuple[Tally | None, Tally | None]:
    times = clock(state, HCM)
    document = tally_of(number, state, times)
    return document, None if document is None or times is None else tally_of(number, state, province(state, times, HCM))


def cube(tallies: list[Tally]) -> Remembered:
    """Sums of day rows, as the cube gives them."""
    days: Counter[int] = Counter()
    for one in tallies:
        for day, row, _ in moments(one):
            days[day] += row
    return Remembered(
        lambda before: {
            name: sum(row for day, row in days.items() if day < before) >> (BITS * place) & 0xFFFFFFFF
            for place, name in enumerate(DAY_COUNTERS)
        }
    )


def one_by_one(tallies: list[Tally], period: Period, today: int) -> dict[str, int]:
    """Counts, dossier after dossier."""
    found = dict.fromkeys(Counts.__slots__, 0)
    for one in tallies:
        # by totals a dossier may wait and be overdue at once; here it stands where it is worse
        found["waiting"] += sum(began < period.b and (ended is None or ended >= period.b) for began, ended in one.waits)
        place = stands(one, period, today)
        if place is None:
            continue
        found["received" if one.received >= period.a else "carried_over"] += 1
        found["finished" if place.startswith("finished") else "open"] += 1
        found["open_in_time" if place == "waiting" else place] += 1
    return found


@given(lives(numbers=4), PERIODS, st.integers(20_460, 20_560))
def test_the_other_profile_equals_counting_one_by_one(events: list[ev.Event], text: str, today: int) -> None:
    states: dict[str, State] = {}
    for event in events:
        join(states.setdefault(event.dossier, State()), *admitted(event)[:3])
    period = parse(text, today)
    pairs = {number: both(number, state) for number, state in states.items()}
    known = {number: (one, other) for number, (one, other) in pairs.items() if one is not None and other is not None}
    place = LISTS.index("differ")
    differ = {number for number, state in states.items() if standing(number, state, HCM).lists[place] is not None}
    assert differ == {number for number, (one, other) in known.items() if one != other}
    document = cube([one for one, _ in known.values()])
    moved = Moved(document, [known[number] for number in differ])
    for totals, tallies in ((document, [one for one, _ in known.values()]), (moved, [other for _, other in known.values()])):
        assert asdict(counts(totals, period, today)) == one_by_one(tallies, period, today)


def test_a_wait_that_came_too_late_is_in_time_for_the_province() -> None:
    state = state_of(received(due_at="2026-08-10"), make(ev.SupplementRequested, "2026-08-12"))
    period, today = parse("2026-08", HCM.day(moment("2026-08-20"))), HCM.day(moment("2026-08-20"))
    found = [stands(one, period, today) for one in both(NUMBER, state) if one is not None]
    assert found == ["open_overdue", "waiting"]


def test_one_withdrawn_late_is_on_time_for_the_province() -> None:
    state = state_of(received(due_at="2026-08-10"), make(ev.Withdrawn, "2026-08-12"))
    today = HCM.day(moment("2026-10-20"))
    [document, other] = [one for one in both(NUMBER, state) if one is not None]
    assert [stands(one, parse("2026-08", today), today) for one in (document, other)] == ["finished_late", "finished_on_time"]
    assert stands(document, parse("2026-07", today), today) is None
    assert stands(document, parse("2026-09", today), today) is None
    assert stands(document, parse("2026-08-01..2026-08-11", today), today) == "open_overdue"
    assert stands(other, parse("2026-08-01..2026-08-11", today), today) == "open_in_time"
