"""The morning digest of one unit: its content as JSON, and that content in Vietnamese words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.notice_text import Words, footer, links, lists, titled
from connectors.vietnamese import clock, moment, number, one_line

FIRST = 10  # overdue dossiers that are named
UNKNOWN = "Chưa có dữ liệu"
SHOWN = ("total", "grade", "rank", "counts", "period", "as_of", "complete")


def digest(unit: Mapping[str, Any], date: str, card: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the digest of a day starts with; the lists come later. `unit` is one of `/v1/units`, `card` as of
    `/v1/units/{unit}/indicators`, None where there are no figures; `date` as `2026-01-05`.
    """
    return {
        "id": f"digest:{unit['unit']}:{date}",
        "kind": "digest",
        "unit": unit["unit"],
        "name": unit["name"],
        "at": f"{date}T07:30:00+07:00",
        "figures": None if card is None else {name: card.get(name) for name in SHOWN},
        "overdue": {"count": 0, "first": []},
        "due_soon": 0,
        "apologies_owed": None,
        "silent": None,
    }


def words(found: Mapping[str, Any], link: str) -> Words:
    """Subject and text."""
    day = (moment(found["at"]) or "")[:10]
    parts = [
        [f"TỔNG HỢP ĐẦU NGÀY {day}", f"Đơn vị: {titled(found['name'], found['unit'])}"],
        list(_figures(found["figures"])),
        list(_overdue(found["overdue"])),
        list(_duties(found)),
        [*links(link, found["unit"]), *lists(link, found["unit"])],
        [footer(found["id"])],
    ]
    return Words(one_line(f"Tổng hợp đầu ngày {day} – {found['name']}"), "\n\n".join("\n".join(part) for part in parts if part) + "\n")


def _figures(card: Mapping[str, Any] | None) -> Iterator[str]:
    """The month so far."""
    if card is None:
        yield f"Trong tháng: {UNKNOWN}."
        return
    counts, rank = card["counts"], card["rank"]
    year, month = card["period"]["id"].split("-")
    as_of = "" if card["as_of"] is None else f", số liệu tính đến {clock(card['as_of'])}"
    yield f"Tháng {month}/{year} (tạm tính{as_of}{'' if card['complete'] else '; chưa đầy đủ'})"
    total = UNKNOWN if card["total"] is None else f"{number(card['total'], 2)}/100 – {card['grade']}"
    yield f"- Tổng điểm: {total}" + ("" if rank is None else f"; xếp thứ {rank['place']}/{rank['of']}")
    yield f"- Tiếp nhận trong kỳ: {number(counts['received'])}; từ kỳ trước chuyển sang: {number(counts['carried_over'])}"
    ended = f"trước hạn {number(counts['finished_early'])}, đúng hạn {number(counts['finished_on_time'])}"
    yield f"- Đã giải quyết: {number(counts['finished'])} ({ended}, quá hạn {number(counts['finished_late'])})"
    still = f"trong hạn {number(counts['open_in_time'])}, quá hạn {number(counts['open_overdue'])}"
    yield f"- Đang giải quyết: {number(counts['open'])} ({still}, chờ bổ sung {number(counts['waiting'])})"


def _overdue(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"Quá hạn hiện nay: {number(found['count'])}"
    for place, row in enumerate(found["first"], 1):
        late = f"quá {number(row['working_days_late'])} ngày làm việc"
        yield f"{place:>2}. {row['dossier']} – hẹn trả {moment(row['due_at']) or UNKNOWN} – {late}"
    more = found["count"] - len(found["first"])
    if more > 0:
        yield f"… và {number(more)} hồ sơ khác"


def _duties(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"Sắp đến hạn (trong 2 ngày làm việc): {number(found['due_soon'])}"
    owed: int | None = found["apologies_owed"]
    yield f"Phiếu xin lỗi và hẹn lại ngày trả kết quả chưa gửi: {UNKNOWN if owed is None else number(owed)}"
    silent: Sequence[str] | None = found["silent"]
    yield f"Chưa đồng bộ dữ liệu từ: {UNKNOWN if silent is None else ', '.join(silent) or 'không có nguồn nào'}"
