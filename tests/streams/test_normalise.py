"""The agent behind the door: records in, events and references of what was rejected out."""

import json
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from connectors.pseudonym import pseudonyms
from connectors.quarantine import SourceRecord
from indicators import events as ev
from indicators.admission import admit
from indicators.dossier import State, join
from indicators.ontime import end
from indicators.times import seconds
from streams import normalise as module
from streams.batch import Batch
from streams.normalise import Reading, read
from streams.store.memory import MemoryStore
from streams.store.store import Position
from streams.topology import FACTS, REJECTED, SYNC
from tests.connectors.test_national import BASE, CANARY

RECORDED = seconds("2026-08-20T03:00:00Z")


def raw(value: object, offset: int = 0, **headers: str) -> SimpleNamespace:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    packed = [(name, text.encode()) for name, text in headers.items()]
    return SimpleNamespace(offset=offset, timestamp=RECORDED * 1000, key=b"H44", value=body, headers=packed)


def reading(*records: SimpleNamespace) -> Reading:
    return read(Batch(SYNC, 3, list(records)), pseudonyms(b"k" * 32))


def rejected(found: Reading) -> list[dict[str, Any]]:
    topics, contents = [], []
    for packed in found.rejected.values():
        topic, _, content, _ = msgspec.msgpack.decode(packed)
        topics.append(topic)
        contents.append(json.loads(content))
    assert set(topics) <= {REJECTED}
    return contents


def test_a_payload_is_said_when_its_header_says_or_else_when_kafka_got_it() -> None:
    [now] = {event.stated_at for event in reading(raw([BASE])).events}
    [then] = {event.stated_at for event in reading(raw([BASE], ce_time="2026-08-19T10:00:00+07:00")).events}
    [ahead] = {event.stated_at for event in reading(raw([BASE], ce_time="2027-01-01T00:00:00Z")).events}
    assert (now, then, ahead) == ("2026-08-20T03:00:00Z", "2026-08-19T03:00:00Z", "2026-08-20T03:00:00Z")


def test_of_two_payloads_of_one_second_the_later_one_holds() -> None:
    """A status may go back at once, and a sender that was away sends all it has within a second."""
    done = BASE | {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260810090000"}
    back = done | {"TrangThaiHoSo": "4", "NgayKetThucXuLy": ""}
    for lives, open_again in (((done, back), True), ((back, done), False), ((done, back, done), False), ((done, back, done, back), True)):
        events = reading(*(raw([life], offset=place) for place, life in enumerate(lives))).events
        state = State()
        for event in reversed(events):  # in whatever order they are read
            assert isinstance(event, ev.Event)
            join(state, event, *admit(event, RECORDED))
        assert (end(state) == (None, None)) is open_again


def test_what_a_sender_says_of_its_own_time_is_taken_as_it_is() -> None:
    moment = "2026-08-19T03:00:00Z"
    found = reading(raw([BASE], ce_time=moment), raw([BASE], offset=1, ce_time=moment))
    assert {event.stated_at for event in found.events} == {moment}


def test_sources_are_who_sent_it() -> None:
    assert {event.source for event in reading(raw([BASE], ce_source="H44")).events} == {"H44"}
    assert {event.source for event in reading(raw([BASE])).events} == {"national"}
    assert {event.source for event in reading(raw([BASE], ce_source="x" * 300)).events} == {"national"}


def test_canonical_events_from_outside_come_through_the_same_door() -> None:
    event = {"type": "rated", "dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z", "rating": "unsatisfied"}
    for record in (raw(event, ce_type="chiso.dossier.rated.v1", ce_time="2026-08-19T03:00:05Z"), raw([event, BASE])):
        found = reading(record)
        [made] = [one for one in found.events if isinstance(one, ev.Rated)]
        assert made.dossier == "H44.07-20260803-0042"
        assert made.stated_at == ("2026-08-19T03:00:05Z" if len(found.events) == 1 else "2026-08-20T03:00:00Z")
        assert (found.applied, found.refused) == (1, 0)


def test_type_and_dossier_may_stand_in_cloudevents_headers_alone() -> None:
    body = {"at": "2026-08-19T03:00:00Z", "rating": "neutral"}
    [made] = reading(raw(body, ce_type="chiso.dossier.rated.v1", ce_subject="000.00.07.H44-260803-0042")).events
    assert isinstance(made, ev.Rated)
    assert made.dossier == "H44.07-20260803-0042"


def test_a_person_named_in_a_canonical_event_becomes_a_pseudonym() -> None:
    event = {"type": "processed", "dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z", "official": f"{CANARY} Văn A"}
    [made] = reading(raw(event, ce_type="chiso.dossier.processed.v1")).events
    assert isinstance(made, ev.Processed)
    assert str(made.official).startswith("u-")


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (b"", {}, "payload"),
        (b"\xff\xfe", {}, "payload"),
        (b"[" * 100_000, {}, "payload"),
        (CANARY.encode(), {}, "payload"),
        ({"service": CANARY, "data": []}, {}, "service"),
        ([BASE], {"ce_time": CANARY}, "ce_time"),
        ({"type": CANARY}, {"ce_type": "chiso.dossier.rated.v1"}, "type"),
        (
            {"type": "rated", "dossier": "H44.07-20260803-0042", "at": CANARY, "rating": "neutral"},
            {"ce_type": "chiso.dossier.rated.v1"},
            "at",
        ),
        ([{"type": CANARY, "dossier": "x"}], {}, "type"),
        ({"type": "rated", "dossier": "x", "at": "2027-08-19T03:00:00Z", "rating": "neutral"}, {"ce_type": "chiso.dossier.rated.v1"}, "at"),
    ],
)
def test_what_cannot_be_read_is_a_reference_to_where_it_stands(value: object, headers: dict[str, str], reason: str) -> None:
    found = reading(raw(value, offset=7, **headers))
    [content] = rejected(found)
    assert (content["reason"], content["topic"], content["partition"], content["offset"]) == (reason, SYNC, 3, 7)
    assert CANARY not in json.dumps(content)
    assert (found.events, found.applied, found.refused) == ([], 0, 1)


@pytest.mark.parametrize("name", ["ce_source", "ce_time", "ce_type", "ce_subject", "ce_id"])
def test_a_header_without_a_value_is_as_none(name: str) -> None:
    record = raw([BASE])
    record.headers.append((name, None))
    assert len(reading(record).events) == len(reading(raw([BASE])).events)


def test_a_record_that_breaks_the_reader_is_rejected_alone(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    real = module.payload.read

    def breaks(document: object, *rest: Any) -> Any:
        if document == [CANARY]:
            raise KeyError(CANARY)
        return real(document, *rest)

    monkeypatch.setattr(module.payload, "read", breaks)
    found = reading(raw([CANARY], offset=1), raw([BASE], offset=2))
    assert [(content["reason"], content["offset"]) for content in rejected(found)] == [("payload", 1)]
    assert (found.applied, found.refused) == (1, 1)
    assert "KeyError" in caplog.text
    assert CANARY not in caplog.text


def test_a_key_that_is_nobodys_name_is_not_passed_on() -> None:
    record = raw(b"x")
    record.key = b"k" * 2_000_000
    [packed] = reading(record).rejected.values()
    assert len(packed) < 1000


def test_half_a_broken_list_is_taken_and_the_rest_named_by_position() -> None:
    bad = BASE | {"TrangThaiHoSo": CANARY}
    found = reading(raw([BASE, bad, BASE | {"NgayHenTra": CANARY}], offset=9))
    assert [(content["position"], content["reason"], content["offset"]) for content in rejected(found)] == [
        (1, "TrangThaiHoSo", 9),
        (2, "NgayHenTra", 9),
    ]
    assert (found.applied, found.refused) == (1, 0)
    assert CANARY not in repr(found)


def test_the_same_rejection_has_the_same_id_wherever_it_is_read_again() -> None:
    record = raw([BASE | {"TrangThaiHoSo": "x"}], offset=9)
    assert reading(record).rejected == reading(record).rejected


def test_a_sender_of_rubbish_is_set_aside_and_the_others_go_on() -> None:
    rubbish = [raw(b"x", offset=number, ce_source="H01") for number in range(1000)]
    senders: dict[str, SourceRecord] = {}
    good = [raw([BASE], offset=1000, ce_source="H01"), raw([BASE], offset=1001, ce_source="H44")]
    found = read(Batch(SYNC, 3, [*rubbish, *good]), pseudonyms(b"k" * 32), senders)
    assert {event.source for event in found.events} == {"H44"}
    assert {name: one.quarantined for name, one in senders.items()} == {"H01": True, "H44": False}
    assert [content["reason"] for content in rejected(found)][-1] == "source"
    senders["H01"] = SourceRecord()
    assert read(Batch(SYNC, 3, good[:1]), pseudonyms(b"k" * 32), senders).events


async def test_a_sender_resumed_in_the_midst_of_a_batch_stays_resumed() -> None:
    store = MemoryStore()
    store.partitions[3].sources["H44"] = SourceRecord(quarantined=True).encode()
    nobody: Any = SimpleNamespace(create_batch=None)
    work = module.Normalise(3, nobody, {}, pseudonyms(b"k" * 32), lambda *_: None, store)
    writes = await work.prepare(Position(), Batch(SYNC, 3, [raw([BASE])]))
    assert (len(writes.outbox), writes.sources) == (1, {}), "what was not judged is not written, for somebody may have taken it away"


class Out:
    """Takes what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    async def send(self, topic: str, place: int, record: Any) -> None:
        self.sent.append((topic, place, record.key, record.value, record.headers))

    async def flush(self) -> None:
        """Nothing waits."""


@pytest.mark.parametrize("cut", range(1, 5))
async def test_whoever_goes_on_within_a_second_says_the_same(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies between two payloads of one second, or reads its position again, changes no word of what follows."""
    done = BASE | {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260810090000"}
    back = done | {"TrangThaiHoSo": "4", "NgayKetThucXuLy": ""}
    records = [raw([life], offset=place) for place, life in enumerate((done, back, done, back, done))]

    async def sent(*batches: list[SimpleNamespace]) -> list[tuple[Any, ...]]:
        out, store = Out(), MemoryStore()
        monkeypatch.setattr(module, "Sender", lambda _: out)
        position = Position()
        for batch in batches:
            work = module.Normalise(3, out, dict.fromkeys(FACTS, 1), pseudonyms(b"k" * 32), lambda *_: None, store)
            writes = await work.prepare(position, Batch(SYNC, 3, batch))
            await store.apply(3, writes)
            position = writes.position
        return out.sent

    assert await sent(records[:cut], records[cut:]) == await sent(records)
