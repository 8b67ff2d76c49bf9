"""A state is the join of its facts, whatever the order of arrival."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators import facts
from indicators.buckets import tally
from indicators.dossier import State, decode_state, encode_state, is_accepted, join
from indicators.facts import HALF, KEPT_STEPS, at, dates_kept, ends_kept, stamp, stated_at
from indicators.times import EPOCH_2000
from tests.builders import HCM, NUMBER, admitted, lives, make, moment, received, state_of


@given(lives(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_state_and_windows(events: list[ev.Event], rng) -> None:
    shuffled = [*events, *rng.choices(events, k=len(events))] if events else []
    rng.shuffle(shuffled)
    one, other = state_of(*events), state_of(*shuffled)
    assert encode_state(one) == encode_state(other)
    assert tally(NUMBER, one, HCM) == tally(NUMBER, other, HCM)


@given(lives())
def test_an_event_that_came_before_changes_nothing(events: list[ev.Event]) -> None:
    state = state_of(*events)
    assert not any(join(state, *admitted(event)) for event in events)


@given(lives())
def test_a_state_survives_its_encoding(events: list[ev.Event]) -> None:
    state = state_of(*events)
    assert decode_state(encode_state(state)) == state


@given(st.integers(EPOCH_2000, 2**33), st.integers(EPOCH_2000, 2**32))
def test_a_stamp_holds_both_times(stated: int, moment: int) -> None:
    assert (stated_at(stamp(stated, moment)), at(stamp(stated, moment))) == (stated, moment)


def test_a_later_statement_wins_over_a_later_event() -> None:
    state = state_of(received(sector="land", stated="2026-08-05"), received("2026-08-04", sector="transport"))
    assert state.sector[1] == "land"


def test_an_absent_fact_says_nothing() -> None:
    assert state_of(received(sector="land"), received("2026-08-04")).sector[1] == "land"


def test_the_unit_moves_only_by_received_and_transferred() -> None:
    state = state_of(received(), make(ev.Processed, "2026-08-05", unit="H44.99"))
    assert state.unit[1] == "H44.07"
    assert state_of(received(), make(ev.Transferred, "2026-08-05", unit="H44.08")).unit[1] == "H44.08"


def test_only_the_earliest_steps_are_kept() -> None:
    steps = [make(ev.Step, f"2026-08-{day:02d}T{hour:02d}:00", official="A") for day in range(1, 31) for hour in range(8, 18)]
    state = state_of(*reversed(steps))
    assert len(state.steps) == KEPT_STEPS
    assert state.steps[0] == (admitted(steps[0])[2], "A")


def test_a_correction_is_heard_after_a_year_in_which_one_date_was_said_every_night() -> None:
    nights = [received(stated=f"2026-{month:02d}-{day:02d}", due_at="2026-12-30") for month in range(1, 12) for day in range(1, 28)]
    state = state_of(*nights, received(stated="2026-11-29", due_at="2026-12-31"))
    assert state.dues == (
        (moment("2026-01-01"), moment("2026-12-30")),
        (moment("2026-11-27"), moment("2026-12-30")),
        (moment("2026-11-29"), moment("2026-12-31")),
    )
    for kind, name, fact in ((ev.Rescheduled, "rescheduled", "due_at"), (ev.Late, "new_dates", "new_date")):
        told = [make(kind, f"2026-08-{day:02d}", **{fact: "2026-12-30"}) for day in range(1, 31)]
        assert len(getattr(state_of(*told), name)) == 2


Some = list[Any]
_DATES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8)), max_size=24)
_UNDATED = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["processed", "withdrawn"])), max_size=24)
JOINS = pytest.mark.parametrize(("kept", "told"), [(dates_kept, _DATES), (ends_kept, _UNDATED)], ids=["dates", "ends"])


@JOINS
@given(st.data())
def test_sets_that_keep_both_ends_are_joins(
    kept: Callable[[Some], tuple[Any, ...]], told: st.SearchStrategy[Some], data: st.DataObject
) -> None:
    one, other, third = (data.draw(told) for _ in range(3))
    with patch.object(facts, "HALF", 2), patch.object(facts, "KEPT", 4):  # so that few already are too many

        def unite(a: Some, b: Some) -> Some:
            return list(kept([*kept(a), *kept(b)]))

        assert unite(one, other) == unite(other, one) == list(kept([*one, *other]))
        assert unite(unite(one, other), third) == unite(one, unite(other, third))
        assert unite(one, one) == list(kept(one))
        assert set(kept(one)) <= set(one)


@JOINS
@given(st.data())
def test_any_order_and_repetition_of_what_is_said_keeps_the_same(
    kept: Callable[[Some], tuple[Any, ...]], told: st.SearchStrategy[Some], data: st.DataObject
) -> None:
    said = data.draw(told)
    again = data.draw(st.permutations([*said, *said[:5]]))
    with patch.object(facts, "HALF", 2), patch.object(facts, "KEPT", 4):
        found: tuple[Any, ...] = ()
        for one in again:
            found = kept([*found, one])
        assert found == kept(said)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, HALF - 1)), max_size=80))
def test_of_few_dates_the_first_and_the_last_statement_of_each_are_kept(told: list[tuple[int, int]]) -> None:
    said: dict[int, list[int]] = {}
    for moment_said, date in told:
        said.setdefault(date, []).append(moment_said)
    assert set(dates_kept(told)) == {(extreme(moments), date) for date, moments in said.items() for extreme in (min, max)}


def test_a_reception_that_came_later_and_says_nothing_of_it_is_one_that_was_accepted() -> None:
    refused, taken = received(accepted=False), received("2026-08-04")
    assert not is_accepted(state_of(refused))
    assert tally(NUMBER, state_of(refused), HCM) is None
    for told in ((refused, taken), (taken, refused)):
        assert is_accepted(state_of(*told))
        assert tally(NUMBER, state_of(*told), HCM) is not None
    assert not is_accepted(state_of(taken, received(stated="2026-08-05", accepted=False)))
    assert is_accepted(state_of(received()))
    assert is_accepted(State())


def test_an_end_without_a_moment_is_none_of_those_that_have_one() -> None:
    state = state_of(
        received(), make(ev.Withdrawn, "2026-08-05", undated=True), make(ev.Processed, "2026-08-06", official="A", undated=True)
    )
    assert (state.withdrawn, state.processed, state.handled_by[1]) == (0, 0, "A")
    assert [(at(stamped), kind) for stamped, kind in state.undated] == [
        (moment("2026-08-05"), "withdrawn"),
        (moment("2026-08-06"), "processed"),
    ]


def test_of_reopenings_by_steps_the_one_that_happened_last_is_kept() -> None:
    told = [make(ev.Reopened, "2026-08-05", "2026-08-09", by_step=True), make(ev.Reopened, "2026-08-06", "2026-08-07", by_step=True)]
    for order in (told, told[::-1]):
        state = state_of(*order)
        assert (state.reopened, state.stepped) == (0, stamp(moment("2026-08-06"), moment("2026-08-07")))


def test_a_date_promised_anew_with_a_supplement_is_the_later_statement() -> None:
    asked = make(ev.SupplementRequested, "2026-08-04", due_at="2026-08-20")
    corrected = make(ev.SupplementRequested, "2026-08-04", stated="2026-08-05", due_at="2026-08-25")
    for events in ([asked, corrected], [corrected, asked]):
        state = state_of(*events)
        assert [due for _, _, due in state.asked] == [admitted(make(ev.Step, "2026-08-25", official="A"))[2]]


def test_a_state_of_an_older_version_reads_with_the_new_facts_absent() -> None:
    assert decode_state(encode_state(State())[:1] and b"\x92\x05\x06") == State(received=5, first_at=6)
