"""Pages of HTML: whole in themselves, marked, escaped, the same bytes each time; the public edition names no dossier and no official."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from connectors.publication.html import render
from connectors.publication.tables import MOST, shown
from connectors.publication.words import load
from indicators.bulletin.model import Bulletin, Column, Room, Table
from tests.bulletins import bulletin

WORDS = load("vi")
EVIL = '"><script>alert(1)</script>&amp; </style> #strong[x] $y$ \\ {total} %'


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src", "action", "data", "srcset")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def evil() -> Bulletin:
    book = bulletin()
    tables = tuple(
        replace(one, rows=tuple(tuple(EVIL if cell in ("Sở Xây dựng", "Đất đai") else cell for cell in row) for row in one.rows))
        for one in book.tables
    )
    facts = tuple(
        replace(fact, about={name: EVIL if value == "Đất đai" else value for name, value in fact.about.items()}) for fact in book.brief
    )
    return replace(book, tables=tables, brief=facts, room=Room("H44", EVIL, "province"), incomplete=(EVIL,))


def test_whatever_a_name_says_it_stays_a_name() -> None:
    for name, page in render(evil(), WORDS, [f"{EVIL}.csv"]).items():
        seen = Seen(page)
        assert "script" not in seen.tags, name
        assert seen.tags.count("style") == 1
        assert EVIL.upper() in "".join(seen.text), name
    assert EVIL in "".join(Seen(render(evil(), WORDS)["2026-08-v1-brief.html"]).text)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_is_one_file_and_asks_for_no_other(lang: str) -> None:
    files = render(bulletin(), load(lang))  # type: ignore[arg-type]
    for name, page in files.items():
        text = page.decode()
        assert name.startswith("2026-08-v1-")
        assert f'<html lang="{lang}">' in text
        assert all(link in files for link in Seen(page).links), name
        assert "@import" not in text
        assert re.findall(r"(?:https?:)?//[a-z][^\s\"']*", text.replace("http://www.w3.org/2000/svg", "")) == []
        assert all(one.startswith("#chart-") for one in re.findall(r"url\(([^)]*)\)", text))


def test_every_page_says_draft_and_what_is_not_final() -> None:
    for page in render(bulletin(provisional=True, incomplete=("H44.02",)), WORDS).values():
        text = page.decode()
        for mark in (
            "<b>DỰ THẢO</b>",
            "<b>TẠM TÍNH</b>",
            "<b>SỐ LIỆU CHƯA ĐẦY ĐỦ</b>",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Số liệu tính đến 06:00 ngày 05/09/2026",
        ):
            assert mark in text
        assert "@bottom-left" in text
    final = render(bulletin(), WORDS)["2026-08-v1-levels.html"].decode()
    assert "TẠM TÍNH" not in final
    assert "CHƯA ĐẦY ĐỦ" not in final
    assert all(name.startswith("2026-08-v1-provisional-") for name in render(bulletin(provisional=True), WORDS))


def test_the_same_bulletin_gives_the_same_bytes() -> None:
    assert render(bulletin(), WORDS) == render(bulletin(), WORDS)


def test_the_index_links_to_every_file_once() -> None:
    others = ["2026-08-v1-late_dossiers.csv", "2026-08-v1.xlsx", "publication.json"]
    files = render(bulletin(), WORDS, others)
    links = Seen(files["2026-08-v1-index.html"]).links
    assert sorted(links) == sorted([*(name for name in files if not name.endswith("index.html")), *others])


def test_the_list_of_late_dossiers_has_its_seven_columns_and_all_its_rows() -> None:
    page = render(bulletin(late=9000), WORDS)["2026-08-v1-late_dossiers.html"].decode()
    assert "DANH SÁCH ĐƠN VỊ, CÁ NHÂN CHẬM TRỄ TRONG VIỆC GIẢI QUYẾT HỒ SƠ TTHC" in page
    heads = re.findall(r'<th scope="col">([^<]*)</th>', page)
    assert heads == ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả", "Đơn vị giải quyết", "Ghi chú"]
    assert page.count("<tr>") == 9000 + 1
    assert '<td class="w">Đã giải quyết – quá hạn\ncb-0001</td>' in page


def test_form_06a_has_its_two_storied_head_its_title_and_its_unit_of_count() -> None:
    page = render(replace(bulletin(), form="bc-2026-Q3"), WORDS)["2026-08-v1-form_06a_units.html"].decode()
    for text in ('<th scope="colgroup" colspan="4">Tiếp nhận</th>', "Biểu số II.06a/VPCP/KSTT", "Đơn vị tính: Số hồ sơ TTHC"):
        assert text in page
    assert "Kỳ báo cáo: bc-2026-Q3 (Từ ngày 15/06/2026 đến ngày 14/09/2026)" in page
    assert "size: A4 landscape" in page


def test_no_data_is_a_dash_with_a_word_and_an_empty_list_says_so() -> None:
    files = render(bulletin(), WORDS)
    months = files["2026-08-v1-months.html"].decode()
    assert '<th scope="row">12/2025</th><td class="n">18.000</td><td class="n">2.100</td><td class="n">–</td>' in months
    assert "Chưa có dữ liệu (không phải bằng 0)" in months
    assert "Không có dòng nào trong kỳ." in files["2026-08-v1-papers_units.html"].decode()


def test_the_public_edition_names_no_dossier_and_no_official() -> None:
    book = bulletin()
    hidden = {str(row[1]) for row in book.table("late_dossiers").rows} | {str(row[8]) for row in book.table("late_dossiers").rows}
    hidden |= {str(row[0]) for row in book.table("late_officials").rows}
    files = render(book.of("public"), WORDS)
    assert len(files) > 20
    for name, page in files.items():
        text = page.decode()
        assert [one for one in hidden if one in text] == [], name
        assert not re.search(r"\bH\d\d(\.\d+)*-\d{6,8}-\d+", text), name
    inside = b"".join(render(book, WORDS).values()).decode()
    assert all(one in inside for one in hidden), "the internal edition has them"


def test_of_a_table_by_unit_with_too_many_rows_upper_units_are_shown_and_said() -> None:
    columns, rows = (Column("unit", "text"), Column("open")), tuple((f"H{place}", place) for place in range(MOST + 1))
    table = Table("payment", "digital", columns, rows, depths=(0, 1, 1, *([2] * (MOST - 2))))
    assert (len(shown(table)[0]), shown(table)[1]) == (3, "upper_rows")
    assert (len(shown(replace(table, depths=(1,) * (MOST + 1)))[0]), shown(replace(table, depths=(1,) * (MOST + 1)))[1]) == (
        MOST,
        "cut_rows",
    )
    assert len(shown(replace(table, depths=()))[0]) == MOST + 1
