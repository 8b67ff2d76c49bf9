"""What the live page shows, in one answer: a unit this month, those below it, and what is overdue there."""

from dataclasses import asdict, replace
from typing import Any

from connectors import answers
from indicators.errors import NotFoundError
from indicators.figures import SOON, Counts, DayTotals, OpenNow, counts, open_now
from indicators.periods import Period
from indicators.units import Tree
from streams.desk import Desk

LISTED = 50


class Overview:
    """Answers `/v1/overview`; `room` is the unit meant where none is named. Raises NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, room: str) -> None:
        self._desk, self._room = desk, room

    async def __call__(self, unit: str | None, text: str | None = None) -> dict[str, Any]:
        desk, unit = self._desk, unit or self._room
        today, period = desk.today(), desk.period(text)
        tree = self._tree(today)
        if unit not in tree.parents and not desk.follower.cube.partitions(unit):
            raise NotFoundError(f"unit {unit} has no figures; `chiso units` lists those that have")
        members = tree.members(unit)
        everything = unit == self._room and unit not in desk.names.registry.units
        late = await desk.overdue(None if everything else unit, None, 0)
        about = answers.figures(
            desk.unit(unit, today), period, self._counts(unit, tree, period), desk.as_of(), complete=desk.complete(members)
        )
        return {
            "unit": about | {"open_now": asdict(self._now(unit, tree))},
            "path": [{"unit": code, "name": desk.unit(code, today)["name"]} for code in reversed(tree.above(unit))],
            "rows": [self._row(code, tree, period) for code in self._below(unit, tree)],
            "overdue": {"count": len(late), "items": late[:LISTED]},
        }

    def _tree(self, today: int) -> Tree:
        """That of the registry; a room nobody registered is the root of all units."""
        tree = self._desk.names.registry.tree(today)
        if self._room in tree.parents:
            return tree
        units = tuple(unit for unit in self._desk.follower.cube.units() if not tree.parents.get(unit) and unit != self._room)
        return replace(tree, parents={**tree.parents, self._room: None}, children={**tree.children, self._room: units})

    def _below(self, unit: str, tree: Tree) -> list[str]:
        """The units right below that have figures somewhere; at the root also those nobody registered."""
        cube, own = self._desk.follower.cube, self._desk.follower.cube.units()
        found = [code for code in tree.children.get(unit, ()) if any(cube.partitions(member) for member in tree.members(code))]
        strangers = [code for code in own if code not in tree.parents and code not in found] if unit == self._room else []
        return found + strangers

    def _row(self, code: str, tree: Tree, period: Period) -> dict[str, Any]:
        about = self._desk.unit(code, self._desk.today())
        return answers.overview_row(about, self._counts(code, tree, period), self._now(code, tree))

    def _totals(self, unit: str, tree: Tree) -> DayTotals:
        return DayTotals(self._desk.follower.cube.total(unit, tree))

    def _counts(self, unit: str, tree: Tree, period: Period) -> Counts:
        return counts(self._totals(unit, tree), period, self._desk.today())

    def _now(self, unit: str, tree: Tree) -> OpenNow:
        today = self._desk.today()
        soon = self._desk.calendar.add(today, SOON)
        return open_now(self._totals(unit, tree), self._counts(unit, tree, self._desk.period(None)), today, soon)
