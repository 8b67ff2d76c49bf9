"""Small CSV files that people edit: UTF-8 with or without a byte order mark, the first line names the columns."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indicators.errors import InvalidDataError


class Rows:
    """Lines by column. Raises InvalidDataError naming the line that is no CSV."""

    def __init__(self, text: str, name: str = "") -> None:
        self._reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        self._name = name
        try:
            self.columns = tuple(self._reader.fieldnames or ())
        except csv.Error as error:
            raise self._broken(error) from None

    @classmethod
    def of(cls, path: Path) -> "Rows":
        """Those of a file."""
        try:
            return cls(path.read_text("utf-8-sig"), path.name)
        except UnicodeDecodeError:
            raise InvalidDataError(f"{path.name} is not written in UTF-8") from None

    @property
    def where(self) -> str:
        """The line read last."""
        return self._at(self._reader.line_num)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            for row in self._reader:
                yield {column: value for column, value in row.items() if isinstance(column, str)}
        except csv.Error as error:
            raise self._broken(error) from None

    def _broken(self, error: csv.Error) -> InvalidDataError:
        return InvalidDataError(f"{self._at(self._reader.line_num + 1)}: {error}")

    def _at(self, line: int) -> str:
        return f"{self._name}, line {line}" if self._name else f"line {line}"
