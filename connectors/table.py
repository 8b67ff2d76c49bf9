"""Rows of any CSV file, however broken: a bad row is named by line and rule, and the others go on.

Each physical line is a row, unless a quote in it stays open: then following lines are joined to it for as long as that makes a whole row.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from indicators.errors import InvalidDataError, NotFoundError

MAX_LINE = 1_000_000
JOINED = 50  # lines that one row may span
_BOM = b"\xef\xbb\xbf"


class Problem(NamedTuple):
    """What is wrong with a row or one of its cells; never says what stands there."""

    line: int
    column: str | None
    field: str
    rule: str


class Row(NamedTuple):
    """A row's cells, and the line it begins in."""

    line: int
    cells: list[str]


class Table:
    """A CSV file. `header` holds its column names; iterating gives `Row` or `Problem`. Raises NotFoundError and InvalidDataError when made."""

    def __init__(self, path: Path, delimiter: str = ",") -> None:
        self.path = path
        self._delimiter = delimiter
        self._lines = _lines(path)
        self.header = self._header()

    def _header(self) -> list[str]:
        try:
            _, raw = next(self._lines, (1, b""))
        except OSError as error:
            raise NotFoundError(f"{self.path} cannot be read ({error.strerror}); check the path") from None
        try:
            text = raw.removeprefix(_BOM).decode()
            names = [name.strip() for name in self._parse(text)] if text.strip() else []
        except (UnicodeDecodeError, csv.Error):
            names = []
        if not names or "\0" in "".join(names):
            raise InvalidDataError(f"{self.path.name} has no header line of column names in UTF-8")
        return names

    def _parse(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self._delimiter, strict=True), [])

    def __iter__(self) -> Iterator[Row | Problem]:
        waiting: list[tuple[int, bytes]] = []
        while True:
            number, raw = waiting.pop(0) if waiting else next(self._lines, (0, b""))
            if not number:
                return
            if raw.strip(b"\r\n \t"):
                yield self._row(number, raw, waiting)

    def _row(self, number: int, raw: bytes, waiting: list[tuple[int, bytes]]) -> Row | Problem:
        """The row that begins here; lines looked at in vain stand in `waiting`, to be read again."""
        if len(raw) >= MAX_LINE:
            return Problem(number, None, "row", f"is longer than {MAX_LINE} bytes")
        try:
            text = raw.decode()
            if "\0" in text:
                return Problem(number, None, "row", "holds a NUL character")
            try:
                cells = self._parse(text)
            except csv.Error:
                cells = self._joined(text, waiting)
        except UnicodeDecodeError:
            return Problem(number, None, "row", "is not UTF-8")
        except csv.Error:
            return Problem(number, None, "row", "has a quotation mark where none belongs, or one that is never closed")
        if len(cells) != len(self.header):
            return Problem(number, None, "row", f"has {len(cells)} cells where the header has {len(self.header)}")
        return Row(number, cells)

    def _joined(self, text: str, waiting: list[tuple[int, bytes]]) -> list[str]:
        """The cells of a row that spans lines. Raises csv.Error where no whole row comes of it; then nothing was taken."""
        for count in range(JOINED):
            if count == len(waiting):
                following = next(self._lines, None)
                if following is None:
                    break
                waiting.append(following)
            text += waiting[count][1].decode(errors="replace")
            try:
                cells = self._whole(text)
            except csv.Error:
                continue
            if len(cells) == len(self.header):
                del waiting[: count + 1]
                return cells
        raise csv.Error("no whole row")

    def _whole(self, text: str) -> list[str]:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=self._delimiter, strict=True))
        if len(rows) != 1:
            raise csv.Error("not one row")
        return rows[0]


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Physical lines with their numbers; of an endless one only the beginning is kept."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE):
            number += 1
            rest = raw
            while len(rest) >= MAX_LINE and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE)
            yield number, raw
