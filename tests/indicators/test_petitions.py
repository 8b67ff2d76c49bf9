"""Petitions: days of the decree, and windows that do not depend on the order in which facts arrive."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import petition_events as pe
from indicators.buckets import FLAG_BIT, Rows, Tally, change
from indicators.ontime import LATE, ON_TIME
from indicators.petitions import Admitted, PetitionState, clock, decode_petition, fold, join, tally
from indicators.times import date_of, seconds
from tests.builders import CALENDAR, HCM, RECORDED_MS, utc

DOSSIER = "H44.07-20260801-0001"


def make(kind: type[pe.PetitionEvent], at: str, **facts: object) -> pe.PetitionEvent:
    return kind(**{"petition": "P1", "at": utc(at), **facts})


def admitted(event: pe.PetitionEvent, recorded: int = RECORDED_MS // 1000) -> Admitted:
    return event, seconds(event.stated_at or event.at), seconds(event.at), recorded


def state_of(*events: pe.PetitionEvent) -> PetitionState:
    state = PetitionState()
    for event in events:
        join(state, *admitted(event)[:3])
    return state


def filed(at: str = "2026-07-06", **facts: object) -> pe.PetitionEvent:
    return make(pe.Filed, at, **{"unit": "H44", **facts})


@pytest.mark.parametrize(
    ("events", "due", "verdict"),
    [
        ([filed()], "2026-07-27", None),  # 15 working days
        ([filed(), make(pe.HandedOver, "2026-07-13", unit="H44.03")], "2026-08-03", None),
        ([filed(), make(pe.Answered, "2026-07-27")], "2026-07-27", ON_TIME),
        ([filed(), make(pe.Answered, "2026-07-28")], "2026-07-27", LATE),
        ([filed(), make(pe.PetitionRefused, "2026-07-08")], "2026-07-08", ON_TIME),
        ([filed(), make(pe.PetitionRefused, "2026-07-09")], "2026-07-08", LATE),
        ([filed(), make(pe.PetitionAsked, "2026-07-08")], None, None),  # waits for the citizen
        ([filed(), make(pe.PetitionAsked, "2026-07-08"), make(pe.PetitionGiven, "2026-07-10")], "2026-07-29", None),
        ([filed(), make(pe.PetitionAsked, "2026-07-14")], "2026-07-27", None),  # asked too late: the clock goes on
        ([filed(), make(pe.Answered, "2026-07-10"), make(pe.PetitionReopened, "2026-07-14")], "2026-07-27", None),
        ([filed("2026-08-03")], "2026-08-22", None),  # a Saturday worked for the Monday before National Day
    ],
)
def test_the_clock(events: list[pe.PetitionEvent], due: str | None, verdict: int | None) -> None:
    found = clock(state_of(*events), HCM, CALENDAR)
    assert found is not None
    assert (None if found.due_day is None else date_of(found.due_day).isoformat(), found.verdict) == (due, verdict)


def test_flags_and_unit() -> None:
    about = filed(subject="official", about=DOSSIER)
    assert tally(state_of(about), HCM, CALENDAR).flags == FLAG_BIT["about_official"]
    bad = state_of(about, make(pe.Answered, "2026-08-10"), make(pe.PetitionRated, "2026-08-11", rating="unsatisfied"))
    assert tally(bad, HCM, CALENDAR).flags & FLAG_BIT["unsatisfied"]
    again = state_of(
        about, make(pe.Answered, "2026-08-10"), make(pe.PetitionReopened, "2026-08-12"), make(pe.HandedOver, "2026-08-13", unit="H44.03")
    )
    assert tally(again, HCM, CALENDAR).flags & FLAG_BIT["unsatisfied"]
    assert tally(again, HCM, CALENDAR).unit == "H44.03"
    assert tally(state_of(make(pe.Answered, "2026-08-10")), HCM, CALENDAR) is None


DAYS = st.integers(1, 28).map(lambda day: f"2026-08-{day:02}")
PETITION = st.sampled_from(["P1", "P2", "P3"])
EVENTS = st.one_of(
    st.builds(
        lambda petition, at, unit, subject, about: pe.Filed(petition=petition, at=utc(at), unit=unit, subject=subject, about=about),
        PETITION,
        DAYS,
        st.sampled_from(["H44", "H44.03"]),
        st.sampled_from(["rule", "official", None]),
        st.sampled_from([DOSSIER, "H44.07-20260801-0002", None]),
    ),
    st.builds(
        lambda petition, at, kind: kind(petition=petition, at=utc(at)),
        PETITION,
        DAYS,
        st.sampled_from([pe.PetitionAsked, pe.PetitionGiven, pe.Answered, pe.AnswerPublished, pe.PetitionRefused, pe.PetitionReopened]),
    ),
    st.builds(lambda petition, at: pe.PetitionRated(petition=petition, at=utc(at), rating="unsatisfied"), PETITION, DAYS),
    st.builds(lambda petition, at: pe.HandedOver(petition=petition, at=utc(at), unit="H44.05"), PETITION, DAYS),
)


def folded(events: Sequence[pe.PetitionEvent], cut: int) -> tuple[dict[str, bytes], Rows, dict[str, tuple[str, str, bool]]]:
    """States, rows, and what each dossier was told last of each petition, by the time it was said."""
    states: dict[str, bytes] = {}
    rows: Rows = {}
    told: dict[str, tuple[str, str, bool]] = {}
    for number, batch in enumerate((events[:cut], events[cut:])):
        groups: dict[str, list[Admitted]] = {}
        for event in batch:
            groups.setdefault(event.petition, []).append(admitted(event, RECORDED_MS // 1000 + number))
        found = fold(groups, {name: states.get(name) for name in groups}, HCM, CALENDAR)
        states |= found.states
        for key, row in found.rows.items():
            rows[key] = rows.get(key, 0) + row
        for one in found.tellings:
            key = f"{one.dossier} {one.petition}"
            told[key] = max(told.get(key, ("", "", False)), (one.stated_at, one.at, one.withdrawn))
    return states, {key: row for key, row in rows.items() if row}, told


@given(st.lists(EVENTS, max_size=14), st.randoms(use_true_random=False), st.integers(0, 14))
def test_windows_and_tellings_do_not_depend_on_order_or_batches(events: list[pe.PetitionEvent], random: object, cut: int) -> None:
    shuffled = [*events, *events[:2]]
    random.shuffle(shuffled)
    scratch: Rows = {}
    states: dict[str, PetitionState] = {}
    for event in events:
        join(states.setdefault(event.petition, PetitionState()), *admitted(event)[:3])
    for state in states.values():
        change(scratch, None, tally(state, HCM, CALENDAR), ())
    for order, at in ((events, len(events)), (shuffled, cut)):
        stored, rows, told = folded(order, at)
        assert rows == scratch
        for name, state in states.items():
            found = decode_petition(stored[name])
            assert tally(found, HCM, CALENDAR) == tally(state, HCM, CALENDAR)
            about = None if state.about is None else state.about[1]
            refused = state.refused > state.reopened >= state.answered
            assert {dossier: told[f"{dossier} {name}"][2] for dossier in state.abouts} == {
                dossier: dossier != about or refused for dossier in state.abouts
            }


def test_tallies_are_those_of_dossiers() -> None:
    found = tally(state_of(filed()), HCM, CALENDAR)
    assert isinstance(found, Tally)
    assert (found.sector, found.procedure, found.official, found.handling) == ("", "", "", 0)
