"""What a replay takes, of records as Kafka hands them out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from connectors.codec import Record
from streams import rejected as module
from streams.topology import EVENTS, REJECTED, SYNC


class Out:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[Record] = []

    async def partitions(self, _topic: str) -> int:
        return 1

    async def send(self, _topic: str, _partition: int, record: Record) -> None:
        self.sent.append(record)

    async def flush(self) -> None:
        """Nothing waits."""


def raw(offset: int, key: bytes, **headers: bytes) -> SimpleNamespace:
    return SimpleNamespace(partition=0, offset=offset, key=key, value=b"{}", timestamp=1_000, headers=[*headers.items()])


def refused(offset: int, key: bytes, topic: str = SYNC) -> SimpleNamespace:
    value = msgspec.json.encode({"reason": "payload", "message": "", "topic": topic, "partition": 0, "offset": offset})
    return SimpleNamespace(key=key, value=value, timestamp=1_000)


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> Out:
    found = Out()
    topics = {
        REJECTED: [refused(0, b"H01"), refused(1, b"H01"), refused(2, b"H02"), refused(9, b"H02"), refused(0, b"H01", EVENTS)],
        SYNC: [raw(0, b"H01"), raw(1, b"H01", ce_source=b"portal"), raw(2, b"H02"), raw(3, b"H01", ce_replayof=b"abc")],
    }

    async def records(_bootstrap: str, topic: str) -> list[Any]:
        return topics[topic]

    @asynccontextmanager
    async def sender(_bootstrap: str) -> AsyncIterator[Out]:
        yield found

    monkeypatch.setattr(module, "records", records)
    monkeypatch.setattr(module, "sender", sender)
    return found


@pytest.mark.parametrize(
    ("source", "sent", "gone", "elsewhere"),
    [(None, {b"0:0", b"0:1", b"0:2"}, 1, 1), ("H01", {b"0:0", b"0:1"}, 0, 1), ("H02", {b"0:2"}, 1, 0), ("portal", {b"0:1"}, 0, 0)],
)
async def test_a_source_goes_by_its_key_or_by_who_says_that_he_sent_it(
    out: Out, source: str | None, sent: set[bytes], gone: int, elsewhere: int
) -> None:
    """And what a stranger wrote where replays say where they come from stops nobody."""
    report = await module.replay("nowhere", source)
    assert {dict(record.headers)["ce_replayof"] for record in out.sent} == sent
    assert (report.sent, report.before, report.gone, report.elsewhere) == (len(sent), 0, gone, elsewhere)
