"""The timers of a worker: every half second, each owned partition that has passed the tide looks at what calls."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping

from redis.exceptions import RedisError

from connectors.notices import Silence
from streams import readback
from streams.alarm import Alarm, Alarms, Rules
from streams.entries import silence_entry
from streams.outbox import Relay
from streams.pump import Pump
from streams.store.store import Firing, RefusedError, StoreDownError
from streams.tide import Tide
from streams.wanted import Wanted

AGAIN = 60.0  # seconds after taking a partition at which the overdue topic is read once more
SILENCE_EVERY = 60  # seconds between looks at sources
FORGOTTEN = 30 * 86_400  # a source silent for longer is not called silent any more
_log = logging.getLogger("chiso.timers")


class Timers:
    """One for a worker; `pumps` are those of dossiers, by partition, `count` is how many partitions their topic has."""

    pumps: Callable[[], Mapping[int, Pump]]

    def __init__(self, alarms: Alarms, relay: Relay, wanted: Wanted, tide: Tide, count: int) -> None:
        self.alarms, self.relay, self.tide = alarms, relay, tide
        self._wanted, self._count = wanted, count
        self._listened: dict[int, int] = {}
        self._again: dict[int, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            now = await self.tide.risen()
            self._wanted.refresh(now)
            try:
                await self._read_back()
                fired = [await self._step(pump, alarm, now) for pump, alarm in self._ready()]
                await self.tide.fired(self.alarms.store, fired, now)
            except (RefusedError, StoreDownError, RedisError, OSError) as error:
                _log.info("timers wait: %s", error or type(error).__name__)

    def _ready(self) -> Iterator[tuple[Pump, Alarm]]:
        """Partitions whose position has passed the tide."""
        for number, pump in self.pumps().items():
            alarm = self.alarms.of(number)
            if alarm.topic is not None and pump.taken and pump.position.next >= self.tide.ends.get(number, 0):
                yield pump, alarm

    async def _step(self, pump: Pump, alarm: Alarm, now: int) -> int:
        """Gives the partition, whose timers have fired up to now."""
        rules = Rules(self._wanted.zone, self._wanted.terms, self._wanted.reached)
        try:
            if alarm.calls(now, rules):
                await alarm.step(pump, now, rules, self.relay.notice)
            if now - self._listened.get(pump.partition, 0) >= SILENCE_EVERY:
                await self._listen(pump, now)
                self._listened[pump.partition] = now
            if alarm.upto and alarm.looked:
                await self._note(pump, alarm)
        except (RefusedError, StoreDownError):
            alarm.forget()
            raise
        return pump.partition

    async def _read_back(self) -> None:
        """For partitions newly taken, and once more a minute later."""
        time = asyncio.get_running_loop().time()
        taken = {number for number, pump in self.pumps().items() if pump.taken}
        new = {number for number in taken if self.alarms.of(number).topic is None}
        again = {number for number in taken if self._again.get(number, time + 1) <= time} - new
        if not new and not again:
            return
        marks = {number: await self.alarms.store.marks(number) for number in new}
        overdue, told, upto = await readback.patiently(self.tide.bootstrap, self._count, marks)
        for number in new | again:
            alarm = self.alarms.of(number)
            before = alarm.upto
            alarm.forget()
            alarm.topic = overdue.get(number, {})
            if number in new:
                alarm.known = told[number]
                alarm.upto = {mark: end for mark, end in upto.items() if end > marks[number].get(mark, 0)}
                self._listened.pop(number, None)
            else:
                alarm.upto = before
            self.relay.notice(number)
            self._again.pop(number, None)
        self._again |= dict.fromkeys(new, time + AGAIN)

    async def _note(self, pump: Pump, alarm: Alarm) -> None:
        """Keeps how far notices were read, so that whoever takes the partition next begins there: a look has told all there was to tell, and nothing of
        it waits that the ids read would be needed for.
        """
        async with pump.still:
            if alarm.upto and alarm.looked and not await self.alarms.store.waiting(pump.partition):
                await self.alarms.store.fire(pump.partition, Firing(pump.position, marks=alarm.upto))
                alarm.upto = {}

    async def _listen(self, pump: Pump, now: int) -> None:
        """Sources from which nothing came for too long."""
        store, number = self.alarms.store, pump.partition
        heard, marks = await store.heard(number), await store.marks(number)
        if self.alarms.of(number).went_back(marks):
            raise StoreDownError("the store is not where timers left it")
        outbox: dict[str, bytes] = {}
        told: dict[str, int] = {}
        for name, last in heard.items():
            agency, _, source = name.partition("\t")
            if marks.get(f"silent {name}") == last or now - last > FORGOTTEN:
                continue
            since = self._wanted.silent_from(agency, last)
            if since is not None and since <= now:
                outbox.update([silence_entry(agency, Silence(source, last, since), now, self._wanted.zone)])
                told[f"silent {name}"] = last
        if outbox:
            async with pump.still:
                await store.fire(number, Firing(pump.position, outbox=outbox, marks=told))
            self.relay.notice(number)
