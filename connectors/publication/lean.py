"""A worksheet of xlsxwriter that writes its cells in half the time: the same bytes, which a test holds against the library's own."""

from functools import lru_cache
from typing import Any

from xlsxwriter.utility import _preserve_whitespace, xl_col_to_name
from xlsxwriter.worksheet import CellDatetimeTuple, CellNumberTuple, CellStringTuple, Worksheet

_NUMBERS = (CellNumberTuple, CellDatetimeTuple)


class LeanSheet(Worksheet):  # type: ignore[misc]
    """In workbooks of constant memory, where strings stand in their cells."""

    @lru_cache(maxsize=256)  # noqa: B019 - a sheet lives as long as its workbook
    def _start(self, col: int) -> str:
        return f'<c r="{xl_col_to_name(col)}'

    @lru_cache(maxsize=10_000)  # noqa: B019
    def _inline(self, string: str) -> str:
        """The inside of a cell with a string."""
        said = self._escape_control_characters(string)
        space = ' xml:space="preserve"' if _preserve_whitespace(said) else ""
        return f"<is><t{space}>{self._escape_data(said)}</t></is>"

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        shown = cell.format
        kind = type(cell)
        if not shown or not self.constant_memory:
            super()._write_cell(row, col, cell)
        elif kind in _NUMBERS:
            self.fh.write(f'{self._start(col)}{row + 1}" s="{shown._get_xf_index()}"><v>{cell.number:.16G}</v></c>')  # noqa: SLF001
        elif kind is CellStringTuple and not cell.string.startswith("<r>"):
            self.fh.write(f'{self._start(col)}{row + 1}" s="{shown._get_xf_index()}" t="inlineStr">{self._inline(cell.string)}</c>')  # noqa: SLF001
        else:
            super()._write_cell(row, col, cell)
