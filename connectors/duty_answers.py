"""The JSON of lists of duty and signs: one function a shape. Absent is None; moments are RFC 3339 in the counting zone."""

from collections.abc import Mapping
from typing import Any

from indicators.dossier import State
from indicators.duties import Duty, Owed, new_dates
from indicators.facts import at
from indicators.figures import Counts
from indicators.lateness import Repeat
from indicators.notices import unit_of
from indicators.ontime import Clock, clock
from indicators.papers import Asked, Share
from indicators.periods import Period
from indicators.signs import Sign
from indicators.times import Zone, date_of

# list → what it holds, in one sentence; docs/duty.md says more
RULES = {
    "duties": "Hồ sơ quá hạn theo cách tính của chỉ số 2.1: từ 0 giờ sau ngày hẹn trả phải có báo cáo giải trình và phiếu xin lỗi, sau số ngày làm "
    "việc theo thiết lập của đơn vị là gửi muộn, chỉ được hẹn lại một lần; khai báo của đơn vị không làm thay đổi cách tính.",
    "offrecord": 'Dấu hiệu tiếp nhận "ngoài luồng" (cần xác minh): biết đến qua sự kiện sau mà chưa có tiếp nhận, tiếp nhận được ghi sau, kết thúc '
    "trước khi tiếp nhận, tiếp nhận hồ sơ trực tuyến quá số giờ làm việc quy định, thiếu số thứ tự trong ngày.",
    "silent": "Nguồn không gửi gì lâu hơn số giờ làm việc theo thiết lập của đơn vị; độ trễ là từ lúc sự việc xảy ra đến lúc dữ liệu tới.",
    "papers": "Dấu hiệu yêu cầu giấy tờ ngoài quy định (cần xác minh): yêu cầu bổ sung từ lần thứ hai, giấy tờ không có trong thành phần hồ sơ, yêu cầu "
    "muộn; tỷ lệ cao khi có ít nhất 5 yêu cầu trên 20 hồ sơ và vượt 2 lần trung vị của ít nhất 3 đơn vị cùng cấp.",
    "repeat-late": "Mỗi hồ sơ quá hạn tính một lần, vào tháng kết thúc hoặc tháng bắt đầu quá hạn nếu còn đang giải quyết; cán bộ là người giữ hồ sơ khi "
    "quá hạn theo bước xử lý; từ 3 tháng trở lên thì đưa vào danh sách xem xét xếp loại cuối năm.",
    "clocks": "Cách tính của tỉnh: hồ sơ chờ bổ sung luôn trong hạn, hồ sơ rút hoặc dừng được coi là đúng hạn; cách tính theo văn bản là cột bên cạnh.",
}


def rule(name: str) -> dict[str, str]:
    """`rule` of an answer."""
    return {"key": name, "vi": RULES[name]}


def duty_row(number: str, state: State, found: Duty, zone: Zone) -> dict[str, Any]:
    """One of `/v1/duties`."""
    return {
        **_head(number, found.unit, state, found.lateness.times, zone),
        "official": found.official,
        "days_late": found.days_late,
        "explanation": _owed(found.explanation, zone),
        "apology": _owed(found.apology, zone) | {"role": found.role},
        "reason": found.reason,
        "new_date": _iso(found.new_date, zone),
        "times": found.times,
        "flags": list(found.flags),
    }


def denied_row(number: str, state: State, zone: Zone) -> dict[str, Any]:
    """One that the agency declared late and the clock does not call so: nothing is owed, what was sent is shown."""
    times = clock(state, zone)
    dates = new_dates(state, times, zone)
    sent = {"owed": None, "late": False}
    letter = state.letters[0][0] if state.letters else None
    return {
        **_head(number, unit_of(number, state), state, times, zone),
        "official": None,
        "days_late": 0,
        "explanation": sent | {"sent_at": _iso(_value(state.explained_at), zone)},
        "apology": sent | {"sent_at": _iso(letter, zone), "role": _value(state.role)},
        "reason": _value(state.late_reason),
        "new_date": _iso(dates[-1] if dates else None, zone),
        "times": len({zone.day(date) for date in dates}),
        "flags": ["declared_not_late"],
    }


def _head(number: str, unit: str, state: State, times: Clock | None, zone: Zone) -> dict[str, Any]:
    effective = None if times is None else times.effective_day
    return {
        "dossier": number,
        "unit": unit or None,
        "received_at": zone.iso(at(state.received)) if state.received else None,
        "due_at": _iso(None if times is None else times.due_at, zone),
        "effective_due": None if effective is None else date_of(effective).isoformat(),
        "finished_at": _iso(None if times is None else times.finished_at, zone),
    }


def _owed(one: Owed, zone: Zone) -> dict[str, Any]:
    return {"owed": zone.iso(one.owed), "sent_at": _iso(one.sent_at, zone), "late": one.late}


def sign_row(sign: Sign, zone: Zone) -> dict[str, Any]:
    """One of `/v1/offrecord`."""
    detail = {name: zone.iso(value) if name.endswith("_at") and isinstance(value, int) else value for name, value in sign.detail.items()}
    if sign.dossier is None:
        detail["date"] = zone.date(sign.at).isoformat()
    head = {"sign": sign.sign, "unit": sign.unit or None, "dossier": sign.dossier, "official": sign.official}
    return {**head, "at": zone.iso(sign.at), "detail": detail}


def silence_row(who: tuple[str, str, str], last_at: str, worked: float, limit: float) -> dict[str, Any]:
    """One of `items` of `/v1/silent`; `who` is agency, source, the agency's name; hours are working hours."""
    agency, source, name = who
    return {"agency": agency, "source": source, "name": name, "last_at": last_at, "working_hours": round(worked, 2), "limit": limit}


def delay_row(place: tuple[str, str, str], found: Mapping[str, int]) -> dict[str, Any]:
    """One of `delays`; `place` is month, agency, source. The mean leaves out what was told more than 30 days after it happened."""
    month, agency, source = place
    records = found.get("records", 0)
    total = found.get("seconds", 0) + (found.get("seconds_high", 0) << 32)
    kept = {name: found.get(name, 0) for name in ("records", "after_hour", "after_day", "backfilled")}
    return {"agency": agency, "source": source, "month": month, **kept, "mean_seconds": total / records if records else None}


def papers_row(number: str, sign: Asked, zone: Zone) -> dict[str, Any]:
    """One of `items` of `/v1/papers`."""
    head = {"sign": sign.sign, "dossier": number, "unit": sign.unit or None, "procedure": sign.procedure}
    return {**head, "asked": [zone.iso(moment) for moment in sign.asked], "times": len(sign.asked), "papers": list(sign.papers)}


def share_row(share: Share) -> dict[str, Any]:
    """One of `shares`."""
    return share._asdict()


def repeat_row(row: Repeat, year: int, name: str | None) -> dict[str, Any]:
    """One of `/v1/repeat-late`."""
    month, late = row.worst
    return {
        "unit": row.unit or None,
        "official": row.official,
        "name": name,
        "months": [f"{year}-{one:02}" for one in row.months],
        "late": row.late,
        "worst": {"month": f"{year}-{month:02}", "late": late},
        "trend": row.trend,
        "grading": row.grading,
    }


def clocks(period: Period, document: Counts, province: Counts) -> dict[str, Any]:
    """Both profiles of `/v1/clocks`."""
    both = {"document": document, "province": province}
    return {"period": period.id, **{name: {"counts": one.fields(), "ratio_2_1": one.ratio} for name, one in both.items()}}


def _iso(moment: int | None, zone: Zone) -> str | None:
    return None if moment is None else zone.iso(moment)


def _value(fact: tuple[int, Any] | None) -> Any:
    return None if fact is None else fact[1]
