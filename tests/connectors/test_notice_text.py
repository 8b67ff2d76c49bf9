"""Notices in words: what is asked for is there, signs are called signs, and nothing odd in a notice stops it."""

from typing import Any

import pytest

from connectors.notice_text import TITLES, Standing, words
from connectors.vietnamese import moment, number

NOTICE: dict[str, Any] = {
    "id": "overdue:H44.07-260102-0001:2026-01-06",
    "kind": "overdue",
    "unit": "H44.07",
    "at": "2026-01-06T00:00:00+07:00",
    "historical": False,
    "dossier": "H44.07-20260102-0001",
    "official": "CB12",
    "sector": "DD",
    "procedure": "1.001",
    "received_at": "2025-12-20T08:15:00+07:00",
    "due_at": "2026-01-05T10:00:00Z",
    "effective_due": "2026-01-05",
    "detail": {},
}


def name(kind: str, code: str) -> str | None:
    return {("unit", "H44.07"): "Sở Xây\ndựng", ("sector", "DD"): "Đất đai"}.get((kind, code))


def text(standing: Standing | None = None, **more: Any) -> str:
    return words({**NOTICE, **more}, name, "http://link", standing).text


def test_an_overdue_dossier() -> None:
    found = words(NOTICE, name, "http://link", Standing(1234, 1250, 19.74, 20))
    assert found.subject == "Quá hạn: hồ sơ H44.07-20260102-0001 – Sở Xây dựng"
    for line in (
        "Mã hồ sơ: H44.07-20260102-0001",
        "Lĩnh vực: Đất đai (DD)",
        "Thủ tục hành chính: 1.001",
        "Cán bộ, công chức, viên chức: CB12",
        "Ngày tiếp nhận: 20/12/2025 08:15",
        "Ngày hẹn trả: 05/01/2026 17:00",
        "Hồ sơ quá hạn từ 00:00 ngày 06/01/2026 và chưa giải quyết xong; phải có Báo cáo giải trình và Phiếu xin lỗi",
        "1.234/1.250 = 98,72 %, 19,74/20 điểm; mỗi hồ sơ là 0,02 điểm.",
        "Xem hồ sơ: http://link/#/dossier/H44.07-20260102-0001",
        "Xem đơn vị: http://link/#/H44.07",
        NOTICE["id"],
    ):
        assert line in found.text
    assert "Hạn sau khi trừ" not in found.text


@pytest.mark.parametrize(
    ("kind", "detail", "says"),
    [
        ("due_soon", {"ahead": "2d"}, "Còn 2 ngày làm việc là đến hạn.\nNếu chưa giải quyết xong, hồ sơ quá hạn từ 00:00 ngày 06/01/2026"),
        ("due_soon", {"ahead": "4h"}, "Còn 4 giờ làm việc"),
        (
            "finished_late",
            {"finished_at": "2026-01-08T09:00:00+07:00", "days_late": 3},
            "xong 09:00 ngày 08/01/2026, quá hạn 3 ngày; phải có",
        ),
        ("apology_owed", {}, "chưa ghi nhận Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        ("off_record", {}, 'DẤU HIỆU TIẾP NHẬN "NGOÀI LUỒNG" (CẦN XÁC MINH)'),
        ("extra_papers", {"times": 2}, "Đã yêu cầu bổ sung 2 lần"),
        ("extra_papers", {"papers": ["G1", "G2"]}, "mã ngoài thành phần hồ sơ của thủ tục: G1, G2."),
        ("silent_source", {"source": "mcdt", "since": "2026-01-05T08:00:00+07:00"}, "từ mcdt kể từ 08:00 ngày 05/01/2026."),
        ("score_fell", {"period": "2026-01", "from": 81.25, "to": 78.4}, "kỳ 2026-01 giảm từ 81,25 xuống 78,4 điểm."),
    ],
)
def test_every_kind(kind: str, detail: dict[str, Any], says: str) -> None:
    assert says in text(kind=kind, detail=detail)


@pytest.mark.parametrize("kind", [*TITLES, "new_kind"])
@pytest.mark.parametrize("odd", [None, "x", [], {"ahead": 3, "times": "x", "papers": 1, "since": 5, "from": None, "finished_at": {}}])
def test_nothing_odd_stops_a_notice_and_none_says_violation(kind: str, odd: Any) -> None:
    found = text(kind=kind, detail=odd, due_at="soon", effective_due=None, received_at=None, sector=None, dossier=None)
    assert "vi phạm" not in found.lower()
    assert "None" not in found
    assert "http://link/#/H44.07" in found


def test_a_due_date_moved_by_waits_is_shown_beside_the_stated_one() -> None:
    found = text(effective_due="2026-01-09")
    assert "Hạn sau khi trừ thời gian chờ bổ sung: 09/01/2026" in found
    assert "từ 00:00 ngày 10/01/2026" in found


def test_a_share_of_points_too_small_to_show_is_called_so() -> None:
    assert "mỗi hồ sơ là dưới 0,01 điểm" in text(Standing(90_000, 100_000, 18.0, 20))
    assert "Tỷ lệ hồ sơ đúng hạn" in text(Standing(0, 0, None, 20))


def test_numbers_and_times_as_in_vietnam() -> None:
    assert [number(1234567.5, 2), number(0), number(None), number(12.0, 2)] == ["1.234.567,5", "0", "–", "12"]
    assert [moment("2026-01-05T20:00:00Z"), moment("2026-01-05T20:00:00"), moment("2026-01-05"), moment(None), moment("?")] == [
        "06/01/2026 03:00",
        "05/01/2026 20:00",
        "05/01/2026",
        None,
        "?",
    ]
