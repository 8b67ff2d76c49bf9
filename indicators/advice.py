"""What can be gained, and by how much: the inverse of the formulas, in whole dossiers and hundredths of a point."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indicators.formulas import BLOCKS, Formula
from indicators.scores import PERCENT, score


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of a unit as it stands."""

    formula: Formula
    numerator: int
    denominator: int

    @property
    def score(self) -> int:
        """Hundredths of a point, nothing counting as 0."""
        return score(self.formula, self.numerator, self.denominator) or 0

    @property
    def room(self) -> int:
        """Hundredths of a point still to be gained; 0 where nothing can be done about a denominator of 0."""
        return self.formula.points * PERCENT - self.score if self.denominator else 0

    def with_more(self, count: int) -> int:
        """The score with so many more above the line."""
        return score(self.formula, min(self.numerator + count, self.denominator), self.denominator) or 0

    def needed(self, gain: int) -> int | None:
        """The fewest more above the line that gain so many hundredths; None where all of them do not."""
        most = self.denominator - self.numerator
        if gain <= 0:
            return 0
        if not self.denominator or self.with_more(most) - self.score < gain:
            return None
        low, high = 0, most
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.with_more(middle) - self.score >= gain else (middle + 1, high)
        return low


def plan(lines: Iterable[Line], gain: int) -> list[tuple[Line, int, int]]:
    """(line, more above it, hundredths gained), cheapest first, until `gain` is reached; all that can be gained where it is not enough.

    Each indicator is taken in the order of points per dossier; the last one only as far as needed.
    """
    found: list[tuple[Line, int, int]] = []
    open_ = [line for line in lines if line.room > 0]
    for line in sorted(open_, key=lambda one: -one.room / (one.needed(one.room) or 1)):
        if gain <= 0:
            break
        wanted = min(gain, line.room)
        count = line.needed(wanted)
        if count:
            got = line.with_more(count) - line.score
            found.append((line, count, got))
            gain -= got
    return found


def totals(lines: Mapping[str, Line], more: Mapping[str, int]) -> dict[str, int]:
    """Block → hundredths, with so many more above the line of some indicators."""
    found = dict.fromkeys(BLOCKS, 0)
    for name, line in lines.items():
        if line.formula.block is not None:
            found[line.formula.block] += line.with_more(more.get(name, 0)) if name in more else line.score
    return found
