"""A state is the join of its facts, whatever the order of arrival."""

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.buckets import tally
from indicators.dossier import KEPT, State, at, decode_state, encode_state, join, stamp, stated_at
from indicators.times import EPOCH_2000
from tests.builders import HCM, NUMBER, admitted, lives, make, received, state_of


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
    steps = [make(ev.Step, f"2026-08-{day:02d}T{hour:02d}:00", official="A") for day in range(3, 8) for hour in range(8, 18)]
    state = state_of(*reversed(steps))
    assert len(state.steps) == KEPT
    assert state.steps[0] == (admitted(steps[0])[2], "A")


def test_a_date_promised_anew_with_a_supplement_is_the_later_statement() -> None:
    asked = make(ev.SupplementRequested, "2026-08-04", due_at="2026-08-20")
    corrected = make(ev.SupplementRequested, "2026-08-04", stated="2026-08-05", due_at="2026-08-25")
    for events in ([asked, corrected], [corrected, asked]):
        state = state_of(*events)
        assert [due for _, _, due in state.asked] == [admitted(make(ev.Step, "2026-08-25", official="A"))[2]]


def test_a_state_of_an_older_version_reads_with_the_new_facts_absent() -> None:
    assert decode_state(encode_state(State())[:1] and b"\x92\x05\x06") == State(received=5, first_at=6)
