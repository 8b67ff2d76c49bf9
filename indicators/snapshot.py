"""A closed month of all units, frozen: which units differ from what was published is seen by digests, without making anybody's figures."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from indicators.formulas import grade
from indicators.layout import Ints
from indicators.publication import COUNTS, Figures
from indicators.scores import NONE
from indicators.sheet import TOTAL, Sheet

DIGEST = 8  # bytes
_COUNTS = tuple(sorted(COUNTS))


@dataclass(frozen=True)
class Snapshot:
    """`table` is that of `tabulate`; `published` the day of the totals that provinces are ranked among, and how many those are."""

    sheet: Sheet
    table: dict[str, Ints]
    published: tuple[str, int] | None

    @cached_property
    def digests(self) -> dict[str, str]:
        """Unit → digest of its figures, those that make a new version when they move; of all units with figures."""
        counts = np.stack([getattr(self.sheet.counts, name) for name in _COUNTS], axis=1)
        rows = np.ascontiguousarray(np.concatenate([counts, *self.table.values()], axis=1, dtype=np.int64))
        places = np.flatnonzero(self.sheet.known).tolist()
        return {self.sheet.layout.codes[place]: blake2b(rows[place].tobytes(), digest_size=DIGEST).hexdigest() for place in places}

    def figures(self, unit: str, *, complete: bool) -> Figures:
        """As in a version; nothing but `complete` for a unit that is no more."""
        layout = self.sheet.layout
        place = layout.index.get(unit)
        if place is None:
            return {"complete": complete}
        found: Figures = dict(self.sheet.counts.at(place).fields())
        for name, rows in self.table.items():
            numerator, denominator, score, rank = (_plain(value) for value in rows[place])
            if name == TOTAL:
                found |= self._total(unit, score, rank)
            elif denominator is not None:
                found[name] = [numerator, denominator, score]
            elif score is not None:
                found[name] = score
        return found | {"complete": complete, "members": self._members(unit)}

    def _members(self, unit: str) -> list[str]:
        layout = self.sheet.layout
        members = sorted(layout.tree.members(unit))
        counted = [code for code in members if code in layout.index and self.sheet.known[layout.index[code]]]
        return [blake2b(" ".join(codes).encode(), digest_size=DIGEST).hexdigest() for codes in (members, counted)]

    def _total(self, unit: str, total: int | None, place: int | None) -> dict[str, Any]:
        if total is None:
            return {}
        graded = grade(total)
        found = {"total": total, "grade": None if graded is None else graded[0]}
        kind = self.sheet.layout.tree.kinds.get(unit)
        if place is None or kind is None:
            return found
        day, ranked = self.published if self.published is not None and kind == "province" else (None, self._ranked(unit))
        return found | {"rank": [place, ranked, kind, day]}

    def _ranked(self, unit: str) -> int:
        """How many of its peers have a total."""
        tree = self.sheet.layout.tree
        return self._with_total[tree.kinds[unit], tree.parents.get(unit)]

    @cached_property
    def _with_total(self) -> dict[tuple[str, str | None], int]:
        layout = self.sheet.layout
        return {group: int((self.sheet.totals[layout.places(codes)] != NONE).sum()) for group, codes in layout.peers.items()}


def _plain(value: Any) -> int | None:
    return None if value == NONE else int(value)
