"""The simulated provinces: the same seed says the same; nothing is said ahead of time; habits are those of real offices."""

from collections import Counter, defaultdict

import pytest

from connectors import payload
from connectors.codec import Record
from connectors.door import Said
from connectors.reference import calendar
from connectors.simulate import truth
from connectors.simulate.lives import at, day_of
from connectors.simulate.offices import provinces, registered
from connectors.simulate.stream import Span, Stream
from indicators.admission import admit
from indicators.dossier import State, is_accepted, join
from indicators.events import Event
from indicators.ontime import end
from indicators.times import rfc3339, seconds
from indicators.units import faults

TODAY = day_of(seconds("2026-11-24T00:00:00Z"))
NOW = at(TODAY, 15 * 3600)


def stream(seed: int = 7, days: int = 20) -> Stream:
    return Stream(provinces(1, seed), seed, TODAY - days, TODAY, calendar())


def all_of(made: Stream, upto: int = NOW, watched: tuple[Span, ...] = ()) -> list[tuple[int, Record]]:
    return [(second, record) for second, records in made.until(upto, list(watched)) for record in records]


def test_the_same_seed_says_the_same_however_often_it_is_asked() -> None:
    whole = all_of(stream(), watched=(Span(NOW - 60, NOW + 1),))
    parts = stream()
    first = all_of(parts, NOW - 30, (Span(NOW - 60, NOW - 29),))
    assert first + all_of(parts, NOW, (Span(NOW - 60, NOW + 1),)) == whole
    assert all_of(stream(8)) != all_of(stream())


def test_nothing_is_said_ahead_of_the_moment_and_past_statements_carry_their_time() -> None:
    for sent, record in all_of(stream(), watched=(Span(NOW - 60, NOW + 1),)):
        said = seconds(dict(record.headers)["ce_time"].decode())
        assert said <= sent <= NOW
        for item in payload.read(payload.parse(record.value), Said(said, sent, "H01"), str):
            assert item.faults == []
            assert all(seconds(event.at) <= said for event in item.events)


def test_ends_are_those_staged_though_steps_and_payloads_come_twice_and_late() -> None:
    made, states = stream(days=10), defaultdict[str, State](State)
    for sent, record in all_of(made, watched=(Span(NOW - 60, NOW + 1),)):
        said = seconds(dict(record.headers)["ce_time"].decode())
        for item in payload.read(payload.parse(record.value), Said(said, sent, "H01"), str):
            for event in item.events:
                if isinstance(event, Event):
                    join(states[event.dossier], event, *admit(event, sent))
    assert sum(state.stepped > 0 for state in states.values()) > 1000
    for life, told in made.said.values():
        row, state = truth.line(life, told), states[life.number]
        assert is_accepted(state) == (row["accepted"] == "yes") or not state.received
        if row["accepted"] == "yes":
            outcome, finished = end(state)
            assert (outcome or "", "" if finished is None else rfc3339(finished)) == (row["outcome"], row["finished_at"])


def test_while_somebody_watches_five_events_a_second_come_at_any_hour() -> None:
    for hour in (3, 10, 22):
        start = at(TODAY, hour * 3600)
        made = stream(days=1)
        all_of(made, start, (Span(start - 600, start + 1),))
        spans = (Span(start - 600, start + 301),)
        events = [
            event
            for sent, record in all_of(made, start + 300, spans)
            for item in payload.read(payload.parse(record.value), Said(sent, sent, "H01"), str)
            for event in item.events
        ]
        assert len(events) >= 5 * 300


def test_offices_differ_and_err() -> None:
    made = stream(days=40)
    all_of(made)
    rows = [truth.line(life, told) for life, told in made.said.values()]
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes["processed"] > 1000
    assert min(outcomes[kind] for kind in ("", "refused", "withdrawn", "stopped")) > 0
    assert {row["channel"] for row in rows} == {"online", "counter", "post"}
    assert any(row["asked_at"] and not row["given_at"] for row in rows)
    assert any(row["accepted"] == "no" for row in rows)
    late = Counter(
        row["unit"] for row in rows if row["finished_at"] and row["effective_due"] and row["finished_at"][:10] > row["effective_due"]
    )
    assert max(late.values()) > 5 * min((late[row["unit"]] for row in rows), default=0)
    assert any(life.moved for life, _ in made.said.values())
    assert any(life.back for life, _ in made.said.values())
    assert any(life.rated for life, _ in made.said.values())


def test_an_office_that_fell_silent_says_nothing_for_days() -> None:
    silent = [(seed, office) for seed in range(30) for province in provinces(1, seed) for office in province.offices if office.silent_days]
    seed, office = silent[0]
    made = stream(seed, days=30)
    last = max(
        said
        for _, record in all_of(made)
        if office.code.encode() in record.value
        for said in [seconds(dict(record.headers)["ce_time"].decode())]
    )
    assert office.silent_days is not None
    told = max(moment for life, moment in made.said.values() if life.office.code == office.code)
    assert day_of(told) <= TODAY - office.silent_days
    assert last >= told


@pytest.mark.parametrize("count", [1, 2, 34])
def test_simulated_units_fit_into_the_registry(count: int) -> None:
    found = provinces(count, 1)
    assert len(found) == count
    assert len({office.code for province in found for office in province.offices}) == sum(len(province.offices) for province in found)
    assert faults(registered(found)) == []
