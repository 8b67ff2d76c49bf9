"""`explain` and `advise`: what stands behind a figure, and what would move it."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from connectors import answers
from indicators import petitions, procedures, reasons
from indicators.advice import Line, plan, totals
from indicators.buckets import Tally, tally
from indicators.dossier import decode_state
from indicators.errors import UsageError
from indicators.formulas import GRADES, IDS, Formula, grade, table
from indicators.periods import Period
from indicators.scores import PERCENT
from indicators.sheet import INHERITED, Sheet
from indicators.units import ROOT
from streams.cards import Cards
from streams.desk import Desk
from streams.follow import Follower

LISTED = 100
SAVED = 20
WITHIN = 2  # working days in which an open dossier is worth a look today
SCAN = 2000
_MORE = re.compile(r"\+?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: which unit, which indicator, which period."""

    unit: str
    formula: Formula
    sheet: Sheet
    members: frozenset[str]

    @property
    def period(self) -> Period:
        return self.sheet.period


class Reasons:
    """Raises UsageError, NotFoundError, UnreachableError."""

    def __init__(self, desk: Desk, cards: Cards) -> None:
        self._desk, self._cards = desk, cards

    async def explain(self, unit: str, indicator: str, text: str | None) -> dict[str, Any]:
        """The JSON of `/v1/explain`: the formula, the numbers, and what stands below the line without counting above it (at most 100)."""
        desk = self._desk
        period = desk.period(text)
        about = desk.known(unit, period.b - 1)
        sheet = desk.sheet(period)
        formula = table(sheet.rule, period.b - 1).get(indicator)
        if formula is None:
            raise UsageError(f"indicator {indicator!r} is none of {', '.join(IDS)}")
        card = self._cards.card(unit, period)
        top = sheet.layout.tree.province(unit)
        inherited = top if indicator in INHERITED and top is not None and top != unit else None
        asked = _Asked(unit, formula, sheet, frozenset(sheet.layout.tree.members(inherited or unit)))
        return {
            **about,
            "period": answers.period(period),
            "as_of": card["as_of"],
            "indicator": next(one for one in card["indicators"] if one["id"] == indicator),
            "formula": answers.formula(formula),
            "inherited_from": inherited,
            **await self._behind(asked),
        }

    async def _behind(self, asked: _Asked) -> dict[str, Any]:
        """How many of what stand below and above the line, and those below alone."""
        name = asked.formula.id
        below = above = 0
        lacking: list[dict[str, Any]] = []
        what = "procedures"
        if name in reasons.OF_DOSSIERS or name in reasons.OF_PETITIONS:
            what = "dossiers" if name in reasons.OF_DOSSIERS else "petitions"
            async for number, counted in self._tallies(what, asked.members):
                stands = (reasons.dossier if what == "dossiers" else reasons.petition)(counted, asked.period, self._desk.today())
                if name in stands:
                    below, above = below + 1, above + stands[name]
                    if not stands[name]:
                        lacking.append({"number": number, "unit": counted.unit})
        elif name in reasons.OF_PROCEDURES:
            below, above, lacking = self._procedures(asked)
        else:
            return {"behind": None}
        lacking.sort(key=lambda one: str(one["number"]))
        return {"behind": {"what": what, "below": below, "above": above, "lacking": len(lacking), "items": lacking[:LISTED]}}

    def _procedures(self, asked: _Asked) -> tuple[int, int, list[dict[str, Any]]]:
        """Each procedure once, though several units below handle it: late or lacking anywhere is late, online anywhere is online."""
        look = procedures.Look(asked.period, self._desk.today(), self._desk.zone, self._desk.calendar)
        united: dict[str, int] = {}
        for procedure, unit, state in self._desk.sources.procedures.book.states():
            if unit in asked.members:
                united[procedure] = united.get(procedure, 0) | procedures.bits(state, unit, look)
        stands = {code: found[asked.formula.id] for code, bits in united.items() if asked.formula.id in (found := reasons.procedure(bits))}
        lacking = [{"number": code, "unit": asked.unit} for code, counts in stands.items() if not counts]
        return len(stands), sum(stands.values()), lacking

    async def _tallies(self, what: str, members: frozenset[str]) -> AsyncIterator[tuple[str, Tally]]:
        """Everything of some units that counts, read from the store."""
        desk = self._desk
        follower: Follower = desk.sources.figures if what == "dossiers" else desk.sources.petitions
        read: Callable[[str, bytes], Tally | None] = self._dossier if what == "dossiers" else self._petition
        held = {number for unit in members for number in follower.cube.partitions(unit)}
        async with desk.store() as client:
            for keys in follower.keys:
                if keys.number in held:
                    async for number, stored in client.hscan_iter(keys.dossiers, count=SCAN):
                        counted = read(number.decode(), stored)
                        if counted is not None and counted.unit in members:
                            yield number.decode(), counted

    def _dossier(self, number: str, stored: bytes) -> Tally | None:
        return tally(number, decode_state(stored), self._desk.zone)

    def _petition(self, _number: str, stored: bytes) -> Tally | None:
        return petitions.tally(petitions.decode_petition(stored), self._desk.zone, self._desk.calendar)

    async def advise(self, unit: str, text: str | None, target: str | None, what_if: list[str]) -> dict[str, Any]:
        """The JSON of `/v1/advise`: points to gain, largest first; what a grade would need; what would be if; dossiers to save today."""
        desk = self._desk
        period = desk.period(text)
        about = desk.known(unit, period.b - 1)
        sheet = desk.sheet(period)
        place = sheet.layout.index.get(unit)
        total = sheet.total(unit)
        if unit == ROOT:
            raise UsageError("the country's total is the mean of its provinces; ask about one of them")
        if place is None or total is None:
            raise UsageError(f"unit {unit} has no figures in {period.id}; there is nothing to advise")
        lines = self._lines(sheet, place)
        below = sheet.layout.tree.province(unit) not in (unit, None)
        own = [line for line in lines.values() if not (below and line.formula.id in INHERITED) and line.formula.id != "1.4"]
        found = {
            **about,
            "period": answers.period(period),
            "total": answers.points(total),
            "grade": _grade(total),
            "gains": [_gain(line) for line in sorted(own, key=lambda one: -one.room) if line.room > 0],
            "save_today": await self._save(unit, lines),
        }
        if target is not None:
            found["target"] = _target(target, total, own)
        if what_if:
            found["what_if"] = self._what_if(unit, sheet, lines, what_if)
        return found

    @staticmethod
    def _lines(sheet: Sheet, place: int) -> dict[str, Line]:
        formulas = table(sheet.rule, sheet.period.b - 1)
        pairs = {name: (int(numerator[place]), int(denominator[place])) for name, (numerator, denominator) in sheet.pairs.items()}
        return {name: Line(formula, *pairs[name]) for name, formula in formulas.items() if formula.block is not None and name in pairs}

    async def _save(self, unit: str, lines: dict[str, Line]) -> list[dict[str, Any]]:
        """Open dossiers due soon: what each is worth in 2.1 and 5.4 together, should it become overdue."""
        workload = lines["2.1"].denominator
        worth = sum(lines[name].score - (_without(lines[name]) or 0) for name in ("2.1", "5.4")) / PERCENT if workload else 0
        soon = await self._desk.overdue(unit, None, WITHIN, late=False)
        return [row | {"points": worth} for row in soon[:SAVED]]

    def _what_if(self, unit: str, sheet: Sheet, lines: dict[str, Line], wishes: list[str]) -> dict[str, Any]:
        """Total, grade and rank if so many more counted above the line."""
        more: dict[str, int] = {}
        for wish in wishes:
            name, _, text = wish.partition("=")
            if name not in lines:
                raise UsageError(f"--what-if {wish}: indicator {name!r} is none of {', '.join(lines)}")
            count = _MORE.fullmatch(text)
            if count is None:
                raise UsageError(f"--what-if {wish}: write 3.6=+120 for 120 more dossiers")
            lacking = lines[name].denominator - lines[name].numerator
            if int(count[1]) > lacking:
                raise UsageError(f"--what-if {wish}: only {lacking} more are possible")
            more[name] = int(count[1])
        total = sum(totals(lines, more).values())
        others = {code: sheet.total(code) for code in sheet.layout.peers_of(unit)} | {unit: total}
        rank = self._cards.rank_of(unit, sheet, others)
        gains = {name: answers.points(lines[name].with_more(count) - lines[name].score) for name, count in more.items()}
        return {"more": more, "gains": gains, "total": answers.points(total), "grade": _grade(total), "rank": answers.rank(rank)}


def _without(line: Line) -> int | None:
    less = Line(line.formula, max(0, line.numerator - 1), line.denominator)
    return less.score


def _gain(line: Line) -> dict[str, Any]:
    return {
        "id": line.formula.id,
        "name": line.formula.name[0],
        "score": answers.points(line.score),
        "max": line.formula.points,
        "gain": answers.points(line.room),
        "needed": line.needed(line.room),
        "of": line.denominator,
    }


def _grade(total: int) -> str | None:
    found = grade(total)
    return None if found is None else found[0]


def _target(target: str, total: int, own: list[Line]) -> dict[str, Any]:
    """How to reach a grade (by its name) or a number of points. Raises UsageError."""
    names = {name.casefold(): least for least, *both in GRADES for name in both}
    wanted = names.get(target.casefold())
    if wanted is None and not (target.isdecimal() and int(target) <= 100):
        raise UsageError(f"--target {target!r} is no grade ({', '.join(name for _, name, _ in GRADES)}) and no number of points")
    least = int(target) if wanted is None else wanted
    lacking = max(0, least * PERCENT - total)
    steps = plan(own, lacking)
    got = sum(gain for _, _, gain in steps)
    return {
        "points": least,
        "lacking": answers.points(lacking),
        "reachable": got >= lacking,
        "plan": [
            {"id": line.formula.id, "name": line.formula.name[0], "more": count, "gain": answers.points(gain)}
            for line, count, gain in steps
        ],
        "total": answers.points(total + got),
    }
