"""Sends what waits: a message at a time to an address, many addresses at once, those in trouble apart from the others so that they hold up nobody."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.message import Message, Sink
from connectors.metrics import ServeMetrics
from indicators.errors import DeliveryError
from streams.delivery.entry import Address, Entry, Trouble
from streams.delivery.mailbox import Mailbox

TURN = 50  # messages of one address before others have theirs
AT_ONCE = {False: 64, True: 32}  # addresses of a sink at once: those without trouble, those in trouble
GRACE_SECONDS = 1.5  # what is being sent may end, when the process is told to
_log = logging.getLogger("chiso.delivery")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long a send may take, the pauses after failures (doubled each time), when a message is given up, how often to look."""

    send: float = 10.0
    first: float = 5.0
    most: float = 900.0
    keep: float = 3 * 86_400.0
    look: float = 0.5
    refusals: int = 3  # of a receiver, for good, before the message is given up

    def pause(self, failures: int) -> float:
        """After so many in a row."""
        return float(min(self.first * 2 ** min(failures - 1, 30), self.most))


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending asks of the others: words for a message, whether an address is still registered, whether sending is still ours to do, the time."""

    write: Callable[[Address, Entry], Message]
    wanted: Callable[[Address, Entry], bool]
    ours: Callable[[], bool]
    now: Callable[[], float]


class Post:
    """`sinks` by name; None for one that is not set up."""

    def __init__(self, mailbox: Mailbox, sinks: Mapping[str, Sink | None], desk: Desk, metrics: ServeMetrics, pace: Pace) -> None:
        self._mailbox, self._sinks, self._desk, self._metrics, self._pace = mailbox, sinks, desk, metrics, pace
        self._troubles: dict[Address, Trouble] = {}
        self._running: dict[asyncio.Task[None], tuple[Address, tuple[str, bool]]] = {}
        self._silent: set[str] = set()  # sinks that are off, and were said to be
        self.wake = asyncio.Event()
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the store's errors come through."""
        self._stop = stop
        self._troubles = await self._mailbox.troubles()
        try:
            while not stop.is_set():
                self.wake.clear()
                await self._start()
                with_end = [asyncio.create_task(self.wake.wait()), *self._running]
                done, _ = await asyncio.wait(with_end, timeout=self._pace.look, return_when=asyncio.FIRST_COMPLETED)
                with_end[0].cancel()
                for task in [one for one in self._running if one in done]:
                    del self._running[task]
                    task.result()
        finally:
            await self._end()

    async def _end(self) -> None:
        """Lets what is being sent end, if it does so soon: what is cut off is sent again."""
        running, self._running = list(self._running), {}
        if running:
            _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _start(self) -> None:
        """Gives a turn to every address that something is due for, as far as there is room."""
        if not self._desk.ours():
            return
        lanes = Counter(lane for _, lane in self._running.values())
        busy = {to for to, _ in self._running.values()}
        now = self._desk.now()
        for to in await self._mailbox.due(now):
            trouble = self._troubles.get(to)
            lane = to.sink, trouble is not None
            if to in busy or lanes[lane] >= AT_ONCE[lane[1]]:
                continue
            if trouble is not None and trouble.until > now:
                await self._mailbox.rest(to, trouble.until)
                continue
            lanes[lane] += 1
            self._running[asyncio.create_task(self._turn(to))] = to, lane

    async def _turn(self, to: Address) -> None:
        for _ in range(TURN):
            entry = await self._mailbox.first(to, self._desk.now()) if self._desk.ours() and not self._stop.is_set() else None
            if entry is None or not await self._one(to, entry):
                return

    async def _one(self, to: Address, entry: Entry) -> bool:
        """Whether the address may have the next."""
        if await self._mailbox.settled(to, entry):
            await self._mailbox.settle(to, entry, self._desk.now(), 0)
            return True
        outcome = self._unsent(to, entry)
        if outcome is None:
            try:
                await self._send(to, entry)
            except DeliveryError as error:
                return await self._failed(to, entry, error)
            outcome = "delivered"
            await self._well(to)
        await self._mailbox.settle(to, entry, self._desk.now(), 0)
        self.count(to, outcome)
        return True

    def _unsent(self, to: Address, entry: Entry) -> str | None:
        """Why it is not even tried."""
        if self._sinks.get(to.sink) is None:
            return "off"
        if entry.until < self._desk.now():
            _log.warning("%s: given up %s, %s", _shown(to, entry), entry.id, self._troubles.get(to, _NONE).why)
            return "given_up"
        return None if self._desk.wanted(to, entry) else "withdrawn"

    async def _send(self, to: Address, entry: Entry) -> None:
        """Raises DeliveryError."""
        sink = self._sinks[to.sink]
        assert sink is not None
        try:
            async with asyncio.timeout(self._pace.send):
                await sink.send(self._desk.write(to, entry))
        except (OSError, TimeoutError) as error:
            raise DeliveryError(type(error).__name__) from None
        except (DeliveryError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - one message that cannot be written must not end the others
            _log.exception("%s: %s cannot be sent", _shown(to, entry), entry.id)
            raise DeliveryError(type(error).__name__, permanent=True) from None

    async def _well(self, to: Address) -> None:
        trouble = self._troubles.pop(to, None)
        if trouble is not None:
            _log.info("an address of sink %s takes messages again", to.sink)
            await self._mailbox.trouble(to, None)

    async def _failed(self, to: Address, entry: Entry, error: DeliveryError) -> bool:
        """Tried again later, the pauses growing for the message and for the address; False. Given up where the receiver is refused for good."""
        now, pace = self._desk.now(), self._pace
        before = self._troubles.get(to)
        trouble = Trouble(str(error), 1 if before is None else before.failures + 1, 0.0)
        trouble = Trouble(trouble.why, trouble.failures, now + pace.pause(trouble.failures))
        self._troubles[to] = trouble
        await self._mailbox.trouble(to, trouble)
        if before is None or before.why != trouble.why:
            _log.warning("%s: %s; tried again, at most %.0f s apart", _shown(to, entry), trouble.why, pace.most)
        entry.tries += 1
        entry.refusals += error.permanent
        if entry.refusals >= pace.refusals:
            _log.warning("%s: given up %s, refused for good (%s)", _shown(to, entry), entry.id, trouble.why)
            await self._mailbox.settle(to, entry, now, trouble.until)
            self.count(to, "given_up")
        else:
            await self._mailbox.postpone(to, entry, now + pace.pause(entry.tries), trouble.until)
            self.count(to, "retried")
        return False

    def count(self, to: Address, outcome: str) -> None:
        """As a metric; that a sink is off is said once."""
        if outcome == "off" and to.sink not in self._silent:
            self._silent.add(to.sink)
            _log.warning("nothing is set up for addresses of sink %r: what goes there is not sent (docs/delivery.md)", to.sink)
        self._metrics.deliveries.labels(to.sink if to.sink in self._sinks else "other", outcome).inc()


_NONE = Trouble("too late", 0, 0.0)


def _shown(to: Address, entry: Entry) -> str:
    """Enough to find the address in the registry, and no secret of it."""
    host = to.to.rpartition("@")[2] if to.sink == "email" else urlsplit(to.to).hostname
    return f"{to.sink} of unit {entry.unit} at {host}"
