"""What `POST /v1/sync` answers is what the agent behind the door then makes of the record."""

import asyncio
import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import OutOfOrderSequenceNumber
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.errors import UnreachableError
from indicators.times import seconds
from streams import clock, intake
from streams.batch import Batch
from streams.intake import Intake
from streams.normalise import read
from streams.topology import SYNC
from tests.connectors.test_national import BASE

NOW = seconds("2026-08-20T03:00:00Z")
RATED = {"type": "rated", "dossier": "H44.07-20260803-0042", "at": "2026-08-19T03:00:00Z", "rating": "neutral"}
CANARY = "Nguyễn Văn An"


class Producer:
    """Keeps what it was given, as Kafka would."""

    def __init__(self) -> None:
        self.records: list[SimpleNamespace] = []

    async def send_and_wait(self, topic: str, **record: Any) -> None:
        assert topic == SYNC
        self.records.append(SimpleNamespace(offset=len(self.records), timestamp=NOW * 1000, **record))


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: float(NOW))


def took(body: bytes, **said: str) -> tuple[int, dict[str, Any], list[SimpleNamespace]]:
    producer: Any = Producer()
    status, answer = asyncio.run(Intake("", producer).take(body, said))
    return status, answer, producer.records


def packed(value: object) -> bytes:
    return json.dumps(value).encode()


def test_time_and_subject_go_with_the_record() -> None:
    said = {
        "source": "H44",
        "time": "2026-08-19T10:00:00+07:00",
        "id": "a-1",
        "type": "chiso.dossier.rated.v1",
        "subject": "000.00.07.H44-260803-0042",
    }
    status, answer, [record] = took(packed({"at": "2026-08-18", "rating": "neutral"}), **said)
    assert (status, answer["items"][0]["dossier"]) == (202, "H44.07-20260803-0042")
    assert dict(record.headers) == {f"ce_{name}": text.encode() for name, text in said.items()}
    assert record.key == b"H44"
    [event] = read(Batch(SYNC, 0, [record]), str).events
    assert (event.stated_at, event.source, event.at) == ("2026-08-19T03:00:00Z", "H44", "2026-08-17T17:00:00Z")


def test_who_says_nothing_beside_is_known_by_the_first_dossier() -> None:
    _, _, [record] = took(packed([BASE]))
    assert (record.headers, record.key) == ([("ce_source", b"H44.07")], b"H44.07")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"time": "yesterday"}, "ce_time"),
        ({"time": "2026-08-19T03:00:00Z" + "0" * 200}, "ce_time"),
        ({"source": "x" * 201}, "ce_source"),
        ({"source": "%C3"}, "ce_source"),
        ({"subject": "a%0Ab"}, "ce_subject"),
        ({"id": "\xff"}, "ce_id"),
        ({"type": "%00"}, "ce_type"),
    ],
)
def test_a_broken_attribute_is_named_and_nothing_is_sent(said: dict[str, str], field: str) -> None:
    status, answer, records = took(packed([BASE]), **said)
    assert (status, [one["field"] for one in answer["faults"]], records) == (422, [field], [])
    assert (answer["accepted"], answer["items"]) == (0, [])


@pytest.mark.parametrize(("said", "kept"), [("S%E1%BB%9F 1", "Sở 1"), ("Sở 1".encode().decode("latin-1"), "Sở 1"), ("100%", "100%")])
def test_attributes_are_utf_8(said: str, kept: str) -> None:
    _, _, [record] = took(packed([BASE]), source=said)
    assert dict(record.headers)["ce_source"].decode() == kept


_TEXTS = st.sampled_from(
    [
        "2026-08-19T03:00:00Z",
        "1900-01-01",
        "2030-01-01T00:00:00Z",
        "chiso.dossier.rated.v1",
        "chiso.petition.filed.v1",
        "H44.07-260803-0042",
        "x",
        CANARY,
    ]
)
_BODIES = st.sampled_from(
    [
        RATED,
        {"at": "2026-08-19", "rating": "neutral"},
        {"at": "2026-08-19"},
        [BASE],
        [BASE, RATED, {"type": "rated"}],
        {"service": "DongBoHoSoMC", "data": [BASE, 7]},
        [],
        7,
    ]
)


@settings(deadline=None)
@given(_BODIES, st.dictionaries(st.sampled_from(["source", "time", "id", "type", "subject"]), _TEXTS))
def test_the_answer_is_what_the_agent_makes_of_it(body: object, said: dict[str, str]) -> None:
    attributes = {name: text.encode().decode("latin-1") for name, text in said.items()}
    status, answer, records = took(packed(body), **attributes)
    if not records:
        assert (status, answer["accepted"]) == (422, 0)
        record = SimpleNamespace(offset=0, timestamp=NOW * 1000, key=b"x", value=packed(body))
        record.headers = [(f"ce_{name}", text.encode()) for name, text in said.items()]
        assert read(Batch(SYNC, 0, [record]), str).events == []
        return
    found = read(Batch(SYNC, 0, records), str)
    faults = sum(len(item["faults"]) for item in answer["items"])
    assert len(found.rejected) == faults
    dossiers = {item["dossier"] for item in answer["items"] if item["accepted"]}
    assert {getattr(event, "dossier", None) for event in found.events} == dossiers
    assert {event.stated_at for event in found.events} == (
        {"2026-08-19T03:00:00Z"} if said.get("time", "")[:4] == "2026" else {"2026-08-20T03:00:00Z"}
    )


async def test_a_big_body_is_read_aside_and_a_small_one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    where: list[int] = []
    judge = intake.judge

    def seen(body: bytes, headers: dict[str, bytes]) -> intake.Judged:
        where.append(threading.get_ident())
        return judge(body, headers)

    monkeypatch.setattr(intake, "judge", seen)
    producer: Any = Producer()
    for body in (packed([BASE]), packed([BASE | {"GhiChu": "x" * intake.ASIDE}])):
        assert (await Intake("", producer).take(body, {}))[0] == 202
    assert where[0] == threading.get_ident() != where[1]


def test_more_entries_than_may_be_are_refused_whole() -> None:
    status, answer, records = took(b"[" + b"1," * 2_400_000 + b"1]")
    assert (status, records) == (422, [])
    assert [one["field"] for one in answer["faults"]] == ["data"]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert took(b"\xef\xbb\xbf" + packed([BASE]))[0] == 202


async def test_a_producer_from_which_kafka_takes_nothing_any_more_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would refuse every payload until the process is started anew."""
    stopped = asyncio.Event()

    class Spent(Producer):
        _sender = SimpleNamespace(sender_task=asyncio.get_running_loop().create_future())

        async def send_and_wait(self, topic: str, **record: Any) -> None:
            raise OutOfOrderSequenceNumber

        async def stop(self) -> None:
            stopped.set()

    spent, good = Spent(), Producer()

    async def start(*_: object, **__: object) -> Producer:
        return good

    monkeypatch.setattr(intake, "start", start)
    door = Intake("", spent)
    with pytest.raises(UnreachableError, match="send it again"):
        await door.take(packed([BASE]), {})
    assert (await door.take(packed([BASE]), {}))[0] == 202
    assert len(good.records) == 1
    await asyncio.wait_for(stopped.wait(), 5)
