"""One dossier for people: facts, clock, what is odd."""

from indicators import events as ev
from indicators.describe import describe
from tests.builders import HCM, NUMBER, make, received, state_of


def described(*events: ev.Event) -> dict:
    return describe(NUMBER, state_of(*events), HCM)


def test_a_whole_life() -> None:
    found = described(
        received(due_at="2026-08-10", sector="land", procedure="1.004", official="A", channel="online", filed_at="2026-08-02"),
        make(ev.Step, "2026-08-04", official="B"),
        make(ev.SupplementRequested, "2026-08-05"),
        make(ev.SupplementGiven, "2026-08-06"),
        make(ev.Rescheduled, "2026-08-07", due_at="2026-08-20"),
        make(ev.Petitioned, "2026-08-07", petition="P1"),
        make(ev.Processed, "2026-08-13", official="C"),
    )
    assert found["dossier"] == NUMBER
    assert (found["unit"], found["sector"], found["procedure"], found["official"]) == ("H44.07", "land", "1.004", "C")
    assert found["received_at"] == "2026-08-03T09:00:00+07:00"
    assert (found["due_at"], found["effective_due"]) == ("2026-08-10T09:00:00+07:00", "2026-08-11")
    assert (found["outcome"], found["end"], found["waiting"], found["findings"]) == ("late", "processed", False, [])
    assert found["facts"]["channel"] == "online"
    assert found["facts"]["filed_at"] == "2026-08-02T09:00:00+07:00"
    assert found["facts"]["steps"] == [{"at": "2026-08-04T09:00:00+07:00", "official": "B"}]
    assert found["facts"]["rescheduled"] == ["2026-08-20T09:00:00+07:00"]
    assert found["facts"]["supplements_asked"] == ["2026-08-05T09:00:00+07:00"]
    assert found["facts"]["petitions"] == ["P1"]


def test_what_is_odd_is_said() -> None:
    ended = make(ev.Processed, "2026-08-01")
    assert described(ended)["findings"] == ["not_received"]
    assert (described(ended)["received_at"], described(ended)["finished_at"][:10]) == (None, "2026-08-01")
    assert described(received(), ended)["findings"] == ["finished_before_received", "no_due_date"]
    assert described(received(due_at="2040-01-01"))["findings"] == ["due_beyond_ten_years"]
    assert described(received(due_at="2026-08-10", accepted=False))["findings"] == ["not_accepted"]
    twice = [make(ev.SupplementRequested, f"2026-08-0{day}") for day in (4, 5)]
    assert described(received(due_at="2026-08-10"), *twice)["findings"] == ["asked_twice"]


def test_an_open_dossier_has_no_outcome() -> None:
    found = described(received(due_at="2026-08-10"), make(ev.SupplementRequested, "2026-08-05"))
    assert (found["outcome"], found["finished_at"], found["effective_due"], found["waiting"]) == (None, None, None, True)
