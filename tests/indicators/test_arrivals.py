"""How news arrives: running numbers and delays, as rows that only grow."""

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.arrivals import NUMBERS, SYNC, gaps, running
from indicators.fold import fold
from indicators.lanes import SYNC_COUNTERS, counters, encode
from tests.builders import HCM, make, moment, received


def test_running_numbers_are_those_of_an_agencys_day() -> None:
    assert running("H44.07-20260803-0042") == ("H44.07", "20260803", 42)
    assert running("H44.07-20260803-42") == ("H44.07", "20260803", 42)
    assert running("case-10024") is running("H44.07-20260803-0042A") is running("H44.07-20260803-99999") is None


@given(st.sets(st.integers(0, 300)))
def test_gaps_are_what_lacks_between_the_least_and_the_greatest(seen: set[int]) -> None:
    row = sum(1 << number for number in seen)
    assert gaps(row) == ([number for number in range(min(seen), max(seen)) if number not in seen] if seen else [])


def told(*news: tuple[ev.Event, str]) -> dict[str, dict[str, int]]:
    groups: dict[str, list] = {}
    for event, recorded in news:
        groups.setdefault(event.dossier, []).append((event, moment(recorded), moment(recorded), moment(recorded)))
    groups = {number: [(one[0], one[1], _at(one[0]), one[3]) for one in found] for number, found in groups.items()}
    rows = fold(groups, dict.fromkeys(groups), HCM).rows
    found = {}
    for (kind, agency, name), row in rows.items():
        if kind == SYNC:
            found[f"{agency} {name}"] = counters(encode(row, len(SYNC_COUNTERS)), SYNC_COUNTERS)
    return found


def _at(event: ev.Event) -> int:
    from indicators.times import seconds

    return seconds(event.at)


def test_delays_are_counted_by_agency_source_and_month_of_arrival() -> None:
    number = "H44.07-20260801-0001"
    quick = make(ev.Received, "2026-08-03T09:00", unit="H44.07", source="portal", dossier=number), "2026-08-03T09:30"
    slow = make(ev.Step, "2026-08-03T10:00", official="A", source="portal", dossier=number), "2026-08-05T10:00"
    old = make(ev.Received, "2026-05-03", unit="H44.07", source="file", dossier="H44.07-20260503-0001"), "2026-08-05T10:00"
    assert told(quick, slow, old) == {
        "H44.07 2026-08 portal": {"records": 2, "after_hour": 1, "after_day": 1, "seconds": 1800 + 2 * 86_400},
        "H44.07 2026-08 file": {"backfilled": 1},
    }


def test_what_is_said_again_is_no_news() -> None:
    first = received(source="portal"), "2026-08-03T09:30"
    again = received(source="portal"), "2026-08-09T09:30"
    assert told(first, again)["H44.07 2026-08 portal"]["records"] == 1


def test_each_dossier_leaves_its_number_once() -> None:
    names = [f"H44.07-20260803-{number:04}" for number in (3, 5, 5, 9)]
    groups = {name: [(received(dossier=name), 1, moment("2026-08-03"), 1)] for name in names}
    first = fold(groups, dict.fromkeys(groups), HCM)
    again = fold(groups, dict(first.states), HCM)
    assert gaps(first.rows[NUMBERS, "H44.07", "20260803"]) == [4, 6, 7, 8]
    assert (NUMBERS, "H44.07", "20260803") not in again.rows
