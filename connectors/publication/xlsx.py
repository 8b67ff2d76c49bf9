"""One workbook an edition: a sheet a table, heads frozen, numbers as numbers. The same publication gives the same bytes: its time is `as_of`."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from connectors.publication.lean import LeanSheet
from connectors.publication.words import Words
from indicators.bulletin.model import Bulletin, Column, Kind, Table

CONTENTS = "contents"
HEAD_ROW = 3
FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "place": "0",
    "days": "#,##0",
    "ratio": "0.00%",
    "points": "#,##0.00",
    "date": "dd/mm/yyyy",
    "time": "dd/mm/yyyy hh:mm",
}
WIDTHS: dict[str, int] = {"name": 44, "dossier": 30, "title": 40, "flags": 40, "papers": 30, "parent": 30, "official": 22, "unit": 14}
PLAIN = 12
WORDED = frozenset({"role", "grade"})  # columns of text whose cells are words
NUMBERS: dict[Kind, Callable[[Any], Any]] = {
    "count": int,
    "place": int,
    "days": int,
    "ratio": lambda value: value.value,
    "points": lambda value: value / 100,
}
FONT = {"font_name": "Times New Roman", "font_size": 11}


def render(bulletin: Bulletin, words: Words) -> dict[str, bytes]:
    """File name → bytes."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": words.page("contents"), "author": bulletin.room.name, "created": _moment(bulletin.as_of)})
    sheets = _Sheets(book, bulletin, words)
    sheets.contents()
    for table in bulletin.tables:
        sheets.table(table)
    book.close()
    return {f"{bulletin.stem}.xlsx": out.getvalue()}


class _Sheets:
    """Writes into a workbook."""

    def __init__(self, book: Any, bulletin: Bulletin, words: Words) -> None:
        self._book, self._bulletin, self._words = book, bulletin, words
        self._said: dict[str, str] = {}
        self._title = book.add_format({**FONT, "bold": True, "font_size": 13})
        self._head = book.add_format({**FONT, "bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEEEEE"})
        self._cells = {kind: book.add_format({**FONT, "border": 1, "num_format": FORMATS.get(kind, "@")}) for kind in (*FORMATS, "text")}

    def contents(self) -> None:
        """Which sheet holds what."""
        sheet = self._book.add_worksheet(CONTENTS)
        self._top(sheet, f"{self._words.page('contents')} – {self._bulletin.room.name}")
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)
        for row, table in enumerate(self._bulletin.tables, HEAD_ROW):
            sheet.write_url(row, 0, f"internal:'{table.key}'!A1", string=table.key)
            sheet.write_string(row, 1, self._words.titled(self._bulletin, table.key), self._cells["text"])

    def _top(self, sheet: Any, title: str, table: Table | None = None) -> None:
        sheet.write_string(0, 0, title, self._title)
        sheet.write_string(1, 0, " · ".join((*self._words.state(self._bulletin), self._words.as_of(self._bulletin))))
        counted = [self._words.page("form_unit")] if table is not None and table.key.startswith("form_06a") else []
        sheet.write_string(2, 0, " · ".join((self._words.period(self._bulletin, table), *counted)))
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L" + " · ".join(self._words.state(self._bulletin)) + "&R&P/&N")

    def table(self, table: Table) -> None:
        """One table; empty cells are no data."""
        sheet = self._book.add_worksheet(table.key[:31], worksheet_class=LeanSheet)
        self._top(sheet, self._words.titled(self._bulletin, table.key), table)
        for place, column in enumerate(table.columns):
            sheet.write_string(HEAD_ROW, place, self._words.column(table.key, column.key), self._head)
            sheet.set_column(place, place, WIDTHS.get(column.key, PLAIN))
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        sheet.repeat_rows(HEAD_ROW)
        last = HEAD_ROW + len(table.rows)
        sheet.autofilter(HEAD_ROW, 0, last, len(table.columns) - 1)
        writers = [self._writer(sheet, column) for column in table.columns]
        for row, cells in enumerate(table.rows, HEAD_ROW + 1):
            for place, ((write, make, shown), cell) in enumerate(zip(writers, cells, strict=True)):
                if cell is not None:
                    write(row, place, make(cell), shown)
        notes = [self._words.note(note) for note in table.notes] or ([self._words.missing] if not table.rows else [])
        for row, note in enumerate(notes, last + 2):
            sheet.write_string(row, 0, note)

    def _writer(self, sheet: Any, column: Column) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
        """How a cell of the column is written, what of it, and how it is shown."""
        shown = self._cells.get(column.kind, self._cells["text"])
        if column.kind == "word":
            return sheet._write_string, self._word, shown  # noqa: SLF001 - the same without a look at what its arguments are
        if column.key in WORDED:
            return sheet._write_string, self._words.writer(column), shown  # noqa: SLF001
        if column.kind in ("date", "time"):
            return sheet.write_datetime, _moment, shown
        if column.kind in NUMBERS:
            return sheet._write_number, NUMBERS[column.kind], shown  # noqa: SLF001
        return sheet._write_string, str, shown  # noqa: SLF001

    def _word(self, value: str) -> str:
        """One word, or several with commas between."""
        said = self._said.get(value)
        if said is None:
            said = self._said[value] = ", ".join(map(self._words.word, value.split(", ")))
        return said


def _moment(text: str) -> dt.datetime:
    """Excel knows no zones: the clock as it is written."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=None)
