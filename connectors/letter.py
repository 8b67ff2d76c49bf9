"""Draft of "Phiếu xin lỗi và hẹn lại ngày trả kết quả": what form 04 of Circular 03/2025/TT-VPCP asks for, in our own words.

Of the citizen it holds nothing but the dossier's number. Number, date and signature stay empty: a draft becomes a letter when somebody signs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
TITLE = "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"
DRAFT = "DỰ THẢO"
NUMBER = "Số: ……………"
DATED = "……………, ngày …… tháng …… năm ……"
SIGNED = ("THỦ TRƯỞNG ĐƠN VỊ", "(ký, ghi rõ họ tên, đóng dấu)")
BLANK = "……………"
BLANK_DAY = "……/……/………"
BASIS = "Nội dung theo Mẫu số 04, Thông tư 03/2025/TT-VPCP. Bản dự thảo lập từ dữ liệu, chỉ có giá trị khi đã ký."
ENDED = {
    "processed": "đã có kết quả giải quyết",
    "returned": "đã trả kết quả",
    "stopped": "đã dừng giải quyết",
    "refused": "đã từ chối giải quyết",
    "withdrawn": "đã được rút",
    "asked_twice": "chờ bổ sung, đã yêu cầu lần thứ hai",
}
WITHOUT_RESULT = ("asked_twice",)


@dataclass(frozen=True, slots=True)
class Names:
    """What the registry calls them: the unit, the one above it, the procedure; None where it does not know."""

    unit: str | None = None
    above: str | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A draft in words; dates are dd/MM/yyyy. `notes` are for whoever completes it and no part of the letter; `owed` says whether it is late."""

    number: str
    unit: str
    above: str
    rows: tuple[tuple[str, str], ...]  # what, and its value: receipt number, procedure, dates, state, reason, new date
    sentences: tuple[str, ...]
    as_of: str
    notes: tuple[str, ...]
    owed: bool


def letter(dossier: Mapping[str, Any], names: Names, days_late: int | None, as_of: str | None) -> Letter:
    """`dossier` as `/v1/dossiers/{number}` gives it; `days_late` its working days beyond the due day (0: a day off), None where it is not late."""
    facts = dossier["facts"]
    unit = names.unit or dossier["unit"] or BLANK
    new_date = facts.get("new_date")
    reason = facts.get("late_reason")
    procedure = names.procedure or facts.get("procedure_name") or dossier["procedure"]
    rows = (
        ("Mã hồ sơ (số giấy tiếp nhận)", dossier["dossier"]),
        ("Thủ tục hành chính", procedure or BLANK),
        ("Ngày tiếp nhận", _day(dossier["received_at"])),
        ("Ngày hẹn trả kết quả", _day(dossier["due_at"])),
        ("Tình trạng hồ sơ", _state(dossier, days_late)),
        ("Lý do chậm", BLANK if reason is None else f"mã lý do {reason}"),
        ("Ngày hẹn trả kết quả mới", _day(new_date)),
    )
    notes = tuple(_notes(dossier, days_late))
    shown = "" if as_of is None else f"Số liệu tính đến {as_of[11:16]} ngày {_day(as_of)}."
    return Letter(
        dossier["dossier"], unit, names.above or "", rows, _sentences(unit, dossier, new_date), shown, notes, days_late is not None
    )


def _day(text: str | None) -> str:
    """Of an RFC 3339 time in the counting zone, or a date."""
    return BLANK_DAY if text is None else f"{text[8:10]}/{text[5:7]}/{text[:4]}"


def _state(dossier: Mapping[str, Any], days_late: int | None) -> str:
    late = "" if days_late is None else f", chậm {days_late} ngày làm việc so với ngày hẹn" if days_late else ", quá ngày hẹn"
    if dossier["end"] is not None:
        return f"{ENDED.get(dossier['end'], dossier['end'])} ngày {_day(dossier['finished_at'])}{late}"
    if dossier["waiting"]:
        return "đang chờ bổ sung"
    return f"đang giải quyết{late}"


def _sentences(unit: str, dossier: Mapping[str, Any], new_date: str | None) -> tuple[str, ...]:
    number = dossier["dossier"]
    if dossier["end"] is not None and dossier["end"] not in WITHOUT_RESULT:
        return (
            f"{unit} xin lỗi tổ chức, cá nhân nộp hồ sơ {number} vì việc giải quyết không kịp ngày đã hẹn.",
            "Đơn vị nhận trách nhiệm về sự chậm trễ này.",
        )
    return (
        f"{unit} xin lỗi tổ chức, cá nhân nộp hồ sơ {number} vì chưa trả được kết quả đúng ngày đã hẹn.",
        f"Đơn vị hẹn trả kết quả vào ngày {_day(new_date)}.",
        "Đơn vị nhận trách nhiệm về sự chậm trễ này.",
    )


def _notes(dossier: Mapping[str, Any], days_late: int | None) -> list[str]:
    """What whoever signs should know."""
    facts, found = dossier["facts"], []
    if days_late is None:
        found.append("Theo số liệu hiện có, hồ sơ chưa quá hạn.")
    if facts.get("late_reason") is None:
        found.append("Chưa ghi nhận mã lý do.")
    if facts.get("new_date") is None and dossier["end"] is None:
        found.append("Chưa ghi nhận ngày hẹn mới.")
    again = {_day(one if isinstance(one, str) else one["new_date"]) for one in facts.get("new_dates", ())}
    if len(again) > 1:
        found.append(f"Đã hẹn lại {len(again)} lần; chỉ được hẹn lại một lần.")
    sent = len(facts.get("letters", ()))
    if sent:
        found.append(f"Đã ghi nhận {sent} phiếu xin lỗi.")
    return found
