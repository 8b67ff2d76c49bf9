"""Every word is there in both languages, and numbers, days and shares are written as each reads them."""

import re
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest

from connectors.publication.views import printed
from connectors.publication.words import LANGUAGES, load
from indicators.bulletin.facts import facts
from indicators.bulletin.lists import SHAPES
from indicators.bulletin.model import Column, Ratio
from tests.bulletins import bulletin

SOURCES = [path.read_text("utf-8") for path in (files("indicators") / "bulletin").iterdir() if path.name.endswith(".py")]
WORDS = load("vi")


def said(pattern: str) -> set[str]:
    """What the tables' own code names."""
    return {found for text in SOURCES for found in re.findall(pattern, text)}


def entries(part: Any, path: str = "") -> list[tuple[str, list[str]]]:
    found = []
    for key, value in part.items():
        found += entries(value, f"{path}{key}.") if isinstance(value, dict) else [(f"{path}{key}", value)]
    return found


def test_every_entry_says_something_in_both_languages_about_the_same_values() -> None:
    for key, (vietnamese, english) in entries(WORDS._catalogue):
        assert all((vietnamese.strip(), english.strip())), key
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (vietnamese, english)]
        assert names[0] == names[1], key


def test_every_table_group_column_note_and_word_that_tables_name_is_in_the_catalogue() -> None:
    for table in bulletin().tables:
        assert WORDS.knows("table", table.key), table.key
        assert WORDS.knows("group", table.group), table.group
        for column in printed(table, WORDS).columns:
            assert WORDS.column(table.key, column.key) != column.key, column.key
    for key in said(r'Column\("([a-z_0-9]+)"') | {name for columns, _ in SHAPES.values() for name, _ in columns}:
        assert any(WORDS.knows("column", key) or key in own for own in WORDS._catalogue["table_column"].values()), key
    for key in SHAPES.keys() | said(r'Table\("([a-z_0-9]+)"'):
        assert WORDS.knows("table", key), key
    for key in {one for names in said(r"notes=\(([^)]*)\)") for one in re.findall(r'"([a-z_0-9]+)"', names)}:
        assert WORDS.knows("note", key), key


def test_every_fact_and_section_has_words_and_its_sentence_uses_all_values() -> None:
    for key in said(r'Fact\("[a-z_]+", "([a-z_]+)"') | {fact.key for fact in facts(bulletin())}:
        assert WORDS.knows("fact", key), key
    for fact in facts(bulletin()):
        assert WORDS.knows("section", fact.section)
        names = {name for _, name, _, _ in Formatter().parse(WORDS.say("fact", fact.key)) if name}
        assert names <= fact.values.keys() | fact.about.keys(), fact.key


@pytest.mark.parametrize(
    ("kind", "value", "vietnamese", "english"),
    [
        ("count", 184513, "184.513", "184,513"),
        ("points", 7312, "73,12", "73.12"),
        ("ratio", Ratio(1, 3), "33,33", "33.33"),
        ("ratio", Ratio(0, 7), "0,00", "0.00"),
        ("date", "2026-08-05", "05/08/2026", "05/08/2026"),
        ("time", "2026-09-04T23:00:00+00:00", "05/09/2026 06:00", "05/09/2026 06:00"),
        ("month", "2026-08", "08/2026", "08/2026"),
        ("count", None, "–", "–"),
        ("date", "no day", "no day", "no day"),
        ("time", "no time", "no time", "no time"),
    ],
)
def test_a_cell_is_written_as_its_language_does(kind: Any, value: Any, vietnamese: str, english: str) -> None:
    assert [load(lang).cell(Column("x", kind), value) for lang in LANGUAGES] == [vietnamese, english]


def test_changes_carry_their_sign_and_whole_maxima_no_decimals() -> None:
    assert [WORDS.cell(Column("change", "points"), value) for value in (207, -420, 0)] == ["+2,07", "−4,20", "0,00"]
    assert [WORDS.cell(Column("maximum", "points"), value) for value in (2000, 50)] == ["20", "0,50"]


def test_words_of_several_keys_and_of_others_than_keys() -> None:
    assert WORDS.word("sent_late no_reason") == "Gửi muộn; Không nêu lý do"
    assert WORDS.word("indicator 2.1") == "Giải quyết hồ sơ đúng hạn"
    assert WORDS.word("column late_units times") == "Số lần chậm trong năm"
    assert WORDS.word("table late_units").startswith("Danh sách đơn vị")
    assert WORDS.word("nobody knows") == "nobody knows"
    assert load("en").cell(Column("grade", "text"), "Khá") == load("en").word("Khá") == "Fair"
    assert WORDS.note("peers_published 2026-09-02") == "Xếp hạng theo số công bố ngày 02/09."
    assert [WORDS.word(one) for one in ("finished_late", "open_overdue")] == ["Đã giải quyết – quá hạn", "Đang giải quyết – quá hạn"]


def test_the_page_says_whose_figures_lack_something_and_how_many_more() -> None:
    lacking = bulletin(incomplete=tuple(f"H44.{place}" for place in range(10)))
    assert WORDS.lacking(lacking).endswith("H44.7 và 2 đơn vị khác.")
    assert WORDS.state(lacking) == ("DỰ THẢO", "số liệu chưa đầy đủ")
    assert WORDS.state(bulletin(provisional=True)) == ("DỰ THẢO", "tạm tính")
