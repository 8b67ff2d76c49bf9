"""How the portal's published figures and chiso's agree: per figure equal, or which difference."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from connectors.csvfile import Rows
from indicators.errors import InvalidDataError
from indicators.formulas import BLOCKS, IDS

NEEDED = ("unit", "id", "numerator", "denominator")
TOTAL = "TOTAL"


class Published(NamedTuple):
    """One row of the portal's; None where it was not published."""

    unit: str
    id: str
    numerator: int | None
    denominator: int | None
    score: float | None


class Agreement(NamedTuple):
    """What became of a row: `verdict` is equal, numerator, denominator, formula (equal figures, another score), score, or missing."""

    unit: str
    id: str
    verdict: str
    portal: dict[str, Any]
    chiso: dict[str, Any] | None


def read(text: str, period: str) -> list[Published]:
    """Rows of a file; where it has a column `period`, those of the period. Raises InvalidDataError with the line."""
    rows = Rows(text)
    lacking = [name for name in NEEDED if name not in rows.columns]
    if lacking:
        raise InvalidDataError(f"the first line must name the columns {', '.join(NEEDED)}; it lacks {', '.join(lacking)}")
    found = []
    for row in rows:
        if row.get("period", period) != period or (row["id"] not in IDS and row["id"] not in BLOCKS and row["id"] != TOTAL):
            continue
        try:
            numerator, denominator = (int(row[name]) if row[name] else None for name in NEEDED[2:])
            score = float(row["score"]) if row.get("score") else None
        except (ValueError, TypeError):
            raise InvalidDataError(f"{rows.where}: numerator, denominator or score is no number") from None
        found.append(Published(row["unit"], row["id"], numerator, denominator, score))
    return found


def compared(rows: list[Published], cards: Mapping[str, dict[str, Any] | None]) -> Iterator[Agreement]:
    """Each row with what chiso says of its unit; `cards` as `/v1/units/{unit}/indicators` answers, None for an unknown unit."""
    for row in rows:
        card = cards[row.unit]
        portal = {"numerator": row.numerator, "denominator": row.denominator, "score": row.score}
        ours = None if card is None else _of(card, row.id)
        yield Agreement(row.unit, row.id, "missing" if ours is None else _verdict(row, ours), portal, ours)


def _of(card: dict[str, Any], name: str) -> dict[str, Any] | None:
    if name == TOTAL:
        return {"numerator": None, "denominator": None, "score": card["total"]}
    rows = card["blocks"] if name in BLOCKS else card["indicators"]
    key = "code" if name in BLOCKS else "id"
    found = next((one for one in rows if one[key] == name), None)
    return None if found is None else {part: found.get(part) for part in ("numerator", "denominator", "score")}


def _verdict(row: Published, ours: dict[str, Any]) -> str:
    for name in ("numerator", "denominator"):
        published = getattr(row, name)
        if published is not None and published != ours[name]:
            return name
    if row.score is not None and row.score != ours["score"]:
        return "formula" if row.numerator is not None else "score"
    return "equal"
