"""Incremental windows equal a computation from scratch, and rows of lanes equal plain counting."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.buckets import FLAG_BIT, Rows, change, tally
from indicators.dossier import State, join
from indicators.fold import Change, fold
from indicators.lanes import DAY_COUNTERS, FLAGS, MONTH_COUNTERS, counters, encode
from indicators.ontime import LATE, clock
from indicators.times import date_of
from tests.builders import HCM, NUMBER, admitted, lives, make, received, state_of, windows


def group(events: list[ev.Event]) -> dict[str, list]:
    groups: dict[str, list] = {}
    for event in events:
        groups.setdefault(event.dossier, []).append(admitted(event))
    return groups


def fold_in_batches(batches: list[list[ev.Event]]) -> tuple[dict[str, bytes], Rows, list[Change]]:
    states: dict[str, bytes] = {}
    rows: Rows = {}
    changes = []
    for events in batches:
        groups = group(events)
        made = fold(groups, {number: states.get(number) for number in groups}, HCM)
        states.update(made.states)
        for key, delta in made.rows.items():
            rows[key] = rows.get(key, 0) + delta
        changes.append(made)
    return states, rows, changes


def states_of(events: list[ev.Event]) -> dict[str, State]:
    states: dict[str, State] = {}
    for event in events:
        join(states.setdefault(event.dossier, State()), *admitted(event))
    return states


def cut(events: list[ev.Event], places: list[int]) -> list[list[ev.Event]]:
    edges = sorted({min(place, len(events)) for place in places} | {0, len(events)})
    return [events[start:end] for start, end in pairwise(edges)]


def counted(states: dict[str, State]) -> Counter[tuple[str, str, str, str]]:  # noqa: C901, PLR0915 - plain on purpose
    """Every counter of every row, counted one by one from the clocks."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for number, state in states.items():
        times, what = clock(state, HCM), tally(number, state, HCM)
        if times is None or what is None:
            continue
        flags = [name for place, name in enumerate(FLAGS) if what.flags >> place & 1]
        aggrieved = bool({"unsatisfied", "petitioned"} & set(flags))

        def add(day: int, *names: str, unit: str = what.unit) -> None:
            found.update(("day", unit, str(day), name) for name in names)

        def add_month(day: int, *names: str, what=what) -> None:
            month = f"{date_of(day):%Y-%m}"
            for kind in ("sector", "procedure", "official"):
                found.update((kind, what.unit, f"{month} {getattr(what, kind)}", name) for name in names)

        add(times.received_day, "received", *(f"received_{flag}" for flag in flags), *(["received_aggrieved"] if aggrieved else []))
        add_month(times.received_day, "received", *(f"received_{flag}" for flag in ("online", "fee_owed", "paid_online") if flag in flags))
        if times.finished_day is not None and times.verdict is not None:
            verdict = ("finished_early", "finished_on_time", "finished_late")[times.verdict]
            add(times.finished_day, verdict, *(f"finished_{flag}" for flag in flags), *(["finished_aggrieved"] if aggrieved else []))
            add(times.finished_day, *(["late_aggrieved"] if aggrieved and times.verdict == LATE else []))
            add_month(times.finished_day, verdict)
            found["day", what.unit, str(times.finished_day), "handling"] += what.handling
            for kind in ("sector", "procedure", "official"):
                row = (kind, what.unit, f"{date_of(times.finished_day):%Y-%m} {getattr(what, kind)}")
                found[*row, "handling"] += what.handling
        if times.became_day is not None:
            add(times.became_day, "became_overdue", *(["became_aggrieved"] if aggrieved else []))
            add_month(times.became_day, f"became_overdue_{date_of(times.became_day):%d}")
            if times.finished_day is not None:
                add(times.finished_day, "ceased_overdue", *(["ceased_aggrieved"] if aggrieved else []))
                add_month(times.finished_day, "ceased_overdue")
        for began, ended in times.waits:
            add(began, "wait_began")
            add_month(began, "wait_began")
            if ended is not None:
                add(ended, "wait_ended")
                add_month(ended, "wait_ended")
    return +found


def unpacked(rows: Rows) -> Counter[tuple[str, str, str, str]]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for (kind, unit, name), row in rows.items():
        names = DAY_COUNTERS if kind == "day" else MONTH_COUNTERS
        values = counters(encode(row, len(names)), names)
        handling = values.pop("handling_seconds", 0) + (values.pop("handling_seconds_high", 0) << 32)
        found.update({(kind, unit, name, counter): value for counter, value in values.items()})
        found[kind, unit, name, "handling"] += handling
    return +found


@given(lives(numbers=3, most=7), st.lists(st.integers(0, 25), max_size=5))
def test_windows_folded_batch_by_batch_equal_those_computed_from_scratch(events: list[ev.Event], places: list[int]) -> None:
    states, rows, _ = fold_in_batches(cut(events, places))
    scratch: Rows = {}
    for number, state in states_of(events).items():
        change(scratch, None, tally(number, state, HCM))
    assert windows(rows) == windows(scratch)
    assert set(states) == {event.dossier for event in events}


@given(lives(numbers=3, most=7), st.lists(st.integers(0, 25), max_size=3))
def test_rows_hold_what_counting_one_by_one_gives(events: list[ev.Event], places: list[int]) -> None:
    _, rows, _ = fold_in_batches(cut(events, places))
    assert unpacked(windows(rows)) == counted(states_of(events))


@given(lives(numbers=2), st.lists(st.integers(0, 20), max_size=3))
def test_every_event_has_one_outcome_and_repetition_has_none(events: list[ev.Event], places: list[int]) -> None:
    _, _, changes = fold_in_batches([*cut(events, places), events])
    heard = sum(made.applied + made.no_effect + made.duplicate for made in changes)
    assert heard == 2 * len(events)
    if events:
        assert (changes[-1].duplicate, changes[-1].rows, changes[-1].states) == (len(events), {}, {})


@given(lives(numbers=3, most=7), st.lists(st.integers(0, 25), max_size=4))
def test_due_and_held_follow_the_states(events: list[ev.Event], places: list[int]) -> None:
    _, _, changes = fold_in_batches(cut(events, places))
    due: dict[str, int | None] = {}
    held: dict[str, int | None] = {}
    for made in changes:
        due.update(made.due)
        held.update(made.held)
    for number, state in states_of(events).items():
        what = tally(number, state, HCM)
        moment = due.get(number)
        assert (None if moment is None else HCM.day(moment)) == (what.became if what is not None and what.finished is None else None)
        assert held.get(number) == (None if state.received else HCM.day(state.first_at))


@given(lives(numbers=4))
def test_the_identities_of_one_stop_practice_hold_on_every_day(events: list[ev.Event]) -> None:
    found = unpacked(fold_in_batches([events])[1])
    for kind, unit, day, counter in list(found):
        if kind == "day" and counter == "received":
            channels = sum(found[kind, unit, day, f"received_{name}"] for name in ("online", "counter", "post"))
            assert found[kind, unit, day, counter] == channels
    total = Counter(
        {name: sum(value for (kind, _, _, counter), value in found.items() if kind == "day" and counter == name) for name in DAY_COUNTERS}
    )
    finished = total["finished_early"] + total["finished_on_time"] + total["finished_late"]
    assert total["received"] - finished >= 0
    assert 0 <= total["wait_began"] - total["wait_ended"] <= total["received"] - finished
    assert 0 <= total["became_overdue"] - total["ceased_overdue"] <= total["received"] - finished


def test_a_step_changes_state_but_no_window() -> None:
    _, _, changes = fold_in_batches([[received()], [make(ev.Step, "2026-08-04", official="A")]])
    assert (changes[1].applied, changes[1].no_effect, windows(changes[1].rows)) == (0, 1, {})


def test_a_dossier_that_was_not_accepted_counts_nowhere() -> None:
    assert tally(NUMBER, state_of(received(accepted=False)), HCM) is None


def test_without_a_unit_the_agency_prefix_of_the_number_stands_for_it() -> None:
    assert tally(NUMBER, state_of(received(unit=None)), HCM).unit == "H44.07"
    assert tally("case-1", state_of(received(unit=None)), HCM) is None


def test_the_official_is_who_processed_else_the_latest_assigned() -> None:
    assigned = [received(official="A"), make(ev.Transferred, "2026-08-04", official="B")]
    assert tally(NUMBER, state_of(*assigned), HCM).official == "B"
    assert tally(NUMBER, state_of(*assigned, make(ev.Processed, "2026-08-03", official="C")), HCM).official == "C"


def test_flags_of_a_full_life() -> None:
    what = tally(
        NUMBER,
        state_of(
            received(channel="online", population_data=True, personal_store=True),
            make(ev.FeeRequested, "2026-08-04", fee_owed=True),
            make(ev.Paid, "2026-08-04", online=True),
            make(ev.Digitised, "2026-08-04", papers=True, result=True),
            make(ev.Reused, "2026-08-04", papers=False, result=True),
            make(ev.Processed, "2026-08-05", electronic_result=True),
            make(ev.Rated, "2026-08-06", rating="unsatisfied"),
            make(ev.Petitioned, "2026-08-06", petition="P1"),
        ),
        HCM,
    )
    absent = {"counter", "post", "refused", "withdrawn", "stopped", "about_official"}
    assert {name for place, name in enumerate(FLAGS) if what.flags >> place & 1} == set(FLAGS) - absent


def test_only_both_digitised_counts_and_a_withdrawn_petition_does_not() -> None:
    what = tally(
        NUMBER,
        state_of(
            received(), make(ev.Digitised, "2026-08-04", papers=True), make(ev.Petitioned, "2026-08-06", petition="P1", withdrawn=True)
        ),
        HCM,
    )
    assert {name for place, name in enumerate(FLAGS) if what.flags >> place & 1} == {"counter", "no_due_date"}


def test_a_payment_counts_only_where_a_fee_is_owed() -> None:
    paid = make(ev.Paid, "2026-08-04", online=True)
    waived = make(ev.FeeRequested, "2026-08-05", fee_owed=False)
    for events, owed in (((received(), paid), True), ((received(), paid, waived), False)):
        counted = tally(NUMBER, state_of(*events), HCM)
        assert counted is not None
        assert bool(counted.flags & FLAG_BIT["paid_online"]) == bool(counted.flags & FLAG_BIT["fee_owed"]) == owed
