"""What a later version of a publication says otherwise: cell by cell, rows known by what they are about."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from indicators.bulletin.model import Cell, Column, Kind, Ratio, Table

KNOWN_BY = ("kind", "sign", "unit", "sector", "level", "block", "indicator", "month", "dossier", "official", "source", "procedure", "at")
LEFT_OUT = frozenset({"stt"})
COLUMNS = (
    *(Column("table", "word"), Column("row", "text"), Column("name", "text"), Column("column", "word")),
    *(Column("old", "word"), Column("new", "word"), Column("cause", "word")),
)


class Old(NamedTuple):
    """A table as it was published: keys of its columns, and its rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def differing(old: Mapping[str, Old], new: Iterable[Table], cause: str) -> list[Table]:
    """`differences` of tables that everybody sees, `differences_internal` of the others; in the order of tables."""
    rows: dict[bool, list[tuple[Cell, ...]]] = {True: [], False: []}
    for table in new:
        before = old.get(table.key, Old([column.key for column in table.columns], ()))
        rows[table.edition == "internal"] += _table(before, table, cause)
    public = Table("differences", "differences", COLUMNS, tuple(rows[False]), wide=True)
    return [public, Table("differences_internal", "differences", COLUMNS, tuple(rows[True]), "internal", wide=True)]


def _table(old: Old, new: Table, cause: str) -> list[tuple[Cell, ...]]:
    keys = [column.key for column in new.columns]
    stood = {identity: dict(zip(old.columns, row, strict=True)) for identity, row in _known(old.columns, old.rows)}
    stands = {identity: dict(zip(keys, row, strict=True)) for identity, row in _known(keys, new.rows)}
    found: list[tuple[Cell, ...]] = []
    for identity in [*stands, *(one for one in stood if one not in stands)]:
        before, after = stood.get(identity, {}), stands.get(identity, {})
        name = (after or before).get("name")
        for column in new.columns:
            one, other = (_shown(one.get(column.key), column.kind) for one in (before, after))
            if one != other and column.key not in LEFT_OUT and column.key not in identity[2]:
                found.append((f"table {new.key}", identity[0], name, f"column {new.key} {column.key}", one, other, cause))
    return found


_Identity = tuple[str, int, tuple[str, ...]]  # text, which of several alike, columns it is made of


def _known(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[tuple[_Identity, Sequence[Any]]]:
    places = [(key, columns.index(key)) for key in KNOWN_BY if key in columns]
    # a row that came or went differs in all its cells: what it is known by need not be said again, but somebody must see that it is there
    shown = tuple(key for key, _ in places)
    seen: Counter[str] = Counter()
    for row in rows:
        text = " · ".join(str(row[place]) for _, place in places if row[place] not in (None, ""))
        yield (text, seen[text], shown), row
        seen[text] += 1


def _shown(value: Any, kind: Kind) -> str | None:
    """As text that is no language's: a ratio as n/d, points as 62.00; words stay keys."""
    if value is None:
        return None
    if kind == "points":
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    if isinstance(value, (Ratio, list, tuple)):
        return "/".join(map(str, value))
    return str(value)
