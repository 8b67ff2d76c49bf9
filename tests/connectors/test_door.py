"""No text of people passes a door, and what is bad costs an event no more than it must."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.door import make
from indicators import events as ev
from indicators import petition_events as pt
from indicators.times import seconds

NOW = seconds("2026-08-20T03:00:00Z")
SAID = {"dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z"}
TEXT = "ông An nộp thiếu giấy"
CODES = ("TN", "LIENTHONG", "deputy_head", "1.004/G1", "2026-R.1", "x" * 64)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (ev.Refused, {"reason": TEXT}),
        (ev.Stopped, {"reason": "x" * 65}),
        (ev.Withdrawn, {"reason": ""}),
        (ev.Late, {"role": "Trưởng phòng"}),
        (ev.Late, {"reason": "late because", "role": TEXT}),
        (ev.SupplementRequested, {"papers": [TEXT]}),
    ],
)
def test_a_text_where_a_code_belongs_is_dropped_and_named(kind: type[ev.Event], facts: dict[str, Any]) -> None:
    event, wrong = make(kind, SAID | facts, NOW)
    assert event == kind(**SAID)
    assert {(error.field, error.rule) for error in wrong} == {(name, "must be a code of a list, not a text") for name in facts}


@pytest.mark.parametrize("code", CODES)
def test_codes_stay(code: str) -> None:
    assert make(ev.Late, SAID | {"reason": code, "role": code}, NOW) == (ev.Late(**SAID, reason=code, role=code), [])
    assert make(ev.SupplementGiven, SAID | {"papers": [code]}, NOW) == (ev.SupplementGiven(**SAID, papers=(code,)), [])


def test_of_papers_the_codes_stay() -> None:
    event, wrong = make(ev.SupplementRequested, SAID | {"papers": ["G1", TEXT, "G2"]}, NOW)
    assert (event, [error.field for error in wrong]) == (ev.SupplementRequested(**SAID, papers=("G1", "G2")), ["papers"])
    event, wrong = make(ev.SupplementRequested, SAID | {"papers": ["G1"] * 101}, NOW)
    assert (event, [error.field for error in wrong]) == (ev.SupplementRequested(**SAID), ["papers"])


@given(st.text(max_size=80))
def test_no_text_with_a_space_or_a_letter_of_vietnamese_passes(text: str) -> None:
    event, _ = make(ev.Refused, SAID | {"reason": text}, NOW)
    assert event is not None
    assert event.reason is None or (event.reason == text and text.isascii() and " " not in text and text.isprintable())


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (ev.Received, {"unit": "x" * 201}, "unit"),
        (ev.Rated, {"rating": "angry"}, "rating"),
        (ev.Rated, {}, "rating"),
        (ev.Processed, {"at": "1900-01-01T00:00:00Z"}, "at"),
        (ev.Processed, {"stated_at": "yesterday"}, "stated_at"),
        (ev.Step, {"official": "x" * 201}, "official"),
    ],
)
def test_without_what_it_cannot_do_without_there_is_no_event_and_one_fault(kind: type[ev.Event], facts: dict[str, Any], field: str) -> None:
    event, wrong = make(kind, SAID | facts, NOW)
    assert (event, [error.field for error in wrong]) == (None, [field])


def test_petitions_have_reasons_of_a_list_too() -> None:
    event, wrong = make(pt.PetitionRefused, {"petition": "P1", "at": SAID["at"], "reason": TEXT}, NOW, strict=True)
    assert (event, [error.field for error in wrong]) == (pt.PetitionRefused(petition="P1", at=SAID["at"]), ["reason"])
