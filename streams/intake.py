"""`POST /v1/sync`: a payload is accepted only when Kafka has it; each entry of its list is answered for itself."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from connectors import payload
from connectors.door import Said
from connectors.national import Item
from indicators.errors import RejectedError, UnreachableError
from indicators.numbers import prefix
from streams import clock
from streams.normalise import DEFAULT_SOURCE
from streams.sending import start
from streams.topology import SYNC, SYNC_BYTES

_log = logging.getLogger("chiso.intake")


@dataclass(slots=True)
class Intake:
    """One for a process; connects to Kafka when the first payload comes."""

    bootstrap: str
    _producer: AIOKafkaProducer | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, body: bytes, source: str | None) -> tuple[int, dict[str, Any]]:
        """(HTTP status, answer): 202 all accepted, 207 some, 422 none. Raises UnreachableError while Kafka is away."""
        try:
            # the names of officials are judged here, not kept: any code will do
            now = int(clock.now())
            items = list(payload.read(payload.parse(body), Said(now, now, source or DEFAULT_SOURCE), lambda _name: "u-0"))
        except RejectedError as error:
            return 422, {"accepted": 0, "rejected": 0, "items": [], "faults": [{"field": error.field, "rule": error.rule}]}
        good = sum(bool(item.events) for item in items)
        if good:
            await self._send(body, source or _sender(items))
        answer = {"accepted": good, "rejected": len(items) - good, "items": [_answer(item) for item in items], "faults": []}
        return (422 if not good else 202 if good == len(items) else 207), answer

    async def _send(self, body: bytes, source: str) -> None:
        try:
            producer = await self._connected()
            await producer.send_and_wait(SYNC, value=body, key=source.encode(), headers=[("ce_source", source.encode())])
        except (KafkaError, TimeoutError) as error:
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


def _sender(items: list[Item]) -> str:
    """The agency of the first dossier, where a sender does not say who it is."""
    return next((found for item in items if item.dossier and (found := prefix(item.dossier))), DEFAULT_SOURCE)


def _answer(item: Item) -> dict[str, Any]:
    faults = [{"field": fault.field, "rule": fault.rule} for fault in item.faults]
    return {"position": item.position, "dossier": item.dossier, "accepted": bool(item.events), "faults": faults}
