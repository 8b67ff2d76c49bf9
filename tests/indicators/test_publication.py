"""When a month is cut, what differs between two versions, and why."""

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from indicators.publication import (
    Cut,
    Version,
    cause,
    daily,
    differing,
    due,
    first_due,
    iso,
    moment,
    months,
    moved,
    standing,
    until,
)
from indicators.times import day_of
from tests.builders import HCM

CUT = Cut(1, "2026-09-05T06:00:00+07:00", None, {"positions": {"0": 5}}, {}, "portal", "f", "2", "c", HCM.name, 7, "r", 1, done=True)


@pytest.mark.parametrize(
    ("month", "at"),
    [
        ("2026-08", "2026-09-05T06:00"),
        ("2026-12", "2027-01-05T06:00"),
        ("2026-02", "2026-03-05T06:00"),
        ("2028-02", "2028-03-05T06:00"),
    ],
)
def test_version_1_is_due_on_the_fifth_at_six(month: str, at: str) -> None:
    assert first_due(month) == moment(at)
    assert not due(moment(at) - 1, month, None)
    assert due(moment(at), month, None)
    assert due(moment("2028-06-01T00:00"), month, None)  # the system was down, or was filled later


@pytest.mark.parametrize(
    ("now", "last", "wanted"),
    [
        ("2026-09-06T05:59:59", "2026-09-05T06:00", False),
        ("2026-09-06T06:00", "2026-09-05T06:00", True),
        ("2026-09-06T06:00", "2026-09-06T06:00", False),  # looked at in that very second
        ("2026-09-06T23:59", "2026-09-06T06:01", False),
        ("2026-09-06T15:00", "2026-09-06T05:00", True),  # cut late the day before: its day is over
        ("2026-09-05T15:00", "2026-09-02T10:00", True),  # cut by hand before it was due
        ("2026-09-04T15:00", "2026-09-02T10:00", False),
        ("2026-12-31T06:00", "2026-12-30T06:00", True),
        ("2027-01-01T05:59", "2026-12-31T06:00", False),
        ("2027-01-01T06:00", "2026-12-31T06:00", True),
    ],
)
def test_later_versions_at_most_once_a_day_from_six_on(now: str, last: str, wanted: bool) -> None:
    assert due(moment(now), "2026-08", moment(last)) is wanted


def test_six_is_that_of_vietnam() -> None:
    assert daily(moment("2026-09-06T06:00")) == moment("2026-09-06T06:00")
    assert daily(moment("2026-09-06T05:59:59")) == moment("2026-09-05T06:00")
    assert iso(daily(moment("2027-01-01T03:00"))) == "2026-12-31T06:00:00+07:00"


def test_the_months_looked_at_end_with_the_last_closed_one() -> None:
    found = months(moment("2026-01-01T00:00"))
    assert (found[0], found[-1], len(found)) == ("2024-01", "2025-12", 24)
    assert months(moment("2025-12-31T23:59:59"))[-1] == "2025-11"


OLD = {"received": 3, "2.1": [2, 3, 1333], "total": 6200, "rank": [2, 34, "province", None], "complete": True, "members": ["a", "b"]}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),
        ({"received": 4}, True),
        ({"2.1": [2, 3, 1334]}, True),
        ({"rank": [1, 34, "province", None]}, True),
        ({"rank": [2, 33, "province", None]}, False),  # one more or less beside it
        ({"rank": None}, True),
        ({"complete": False}, False),  # a partition was halted since: what was complete stays so
        ({"members": ["x", "y"]}, False),
    ],
)
def test_a_new_version_only_where_a_figure_moved(change: dict[str, Any], wanted: bool) -> None:
    assert moved(OLD, OLD | change) is wanted


def test_what_was_not_complete_and_is_now_is_published_as_such() -> None:
    assert moved(OLD | {"complete": False}, OLD)
    assert not moved(OLD | {"complete": False}, OLD | {"complete": False})


def test_versions_hold_what_differs_and_add_up() -> None:
    new = {name: value for name, value in OLD.items() if name != "rank"} | {"received": 4, "CKMB": 100}
    versions = [Version(1, 1, CUT.at, differing({}, OLD)), Version(2, 2, "2026-09-07T06:00:00+07:00", differing(OLD, new))]
    assert versions[1].figures == {"received": 4, "CKMB": 100, "rank": None}
    assert standing(versions) == new
    assert standing(versions[:1]) == OLD


def test_a_day_ends_at_midnight_in_vietnam() -> None:
    versions = [Version(1, 1, "2026-09-05T06:00:00+07:00", {}), Version(2, 2, "2026-09-07T23:59:59+07:00", {})]
    day = {text: day_of(dt.date.fromisoformat(text)) for text in ("2026-09-04", "2026-09-05", "2026-09-06", "2026-09-07")}
    assert [len(until(versions, one)) for one in day.values()] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("after", "name", "members", "wanted"),
    [
        ({"positions": {"positions": {"0": 6}}}, "2.1", ["a", "b"], "events"),
        ({"positions": {"positions": {"0": 6}}, "registry": 9}, "received", ["x", "y"], "registry"),
        ({"positions": {"positions": {"0": 6}}, "registry": 9}, "received", ["x", "b"], "events"),  # one more, without figures
        ({"positions": {"positions": {"0": 6}}}, "received", ["a", "y"], "events"),  # its first figures
        ({"registry": 9}, "rank", ["a", "b"], "registry"),  # nothing but the registry moved
        ({"reports": "s", "positions": {}}, "4.6", ["a", "b"], "registry"),
        ({"reports": "s", "positions": {}}, "2.1", ["a", "b"], "events"),
        ({"rule": "document"}, "3.3", ["a", "b"], "formula"),
        ({"formulas": "g", "registry": 8}, "total", ["a", "b"], "formula"),
        ({"formulas": "g", "positions": {}}, "received", ["a", "b"], "events"),  # no formula counts dossiers
        ({"rules": "3", "formulas": "g"}, "received", ["a", "b"], "rules"),
        ({"zone": "UTC"}, "received", ["a", "b"], "rules"),
        ({"calendar": "d", "positions": {}}, "5.2", ["a", "b"], "rules"),
        ({"calendar": "d", "positions": {}}, "2.1", ["a", "b"], "events"),
    ],
)
def test_the_most_particular_cause_is_named(after: dict[str, Any], name: str, members: list[str], wanted: str) -> None:
    assert cause(name, OLD, OLD | {"members": members}, (CUT, replace(CUT, cut=2, **after))) == wanted
