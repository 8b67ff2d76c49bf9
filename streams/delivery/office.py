"""What delivery asks of the rest of the reading side: names, addresses, figures, words."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors import digest_text, notice_text
from connectors.answers import points
from connectors.message import Message
from connectors.notice_text import Standing
from indicators.errors import ChisoError, UnreachableError
from indicators.formulas import table
from indicators.sheet import Sheet
from streams.cards import Cards
from streams.delivery.entry import DIGEST, Address, Entry
from streams.delivery.notices import Registered, day_in_vietnam, wanting
from streams.desk import Desk
from streams.ends import look_at_ends
from streams.topology import REGISTRY

ON_TIME = "2.1"
SHEET_SECONDS = 60.0  # a scorecard for many notices, not one each
RETRY_SECONDS = 0.5


class Office:
    """One for a process; `link` gives what links begin with."""

    def __init__(self, desk: Desk, cards: Cards, link: Callable[[], str], now: Callable[[], float]) -> None:
        self._desk, self._cards, self._link, self._now = desk, cards, link, now
        self._known = False
        self._sheet: tuple[float, Sheet] | None = None

    async def ready(self) -> None:
        """Returns once all of the registry's topic is known: before, nobody would seem to have an address."""
        bootstrap = self._desk.names.bootstrap
        while not self._known:
            try:
                ends = await asyncio.to_thread(look_at_ends, bootstrap, 0.0, REGISTRY)
                self._known = bool(ends) and self._desk.names.next >= max(ends.values())
            except UnreachableError:
                pass
            if not self._known:
                await asyncio.sleep(RETRY_SECONDS)

    def addresses(self, unit: str, day: int) -> Sequence[Registered]:
        """Of a unit on a day, as registered."""
        return self._desk.names.registry.addresses(unit, day)

    def units(self) -> Iterator[str]:
        """Those that ever had an address."""
        for entries in self._desk.names.registry.entries.get("address", {}).values():
            yield from (entry.values["unit"] for entry in entries)

    def wanted(self, to: Address, entry: Entry) -> bool:
        """Whether the address is still registered for what waits for it."""
        return not self._known or to in wanting(self.addresses(entry.unit, day_in_vietnam(self._now())), entry.kind)

    def write(self, to: Address, entry: Entry) -> Message:
        """The message in words."""
        link = self._link()
        if entry.kind == DIGEST:
            words = digest_text.words(entry.content, link)
        else:
            words = notice_text.words(entry.content, self._name, link, self._standing(entry.unit))
        return Message(entry.id, to.to, words.subject, words.text, entry.content, self._now())

    def _name(self, kind: str, code: str) -> str | None:
        day, registry = day_in_vietnam(self._now()), self._desk.names.registry
        if kind == "unit":
            version = registry.on(code, day)
            return None if version is None else version.name
        return registry.name(kind, code, day)

    def _standing(self, unit: str) -> Standing | None:
        """2.1 of this month, None where there are no figures."""
        if self._sheet is None or time.monotonic() - self._sheet[0] > SHEET_SECONDS:
            self._sheet = time.monotonic(), self._desk.sheet(self._desk.period(None))
        sheet = self._sheet[1]
        place = sheet.layout.index.get(unit)
        if place is None or not sheet.known[place]:
            return None
        numerator, denominator = (int(values[place]) for values in sheet.pairs[ON_TIME])
        most = table(sheet.rule, sheet.period.b - 1)[ON_TIME].points
        return Standing(numerator, denominator, points(sheet.score(ON_TIME, place)), most)

    @property
    def current(self) -> bool:
        """Whether figures are up to date, as far as they may be."""
        return self._desk.current

    def unit(self, code: str, day: int) -> dict[str, Any]:
        """One of `/v1/units`."""
        return self._desk.unit(code, day)

    def above(self, unit: str, day: int) -> Sequence[str]:
        """Units above it, nearest first."""
        return self._desk.layout(day).tree.above(unit)

    async def overdue(self, within: int) -> list[dict[str, Any]]:
        """Dossiers of the whole store, overdue or due within so many working days; earliest due first. Raises UnreachableError."""
        return await self._desk.overdue(None, None, within)

    async def card(self, unit: str) -> dict[str, Any] | None:
        """Figures of this month, None where there are none. Raises UnreachableError."""
        try:
            return await self._cards.figures(unit)
        except UnreachableError:
            raise
        except ChisoError:
            return None
