"""Incidents: nothing of them without being asked for; the same seed stages the same; days of live, read as chiso reads them, show what the truth says."""

import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from connectors import payload
from connectors.catalogue import decode_entries, encode_entries
from connectors.door import Said
from connectors.reference import calendar
from connectors.simulate import fates, incident_truth, registered
from connectors.simulate.incident_truth import Truth, after, wall, worked
from connectors.simulate.incidents import DAILY, QUIET, WEEKLY, Incidents
from connectors.simulate.lives import at, day_of
from connectors.simulate.offices import provinces
from connectors.simulate.stream import Span, Stream
from indicators import papers, signs
from indicators.admission import admit
from indicators.dossier import State, join
from indicators.duties import denied, duty
from indicators.events import Event
from indicators.sight import Sight
from indicators.times import DAY, Zone, seconds
from indicators.workdays import Calendar
from indicators.workhours import DEFAULT, sessions

TODAY = day_of(seconds("2026-11-19T00:00:00Z"))
BEGUN = at(TODAY, 8 * 3600)
BARE = Calendar((), (), ())
VIETNAM = Zone("Asia/Ho_Chi_Minh")
# what a simulation without incidents sent before there were any
ORDINARY = "fbdb9f07b9289a9679a12ee1b6731d0932968279730ce3a920a7aed0929e9ffe"
ORDINARY_END = day_of(seconds("2026-11-24T00:00:00Z"))


def staged(seed: int = 7, days: int = 30) -> tuple[Stream, Incidents]:
    found = provinces(1, seed)
    incidents = Incidents(found, seed, TODAY, calendar())
    return Stream(found, seed, TODAY - days, TODAY, calendar(), incidents), incidents


def test_without_incidents_the_stream_is_byte_for_byte_what_it_was() -> None:
    made = Stream(provinces(2, 7), 7, ORDINARY_END - 20, ORDINARY_END, BARE)
    now = at(ORDINARY_END, 15 * 3600)
    digest = hashlib.sha256()
    for second, records in made.until(now, [Span(now - 60, now + 1)]):
        for record in records:
            digest.update(repr((second, record)).encode())
    assert digest.hexdigest() == ORDINARY


def test_the_same_seed_stages_the_same_however_often_it_is_asked() -> None:
    whole, parts, other = staged(days=5)[0], staged(days=5)[0], staged(8, days=5)[0]
    asked_once = list(whole.until(BEGUN + 60, [Span(BEGUN, BEGUN + 61)]))
    asked_twice = [*parts.until(BEGUN + 20, [Span(BEGUN, BEGUN + 21)]), *parts.until(BEGUN + 60, [Span(BEGUN, BEGUN + 61)])]
    assert asked_once == asked_twice
    assert asked_once != list(other.until(BEGUN + 60, []))


class Heard:
    """All states, as the fold makes them of what a stream sends; the past is heard at once."""

    def __init__(self, made: Stream, upto: int) -> None:
        self.states: dict[str, State] = defaultdict(State)
        self.last: dict[str, int] = {}
        for second, records in made.until(upto, []):
            recorded = max(second, BEGUN)
            for record in records:
                said = seconds(dict(record.headers)["ce_time"].decode())
                for item in payload.read(payload.parse(record.value), Said(said, recorded, "H01"), str):
                    assert item.faults == []
                    for event in item.events:
                        if isinstance(event, Event):
                            join(self.states[event.dossier], event, *admit(event, recorded), recorded)
                            self.last[event.dossier.partition("-")[0]] = recorded


@pytest.fixture(scope="module")
def live() -> tuple[Heard, dict[str, Any], Incidents, int]:
    """Six days of live after a month of past."""
    made, incidents = staged()
    now = BEGUN + 6 * DAY
    heard = Heard(made, now)
    return heard, Truth(incidents, made.said, [[1, BEGUN, BEGUN]], now).all(), incidents, now


def sight(now: int) -> Sight:
    return Sight(now, VIETNAM, calendar())


def test_signs_of_off_the_record_are_those_staged(live: tuple[Heard, dict[str, Any], Incidents, int]) -> None:
    heard, truth, _, now = live
    found: dict[str, list[str]] = defaultdict(list)
    for number, state in heard.states.items():
        some = [signs.not_received(number, state, sight(now)), *signs.odd(number, state)]
        some.append(signs.accepted_late(number, state, sight(now), lambda _unit, _day: 8, sessions(DEFAULT)))
        for sign in some:
            if sign is not None:
                found[sign.sign].append(number)
    wanted = {sign: numbers for sign, numbers in truth["offrecord"].items() if sign != "missing_numbers"}
    assert {sign: sorted(numbers) for sign, numbers in found.items()} == wanted
    assert set(wanted) == {"not_received", "received_after_the_fact", "finished_before_received", "accepted_late"}


def test_duties_and_papers_are_those_staged(live: tuple[Heard, dict[str, Any], Incidents, int]) -> None:
    heard, truth, _, now = live
    codes = {code: entries[0].values["papers"].split() for code, entries in registered.papers().items()}
    owed, asked = {}, defaultdict(list)
    for number, state in heard.states.items():
        found = duty(number, state, sight(now), lambda _unit, _day: 1)
        if found is not None:
            owed[number] = sorted(found.flags)
        elif denied(number, state, day_of(now), VIETNAM):
            owed[number] = ["declared_not_late"]
        for sign in papers.signs(number, state, sight(now), lambda procedure, _day: codes[procedure], lambda _unit, _day: 10):
            asked[sign.sign].append(number)
    assert owed == truth["duties"]
    assert {sign: sorted(numbers) for sign, numbers in asked.items()} == truth["papers"]


def test_communes_that_stopped_are_silent_and_late_links_speak_at_their_hours(live: tuple[Heard, dict[str, Any], Incidents, int]) -> None:
    heard, truth, incidents, now = live
    assert Counter(incidents.links.values()) == {QUIET: 2, DAILY: 1, WEEKLY: 1}
    assert {one["agency"]: seconds(one["last_at"]) for one in truth["sources"]} == heard.last
    silent = {one["agency"] for one in truth["silent"]}
    assert silent == {agency for agency, last in heard.last.items() if worked(calendar(), last, now) > 4 * 3600}
    assert set(incidents.stops) <= silent < set(heard.last)
    assert all(heard.last[agency] <= max(stop, BEGUN) for agency, stop in incidents.stops.items())
    for agency in truth["delays"]:
        assert heard.last[agency] == BEGUN or abs((heard.last[agency] + 7 * 3600) % DAY - 19 * 3600) <= 7200


def test_everything_is_staged(live: tuple[Heard, dict[str, Any], Incidents, int]) -> None:
    _, truth, incidents, _ = live
    told = {life.fate for life, _ in incidents.traces.values()}
    assert told == {"", *fates.SHARES, fates.HABIT, fates.AGAIN} - {fates.MISSING}
    assert truth["offrecord"]["missing_numbers"]
    assert any(len(row["months"]) > 1 and row["official"] for row in truth["repeat_late"])
    assert truth["clocks"]


def test_what_was_sent_in_a_burst_was_sent_at_its_moment() -> None:
    bursts = [[1, 100, 100], [61, 200, 200]]
    assert [wall(second, bursts) for second in (5, 60, 61, 150, 250)] == [100, 100, 200, 200, 250]


def test_working_seconds_are_counted_by_sessions() -> None:
    friday = day_of(seconds("2026-03-06T00:00:00Z"))
    assert worked(BARE, at(friday, 16 * 3600), at(friday + 3, 8 * 3600)) == 3600 + 1800
    assert after(BARE, at(friday, 16 * 3600), 2 * 3600) == at(friday + 3, 8 * 3600 + 1800)


def test_what_is_registered_can_be_read_back(tmp_path: Path) -> None:
    for kind, entries in (("procedure", registered.papers()), ("setting", registered.settings(provinces(2, 1)))):
        for code, some in entries.items():
            assert decode_entries(*encode_entries(kind, code, some)) == (kind, code, some)
    incident_truth.write(tmp_path / "truth.csv", {"duties": {}})
    assert json.loads((tmp_path / "truth.incidents.json").read_text()) == {"duties": {}}
