"""One dossier for people: facts, clock, what is odd."""

from indicators import events as ev
from indicators.describe import describe
from indicators.sight import Sight
from tests.builders import CALENDAR, HCM, NUMBER, make, moment, received, state_of


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


def contradictions(*events: ev.Event, now: str = "2026-08-20") -> list[str]:
    found = describe(NUMBER, state_of(*events), HCM, Sight(moment(now), HCM, CALENDAR))["findings"]
    assert isinstance(found, list)
    return found


def test_what_does_not_fit_the_clock_is_said() -> None:
    letter = make(ev.Late, "2026-08-11", apology_at="2026-08-11")
    due = received(due_at="2026-08-10")
    assert contradictions(due) == ["late_not_declared"]
    assert contradictions(due, letter) == []
    assert contradictions(due, make(ev.Processed, "2026-08-07"), letter) == ["declared_not_late", "apology_not_late"]
    assert contradictions(due, make(ev.Processed, "2026-08-07"), make(ev.Late, "2026-08-11", reason="TN")) == ["declared_not_late"]
    assert contradictions(letter) == ["not_received", "declared_not_late", "apology_not_late"]
    assert contradictions(due, now="2026-08-10") == []


def test_odd_due_dates_are_said() -> None:
    assert contradictions(received(due_at="2026-07-31")) == ["due_before_received", "late_not_declared"]
    assert contradictions(received(due_at="2026-08-23"), now="2026-08-04") == ["due_on_day_off"]
    assert contradictions(received(due_at="2026-08-22"), now="2026-08-04") == [], "a Saturday that was worked for Monday the 31st"
    assert contradictions(received(due_at="2026-09-02"), now="2026-08-04") == ["due_on_day_off"], "Independence Day"
    moved = [received(stated=f"2026-08-{3 + day:02}", due_at=f"2026-08-{10 + day}") for day in range(20)]
    assert contradictions(*moved) == ["due_changed", "due_on_day_off"]
    new = [make(ev.Rescheduled, "2026-08-04", due_at=f"2026-08-{day}") for day in range(11, 31)]
    assert contradictions(received(due_at="2026-08-10"), *new, now="2026-08-05") == ["second_rescheduling"]
    assert contradictions(received()) == ["no_due_date"]
    assert contradictions(received(due_at="2060-01-01"))[:1] == ["due_beyond_ten_years"]


def test_letters_papers_and_when_it_was_heard_are_facts() -> None:
    told = [
        received(due_at="2026-08-10"),
        make(ev.SupplementRequested, "2026-08-04", papers=("G1",)),
        make(ev.SupplementGiven, "2026-08-05"),
        make(ev.Late, "2026-08-12", apology_at="2026-08-12", new_date="2026-08-20", role="head"),
        make(ev.Late, "2026-08-13", apology_at="2026-08-13"),
    ]
    state = state_of(*told)
    state.first_heard = state.reception_heard = moment("2026-08-03T09:01")
    facts = describe(NUMBER, state, HCM)["facts"]
    assert facts["papers_asked"] == [{"at": "2026-08-04T09:00:00+07:00", "paper": "G1"}]
    assert facts["new_dates"] == ["2026-08-20T09:00:00+07:00"]
    assert [letter["role"] for letter in facts["letters"]] == ["head", None]
    assert facts["declared_late"] == "2026-08-13T09:00:00+07:00"
    assert facts["first_heard_at"] == facts["reception_heard_at"] == "2026-08-03T09:01:00+07:00"


def test_an_end_that_was_taken_back_is_told_beside_what_took_it_back() -> None:
    facts = described(received(), make(ev.Processed, "2026-08-04"), make(ev.Reopened, "2026-08-05"))["facts"]
    assert (facts["processed"][:10], facts["reopened"][:10]) == ("2026-08-04", "2026-08-05")


def test_an_end_that_nobody_dated_is_told_as_of_the_day_it_was_first_said() -> None:
    nights = [make(ev.Withdrawn, f"2026-08-{day:02d}", undated=True) for day in (5, 6, 7)]
    found = described(received(), *nights)
    assert (found["end"], found["facts"]["withdrawn"][:10], found["finished_at"][:10]) == ("withdrawn", "2026-08-05", "2026-08-05")
    assert "reopened" not in found["facts"]
    back = described(received(), *nights, make(ev.Reopened, "2026-08-08"))
    assert (back["end"], back["facts"]["withdrawn"][:10], back["facts"]["reopened"][:10]) == (None, "2026-08-05", "2026-08-08")


def test_a_reopening_by_a_step_is_told_where_it_took_something_back() -> None:
    done = make(ev.Processed, "2026-08-04")
    assert described(received(), done, make(ev.Reopened, "2026-08-05", by_step=True))["facts"]["reopened"][:10] == "2026-08-05"
    assert "reopened" not in described(received(), done, make(ev.Reopened, "2026-08-03", "2026-08-05", by_step=True))["facts"]


def test_a_reception_after_a_refusal_is_told_as_accepted() -> None:
    refused = received(accepted=False)
    assert (described(refused)["facts"]["accepted"], described(refused)["findings"]) == (False, ["no_due_date", "not_accepted"])
    found = described(refused, received("2026-08-04"))
    assert (found["facts"]["accepted"], found["findings"]) == (True, ["no_due_date"])


def test_a_date_that_is_said_again_is_told_once() -> None:
    told = [received(stated=f"2026-08-{day:02d}", due_at=f"2026-08-{due}") for day, due in ((3, 20), (4, 20), (5, 25), (6, 20), (7, 20))]
    assert [date[:10] for date in described(*told)["facts"]["due_dates"]] == ["2026-08-20", "2026-08-25", "2026-08-20"]


def test_a_due_date_at_the_end_of_time_is_kept_and_shown() -> None:
    for due in ("9999-12-31", "9999-12-31T23:59:59Z"):
        found = described(
            received(due_at=due),
            make(ev.SupplementRequested, "2026-08-05"),
            make(ev.SupplementGiven, "2026-08-07"),
            make(ev.Rescheduled, "2026-08-08", due_at=due),
            make(ev.Late, "2026-08-09", new_date=due),
        )
        assert (found["due_at"][:10], found["effective_due"]) == ("9999-12-31", "9999-12-31")
        assert "due_beyond_ten_years" in found["findings"]
