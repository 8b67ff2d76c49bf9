"""How numbers look: Grafana's unit, decimals, colours by threshold, and words in the place of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.boards.words import Words
from indicators.formulas import GRADES as LEAST

GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "text"
SILENT = "#8E95A3"  # where there is no data
GRADE_COLOURS = (RED, ORANGE, YELLOW, BLUE, GREEN)  # Yếu, Trung bình, Khá, Tốt, Xuất sắc
STATE_COLOURS = {"in_time": GREEN, "due_soon": YELLOW, "waiting": BLUE, "overdue": RED}
YEAR = 366 * 86_400  # seconds
NOTHING = -1  # stands for "no data" where rows are sorted or tiles must exist; shown as words, never as a number

Thresholds = Sequence[tuple[float | None, str]]
NONE_WANTED: Thresholds = ((None, GREEN), (1, RED))
FEW_WANTED: Thresholds = ((None, GREEN), (1, YELLOW))
GRADES: Thresholds = tuple((least or None, colour) for (least, *_), colour in zip(reversed(LEAST), GRADE_COLOURS, strict=True))
AGES: Thresholds = ((None, GREEN), (60, YELLOW), (120, RED))
PLAIN: Thresholds = ((None, GREY),)


@dataclass(frozen=True, slots=True)
class Look:
    """How a number is shown. `words` are value → (key of a message or text, colour); `highest` draws a bar from 0 to so much.

    Only `locale` writes decimals as the browser's language does; every other unit of Grafana writes a dot. So whatever has decimals is `locale`,
    with its unit in the title, and a `suffix` (a word of the catalogue) stands behind whole numbers only.
    """

    unit: str = "locale"
    decimals: int | None = 0
    thresholds: Thresholds = PLAIN
    highest: float | None = None
    words: str | None = None  # grade, sorted, complete, yes, small, left
    suffix: str | None = None

    def written(self, words: Words) -> str:
        """Grafana's unit."""
        return self.unit if self.suffix is None else f"suffix:{words[self.suffix]}"

    def steps(self) -> dict[str, Any]:
        """As Grafana has them."""
        return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in self.thresholds]}

    def mappings(self, words: Words) -> list[dict[str, Any]]:
        """Words in the place of numbers; nothing and no number at all are said in words everywhere."""
        nothing = {"text": words["no_data"], "color": SILENT, "index": 0}
        found: list[dict[str, Any]] = [
            {"type": "special", "options": {"match": "null+nan", "result": nothing}},
        ]
        named = {str(value): (text, colour) for value, (text, colour) in self._named(words).items()}
        if named:
            options = {value: {"text": text, "color": colour, "index": at} for at, (value, (text, colour)) in enumerate(named.items(), 1)}
            found.append({"type": "value", "options": options})
        if self.words == "left":
            past = {"text": words["past"], "color": RED, "index": 1}
            found.append({"type": "range", "options": {"from": -YEAR, "to": -1, "result": past}})  # without words: "00:50:00 ago"
        return found

    def _named(self, words: Words) -> dict[str | int, tuple[str, str]]:
        if self.words == "grade":
            names = enumerate(zip(words.grades(), GRADE_COLOURS, strict=True), 1)
            return {NOTHING: (words["no_data"], SILENT), **dict(names)}
        if self.words == "sorted":
            return {NOTHING: (words["no_data"], SILENT)}
        if self.words == "complete":
            return {0: (words["incomplete"], RED), 1: (words["complete"], GREEN)}
        if self.words == "yes":
            return {0: (words["no"], GREEN), 1: (words["yes"], RED)}
        if self.words == "small":
            return {number: (f"{number} ({words['small']})", YELLOW) for number in (1, 2, 3)}
        return {}


COUNT, BAD, SOON = Look(), Look(thresholds=NONE_WANTED), Look(thresholds=FEW_WANTED)
PERCENT = Look("locale", 2, GRADES)
SHARE = Look("locale", 1)
POINTS = Look("locale", 2, GRADES)
SORTED_POINTS = Look("locale", 2, GRADES, words="sorted")
PLAIN_POINTS = Look("locale", 2)
GAIN = Look("locale", 2, ((None, GREY), (0.5, YELLOW), (2, ORANGE)))
CHANGE = Look("locale", 2, ((None, RED), (-0.005, GREY), (0.005, GREEN)))
GRADE = Look("locale", 0, words="grade")
AGE = Look(thresholds=AGES, suffix="seconds")
COMPLETE = Look("locale", 0, words="complete")
DENOMINATOR = Look("locale", 0, words="small")
RANK = Look("locale", 0, words="sorted")
MILLISECONDS = Look("locale", 1)
LOOKS = {"overdue": BAD, "due_soon": SOON, "waiting": COUNT, "in_time": COUNT}
