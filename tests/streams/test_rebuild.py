"""A rebuild keeps quiet about what was told of this very log, and tells everything of another; and a pump that ended does not hold it up."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams import rebuild
from streams.batch import checksum
from streams.pump import Ports, Pump
from streams.rebuild import _Quiet, _Rebuild, put
from streams.store.memory import MemoryStore
from streams.store.store import Position
from streams.topology import EVENTS
from streams.windows import Shared, Windows
from tests.builders import DOSSIERS, batch, received
from tests.streams.test_simulated_timers import Log
from tests.streams.test_simulated_workers import HERE, IDENTITY

EVENTS_ = [received("2026-01-10", dossier=f"H44.07-20260110-{number:05}") for number in range(5)]
RECORDS = batch(*EVENTS_, partition=HERE).records


class Client:
    """A store that holds one live position."""

    def __init__(self, position: dict[str, str]) -> None:
        self.position = {name.encode(): value.encode() for name, value in position.items()}

    def register_script(self, _text: str) -> None:
        return None

    async def hgetall(self, _key: str) -> dict[bytes, bytes]:
        return self.position

    async def hget(self, _key: str, name: str) -> bytes | None:
        return self.position.get(name.encode())


class Consumer:
    """Reads `RECORDS` from the offset `first` on."""

    def __init__(self, first: int = 0) -> None:
        self.first, self.at = first, 0

    async def beginning_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, self.first)

    async def end_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, len(RECORDS))

    def seek(self, _place: Any, offset: int) -> None:
        self.at = offset

    async def getone(self, _place: Any) -> Any:
        return RECORDS[self.at]


LIVE = {"next": "3", "crc": checksum(RECORDS[2]), "cluster": IDENTITY.cluster, "topic": IDENTITY.topic}


async def told(live: dict[str, str], first: int = 0) -> list[int]:
    """Offsets after the batches, of one record each, whose outbox the rebuild fills, where every batch has something to tell."""
    made = _Rebuild(Client(live), EVENTS, IDENTITY, ("", "2"))  # type: ignore[arg-type]
    made._consumer = Consumer(first)  # type: ignore[assignment]
    windows = Windows(HERE, Shared(MemoryStore(), DOSSIERS, lambda *_: None))
    work = await made._work(windows, HERE)
    found = []
    for offset in range(len(RECORDS)):
        writes = await windows.prepare(Position(), batch(EVENTS_[offset], first=offset, partition=HERE))
        writes.outbox = {"one": b"x"}
        quiet = SimpleNamespace(prepare=lambda *_, writes=writes: asyncio.sleep(0, writes))
        if isinstance(work, _Quiet):
            work._windows = quiet  # type: ignore[assignment]
            writes = await work.prepare(Position(), batch(EVENTS_[offset], first=offset, partition=HERE))
        found += [offset + 1] if writes.outbox else []
    return found


async def test_what_was_told_of_this_log_is_not_told_again() -> None:
    assert await told(LIVE) == [4, 5]


@pytest.mark.parametrize(
    "other",
    [
        {"topic": "made anew"},
        {"cluster": "another"},
        {"next": "6"},
        {"crc": "of another record"},
        {"halted": "the log lost its tail"},
    ],
)
async def test_of_another_log_everything_is_told(other: dict[str, str]) -> None:
    assert await told(LIVE | other) == [1, 2, 3, 4, 5]


async def test_where_nothing_was_applied_or_it_is_gone_everything_is_told() -> None:
    assert await told({}) == [1, 2, 3, 4, 5]
    assert await told(LIVE, first=3) == [1, 2, 3, 4, 5]


async def test_a_log_without_a_record_there_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_self: Consumer, _place: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(Consumer, "getone", never)
    monkeypatch.setattr(rebuild, "ANSWERS_IN", 0.01)
    assert await told(LIVE) == [1, 2, 3, 4, 5]


async def test_a_pump_that_ended_takes_no_batch_and_holds_up_nobody() -> None:
    store = MemoryStore()
    pump = Pump(
        HERE,
        Ports(store, Log(list(EVENTS_)), IDENTITY, lambda _: None),
        Windows(HERE, Shared(store, DOSSIERS, lambda *_: None)),
    )
    dying = asyncio.create_task(asyncio.sleep(0.01))
    async with asyncio.timeout(5):
        await put(pump, dying, batch(EVENTS_[0], partition=HERE))
        await put(pump, dying, batch(EVENTS_[1], first=1, partition=HERE))  # the inbox is full
    assert dying.done()
