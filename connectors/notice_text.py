"""A notice in words, for people in an office: what, which dossier, due when, what is at stake, where to look. Vietnamese, signs called signs.

A notice is the JSON of `chiso.notices.v1`; nothing of a citizen is in it, so nothing of a citizen can be in its words.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.vietnamese import clock, day, local, moment, number, one_line

TITLES = {
    "due_soon": "Sắp đến hạn",
    "overdue": "Quá hạn",
    "finished_late": "Đã giải quyết – quá hạn",
    "apology_owed": "Chưa có Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    "off_record": 'Dấu hiệu tiếp nhận "ngoài luồng" (cần xác minh)',
    "extra_papers": "Dấu hiệu yêu cầu giấy tờ ngoài quy định (cần xác minh)",
    "silent_source": "Chưa đồng bộ dữ liệu",
    "score_fell": "Điểm giảm",
}
OTHER = "Thông báo"
DUTY = "phải có Báo cáo giải trình và Phiếu xin lỗi và hẹn lại ngày trả kết quả"
AHEAD = {"d": "ngày làm việc", "h": "giờ làm việc"}
SIGN = "Đây là dấu hiệu, cần xác minh trên hồ sơ gốc; không phải kết luận."

Name = Callable[[str, str], str | None]  # kind (unit, sector, procedure) and code → its name, None where nobody registered it


@dataclass(frozen=True, slots=True)
class Standing:
    """How the unit stands in 2.1 this month; score and `most` in points."""

    numerator: int
    denominator: int
    score: float | None
    most: int


@dataclass(frozen=True, slots=True)
class Words:
    """What is read: one line, and the text below it."""

    subject: str
    text: str


def words(notice: Mapping[str, Any], name: Name, link: str, standing: Standing | None = None) -> Words:
    """Subject and text of a notice; `link` is the address that pages and answers stand under."""
    kind = str(notice.get("kind") or "")
    unit = str(notice.get("unit") or "")
    about = notice.get("dossier")
    subject = TITLES.get(kind, OTHER) + (f": hồ sơ {about}" if about else "") + f" – {name('unit', unit) or unit}"
    parts = [
        [TITLES.get(kind, OTHER).upper(), *_facts(notice, name)],
        list(STAKES.get(kind, _nothing)(notice)),
        [] if standing is None or kind not in COUNTED else [_standing(standing)],
        list(links(link, unit, about)),
        [footer(str(notice.get("id") or ""))],
    ]
    return Words(one_line(subject), "\n\n".join("\n".join(part) for part in parts if part) + "\n")


def links(link: str, unit: str, dossier: str | None = None) -> Iterator[str]:
    """Where to look: the dossier, and the unit, on the live page."""
    if dossier:
        yield f"Xem hồ sơ: {link}/#/dossier/{quote(dossier, safe='')}"
    yield f"Xem đơn vị: {link}/#/{quote(unit, safe='')}"


def lists(link: str, unit: str) -> Iterator[str]:
    """Where the unit's dossiers are listed."""
    for view, title in (("overdue", "quá hạn"), ("today", "hết hạn hôm nay")):
        yield f"Hồ sơ {title}: {link}/#/{quote(unit, safe='')}/{view}"


def footer(name: str) -> str:
    """By which a reader knows that a message came twice."""
    return f"Thư tự động của chiso, không trả lời thư này. Mã thông báo: {name} (nhận lại cùng một mã thì bỏ qua)."


def _facts(notice: Mapping[str, Any], name: Name) -> Iterator[str]:
    """A line a fact that is there."""
    unit = notice.get("unit") or ""
    yield f"Đơn vị: {titled(name('unit', unit), unit)}"
    if notice.get("dossier"):
        yield f"Mã hồ sơ: {notice['dossier']}"
    for kind, title in (("sector", "Lĩnh vực"), ("procedure", "Thủ tục hành chính")):
        if notice.get(kind):
            yield f"{title}: {titled(name(kind, notice[kind]), notice[kind])}"
    if notice.get("official"):
        yield f"Cán bộ, công chức, viên chức: {notice['official']}"
    for field, title in (("received_at", "Ngày tiếp nhận"), ("due_at", "Ngày hẹn trả")):
        if notice.get(field):
            yield f"{title}: {moment(notice[field])}"
    due, effective = _date(notice.get("due_at")), _date(notice.get("effective_due"))
    if effective is not None and effective != due:
        yield f"Hạn sau khi trừ thời gian chờ bổ sung: {day(effective)}"


def titled(name: str | None, code: str) -> str:
    """`Sở Xây dựng (H44.07)`, or the code alone."""
    return code if name is None or name == code else f"{name} ({code})"


def _date(text: str | None) -> dt.date | None:
    try:
        return None if text is None else local(text).date()
    except ValueError:
        return None


def _over(notice: Mapping[str, Any]) -> str:
    """From when it is overdue: the midnight that ends the due day."""
    due = _date(notice.get("effective_due") or notice.get("due_at"))
    return "" if due is None else f" từ 00:00 ngày {day(due + dt.timedelta(days=1))}"


def _detail(notice: Mapping[str, Any]) -> Mapping[str, Any]:
    found = notice.get("detail")
    return found if isinstance(found, Mapping) else {}


def _due_soon(notice: Mapping[str, Any]) -> Iterator[str]:
    ahead = str(_detail(notice).get("ahead") or "")
    if ahead[:-1].isdigit() and ahead[-1] in AHEAD:
        yield f"Còn {ahead[:-1]} {AHEAD[ahead[-1]]} là đến hạn."
    yield f"Nếu chưa giải quyết xong, hồ sơ quá hạn{_over(notice)}; khi đó {DUTY}."


def _overdue(notice: Mapping[str, Any]) -> Iterator[str]:
    yield f"Hồ sơ quá hạn{_over(notice)} và chưa giải quyết xong; {DUTY}."
    yield "Ngày hẹn mới không làm hồ sơ thành đúng hạn."


def _finished_late(notice: Mapping[str, Any]) -> Iterator[str]:
    finished, late = _detail(notice).get("finished_at"), _detail(notice).get("days_late")
    when = f" {clock(finished)}" if isinstance(finished, str) else ""
    days = f", quá hạn {number(late)} ngày" if isinstance(late, int) else ", quá hạn"
    yield f"Hồ sơ đã giải quyết xong{when}{days}; {DUTY}."


def _apology_owed(notice: Mapping[str, Any]) -> Iterator[str]:
    yield f"Hồ sơ quá hạn{_over(notice)} mà chưa ghi nhận Phiếu xin lỗi và hẹn lại ngày trả kết quả; {DUTY}."
    yield "Đã gửi phiếu mà vẫn nhận thư này: phần mềm một cửa chưa đồng bộ thông tin ấy."


def _off_record(_notice: Mapping[str, Any]) -> Iterator[str]:
    yield "Hồ sơ được biết đến qua bước xử lý sau mà chưa có thông tin tiếp nhận, hoặc thông tin tiếp nhận đến sau."
    yield SIGN


def _extra_papers(notice: Mapping[str, Any]) -> Iterator[str]:
    times, papers = _detail(notice).get("times"), _detail(notice).get("papers")
    if isinstance(times, int):
        yield f"Đã yêu cầu bổ sung {number(times)} lần; mỗi hồ sơ chỉ được yêu cầu bổ sung một lần."
    if isinstance(papers, list) and papers:
        yield f"Giấy tờ được yêu cầu có mã ngoài thành phần hồ sơ của thủ tục: {', '.join(map(str, papers))}."
    yield SIGN


def _silent_source(notice: Mapping[str, Any]) -> Iterator[str]:
    source, since = _detail(notice).get("source"), _detail(notice).get("since")
    yield f"Chưa đồng bộ dữ liệu từ {source or notice.get('unit')}" + (f" kể từ {clock(since)}." if isinstance(since, str) else ".")
    yield "Khi chưa đồng bộ, hồ sơ đã giải quyết vẫn hiện là đang giải quyết và có thể bị tính quá hạn; đề nghị kiểm tra kết nối."


def _score_fell(notice: Mapping[str, Any]) -> Iterator[str]:
    detail = _detail(notice)
    old, new = (detail.get(name) for name in ("from", "to"))
    if isinstance(old, int | float) and isinstance(new, int | float):
        yield f"Tổng điểm kỳ {detail.get('period') or 'này'} giảm từ {number(old, 2)} xuống {number(new, 2)} điểm."


def _nothing(_notice: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


STAKES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "due_soon": _due_soon,
    "overdue": _overdue,
    "finished_late": _finished_late,
    "apology_owed": _apology_owed,
    "off_record": _off_record,
    "extra_papers": _extra_papers,
    "silent_source": _silent_source,
    "score_fell": _score_fell,
}
LEAST = 0.01
COUNTED = ("due_soon", "overdue", "finished_late")  # where a dossier of 2.1 is at stake


def _standing(found: Standing) -> str:
    """2.1 as it stands, and what one dossier of it is worth."""
    title = f"Tỷ lệ hồ sơ đúng hạn (chỉ tiêu 2.1) tháng này, tạm tính: {number(found.numerator)}/{number(found.denominator)}"
    if not found.denominator:
        return f"{title}."
    share, one = 100 * found.numerator / found.denominator, found.most / found.denominator
    score = "" if found.score is None else f", {number(found.score, 2)}/{found.most} điểm"
    return f"{title} = {number(share, 2)} %{score}; mỗi hồ sơ là {number(one, 2) if one >= LEAST else 'dưới 0,01'} điểm."
