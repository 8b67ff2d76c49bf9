"""Brief and summary tables as one PDF, set by typst: our own font, no other file, no network, the publication's time. Same bulletin, same bytes."""

import datetime as dt
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Any, Final

import msgspec
import typst

from connectors.publication.brief import brief
from connectors.publication.heads import CENTRED, CODES, heads, named, numeric, sideways, small
from connectors.publication.views import printed, without
from connectors.publication.words import DASH, Words
from indicators.bulletin.model import Bulletin, Cell, Column, Table
from indicators.times import VIETNAM

# in this order, and how far below the room units are that a sheet of paper shows
SUMMARY = {
    "summary": 1,
    "indicators": 0,
    "blocks": 1,
    "months": 1,
    "comparison": 1,
    "comparison_year": 1,
    "levels": 1,
    "sectors": 1,
    "overdue_units": 1,
    "sent_back": 1,
    "online": 1,
    "digitisation": 1,
    "payment": 1,
    "petitions": 1,
    "late_units": 1,
    "rankings": 1,
    "form_06a_units": 1,
    "form_06a_sectors": 1,
}
MOST = 200  # rows of a table by unit
FIRST = 50  # rows of a list
SAID_ANYHOW = frozenset({"stt", "unit", "name", "kind", "parent", "indicator", "title", "maximum"})
WORDS = ("page", "country", "motto", "number", "dated", "brief", "subject", "recipients", "signer", "how")
ARCHIVED: Final = "a-2a"  # PDF/A for archives, tagged for screen readers


def render(bulletin: Bulletin, words: Words) -> dict[str, bytes]:
    """File name → bytes: one file."""
    with as_file(files("connectors.publication") / "fonts") as folder:
        found = typst.Compiler(_template(), font_paths=_fonts(str(folder))).compile(
            format="pdf",
            sys_inputs={"data": msgspec.json.encode(document(bulletin, words)).decode()},
            timestamp=_at(bulletin),
            pdf_standards=ARCHIVED,
        )
    assert isinstance(found, bytes)
    return {f"{bulletin.stem}-brief.pdf": found}


@cache
def _template() -> bytes:
    return (files("connectors.publication") / "bulletin.typ").read_bytes()


def _fonts(folder: str) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _at(bulletin: Bulletin) -> dt.datetime:
    at = dt.datetime.fromisoformat(bulletin.as_of)
    return at.replace(tzinfo=VIETNAM) if at.tzinfo is None else at.astimezone(VIETNAM)


def document(bulletin: Bulletin, words: Words) -> dict[str, Any]:
    """All that the template sets."""
    marks = words.state(bulletin)
    return {
        "lang": words.lang,
        "name": f"{words.page('subject')} – {bulletin.room.name}, {bulletin.stem}",
        "organ": bulletin.room.name,
        "marks": marks,
        "foot": " · ".join((bulletin.room.name, bulletin.stem, *marks)),
        "words": {key: words.page(key) for key in WORDS},
        "period": words.period(bulletin),
        "as_of": words.as_of(bulletin),
        "lacking": words.lacking(bulletin),
        "brief": asdict(brief(bulletin, words)),
        "sheets": _sheets(bulletin, words),
    }


def _sheets(bulletin: Bulletin, words: Words) -> list[dict[str, Any]]:
    """Tables that follow each other on paper held the same way."""
    known = {one.key: one for one in bulletin.tables}
    tables = [_table(bulletin, printed(known[key], words), words) for key in SUMMARY if key in known]
    return [{"sideways": way, "tables": list(alike)} for way, alike in groupby(tables, lambda one: one["sideways"])]


def _table(bulletin: Bulletin, table: Table, words: Words) -> dict[str, Any]:
    rows, silent = _upper(table)
    notes = [words.note("missing" if rows else "empty"), *(words.note(key) for key in table.notes)]
    if silent:
        notes.insert(0, words.note("silent_units", count=words.figures.count(silent)))
    if len(rows) + silent < len(table.rows):
        key = "upper_rows" if table.depths and len(rows) < MOST else "cut_rows"
        notes.insert(0, words.note(key, shown=words.figures.count(len(rows)), all=words.figures.count(len(table.rows))))
    few = _without_room(bulletin, replace(table, rows=tuple(row for _, row in rows), depths=()))
    name, writers = named(few), [words.writer(column) for column in few.columns]
    form = table.key.startswith("form_06a")
    return {
        "title": words.titled(bulletin, table.key),
        "period": words.period(bulletin, table) if form and bulletin.form != bulletin.month else "",
        "counted": words.page("form_unit") if form else "",
        "sideways": sideways(few),
        "small": small(few),
        "heads": [[asdict(head) for head in row] for row in heads(few, words)],
        "align": [_align(column) for column in few.columns],
        "widths": [_width(column, name) for column in few.columns],
        "rows": [[DASH if cell is None else write(cell) for write, cell in zip(writers, row, strict=True)] for row in few.rows],
        "bold": [place for place, (own, _) in enumerate(rows) if own],
        "notes": notes,
    }


def _without_room(bulletin: Bulletin, table: Table) -> Table:
    """Where every row is of the room, its code and name say nothing."""
    keys = [column.key for column in table.columns]
    if "unit" not in keys or not table.rows or any(row[keys.index("unit")] != bulletin.room.code for row in table.rows):
        return table
    return without(table, ("unit", "name"))


def _upper(table: Table) -> tuple[list[tuple[bool, tuple[Cell, ...]]], int]:
    """(whether it is the room among others, row), and how many units are left out that have no figures at all."""
    if not table.depths:
        return [(False, row) for row in table.rows[:FIRST]], 0
    deepest = SUMMARY[table.key]
    upper = [(depth, row) for depth, row in zip(table.depths, table.rows, strict=True) if depth <= deepest]
    figures = [place for place, column in enumerate(table.columns) if column.key not in SAID_ANYHOW]
    known = [(depth, row) for depth, row in upper if depth == 0 or any(row[place] is not None for place in figures)]
    return [(depth == 0 and deepest > 0 and len(known) > 1, row) for depth, row in known[:MOST]], len(upper) - len(known)


def _width(column: Column, name: str) -> str:
    if column.key == name:
        return "name"
    return (
        "number"
        if numeric(column) and column.key not in CENTRED
        else "text"
        if column.kind in ("word", "text") and column.key not in CODES
        else "code"
    )


def _align(column: Column) -> str:
    if column.key == "value":
        return "right"
    if column.key in CENTRED or column.kind in CENTRED:
        return "center"
    return "right" if numeric(column) else "left"
