"""A table in HTML: its heads repeat on every sheet of paper, no row is cut, and long ones are written in one pass."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from connectors.publication.heads import CENTRED, CODES, heads, named, numeric
from connectors.publication.words import DASH, Words
from indicators.bulletin.model import Bulletin, Cell, Column, Table

ROOMY = frozenset({"note", "flags", "papers"})  # say several things
MOST = 6000  # rows of a table by unit on a page; all are in XLSX and CSV. Lists are shown whole.


def shown(table: Table) -> tuple[list[tuple[int, tuple[Cell, ...]]], str]:
    """(depth, row) of those that a page shows, and the key of the note that says why not all."""
    if not table.depths:
        return [(0, row) for row in table.rows], ""
    pairs = list(zip(table.depths, table.rows, strict=True))
    if len(pairs) <= MOST:
        return pairs, ""
    upper = [pair for pair in pairs if pair[0] <= 1]
    return (upper, "upper_rows") if len(upper) <= MOST else (pairs[:MOST], "cut_rows")


def html(bulletin: Bulletin, table: Table, words: Words) -> Iterator[str]:
    """The table and the sentences below it."""
    rows, why = shown(table)
    yield '<div class="scroll" role="region" aria-labelledby="title" tabindex="0">\n<table aria-labelledby="title">\n<thead>\n'
    marks = words.state(bulletin)[1:]
    if marks:
        yield f'<tr class="running"><th colspan="{len(table.columns)}">{escape(" · ".join(marks))}</th></tr>\n'
    for row in heads(table, words):
        yield "<tr>" + "".join(_head(one.text, one.rows, one.columns) for one in row) + "</tr>\n"
    yield "</thead>\n<tbody>\n"
    yield from _body(table, rows, words)
    yield "</tbody>\n</table>\n</div>\n"
    notes = [words.note("empty")] if not rows else [words.note("missing")]
    if why:
        notes.insert(0, words.note(why, shown=words.figures.count(len(rows)), all=words.figures.count(len(table.rows))))
    notes += [words.note(key) for key in table.notes]
    yield '<ul class="notes">' + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>\n"


def _head(text: str, rows: int, columns: int) -> str:
    scope = "colgroup" if columns > 1 else "col"
    spans = (f' rowspan="{rows}"' if rows > 1 else "") + (f' colspan="{columns}"' if columns > 1 else "")
    return f'<th scope="{scope}"{spans}>{escape(text)}</th>'


def _body(table: Table, rows: list[tuple[int, tuple[Cell, ...]]], words: Words) -> Iterator[str]:
    name = named(table)
    writers = [_writer(column, words, of_row=column.key == name) for column in table.columns]
    indented = bool(table.depths)
    for depth, row in rows:
        cells = "".join([write(value) for write, value in zip(writers, row, strict=True)])
        yield f'<tr class="d{min(depth, 3)}">{cells}</tr>\n' if indented else f"<tr>{cells}</tr>\n"


def _writer(column: Column, words: Words, *, of_row: bool) -> Callable[[Any], str]:
    """What writes a cell with its element."""
    write = words.writer(column)
    before, after = ('<th scope="row">', "</th>") if of_row else (f"<td{_look(column)}>", "</td>")
    empty = before + DASH + after
    if numeric(column):
        return lambda value: empty if value is None else f"{before}{write(value)}{after}"
    return lambda value: empty if value is None else f"{before}{escape(write(value))}{after}"


def _look(column: Column) -> str:
    if column.key in CENTRED or column.kind in CENTRED:
        return ' class="c"'
    if column.key in CODES:
        return ' class="k"'
    if column.key in ROOMY:
        return ' class="w"'
    return ' class="n"' if numeric(column) or column.key == "value" else ' class="t"'
