"""Reads the lists of the store: dossiers of a list between two days with their states, sources that were heard, rows of agencies."""

from collections.abc import AsyncIterator, Callable, Iterable
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from indicators.dossier import State, decode_state
from indicators.errors import NotFoundError, UsageError
from indicators.periods import Period, months_of
from indicators.registry import Registry
from indicators.units import Tree
from streams.desk import CHUNK, Desk
from streams.store.keys import Keys

T = TypeVar("T")
RECENT = "rolling-90"  # what is looked at where no month is named


class Heard(NamedTuple):
    """An agency's source, where its rows are, and when it was last heard (seconds)."""

    agency: str
    source: str
    keys: Keys
    last: int


class Within:
    """Units that are asked about: all, or some."""

    def __init__(self, members: Iterable[str] | None) -> None:
        self._members = None if members is None else frozenset(members)

    def __contains__(self, unit: object) -> bool:
        return self._members is None or unit in self._members


class Lines(Generic[T]):
    """Lines of a list in their order, made into rows when some are asked for."""

    def __init__(self, lines: list[T], make: Callable[[T], dict[str, Any]]) -> None:
        self._lines, self._make = lines, make

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: slice, /) -> list[dict[str, Any]]:
        return [self._make(line) for line in self._lines[place]]


class Lists:
    """Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def listed(self, name: str, first: int | None, last: int) -> AsyncIterator[tuple[str, State]]:
        """Dossiers of a list from day `first` (None: from the beginning) to day `last`."""
        async for found in self._read(lambda keys: keys.listed(name), first, last):
            yield found

    async def held(self, first: int, last: int) -> AsyncIterator[tuple[str, State]]:
        """Dossiers never received, first heard of between two days."""
        async for found in self._read(lambda keys: keys.held, first, last):
            yield found

    async def overdue(self, first: int | None, last: int) -> AsyncIterator[tuple[str, State]]:
        """Open dossiers whose effective due day lies between two days."""
        zone = self.desk.zone
        async for found in self._read(lambda keys: keys.due, None if first is None else zone.midnight(first), zone.midnight(last + 1) - 1):
            yield found

    async def _read(self, key: Callable[[Keys], str], low: int | None, high: int) -> AsyncIterator[tuple[str, State]]:
        """States in chunks: as they stand when they are read, so whoever asks judges them anew."""
        async with self.desk.store() as client:
            for keys in self.desk.follower.keys:
                numbers = await client.zrange(key(keys), "-inf" if low is None else low, high, byscore=True)
                for start in range(0, len(numbers), CHUNK):
                    some = numbers[start : start + CHUNK]
                    for number, stored in zip(some, await client.hmget(keys.dossiers, some), strict=True):
                        if stored is not None:
                            yield number.decode(), decode_state(stored)

    async def heard(self) -> list[Heard]:
        """Every source of every agency; one whose numbers have no agency may be in several partitions."""
        found = []
        async with self.desk.store() as client:
            for keys in self.desk.follower.keys:
                for name, last in (await client.hgetall(keys.heard)).items():
                    agency, _, source = name.decode().partition("\t")
                    found.append(Heard(agency, source, keys, int(last)))
        return found

    async def rows(self, kind: str, wanted: list[tuple[Keys, str, list[str]]]) -> list[list[bytes | None]]:
        """Fields of agencies' rows: (keys, agency, fields) each."""
        found: list[list[bytes | None]] = []
        async with self.desk.store() as client:
            for start in range(0, len(wanted), CHUNK):
                async with client.pipeline(transaction=False) as pipe:
                    for keys, agency, fields in wanted[start : start + CHUNK]:
                        pipe.hmget(keys.rows(kind, agency), fields)
                    found += await pipe.execute()
        return found

    def within(self, unit: str | None, day: int, agencies: Iterable[str] = ()) -> Within:
        """A unit and everything below it on a day; none: all. One that has nothing but signs is known by its `agencies`."""
        if unit is None:
            return Within(None)
        try:
            self.desk.known(unit, day)
        except NotFoundError:
            if unit not in set(agencies):
                raise
        return Within(self.desk.layout(day).tree.members(unit))

    def month(self, text: str | None, otherwise: str) -> Period:
        """The month of a text, or the period taken where none is named."""
        if not text:
            return self.desk.period(otherwise)
        period = self.desk.period(text)
        if not period.whole_months or len(months_of(period)) != 1:
            raise UsageError(f"month {text!r} is no month; write 2026-08")
        return period

    def line(self) -> Callable[[str], list[str]]:
        """Gives a unit and those above it today, nearest first."""
        return line(self.desk.layout(self.desk.today()).tree)

    @property
    def registry(self) -> Registry:
        """What is registered now."""
        return self.desk.names.registry


def line(tree: Tree) -> Callable[[str], list[str]]:
    """Remembers who is above whom."""
    return cache(lambda unit: [unit, *tree.above(unit)])
