"""A unit in one answer, as the table of `chiso up --watch` shows it: its month, those below it, and what is overdue there."""

from dataclasses import asdict
from typing import Any

from connectors import answers
from indicators.errors import NotFoundError
from indicators.units import Tree
from streams.cards import Cards
from streams.desk import Desk

LISTED = 50


class Overview:
    """Answers `/v1/overview`; the unit whose room this is, where none is named. Raises NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, cards: Cards) -> None:
        self._desk, self._cards, self._room = desk, cards, desk.terms.room

    async def __call__(self, unit: str | None, text: str | None = None) -> dict[str, Any]:
        desk, unit = self._desk, unit or self._room
        today, period = desk.today(), desk.period(text)
        now = desk.sheet(desk.period(None))
        if unit not in now.layout.index:
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        everything = unit == self._room and unit not in desk.names.registry.units
        late = await desk.overdue(None if everything else unit, None, 0)
        sheet, open_now = desk.sheet(period), desk.open_now(now)
        about = self._cards.card(unit, period) if unit in sheet.layout.index else None
        if about is None:
            raise NotFoundError(f"unit {unit} has no figures in {period.id}")
        tree = now.layout.tree
        rows = []
        for code in self._below(unit, tree):
            one, place = desk.unit(code, today), now.layout.index[code]
            counts = sheet.counts.at(sheet.layout.index[code])
            rows.append(answers.overview_row(one, counts, open_now.at(place)) | {"total": answers.points(sheet.total(code))})
        return {
            "unit": about | {"open_now": asdict(open_now.at(now.layout.index[unit]))},
            "path": [{"unit": code, "name": desk.unit(code, today)["name"]} for code in reversed(tree.above(unit))],
            "rows": rows,
            "calendar": desk.years(),
            "overdue": {"count": len(late), "items": late[:LISTED]},
        }

    def _below(self, unit: str, tree: Tree) -> list[str]:
        """The units right below that have figures somewhere; at the root also those nobody registered."""
        cube, own = self._desk.follower.cube, self._desk.follower.cube.units()
        found = [code for code in tree.children.get(unit, ()) if any(cube.partitions(member) for member in tree.members(code))]
        strangers = [code for code in own if code not in tree.parents and code not in found] if unit == self._room else []
        return found + strangers
