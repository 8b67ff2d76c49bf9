"""Which procedures a unit received dossiers of, or was paid online for, in each month: sets as bits, so that parents and longer periods unite them."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from indicators.lanes import MONTH_LANE
from indicators.layout import Bits, Layout

WORD = 64
_RECEIVED = MONTH_LANE["received"].bit_length() - 1
_PAID = MONTH_LANE["received_paid_online"].bit_length() - 1
_LANE = 0xFFFFFFFF
USED, PAID = 1, 2


def lit(row: int) -> int:
    """What a month row of a procedure says: USED, PAID, both or neither."""
    return (USED if row >> _RECEIVED & _LANE else 0) | (PAID if row >> _PAID & _LANE else 0)


class Codes:
    """Numbers of codes, given out as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, code: str) -> int:
        return self._numbers.setdefault(code, len(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)

    def known(self) -> Iterable[str]:
        """All of them."""
        return self._numbers

    @property
    def words(self) -> int:
        """How many words hold a bit for each."""
        return -(-len(self._numbers) // WORD)


def grown(array: Bits, rows: int, words: int) -> Bits:
    """The array with room for more; a quarter to spare, so that growing is rare."""
    if array.shape[0] >= rows and array.shape[1] >= words:
        return array
    found = np.zeros((max(array.shape[0], rows + rows // 4), max(array.shape[1], words + 1)), np.uint64)
    found[: array.shape[0], : array.shape[1]] = array
    return found


class Services:
    """Sets by unit, partition and month. `version` counts changes."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.version = 0
        self._places: dict[tuple[str, int], int] = {}  # (unit, partition) → row
        self._months: dict[str, tuple[Bits, Bits]] = {}  # month → used, paid

    def put(self, unit: str, partition: int, rows: Mapping[str, int]) -> None:
        """Month rows of procedures (`2026-08 CODE` → row) as they stand now."""
        place = self._places.setdefault((unit, partition), len(self._places))
        for field, row in rows.items():
            month, _, code = field.partition(" ")
            if code:
                self._mark(place, month, self.codes[code], lit(row))

    def _mark(self, place: int, month: str, code: int, what: int) -> None:
        empty = np.zeros((0, 0), np.uint64)
        pair = self._months.get(month, (empty, empty))
        word, bit = code // WORD, np.uint64(1 << code % WORD)
        used, paid = self._months[month] = tuple(grown(one, place + 1, word + 1) for one in pair)  # type: ignore[assignment]
        for array, flag in ((used, USED), (paid, PAID)):
            old = array[place, word]
            new = old | bit if what & flag else old & ~bit
            if new != old:
                array[place, word] = new
                self.version += 1

    def drop(self, partition: int) -> None:
        """Forgets a partition."""
        rows = [row for (_, number), row in self._places.items() if number == partition]
        for pair in self._months.values():
            for array in pair:
                array[[row for row in rows if row < len(array)]] = 0
        self.version += 1

    def of(self, layout: Layout, months: Collection[str]) -> tuple[Bits, Bits]:
        """(used, paid) in any of the months, by unit, everything below included."""
        words = max(self.codes.words, 1)
        found = []
        places = np.array([layout.index[unit] for unit, _ in self._places], np.int64)
        for which in (0, 1):
            rows = np.zeros((len(places), words), np.uint64)
            for month in months:
                array = self._months[month][which][: len(places), :words] if month in self._months else rows[:0]
                rows[: array.shape[0], : array.shape[1]] |= array
            units = np.zeros((len(layout.codes), words), np.uint64)
            np.bitwise_or.at(units, places, rows)  # a unit may have rows in several partitions
            found.append(layout.united(units))
        return found[0], found[1]
