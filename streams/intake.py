"""`POST /v1/sync`: a payload is accepted only when Kafka has it; each entry of its list is answered for itself.

What is answered is what the agent behind the door will say of the record: same document, same time, same source.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from connectors import payload
from connectors.door import Said
from connectors.national import Item
from indicators.admission import MAX_CODE
from indicators.errors import RejectedError, UnreachableError
from indicators.numbers import prefix
from streams import clock
from streams.normalise import DEFAULT_SOURCE, document, source_of, stated_at
from streams.sending import spent, start
from streams.topology import SYNC, SYNC_BYTES

ASIDE = 100_000  # bytes of a body from which on it is read in a thread: everybody else who asks would wait
SOURCE = "ce_source"
_log = logging.getLogger("chiso.intake")


class Judged(NamedTuple):
    """Of a payload: the HTTP status and the answer, and who sent it."""

    status: int
    answer: dict[str, Any]
    source: str


@dataclass(slots=True)
class Intake:
    """One for a process; connects to Kafka when the first payload comes."""

    bootstrap: str
    _producer: AIOKafkaProducer | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _leaving: asyncio.Task[None] | None = None  # of a producer that was given up

    async def take(self, body: bytes, said: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """(HTTP status, answer): 202 all accepted, 207 some, 422 none. `said` are attributes of CloudEvents (`time`, `source`, …) as HTTP has them.

        Raises UnreachableError while Kafka is away.
        """
        try:
            headers = {f"ce_{name}": _attribute(f"ce_{name}", text) for name, text in said.items()}
            found = await asyncio.to_thread(judge, body, headers) if len(body) > ASIDE else judge(body, headers)
        except RejectedError as error:
            return 422, {"accepted": 0, "rejected": 0, "items": [], "faults": [{"field": error.field, "rule": error.rule}]}
        if found.answer["accepted"]:
            await self._send(body, headers | {SOURCE: headers.get(SOURCE) or found.source.encode()})
        return found.status, found.answer

    async def _send(self, body: bytes, headers: dict[str, bytes]) -> None:
        producer = await self._connected()
        try:
            await producer.send_and_wait(SYNC, value=body, key=headers[SOURCE], headers=list(headers.items()))
        except (KafkaError, TimeoutError) as error:
            if spent(producer, error) and self._producer is producer:
                self._producer = None  # the next payload has another one
                self._leaving = asyncio.create_task(_stopped(producer))
            raise UnreachableError(
                f"Kafka did not take the payload ({type(error).__name__}); send it again, nothing counts twice"
            ) from None

    async def _connected(self) -> AIOKafkaProducer:
        async with self._lock:
            if self._producer is None:
                self._producer = await start(self.bootstrap, compression=None, largest=SYNC_BYTES)
            return self._producer

    async def close(self) -> None:
        """Lets go of Kafka."""
        if self._producer is not None:
            await self._producer.stop()


async def _stopped(producer: AIOKafkaProducer) -> None:
    """Nobody waits for it: it may still try to send what it has."""
    with suppress(KafkaError):
        await producer.stop()


def judge(body: bytes, headers: dict[str, bytes]) -> Judged:
    """What becomes of a payload with these headers of its record. Raises RejectedError where nothing of it can be read."""
    now = int(clock.now())
    said = Said(stated_at(headers, now), now, source_of(headers))
    # the names of officials are judged here, not kept: any code will do
    items = list(payload.read(document(body, headers), said, lambda _name: "u-0"))
    good = sum(bool(item.events) for item in items)
    answer = {"accepted": good, "rejected": len(items) - good, "items": [_answer(item) for item in items], "faults": []}
    return Judged(422 if not good else 202 if good == len(items) else 207, answer, _sender(items))


def _attribute(name: str, text: str) -> bytes:
    """An attribute as CloudEvents write it in a header of HTTP: UTF-8, what is not printable ASCII in per cent. Raises RejectedError."""
    try:
        value = unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        value = ""
    if not (0 < len(value) <= MAX_CODE and value.isprintable()):
        raise RejectedError(name, f"must be 1 to {MAX_CODE} printable characters")
    return value.encode()


def _sender(items: list[Item]) -> str:
    """The agency of the first dossier, where a sender does not say who it is."""
    return next((found for item in items if item.dossier and (found := prefix(item.dossier))), DEFAULT_SOURCE)


def _answer(item: Item) -> dict[str, Any]:
    faults = [{"field": fault.field, "rule": fault.rule} for fault in item.faults]
    return {"position": item.position, "dossier": item.dossier, "accepted": bool(item.events), "faults": faults}
