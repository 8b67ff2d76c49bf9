"""A CSV of numerators and denominators, and the same with scores, blocks, totals and the national row: what `chiso score` does.

Columns `unit,id,numerator,denominator`, maybe `score`; every other column belongs to the key of a group. A row without numerator and
denominator gives its score itself, for an indicator or a whole block. Rows TOTAL and RANK are computed, those given are left out.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from indicators.errors import InvalidDataError, UsageError
from indicators.formulas import BLOCKS, IDS, Rule, scored, table
from indicators.scores import MOST, PERCENT, country, points, score

NEEDED = ("unit", "id", "numerator", "denominator")
COMPUTED = ("TOTAL", "RANK")
NATION = "VN"
MAX_NUMBER = 10**13
_PROVINCE = re.compile(r"H\d\d")

Line = dict[str, str]


@dataclass(slots=True)
class Group:
    """A unit's rows of one reading (its other columns are equal); scores in hundredths of a point, None for none."""

    rows: list[Line] = field(default_factory=list)
    indicators: dict[str, int | None] = field(default_factory=dict)
    given: dict[str, int | None] = field(default_factory=dict)

    def blocks(self, rule: Rule, day: int) -> dict[str, int | None]:
        """Every block: as given, or summed where all its indicators are there."""
        found: dict[str, int | None] = {}
        for block, formulas in scored(rule, day).items():
            whole = all(formula.id in self.indicators for formula in formulas)
            found[block] = self.given.get(block, sum(self.indicators[formula.id] or 0 for formula in formulas) if whole else None)
        return found


def rescore(text: str, rule: Rule, day: int, *, nation: bool = False) -> str:
    """CSV in, CSV out, by the formulas of `day`. Raises InvalidDataError with the line, UsageError for an unknown indicator."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = list(reader.fieldnames or ())
    except csv.Error:  # only CR ends its lines, for instance
        raise InvalidDataError("line 1: is no CSV row; lines end with LF or CRLF") from None
    if any(name not in names for name in NEEDED):
        raise InvalidDataError(f"the first line must name the columns {', '.join(NEEDED)}; it lacks {', '.join(set(NEEDED) - set(names))}")
    others = [name for name in names if name not in NEEDED and name != "score"]
    try:
        groups = _groups(reader, others, rule, day)
    except csv.Error:
        raise InvalidDataError(f"line {reader.line_num}: is no CSV row") from None
    out = io.StringIO()
    writer = csv.DictWriter(out, [name for name in names if name != "score"] + ["score"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_written(groups, others, rule, day))
    if nation:
        writer.writerows(_nation(groups, others, rule, day))
    return out.getvalue()


def _groups(reader: "csv.DictReader[str]", others: Sequence[str], rule: Rule, day: int) -> dict[tuple[str, ...], Group]:
    found: dict[tuple[str, ...], Group] = {}
    for row in reader:
        line = reader.line_num
        if None in row or None in row.values():
            raise InvalidDataError(f"line {line}: has another number of cells than the first line names")
        name = row["id"].strip()
        if name in COMPUTED:
            continue
        if name not in IDS and name not in BLOCKS:
            raise UsageError(f"line {line}: id is none of {', '.join((*IDS, *BLOCKS))}")
        group = found.setdefault((row["unit"], *(row[other] for other in others)), Group())
        kept = group.given if name in BLOCKS else group.indicators
        if name in kept:
            raise InvalidDataError(f"line {line}: unit and id stand there a second time")
        value = _score(row, name, line, rule, day)
        if value is not None or row["numerator"].strip():
            kept[name] = value
        group.rows.append({**row, "score": points(value)})
    return found


def _score(row: Line, name: str, line: int, rule: Rule, day: int) -> int | None:
    """What a row is worth. Raises InvalidDataError."""
    cells = [row[column].strip() for column in ("numerator", "denominator")]
    if not any(cells):
        given = (row.get("score") or "").strip()
        return None if not given else int((_number(given, "score", line) * PERCENT).to_integral_value(ROUND_HALF_UP))
    if name in BLOCKS or not all(cells):
        raise InvalidDataError(f"line {line}: a block has neither numerator nor denominator, an indicator both or neither")
    numerator, denominator = (_number(cell, column, line) for cell, column in zip(cells, ("numerator", "denominator"), strict=True))
    scale = 10 ** max(0, *(-int(number.as_tuple().exponent) for number in (numerator, denominator)))
    if max(numerator, denominator) * scale >= MAX_NUMBER:
        raise InvalidDataError(f"line {line}: numerator or denominator has too many digits")
    if denominator and numerator > MOST * denominator:
        raise InvalidDataError(f"line {line}: the numerator is over {MOST} times the denominator")
    return score(table(rule, day)[name], int(numerator * scale), int(denominator * scale))


def _number(text: str, column: str, line: int) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or found < 0 or found >= MAX_NUMBER or int(found.as_tuple().exponent) < -10:
        raise InvalidDataError(f"line {line}: {column} is no number of 0 or more, like 1234 or 15.68")
    return found


def _written(groups: dict[tuple[str, ...], Group], others: Sequence[str], rule: Rule, day: int) -> Iterable[Line]:
    for key, group in groups.items():
        yield from group.rows
        base = dict(zip(("unit", *others), key, strict=True)) | {"numerator": "", "denominator": ""}
        blocks = group.blocks(rule, day)
        for block, value in blocks.items():
            if block not in group.given:
                yield base | {"id": block, "score": points(value)}
        yield base | {"id": "TOTAL", "score": points(_total(blocks))}


def _total(blocks: dict[str, int | None]) -> int | None:
    values = [value for value in blocks.values() if value is not None]
    return sum(values) if len(values) == len(BLOCKS) else None


def _nation(groups: dict[tuple[str, ...], Group], others: Sequence[str], rule: Rule, day: int) -> Iterable[Line]:
    """The portal's row of the country, for each reading: of the provinces all of whose blocks are known."""
    readings: dict[tuple[str, ...], list[dict[str, int]]] = {}
    for (unit, *rest), group in groups.items():
        blocks = {block: value for block, value in group.blocks(rule, day).items() if value is not None}
        if _PROVINCE.fullmatch(unit) and len(blocks) == len(BLOCKS):
            readings.setdefault(tuple(rest), []).append(blocks)
    for key, provinces in readings.items():
        base = dict(zip(("unit", *others), (NATION, *key), strict=True)) | {"numerator": "", "denominator": ""}
        for name, value in country(provinces).items():
            yield base | {"id": name, "score": points(value)}
