"""A broken record never stops its batch, and is named by reason and place, never by value."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.codec import partition
from indicators import events as ev
from streams.batch import Batch, Reader, checksum
from streams.topology import EVENTS, REJECTED
from tests.builders import NUMBER, batch, make, received, record

PARTITIONS = 4
HOME = partition(b"H44.07", PARTITIONS)
CANARY = "NGUYEN-VAN-CANARY"


def read(*events: ev.Event | bytes, number: int = HOME) -> tuple[dict, list[dict]]:
    found = Reader(PARTITIONS).read(batch(*events, first=100, partition=number))
    return found.groups, [json.loads(msgspec.msgpack.decode(entry)[2]) for entry in found.rejected.values()]


def test_events_are_grouped_by_dossier_in_order() -> None:
    groups, rejected = read(received(), make(ev.Step, "2026-08-04", official="A"), received(dossier="H44.07-20260801-0002"))
    assert [type(event).__name__ for event, *_ in groups[NUMBER]] == ["Received", "Step"]
    assert (len(groups), rejected) == (2, [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "value"),
        (b"\xff\xfe", "value"),
        (b"not json", "value"),
        (b"[" * 100_000, "value"),
        (b"[]", "value"),
        (b"{}", "value"),
        (b'{"type":"received"}', "value"),
        (b'{"type":"eaten","dossier":"a","at":"b"}', "type"),
        (b'{"type":"rated","dossier":"H44.07-20260801-0001","at":"2026-08-03T00:00:00Z","rating":"' + CANARY.encode() + b'"}', "rating"),
        (b'{"type":"step","dossier":"H44.07-20260801-0001","at":NaN,"official":"a"}', "value"),
        (b'{"type":"step","dossier":"H44.07-20260801-0001","at":"' + CANARY.encode() + b'","official":"a"}', "at"),
        (b'{"type":"step","dossier":"H44.07-20260801-0001","at":"2026-08-03T00:00:00Z","official":"\\u0000"}', "official"),
        (b'{"type":"step","dossier":"\\ud800","at":"2026-08-03T00:00:00Z","official":"a"}', "value"),
        (b'{"type":"received","dossier":"case-1","at":"2026-08-03T00:00:00Z"}', "unit"),
    ],
)
def test_rubbish_is_rejected_by_name_and_the_rest_goes_on(value: bytes, reason: str) -> None:
    groups, rejected = read(received(), value, make(ev.Step, "2026-08-04", official="A"))
    assert len(groups[NUMBER]) == 2
    [found] = rejected
    assert (found["reason"], found["topic"], found["partition"], found["offset"]) == (reason, EVENTS, HOME, 101)
    assert CANARY not in json.dumps(found)


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_at_all_stop_a_batch(values: list[bytes]) -> None:
    groups, rejected = read(*values, received())
    assert len(rejected) == len(values)
    assert list(groups) == [NUMBER]


def test_a_misplaced_record_is_rejected() -> None:
    groups, rejected = read(received(), number=(HOME + 1) % PARTITIONS)
    assert groups == {}
    assert rejected[0]["reason"] == "key"


def test_a_newer_major_version_is_rejected_and_plain_json_accepted() -> None:
    newer, plain = record(received(), 0), record(received(), 1)
    newer.headers = (("ce_type", b"chiso.dossier.received.v2"),)
    plain.headers = ()
    found = Reader(PARTITIONS).read(Batch(EVENTS, HOME, [newer, plain]))
    assert (len(found.rejected), len(found.groups[NUMBER])) == (1, 1)


def test_a_rejection_has_the_same_id_each_time_it_is_read() -> None:
    reader = Reader(PARTITIONS)
    one, other = (reader.read(batch(b"x", b"y", first=7, partition=HOME)).rejected for _ in range(2))
    assert one == other
    assert len(one) == 2
    assert {msgspec.msgpack.decode(entry)[0] for entry in one.values()} == {REJECTED}


def test_a_batch_is_cut_by_offset() -> None:
    found = batch(received(), received(), received(), first=5)
    assert (found.first, found.next) == (5, 8)
    assert found.since(4) is found
    assert [one.offset for one in found.since(7).records] == [7]
    assert found.since(9).records == []


def test_the_checksum_tells_records_apart() -> None:
    assert checksum(record(received())) == checksum(record(received(), offset=9))
    assert checksum(record(received())) != checksum(record(received(sector="land")))
    assert checksum(record(b"a", key=None)) != checksum(record(b"", key=b"b"))
