"""Answers about signs: what is off the record, who is silent, where papers are asked for beyond the rules. Signs to be checked, never verdicts."""

from collections import Counter, defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from connectors import duty_answers as shapes
from indicators import papers, signs
from indicators.arrivals import NUMBERS, SYNC
from indicators.buckets import month_of
from indicators.lanes import SYNC_COUNTERS, counters, decode
from indicators.layout import Layout
from indicators.notices import unit_of
from indicators.periods import Period, before
from indicators.settings_of_units import hours, setting
from indicators.sheet import Sheet
from indicators.sight import SettingOf, Sight
from indicators.signs import Sign
from indicators.times import date_of
from indicators.workhours import between
from streams.lists import RECENT, Heard, Lines, Lists


class SignDesk:
    """Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, lists: Lists) -> None:
        self._lists, self._desk = lists, lists.desk

    async def offrecord(self, unit: str | None, month: str | None) -> Lines[Sign]:
        """Signs of dossiers off the record of a month (the last 90 days), by time."""
        span = self._lists.month(month, RECENT)
        heard = await self._lists.heard()
        within = self._lists.within(unit, self._desk.today(), (one.agency for one in heard))
        sight = self._desk.sight()
        found = [*await self._of_dossiers(span, sight), *await self._gaps(heard, span, sight)]
        rows = sorted((sign for sign in found if sign.unit in within), key=lambda sign: (sign.at, sign.unit, sign.sign, sign.dossier or ""))
        return Lines(rows, lambda sign: shapes.sign_row(sign, self._desk.zone))

    async def _of_dossiers(self, span: Period, sight: Sight) -> list[Sign]:
        first, last = span.a, span.b - 1
        found: list[Sign] = []
        async for number, state in self._lists.held(first, last):
            sign = signs.not_received(number, state, sight)
            found += [] if sign is None else [sign]
        async for number, state in self._lists.listed("odd", first, last):
            found += signs.odd(number, state)
        line, registry = self._lists.line(), self._lists.registry
        limit: SettingOf = cache(lambda desk, day: setting(registry, line(desk), "acceptance_hours", day))
        sessions = cache(lambda desk, day: hours(registry, line(desk), day))
        async for number, state in self._lists.listed("slow", first, last):
            if state.filed_at is not None:
                open_hours = sessions(signs.receiving(number, state), sight.zone.day(state.filed_at[1]))
                sign = signs.accepted_late(number, state, sight, limit, open_hours)
                found += [] if sign is None else [sign]
        return found

    async def _gaps(self, heard: list[Heard], span: Period, sight: Sight) -> list[Sign]:
        """Missing running numbers of the span's days."""
        agencies = {(one.agency, one.keys.number): one.keys for one in heard if one.agency}
        days = [day for day in range(span.a, min(span.b, sight.today + 1)) if sight.missing(day)]
        if not days:
            return []
        fields = [f"{date_of(day):%Y%m%d}" for day in days]
        rows = await self._lists.rows(NUMBERS, [(keys, agency, fields) for (agency, _), keys in agencies.items()])
        found = [
            signs.missing_numbers(agency, day, decode(row), sight)
            for (agency, _), stored in zip(agencies, rows, strict=True)
            for day, row in zip(days, stored, strict=True)
            if row
        ]
        return [sign for sign in found if sign is not None]

    async def silent(self, unit: str | None) -> dict[str, Any]:
        """Sources from which nothing came for longer than their setting, the longest first; how late news came, this month and the one before."""
        heard = await self._lists.heard()
        today = self._desk.today()
        within = self._lists.within(unit, today, (one.agency for one in heard))
        some = [one for one in heard if one.agency in within]
        return {"items": self._silences(some, today), "delays": await self._delays(some)}

    def _silences(self, heard: list[Heard], today: int) -> list[dict[str, Any]]:
        """As of the last record applied: while chiso itself is behind, nobody is silent for that."""
        until = self._desk.as_of_seconds() or 0
        last: dict[tuple[str, str], int] = defaultdict(int)
        for one in heard:
            last[one.agency, one.source] = max(last[one.agency, one.source], one.last)
        line, registry = self._lists.line(), self._lists.registry
        found = []
        for (agency, source), moment in sorted(last.items(), key=lambda one: (one[1], one[0])):
            limit = setting(registry, line(agency), "silence_hours", today)
            worked = between(self._desk.calendar, hours(registry, line(agency), today), moment, until) / signs.HOUR
            if limit and worked > limit:
                about = self._desk.unit(agency, today)
                found.append(shapes.silence_row((agency, source, about["name"]), self._desk.zone.iso(moment), worked, limit))
        return found

    async def _delays(self, heard: list[Heard]) -> list[dict[str, Any]]:
        this = self._desk.period(None)
        months = [this.id, month_of(before(this, self._desk.today()).a)]
        wanted = [(one.keys, one.agency, [f"{month} {one.source}" for month in months]) for one in heard]
        summed: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        for one, stored in zip(heard, await self._lists.rows(SYNC, wanted), strict=True):
            for month, row in zip(months, stored, strict=True):
                if row:
                    summed[month, one.agency, one.source].update(counters(row, SYNC_COUNTERS))
        return [shapes.delay_row(place, found) for place, found in sorted(summed.items())]

    async def papers(self, unit: str | None, month: str | None) -> dict[str, Any]:
        """Signs of extra papers of a month (the last 90 days), by the first request; shares of requests beside the peers'."""
        span = self._lists.month(month, RECENT)
        within = self._lists.within(unit, self._desk.today())
        line, registry = self._lists.line(), self._lists.registry
        days: SettingOf = cache(lambda unit, day: setting(registry, line(unit), "supplement_days", day))
        listed, sight = cache(self._papers_of), self._desk.sight()
        asked: Counter[str] = Counter()
        found: list[tuple[int, str, papers.Asked]] = []
        async for number, state in self._lists.listed("asked", span.a, span.b - 1):
            whose = unit_of(number, state)
            asked[whose] += 1
            if whose in within:
                found += [(sign.asked[0], number, sign) for sign in papers.signs(number, state, sight, listed, days)]
        sheet = self._desk.sheet(span)
        shares = papers.shares(self._counts(sheet, asked), sheet.layout.peers_of)
        return {
            "items": [shapes.papers_row(number, sign, self._desk.zone) for _, number, sign in sorted(found)],
            "shares": [shapes.share_row(share) for share in shares if share.unit in within and share.asked],
        }

    def _papers_of(self, procedure: str, day: int) -> Collection[str] | None:
        """The papers a procedure lists on a day."""
        known = self._lists.registry.entry("procedure", procedure, day)
        listed = None if known is None else known.get("papers")
        return None if not listed else frozenset(listed.split())

    @staticmethod
    def _counts(sheet: Sheet, asked: Counter[str]) -> dict[str, tuple[int, int]]:
        """Dossiers asked about and received, of every unit and all below it."""
        layout: Layout = sheet.layout
        summed = layout.summed(layout.column({unit: (count,) for unit, count in asked.items()}, 0))
        return {code: (int(summed[place]), int(sheet.counts.received[place])) for code, place in layout.index.items()}
