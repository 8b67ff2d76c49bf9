"""`chiso offrecord`: signs of dossiers off the record, to be verified."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, day, number, print_json, print_table
from streams.cli.paging import ask_all, title

HEADS = ["Dấu hiệu", "Đơn vị", "Mã hồ sơ", "Cán bộ", "Ngày", "Chi tiết"]
SIGNS = {
    "not_received": "có sự kiện, chưa có tiếp nhận",
    "received_after_the_fact": "tiếp nhận được ghi sau",
    "finished_before_received": "kết thúc trước khi tiếp nhận",
    "accepted_late": "tiếp nhận quá hạn",
    "missing_numbers": "thiếu số thứ tự",
}


def offrecord(
    unit: Annotated[str | None, typer.Argument(help="only this unit's and those below it; none: all units")] = None,
    month: Annotated[str | None, typer.Option(help="2026-08; default: the last 90 days")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List signs of dossiers taken in off the record, to be verified: each line says what the records show, not why."""
    answer = ask_all(home, "/v1/offrecord", unit=unit, month=month)
    if as_json:
        print_json(answer)
        return
    rows = answer["items"]
    what = f'{number(len(rows))} dấu hiệu tiếp nhận "ngoài luồng" (cần xác minh) · off the record, to be verified'
    cells = [
        [SIGNS[row["sign"]], *(row[name] or "–" for name in ("unit", "dossier", "official")), day(row["at"]), _detail(row)] for row in rows
    ]
    print_table(title(what, answer), HEADS, cells, left=len(HEADS))


def _detail(row: dict[str, Any]) -> str:
    detail = row["detail"]
    if row["sign"] == "missing_numbers":
        some = ", ".join(map(str, detail["numbers"])) + ("…" if detail["missing"] > len(detail["numbers"]) else "")
        return f"{number(detail['missing'])} số từ {detail['first']} đến {detail['last']}: {some}"
    if row["sign"] == "accepted_late":
        hours = f"{detail['working_hours']:.1f}".replace(".", ",")
        return f"nộp {day(detail['filed_at'])} {detail['filed_at'][11:16]}, sau {hours} giờ làm việc (mức {detail['limit']:g})"
    if row["sign"] == "finished_before_received":
        return f"kết thúc {day(detail['finished_at'])}"
    return f"biết đến lần đầu {day(detail['first_heard_at'])}"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(offrecord)
