"""Which events may change a dossier; whatever is refused is named by field and rule, never by value."""

from typing import Any

import pytest

from indicators import events as ev
from indicators.admission import MAX_CODE, MAX_LABEL, MAX_PAPERS, admit, admit_number, needs_unit
from indicators.errors import RejectedError
from indicators.petition_events import Filed
from indicators.times import DAY, seconds
from tests.builders import NUMBER, make, received, utc

NOW = seconds(utc("2026-08-10"))


def rejected(event: ev.Event, recorded_at: int = NOW) -> tuple[str, str]:
    with pytest.raises(RejectedError) as found:
        admit(event, recorded_at)
    return found.value.field, found.value.rule


def test_an_event_is_admitted_with_both_its_times() -> None:
    event = received("2026-08-03", stated="2026-08-04")
    assert admit(event, NOW) == (seconds(utc("2026-08-04")), seconds(utc("2026-08-03")))
    assert admit(ev.Step(dossier=NUMBER, at=utc("2026-08-03"), official="A"), NOW) == (seconds(utc("2026-08-03")),) * 2


def test_too_far_ahead_is_judged_by_the_records_time() -> None:
    event = received("2026-08-11T09:00")
    assert admit(event, seconds(event.at) - DAY)
    assert rejected(event, seconds(event.at) - DAY - 1)[0] == "at"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "1999-12-31T23:59:59Z"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"stated_at": "9999-12-31T23:59:59Z"}, "stated_at"),
        ({"filed_at": "2026-09-30T00:00:00Z"}, "filed_at"),
        ({"due_at": "1900-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "never"}, "due_at"),
        ({"sector": ""}, "sector"),
        ({"procedure": "a\0b"}, "procedure"),
        ({"official": "x" * (MAX_CODE + 1)}, "official"),
        ({"unit": "a\nb"}, "unit"),
        ({"sector_name": "x" * (MAX_LABEL + 1)}, "sector_name"),
    ],
)
def test_a_broken_field_is_named(change: dict[str, Any], field: str) -> None:
    event = ev.Received(**{"dossier": NUMBER, "at": utc("2026-08-03"), "unit": "H44.07", **change})
    assert rejected(event)[0] == field


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (received(id="x" * (MAX_CODE + 1)), "id"),
        (make(ev.SupplementRequested, "2026-08-04", papers=("x" * (MAX_CODE + 1),)), "papers"),
        (make(ev.SupplementGiven, "2026-08-04", papers=("a\nb",)), "papers"),
        (make(ev.SupplementRequested, "2026-08-04", papers=tuple(map(str, range(MAX_PAPERS + 1)))), "papers"),
        (Filed(petition="P-1", at=utc("2026-08-03"), unit="H44.07", id="x" * 1_000_000), "id"),
    ],
)
def test_what_kafka_would_not_take_is_refused_at_the_door(event: ev.Event, field: str) -> None:
    assert rejected(event)[0] == field


def test_a_due_date_far_ahead_is_admitted() -> None:
    assert admit(received(due_at="2060-01-01"), NOW)


@pytest.mark.parametrize("number", ["", "x" * 201, "a\0b", "000.00.07.H44-260813-0042"])
def test_a_number_that_makes_no_key_is_refused(number: str) -> None:
    with pytest.raises(RejectedError, match="dossier"):
        admit_number(number)


def test_a_reception_needs_a_unit_unless_its_number_names_one() -> None:
    assert needs_unit(make(ev.Received, "2026-08-03", dossier="case-1"))
    assert not needs_unit(make(ev.Received, "2026-08-03"))
    assert not needs_unit(make(ev.Step, "2026-08-03", dossier="case-1", official="A"))
