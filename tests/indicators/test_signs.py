"""Signs of what is off the record, and of extra papers."""

from collections.abc import Callable

import pytest

from indicators import events as ev
from indicators import papers, signs
from indicators.dossier import State, join
from indicators.sight import Sight
from indicators.times import day_of
from indicators.workhours import sessions
from tests.builders import CALENDAR, HCM, NUMBER, admitted, make, moment, received, state_of

AGENCY = "H44.07"


def seen(now: str) -> Sight:
    return Sight(moment(now), HCM, CALENDAR)


def heard(*events: tuple[ev.Event, str]) -> State:
    """Events, each heard of at a moment."""
    state = State()
    for event, when in events:
        join(state, *admitted(event)[:3], moment(when))
    return state


def test_a_dossier_never_received_is_a_sign_after_two_working_days() -> None:
    state = heard((make(ev.Processed, "2026-08-07", unit="H44.07"), "2026-08-07"))  # a Friday
    assert signs.not_received(NUMBER, state, seen("2026-08-11T23:59")) is None
    found = signs.not_received(NUMBER, state, seen("2026-08-12T00:00"))
    assert found == signs.Sign("not_received", AGENCY, NUMBER, None, moment("2026-08-07"), {"first_heard_at": moment("2026-08-07")})
    assert signs.not_received(NUMBER, state_of(received()), seen("2026-08-12")) is None


def test_a_reception_heard_of_more_than_a_day_after_is_a_sign() -> None:
    step = make(ev.Step, "2026-08-03", official="A")
    late = heard((step, "2026-08-03T09:00"), (received(), "2026-08-04T09:01"))
    [found] = signs.odd(NUMBER, late)
    assert (found.sign, found.detail["reception_heard_at"]) == ("received_after_the_fact", moment("2026-08-04T09:01"))
    assert signs.odd(NUMBER, heard((step, "2026-08-03T09:00"), (received(), "2026-08-04T09:00"))) == []


def test_an_end_before_the_reception_is_a_sign() -> None:
    [found] = signs.odd(NUMBER, state_of(received(), make(ev.Processed, "2026-08-01")))
    assert (found.sign, found.detail) == (
        "finished_before_received",
        {"finished_at": moment("2026-08-01"), "received_at": moment("2026-08-03")},
    )
    assert signs.odd(NUMBER, state_of(make(ev.Processed, "2026-08-01"))) == []


@pytest.mark.parametrize(
    ("filed", "taken", "is_late"),
    [
        ("2026-08-07T15:00", "2026-08-10T15:00", False),  # Friday to Monday: eight working hours to the minute
        ("2026-08-07T15:00", "2026-08-10T15:01", True),
        ("2026-08-08T15:00", "2026-08-10T17:00", False),  # on a Saturday
        ("2026-08-10T09:00", "2026-08-03T09:00", False),  # filed after it was received
    ],
)
def test_acceptance_later_than_eight_working_hours_is_a_sign(filed: str, taken: str, is_late: bool) -> None:
    state = state_of(received(taken, filed_at=filed, channel="online", official="A", receiving_unit="H44.99"))
    found = signs.accepted_late(NUMBER, state, seen("2026-08-20"), lambda _unit, _day: 8, sessions())
    assert (found is not None) == is_late
    if found is not None:
        assert (found.unit, found.official, found.detail["limit"]) == ("H44.99", "A", 8), "of the desk that takes in"
        assert signs.accepted_late(NUMBER, state, seen("2026-08-20"), lambda _unit, _day: 9, sessions()) is None


def test_who_took_it_in_is_not_guessed_after_a_transfer() -> None:
    moved = [received(filed_at="2026-07-01", official="A"), make(ev.Transferred, "2026-08-05", unit="H44.08", official="B")]
    found = signs.accepted_late(NUMBER, state_of(*moved), seen("2026-08-20"), lambda _unit, _day: 8, sessions())
    assert found is not None
    assert found.official is None
    assert (
        signs.accepted_late(NUMBER, state_of(received(channel="counter", filed_at="2026-07-01")), seen("2026-08-20"), _eight, sessions())
        is None
    )


def _eight(_unit: str, _day: int) -> float:
    return 8


def test_numbers_left_out_of_a_day_are_a_sign_after_two_working_days() -> None:
    import datetime as dt

    day = day_of(dt.date(2026, 8, 7))
    row = sum(1 << number for number in (3, 4, 7, 9))
    assert signs.missing_numbers(AGENCY, day, row, seen("2026-08-11")) is None
    found = signs.missing_numbers(AGENCY, day, row, seen("2026-08-12"))
    assert found is not None
    assert found.detail == {"agency": AGENCY, "first": 3, "last": 9, "missing": 3, "numbers": [5, 6, 8]}
    assert signs.missing_numbers(AGENCY, day, 0b1110, seen("2026-08-12")) is None
    assert signs.missing_numbers(AGENCY, day, 0, seen("2026-08-12")) is None


@pytest.mark.parametrize(("last", "is_sign"), [(1002, True), (1003, False)])
def test_more_than_a_thousand_missing_is_no_sequence(last: int, is_sign: bool) -> None:
    found = signs.missing_numbers(AGENCY, 20_000, 0b10 | 1 << last, seen("2026-08-12"))
    assert (found is not None) == is_sign
    if found is not None:
        assert (found.detail["missing"], len(found.detail["numbers"])) == (1000, signs.NAMED)  # type: ignore[arg-type]


def asked(*events: ev.Event, listed: str | None = "G1 G2", days: int = 0) -> list[papers.Asked]:
    def list_of(procedure: str, _day: int) -> list[str] | None:
        assert procedure == "1.004"
        return None if listed is None else listed.split()

    return papers.signs(NUMBER, state_of(received(procedure="1.004"), *events), seen("2026-08-20"), list_of, lambda _unit, _day: days)


def request(at: str, *codes: str) -> ev.Event:
    return make(ev.SupplementRequested, at, papers=codes or None)


def test_a_second_request_is_a_sign_and_a_first_is_not() -> None:
    assert asked() == []
    assert asked(request("2026-08-04", "G1")) == []
    [found] = asked(request("2026-08-04", "G1"), make(ev.SupplementGiven, "2026-08-05"), request("2026-08-06", "G2"))
    assert (found.sign, found.papers, found.asked) == ("asked_again", ("G1", "G2"), (moment("2026-08-04"), moment("2026-08-06")))


def test_a_paper_that_the_procedure_does_not_list_is_a_sign() -> None:
    [found] = asked(request("2026-08-04", "G1", "X9"))
    assert (found.sign, found.papers, found.procedure) == ("paper_not_listed", ("X9",), "1.004")
    assert asked(request("2026-08-04", "X9"), listed=None) == [], "nothing is known where no list is registered"
    without = papers.signs(NUMBER, state_of(received(), request("2026-08-04", "X9")), seen("2026-08-20"), lambda _code, _day: [], _eight)
    assert without == []


def test_a_request_later_than_the_units_setting_is_a_sign() -> None:
    assert asked(request("2026-08-06"), days=3) == []
    [found] = asked(request("2026-08-07"), days=3)
    assert (found.sign, found.papers) == ("asked_late", ())
    assert papers.signs(NUMBER, state_of(request("2026-08-07")), seen("2026-08-20"), lambda _code, _day: None, _eight) == []


def all_like(*units: str) -> Callable[[str], list[str]]:
    return lambda unit: list(units) if unit in units else []


def test_a_share_far_above_the_peers_is_a_sign() -> None:
    counts = {"A": (5, 20), "B": (2, 20), "C": (2, 20), "D": (4, 40), "E": (9, 19)}
    found = {share.unit: share for share in papers.shares(counts, all_like(*counts))}
    assert list(found) == ["A", "B", "C", "D"], "of 19 a share says little"
    assert (found["A"].share, found["A"].median, found["A"].high) == (0.25, 0.1, True)
    assert not found["B"].high
    assert not papers.shares(counts | {"A": (4, 20)}, all_like(*counts))[0].high, "twice the median, or four requests, is not far"
    few = papers.shares(counts, all_like("A", "B", "C"))
    assert (few[0].unit, few[0].median, few[0].high) == ("A", None, False), "two peers are too few"
