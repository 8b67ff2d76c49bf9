"""Canonical events from outside take the form of chiso's own; bad facts cost no more than they must; too much at once is refused at once."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import canonical, payload
from connectors.door import Said
from connectors.national import Item
from indicators import admission
from indicators import events as ev
from indicators.errors import RejectedError
from indicators.times import rfc3339, seconds
from tests.connectors.test_national import BASE

NOW = seconds("2026-08-20T03:00:00Z")
RATED = {"type": "rated", "dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z", "rating": "neutral"}
RECEIVED = {"type": "received", "dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z"}
TEXT = "Nguyễn Văn An"


def read(entry: object) -> list[Item]:
    return list(payload.read(payload.parse(json.dumps(entry).encode()), Said(NOW, NOW, "H44"), lambda _name: "u-0"))


def one(entry: object) -> tuple[Any, list[str]]:
    [item] = read(entry)
    return (item.events[0] if item.events else None), [fault.field for fault in item.faults]


def test_old_codes_of_units_and_any_time_become_canonical() -> None:
    facts = {
        "dossier": "000.00.07.H44-260803-0042",
        "at": "2026-08-19T10:00:00.75",
        "stated_at": "2026-08-19T10:00+07:00",
        "due_at": "2026-08-25 17:00",
        "unit": "000.00.07.H44",
        "receiving_unit": "000.01.07.H44",
    }
    event, faults = one(RECEIVED | facts)
    assert event == ev.Received(
        dossier="H44.07-20260803-0042",
        at="2026-08-19T03:00:00Z",
        stated_at="2026-08-19T03:00:00Z",
        due_at="2026-08-25T10:00:00Z",
        unit="H44.07",
        receiving_unit="H44.07.01",
        source="H44",
    )
    assert faults == []


def test_units_of_petitions_and_procedures_too() -> None:
    petition, _ = one(
        {"type": "filed", "petition": "P1", "at": "2026-08-19", "unit": "000.00.07.H44", "about": "000.00.07.H44-260803-0042"}
    )
    procedure, _ = one(
        {"type": "published", "procedure": "1.004", "at": "2026-08-19", "unit": "000.00.00.H44", "effective_at": "2026-09-01"}
    )
    assert (petition.unit, petition.about, petition.at) == ("H44.07", "H44.07-20260803-0042", "2026-08-18T17:00:00Z")
    assert (procedure.unit, procedure.effective_at) == ("H44", "2026-08-31T17:00:00Z")


@given(st.datetimes(dt.datetime(2000, 1, 2), dt.datetime(2026, 8, 19)), st.sampled_from([None, *range(-12, 15)]))
def test_every_way_to_write_a_moment_is_the_same_event(moment: dt.datetime, hours: int | None) -> None:
    zone = dt.timezone(dt.timedelta(hours=7 if hours is None else hours))
    value = int(moment.replace(tzinfo=zone).timestamp() // 1)
    text = (moment if hours is None else moment.replace(tzinfo=zone)).isoformat()
    event, faults = one(RATED | {"at": text})
    assert (event.at, faults) == (rfc3339(value), [])


@pytest.mark.parametrize(
    ("entry", "faults"),
    [
        (RECEIVED | {"due_at": "soon"}, ["due_at"]),
        (RECEIVED | {"due_at": "1900-01-01"}, ["due_at"]),
        (RECEIVED | {"due_at": 5}, ["due_at"]),
        (RECEIVED | {"channel": "pigeon", "fee_owed": "true"}, ["channel", "fee_owed"]),
        (RECEIVED | {"sector": "x" * 201}, ["sector"]),
        (RECEIVED | {"official": ["An"]}, ["official"]),
        (RECEIVED | {"receiving_unit": "a\nb"}, ["receiving_unit"]),
        (RECEIVED | {"id": "x" * 201}, ["id"]),
        (RECEIVED | {"source": 7}, ["source"]),
        ({"type": "refused", "dossier": "D-1", "at": "2026-08-19", "reason": TEXT}, ["reason"]),
        ({"type": "supplement_requested", "dossier": "D-1", "at": "2026-08-19", "papers": [TEXT, 7]}, ["papers", "papers"]),
        ({"type": "filed", "petition": "P1", "at": "2026-08-19", "about": "x" * 201}, ["about"]),
    ],
)
def test_a_bad_fact_is_dropped_and_the_event_goes_on(entry: dict[str, Any], faults: list[str]) -> None:
    event, found = one(entry)
    assert event is not None
    assert found == faults
    assert event.source == "H44"
    assert not any(getattr(event, name, None) for name in faults if name != "source")
    assert TEXT not in repr(event)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (RATED | {"at": "soon"}, "at"),
        (RATED | {"at": "9999-12-31T23:59:59-07:00"}, "at"),
        (RATED | {"stated_at": "soon"}, "stated_at"),
        (RATED | {"stated_at": 5}, "stated_at"),
        (RATED | {"dossier": "x" * 201}, "dossier"),
        (RATED | {"dossier": 7}, "dossier"),
        (RATED | {"rating": "angry"}, "rating"),
        (RATED | {"type": ["rated"]}, "type"),
        (RECEIVED | {"unit": "a\nb"}, "unit"),
        (RECEIVED | {"unit": 7}, "unit"),
        (RECEIVED | {"dossier": "D-1"}, "unit"),
        ({"type": "filed", "petition": "a\nb", "at": "2026-08-19"}, "petition"),
        ({"type": "published", "procedure": "1.004", "at": "2026-08-19"}, "unit"),
    ],
)
def test_without_what_it_cannot_do_without_it_is_rejected(entry: dict[str, Any], fault: str) -> None:
    assert one(entry) == (None, [fault])


def test_every_time_there_is_becomes_canonical() -> None:
    assert {name for rules in admission._RULES.values() for name in rules.times} | {"at", "stated_at"} == canonical.TIMES


def test_a_byte_order_mark_is_no_fault() -> None:
    assert payload.parse(b"\xef\xbb\xbf[]") == []
    with pytest.raises(RejectedError):
        payload.parse(b"\xef\xbb\xbf\xef\xbb\xbf[]")


@pytest.mark.parametrize("text", [b'{"service":"a","service":"b","data":[]}', b'[{"MaHoSo":"a","TrangThaiHoSo":"4","TrangThaiHoSo":"9"}]'])
def test_a_payload_that_says_a_thing_twice_is_none(text: bytes) -> None:
    with pytest.raises(RejectedError) as found:
        payload.parse(text)
    assert str(found.value) == "payload: has a field twice"


@pytest.mark.parametrize("text", [b"[" + b"1," * 3_000_000 + b"1]", b'{"data":[' + b"{}," * 20_000 + b"{}]}"])
def test_too_many_entries_are_refused_at_once(text: bytes) -> None:
    found = payload.parse(text)
    started = time.process_time()
    with pytest.raises(RejectedError, match="in parts"):
        list(payload.read(found, Said(NOW, NOW, "H44"), str))
    assert time.process_time() - started < 0.5


def test_so_many_entries_as_may_be_are_read() -> None:
    assert len(read([1] * payload.MOST_ENTRIES)) == payload.MOST_ENTRIES


def test_a_list_of_one_dossier_has_its_limit_too() -> None:
    [item] = read([BASE | {"DanhSachHoSoBoSung": [{"NgayBoSung": "20260805"}] * 2001}])
    assert not any(isinstance(event, ev.SupplementRequested) for event in item.events)
    assert "DanhSachHoSoBoSung" in {fault.field for fault in item.faults}
