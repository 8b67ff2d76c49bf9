"""The letter of apology: what it says of a dossier, and that both its forms say the same and nothing else."""

import io
import re
from dataclasses import replace
from typing import Any

import docx
import pytest

from connectors.letter import Letter, Names, letter
from connectors.letter_forms import docx as word
from connectors.letter_forms import html

NAMES = Names("UBND phường Việt Trì", "UBND tỉnh Phú Thọ", "Cấp phép xây dựng")
AS_OF = "2026-11-25T08:05:00+07:00"
DOSSIER: dict[str, Any] = {
    "dossier": "H44.07-20261102-0042",
    "unit": "H44.07",
    "sector": "LV1",
    "procedure": "1.004",
    "official": "u-1",
    "received_at": "2026-11-02T08:00:00+07:00",
    "due_at": "2026-11-16T17:00:00+07:00",
    "effective_due": "2026-11-16",
    "finished_at": None,
    "outcome": None,
    "end": None,
    "waiting": False,
    "facts": {"late_reason": "CQ02", "new_date": "2026-12-01T17:00:00+07:00", "procedure_name": "Tên do nguồn gửi"},
    "findings": [],
}


def drafted(names: Names = NAMES, days_late: int | None = 6, facts: dict[str, Any] | None = None, **others: Any) -> Letter:
    return letter(DOSSIER | others | {"facts": DOSSIER["facts"] if facts is None else facts}, names, days_late, AS_OF)


def words(form: bytes) -> str:
    """Every text of a Word document, tables in their places."""
    page = docx.Document(io.BytesIO(form))
    return "\n".join(node.text for node in page.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))


def test_it_says_what_the_form_asks_for() -> None:
    found = drafted()
    assert dict(found.rows) == {
        "Mã hồ sơ (số giấy tiếp nhận)": "H44.07-20261102-0042",
        "Thủ tục hành chính": "Cấp phép xây dựng",
        "Ngày tiếp nhận": "02/11/2026",
        "Ngày hẹn trả kết quả": "16/11/2026",
        "Tình trạng hồ sơ": "đang giải quyết, chậm 6 ngày làm việc so với ngày hẹn",
        "Lý do chậm": "mã lý do CQ02",
        "Ngày hẹn trả kết quả mới": "01/12/2026",
    }
    assert "vào ngày 01/12/2026" in found.sentences[1]
    assert (found.owed, found.notes, found.as_of) == (True, (), "Số liệu tính đến 08:05 ngày 25/11/2026.")


@pytest.mark.parametrize(
    ("others", "days_late", "state"),
    [
        (
            {"end": "processed", "finished_at": "2026-11-20T09:00:00+07:00"},
            4,
            "đã có kết quả giải quyết ngày 20/11/2026, chậm 4 ngày làm việc",
        ),
        (
            {"end": "asked_twice", "finished_at": "2026-11-20T09:00:00+07:00"},
            0,
            "chờ bổ sung, đã yêu cầu lần thứ hai ngày 20/11/2026, quá ngày hẹn",
        ),
        ({"waiting": True}, None, "đang chờ bổ sung"),
        ({}, 0, "đang giải quyết, quá ngày hẹn"),
        ({}, None, "đang giải quyết"),
    ],
)
def test_the_state_of_the_dossier(others: dict[str, Any], days_late: int | None, state: str) -> None:
    assert state in dict(drafted(NAMES, days_late, **others).rows)["Tình trạng hồ sơ"]


def test_a_dossier_that_has_its_result_is_promised_no_new_date() -> None:
    found = drafted(end="processed", finished_at="2026-11-20T09:00:00+07:00", facts={})
    assert not any("……" in sentence for sentence in found.sentences)
    assert found.notes == ("Chưa ghi nhận mã lý do.",)


def test_what_nobody_stated_stays_open_and_is_noted() -> None:
    found = drafted(Names(), None, {}, procedure=None, due_at=None, effective_due=None, unit=None)
    rows = dict(found.rows)
    assert (rows["Lý do chậm"], rows["Ngày hẹn trả kết quả mới"], rows["Thủ tục hành chính"]) == ("……………", "……/……/………", "……………")
    assert found.notes == ("Theo số liệu hiện có, hồ sơ chưa quá hạn.", "Chưa ghi nhận mã lý do.", "Chưa ghi nhận ngày hẹn mới.")


def test_a_second_rescheduling_and_letters_sent_are_noted() -> None:
    dates = ["2026-11-20T17:00:00+07:00", "2026-11-20T11:00:00+07:00", "2026-12-01T17:00:00+07:00"]
    facts = {**DOSSIER["facts"], "letters": [{"at": dates[0], "role": "head"}]}
    wanted = ("Đã hẹn lại 2 lần; chỉ được hẹn lại một lần.", "Đã ghi nhận 1 phiếu xin lỗi.")
    assert drafted(facts=facts | {"new_dates": dates}).notes == wanted
    assert drafted(facts=facts | {"new_dates": [{"stated_at": AS_OF, "new_date": date} for date in dates]}).notes == wanted


def test_both_forms_hold_every_word_and_the_mark_of_a_draft() -> None:
    found = drafted()
    page, document = html(found), words(word(found))
    for text in (
        *(value for row in found.rows for value in row),
        *found.sentences,
        found.as_of,
        "DỰ THẢO",
        "UBND TỈNH PHÚ THỌ",
        "UBND PHƯỜNG VIỆT TRÌ",
    ):
        assert text in page
        assert text in document
    for empty in ("Số: ……", "ngày …… tháng …… năm ……", "(ký, ghi rõ họ tên, đóng dấu)"):
        assert empty in page
        assert empty in document


def test_the_official_is_not_named() -> None:
    found = drafted()
    assert "u-1" not in html(found) + words(word(found))


def test_values_are_escaped_and_nothing_is_fetched() -> None:
    nasty = '<script>alert("1")</script>&$number'
    found = drafted(Names(nasty, nasty, nasty), dossier=nasty)
    page = html(replace(found, notes=(nasty,)))
    assert "<script" not in page.lower()
    assert not re.search(r"https?:|src=|href=|url\(", page)
    assert nasty in words(word(found))


def test_the_document_names_no_maker() -> None:
    core = docx.Document(io.BytesIO(word(drafted()))).core_properties
    assert (core.author, core.comments) == ("", "")
