"""The PDF: one sheet of brief and then tables, our font alone, the publication's own time, the same bytes each time."""

import io
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import typst
from pypdf import PdfReader

from connectors.publication import html, pdf, xlsx
from connectors.publication.words import load
from indicators.bulletin.model import Bulletin
from tests.bulletins import bulletin

WORDS = load("vi")


def read(book: Bulletin, lang: str = "vi") -> PdfReader:
    (content,) = pdf.render(book, load(lang)).values()  # type: ignore[arg-type]
    return PdfReader(io.BytesIO(content))


def fonts(reader: PdfReader) -> set[str]:
    found = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr]
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


def test_the_same_bulletin_gives_the_same_bytes_at_the_publications_own_time() -> None:
    assert pdf.render(bulletin(), WORDS) == pdf.render(bulletin(), WORDS)
    reader = read(bulletin())
    assert reader.metadata is not None
    assert reader.metadata.creation_date_raw == "D:20260904230000Z"
    assert list(pdf.render(bulletin(provisional=True), WORDS)) == ["2026-08-v1-provisional-brief.pdf"]


def test_the_brief_takes_one_sheet_and_every_sheet_is_marked_and_numbered() -> None:
    reader = read(bulletin(provisional=True, incomplete=("H44.02",)))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 4
    assert "BÁO CÁO TÓM TẮT" in texts[0]
    assert "THỦ TRƯỞNG ĐƠN VỊ" in texts[0]
    assert "Tổng hợp kết quả" in texts[1]
    for number, text in enumerate(texts, 1):
        assert f"Trang {number}/{len(texts)}" in text
        for mark in ("DỰ THẢO", "tạm tính", "số liệu chưa đầy đủ"):
            assert mark in text


def test_a_brief_with_long_names_and_much_to_say_still_takes_one_sheet() -> None:
    book = bulletin(incomplete=tuple(f"Trung tâm Phục vụ hành chính công khu vực số {place} thành phố Hồ Chí Minh" for place in range(9)))
    long = "Ban Quản lý các khu công nghiệp, khu kinh tế và khu công nghệ cao trên địa bàn tỉnh"
    facts = tuple(
        replace(fact, about={name: long if name == "name" else value for name, value in fact.about.items()}) for fact in book.brief
    )
    texts = [page.extract_text() for page in read(replace(book, brief=facts)).pages[:2]]
    assert "THỦ TRƯỞNG ĐƠN VỊ" in texts[0]
    assert "Tổng hợp kết quả" in texts[1]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_only_the_shipped_font_is_in_it_and_the_compiler_has_nothing_to_warn_of(lang: str) -> None:
    found = fonts(read(bulletin(), lang))
    assert "LiberationSerif" in found
    assert all(name.startswith("LiberationSerif") for name in found)
    data = msgspec.json.encode(pdf.document(bulletin(), load(lang))).decode()  # type: ignore[arg-type]
    families = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=["connectors/publication/fonts"])
    _, warnings = typst.Compiler(pdf._template(), font_paths=families).compile_with_warnings(format="pdf", sys_inputs={"data": data})
    assert warnings == []


def test_all_vietnamese_letters_are_there() -> None:
    letters = "ẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲỶỸỴĐ ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựỳỷỹỵđ"
    book = bulletin()
    facts = tuple(
        replace(fact, about={name: letters if name == "name" else value for name, value in fact.about.items()}) for fact in book.brief
    )
    text = read(replace(book, brief=facts)).pages[0].extract_text()
    assert set(letters) <= set(text)
    assert "\ufffd" not in text


def test_markup_in_names_is_text() -> None:
    evil = '#strong[x] $y$ *z* \\ "<a> @b `c` // d'
    book = bulletin()
    facts = tuple(
        replace(fact, about={name: evil if name == "name" else value for name, value in fact.about.items()}) for fact in book.brief
    )
    assert evil in " ".join(read(replace(book, brief=facts)).pages[0].extract_text().split())


def test_the_public_edition_names_no_dossier_and_no_official() -> None:
    book = bulletin()
    text = "".join(page.extract_text() for page in read(book.of("public")).pages)
    hidden = {str(cell) for row in book.table("late_dossiers").rows for cell in (row[1], row[8])}
    assert [one for one in hidden if one in text] == []
    assert "bản công khai" in text


def test_units_without_figures_are_counted_below_and_lists_are_cut_with_a_word() -> None:
    book = bulletin(units=80)
    empty: Any = [
        replace(one, rows=tuple((*row[:2], *(None for _ in row[2:])) if place > 70 else row for place, row in enumerate(one.rows)))
        if one.key == "payment"
        else one
        for one in book.tables
    ]
    text = " ".join("".join(page.extract_text() for page in read(replace(book, tables=tuple(empty))).pages).split())
    assert "10 đơn vị chưa có dữ liệu không in ở đây." in text
    assert "In 50 dòng đầu trên 80;" in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_month_of_which_nothing_is_known_is_printed_too(lang: str) -> None:
    book = bulletin()
    bare = replace(book, tables=tuple(replace(one, rows=(), depths=()) for one in book.tables))
    text = "".join(page.extract_text() for page in read(bare, lang).pages)
    assert bare.room.name in text
    for _, content in (*html.render(bare, load(lang)).items(), *xlsx.render(bare, load(lang)).items()):  # type: ignore[arg-type]
        assert content
