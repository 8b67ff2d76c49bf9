"""Records on the wire: ids, headers, keys and partitions."""

import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2

from connectors.codec import decode, decode_petition_event, decode_procedure_event, encode, partition
from indicators import events as ev
from indicators.errors import RejectedError
from tests.builders import received, utc

MOMENT = utc("2026-08-03")


def test_the_same_statement_has_the_same_id_and_another_one_another() -> None:
    one, other = encode(received()), encode(received())
    assert dict(one.headers)["ce_id"] == dict(other.headers)["ce_id"] != dict(encode(received(sector="land")).headers)["ce_id"]
    assert uuid.UUID(dict(one.headers)["ce_id"].decode()).version == 5


def test_headers_are_cloudevents_and_the_key_is_the_agency() -> None:
    found = encode(ev.Rated(dossier="H44.07-20260801-0001", at=MOMENT, rating="neutral", source="portal", id="x"))
    assert found.key == b"H44.07"
    assert dict(found.headers) == {
        "ce_id": b"x",
        "ce_type": b"chiso.dossier.rated.v1",
        "ce_source": b"portal",
        "ce_subject": b"H44.07-20260801-0001",
        "ce_time": MOMENT.encode(),
    }


def test_stated_at_defaults_to_at_and_chiso_to_the_source() -> None:
    found = encode(ev.Reopened(dossier="case-1", at=MOMENT))
    assert decode(found.value).stated_at == MOMENT
    assert dict(found.headers)["ce_source"] == b"chiso"
    assert found.key == b"case-1"


@given(st.binary(min_size=1, max_size=40), st.integers(1, 50))
def test_partitions_are_those_of_kafka_python_too(key: bytes, count: int) -> None:
    assert partition(key, count) == (murmur2(key) & 0x7FFFFFFF) % count


@pytest.mark.parametrize("read", [decode, decode_petition_event, decode_procedure_event])
@pytest.mark.parametrize(
    "value",
    [
        b'{"type":"ended","type":"rated","dossier":"H44.07-20260801-0001","at":"2026-08-03T00:00:00Z","rating":"neutral"}',
        b'{"type":"rated","dossier":"SECRET","at":"2026-08-03T00:00:00Z","rating":"neutral" , "d\\u006fssier" :"b"}',
        b'{"type":"rated","dossier":"a","at":"2026-08-03T00:00:00Z","rating":"neutral","more":[{"a":{"b":1,"b":1}}]}',
    ],
)
def test_what_is_said_twice_in_one_event_is_not_said(read: Callable[[bytes], object], value: bytes) -> None:
    """Whichever of the two a reader takes, another one would take the other."""
    with pytest.raises(RejectedError) as found:
        read(value)
    assert "SECRET" not in str(found.value)


def test_other_ways_to_write_an_event_are_the_same_event() -> None:
    plain = b'{"type":"rated","dossier":"a","at":"2026-08-03T00:00:00Z","rating":"neutral"}'
    more = (
        b'{ "rating" : "neutral", "at": "2026-08-03T00:00:00Z", "more":{"rating":['
        + b"9" * 10_000
        + b',1e999]},"dossier":"a","type":"rated"}'
    )
    assert decode(more) == decode(plain)


def test_a_rejection_never_quotes_the_value() -> None:
    value = b'{"type":"received","dossier":"a","at":"b","channel":"SECRET"}'
    with pytest.raises(RejectedError) as found:
        decode(value)
    assert (found.value.field, "SECRET" in str(found.value)) == ("channel", False)
