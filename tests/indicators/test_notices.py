"""What a dossier calls for by a moment, through holidays, week-ends and everything that is stated late."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import events as ev
from indicators.leads import Leads, Wishes
from indicators.notices import NOTHING, Found, Told, charged, decode_told, encode_told, look
from indicators.standing import standing
from indicators.times import DAY
from tests.builders import CALENDAR, HCM, NUMBER, lives, make, moment, received, state_of

LEADS = Leads(Wishes(), CALENDAR, HCM)
HOUR = 3600


def at(now: str, *events: ev.Event, told: Told = NOTHING) -> Found:
    state = state_of(*events)
    return look(state, standing(NUMBER, state, HCM), told, moment(now), (LEADS, HCM))


def kinds(found: Found) -> list[str]:
    return [notice.kind for notice in found.notices]


@pytest.mark.parametrize(
    ("due", "two_days", "four_hours"),
    [
        ("2026-08-13T17:00", "2026-08-11T17:00", "2026-08-13T13:00"),
        ("2026-08-13T09:30", "2026-08-11T09:30", "2026-08-12T15:00"),
        ("2026-08-17T10:00", "2026-08-13T10:00", "2026-08-14T15:30"),  # a Monday
        ("2026-08-24T10:00", "2026-08-21T10:00", "2026-08-22T15:30"),  # Saturday 22 August is worked
        ("2026-09-03T10:00", "2026-08-27T10:00", "2026-08-28T15:30"),  # 31 August to 2 September are off
        ("2026-01-05T10:00", "2025-12-30T10:00", "2025-12-31T15:30"),  # 1 and 2 January are off
        ("2026-01-12T10:00", "2026-01-09T10:00", "2026-01-10T15:30"),  # Saturday 10 January is worked
        ("2026-11-25T16:00", "2026-11-20T16:00", "2026-11-25T10:30"),  # 24 November is off
        ("2026-11-24T10:00", "2026-11-20T00:00", "2026-11-23T13:00"),  # due on a day off
    ],
)
def test_two_working_days_and_four_working_hours_ahead(due: str, two_days: str, four_hours: str) -> None:
    assert LEADS.soon(moment(due)) == [("2d", moment(two_days)), ("4h", moment(four_hours))]


@given(st.integers(moment("2025-12-20T00:00"), moment("2026-12-31T00:00")), st.integers(0, 5 * DAY))
def test_a_later_due_moment_never_calls_earlier(due: int, later: int) -> None:
    for (_, first), (_, second) in zip(sorted(LEADS.soon(due)), sorted(LEADS.soon(due + later)), strict=True):
        assert first <= second


@given(st.integers(moment("2025-12-20T00:00"), moment("2026-12-31T00:00")), st.integers(-20 * DAY, 20 * DAY))
def test_what_calls_by_now_is_due_up_to_the_mark(now: int, away: int) -> None:
    reached = LEADS.reached(now)
    for stage, called in LEADS.soon(now + away):
        assert (called <= now) == (now + away <= reached[stage])


def test_a_dossier_is_told_of_at_each_stage_and_once() -> None:
    events = [received("2026-08-03", due_at="2026-08-13T17:00")]
    assert kinds(at("2026-08-11T16:59", *events)) == []
    soon = at("2026-08-11T17:00", *events)
    assert [(one.kind, one.detail, one.at) for one in soon.notices] == [("due_soon", {"ahead": "2d"}, moment("2026-08-11T17:00"))]
    assert kinds(at("2026-08-12", *events, told=soon.told)) == []
    near = at("2026-08-13T13:00", *events, told=soon.told)
    assert [one.detail for one in near.notices] == [{"ahead": "4h"}]
    assert kinds(at("2026-08-13T23:59", *events, told=near.told)) == []
    over = at("2026-08-14T00:00", *events, told=near.told)
    assert kinds(over) == ["overdue"]
    assert (over.standing, over.watch) == (True, moment("2026-08-15T00:00"))
    owed = at("2026-08-15T00:00", *events, told=over.told)
    assert (kinds(owed), owed.standing) == (["apology_owed"], None)
    late = at("2026-08-16T12:00", *events, make(ev.Processed, "2026-08-16T10:00"), told=owed.told)
    assert (kinds(late), late.standing) == (["finished_late"], False)
    assert kinds(at("2026-08-17T12:00", *events, make(ev.Processed, "2026-08-16T10:00"), told=late.told)) == []


def test_who_was_away_tells_the_last_stage_only() -> None:
    assert kinds(at("2026-08-14T00:00", received("2026-08-03", due_at="2026-08-13T17:00"))) == ["overdue"]


def test_a_stage_that_was_over_before_the_dossier_came_is_not_told() -> None:
    short = received("2026-08-13T08:00", due_at="2026-08-13T17:00")
    assert kinds(at("2026-08-13T08:05", short)) == []
    assert [one.detail for one in at("2026-08-13T13:00", short).notices] == [{"ahead": "4h"}]


def test_a_letter_in_time_is_not_owed() -> None:
    events = received("2026-08-03", due_at="2026-08-13"), make(ev.Late, "2026-08-14T09:00", apology_at="2026-08-14T09:00")
    found = at("2026-08-17T00:00", *events)
    assert kinds(found) == ["overdue"]


def test_a_due_date_that_moves_takes_the_record_back() -> None:
    first = received("2026-08-03", due_at="2026-08-13")
    told = at("2026-08-14T10:00", first).told
    moved = received("2026-08-03", stated="2026-08-13T16:00", due_at="2026-08-20")
    found = at("2026-08-14T10:00", first, moved, told=told)
    assert (kinds(found), found.standing, found.told.standing) == ([], False, False)
    assert kinds(at("2026-08-21T10:00", first, moved, told=found.told)) == ["overdue"]


def test_waiting_for_the_citizen_is_not_overdue() -> None:
    told = at("2026-08-14T10:00", received("2026-08-03", due_at="2026-08-13")).told
    asked = make(ev.SupplementRequested, "2026-08-10")
    assert at("2026-08-14T10:00", received("2026-08-03", due_at="2026-08-13"), asked, told=told).standing is False


def test_what_is_long_past_is_not_told_but_an_open_dossier_stands_all_the_same() -> None:
    old = received("2011-08-03", due_at="2011-08-13")
    found = at("2026-08-14T10:00", old)
    assert (kinds(found), found.standing) == (["overdue"], True)
    assert kinds(at("2026-08-14T10:00", old, make(ev.Processed, "2011-09-01"))) == []


def test_what_is_known_by_later_events_only_calls_after_two_working_days() -> None:
    step = make(ev.Step, "2026-08-21T09:00", official="A")  # a Friday; Saturday 22 August is worked
    found = at("2026-08-22T10:00", step)
    assert (kinds(found), found.watch) == ([], moment("2026-08-25T00:00"))
    assert kinds(at("2026-08-25T00:00", step, told=found.told)) == ["off_record"]


def test_a_second_request_is_a_sign() -> None:
    events = [received(), *(make(ev.SupplementRequested, f"2026-08-{day:02}") for day in (4, 6)), make(ev.SupplementGiven, "2026-08-05")]
    found = at("2026-08-06T10:00", *events)
    assert [(one.kind, one.detail) for one in found.notices] == [("extra_papers", {"times": 2})]
    assert kinds(at("2026-08-06T11:00", *events, told=found.told)) == []


def test_who_held_it_when_it_became_overdue_is_charged() -> None:
    steps = [make(ev.Step, f"2026-08-{day}", official=name) for day, name in ((12, "A"), (13, "B"), (15, "C"))]
    state = state_of(received(due_at="2026-08-13"), *steps)
    assert charged(state, moment("2026-08-14T00:00")) == "B"
    assert charged(state, moment("2026-08-10T00:00")) is None


def moments() -> Iterator[int]:
    return iter(range(moment("2026-01-10T00:00"), moment("2026-04-01T00:00"), 11 * HOUR))


@given(lives(most=8))
def test_whatever_happens_nothing_is_told_twice_and_the_record_follows_the_clock(events: list[ev.Event]) -> None:
    """A dossier told of event by event, looked at every eleven hours."""
    told, seen, holds = NOTHING, [], False
    ordered = sorted(events, key=lambda event: event.stated_at or event.at)
    said = 0
    for now in moments():
        while said < len(ordered) and moment_of(ordered[said]) <= now:
            said += 1
        if not said:
            continue
        state = state_of(*ordered[:said])
        stands = standing(NUMBER, state, HCM)
        found = look(state, stands, told, now, (LEADS, HCM))
        told = decode_told(encode_told(found.told))
        seen += [(notice.kind, notice.key) for notice in found.notices]
        holds = holds if found.standing is None else found.standing
        assert holds == told.standing == (stands.due is not None and now >= HCM.midnight(HCM.day(stands.due) + 1))
        assert not look(state, stands, told, now, (LEADS, HCM)).notices
    assert len(seen) == len(set(seen)) or any(isinstance(event, ev.Reopened | ev.SupplementRequested) for event in events)


def moment_of(event: ev.Event) -> int:
    from indicators.times import seconds

    return seconds(event.stated_at or event.at)
