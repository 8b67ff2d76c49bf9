"""What is said of a dossier in a notice, whatever was stated about it."""

import json

import pytest

from connectors.notices import notice_record
from indicators import events as ev
from indicators.notices import EXTRA_PAPERS, Notice
from tests.builders import HCM, NUMBER, make, moment, received, state_of


@pytest.mark.parametrize("due", ["9999-12-31", "9999-12-31T23:59:59Z"])
def test_a_due_date_at_the_end_of_time_stops_nobody(due: str) -> None:
    state = state_of(received(due_at=due), *(make(ev.SupplementRequested, f"2026-08-0{day}") for day in (4, 5)))
    seen = moment("2026-08-05")
    found = json.loads(notice_record(NUMBER, state, Notice(EXTRA_PAPERS, "2", seen, {"times": 2}), seen, HCM))
    assert found["due_at"][:10] == "9999-12-31"
