"""Workbooks: what the lean sheet writes is what the library writes, to the byte; the same publication gives the same workbook."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from connectors.publication import words, xlsx
from connectors.publication.lean import LeanSheet
from indicators.bulletin.model import Column, Table
from tests.bulletins import bulletin

CELLS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12), st.floats(-1e6, 1e6), st.text(max_size=8)), max_size=30), max_size=6
)


def made(kind: type[Worksheet], rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    book.set_properties({"created": xlsx._moment("2026-09-05T06:00:00+07:00")})
    shown = book.add_format({"border": 1})
    sheet = book.add_worksheet("a", worksheet_class=kind)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(place, column, cell, shown if column % 3 else None)
            elif cell is not None:
                sheet.write_number(place, column, cell, shown)
    book.close()
    return out.getvalue()


@given(CELLS)
def test_the_lean_sheet_writes_the_bytes_of_the_library(rows: list[list[Any]]) -> None:
    assert made(LeanSheet, rows) == made(Worksheet, rows)


@pytest.mark.parametrize("text", ["<r>x</r>", " a ", 'a&b<c>"d"', "\x01", "_x0001_", "Sở Nông nghiệp", "\n", "=1+1"])
def test_odd_texts(text: str) -> None:
    assert made(LeanSheet, [[text, text]]) == made(Worksheet, [[text, text]])


def test_the_same_publication_is_the_same_workbook_and_opens() -> None:
    found = bulletin()
    one, other = (xlsx.render(found, words.load("vi")) for _ in range(2))
    assert one == other
    [content] = one.values()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["contents", *(table.key for table in found.tables)]
    assert str(book.properties.created)[:10] == found.as_of[:10]


def test_form_06a_has_its_own_period_its_unit_of_count_and_says_whose_it_is() -> None:
    [content] = xlsx.render(replace(bulletin(), form="bc-2026-Q3"), words.load("vi")).values()
    book = openpyxl.load_workbook(io.BytesIO(content))
    form, other = book["form_06a_units"], book["levels"]
    assert form["A1"].value.endswith("Tình hình, kết quả giải quyết thủ tục hành chính tại UBND tỉnh Mẫu, theo đơn vị")
    assert form["A3"].value == "Kỳ báo cáo: bc-2026-Q3 (Từ ngày 15/06/2026 đến ngày 14/09/2026) · Đơn vị tính: Số hồ sơ TTHC"
    assert other["A3"].value == "Kỳ báo cáo: Tháng 08/2026 (Từ ngày 01/08/2026 đến ngày 31/08/2026)"
    assert [form.cell(4, column).value for column in (9, 11, 14)] == [
        "Đã giải quyết – trước hạn",
        "Đã giải quyết – quá hạn",
        "Đang giải quyết – quá hạn",
    ]


def test_grades_and_roles_are_words_of_the_language() -> None:
    duties = Table("duties", "lists", (Column("role", "text"), Column("grade", "text")), (("deputy_head", "Khá"), (None, None)), "internal")
    [content] = xlsx.render(replace(bulletin(), tables=(duties,)), words.load("en")).values()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["duties"]
    assert [cell.value for cell in sheet[5]] == ["Deputy head", "Fair"]
