"""A CSV file a table, for programs: UTF-8 with a byte order mark (so that Excel knows it too), commas, decimal points, ISO dates, keys as heads.

A ratio is written as a number from 0 to 1 with six decimals, points with two. An empty cell is no data. Text that a spreadsheet would take for a
formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Callable
from typing import Any

from indicators.bulletin.model import Bulletin, Kind, Table

BOM = "\ufeff"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def render(bulletin: Bulletin) -> dict[str, bytes]:
    """File name → bytes."""
    return {f"csv/{bulletin.stem}-{table.key}.csv": _table(table) for table in bulletin.tables}


def _table(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.key for column in table.columns)
    write = [WRITERS.get(column.kind, _text) for column in table.columns]
    writer.writerows(["" if cell is None else one(cell) for one, cell in zip(write, row, strict=True)] for row in table.rows)
    return (BOM + out.getvalue()).encode()


def _text(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text


def _points(value: Any) -> str:
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"


WRITERS: dict[Kind, Callable[[Any], str]] = {
    "count": str,
    "days": str,
    "place": str,
    "points": _points,
    "ratio": lambda value: f"{value.value:.6f}",
}
