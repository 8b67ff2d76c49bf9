"""`chiso duties`: explanation and apology owed for late dossiers."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, day, number, print_json, print_table
from streams.cli.paging import ask_all, title

HEADS = [
    "Mã hồ sơ",
    "Đơn vị",
    "Cán bộ",
    "Hẹn trả",
    "Kết thúc",
    "Giải trình",
    "Phiếu xin lỗi",
    "Hẹn lại",
    "Cần xem",
    "Quá hạn (ngày làm việc)",
]
FLAGS = {
    "explanation_missing": "thiếu báo cáo giải trình",
    "apology_missing": "thiếu phiếu xin lỗi",
    "none_sent": "chưa gửi gì",
    "sent_late": "gửi muộn",
    "no_reason": "không nêu lý do",
    "no_new_date": "không hẹn ngày mới",
    "second_rescheduling": "hẹn lại quá một lần",
    "new_date_missed": "quá ngày hẹn lại",
    "not_declared": "chưa khai báo quá hạn",
    "declared_not_late": "khai báo quá hạn, tính ra không quá hạn",
}


def duties(
    unit: Annotated[str | None, typer.Argument(help="only this unit's and those below it; none: all units")] = None,
    month: Annotated[
        str | None,
        typer.Option(
            help="2026-08: finished or declared late in it, or overdue since it and open; "
            "default: all overdue and open, and those finished or declared late this year"
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List late dossiers and what is owed for each: explanation, apology, new date. docs/duty.md says how to check a line."""
    answer = ask_all(home, "/v1/duties", unit=unit, month=month)
    if as_json:
        print_json(answer)
        return
    rows = answer["items"]
    what = f"{number(len(rows))} hồ sơ phải giải trình, xin lỗi · duties"
    print_table(title(what, answer), HEADS, [_cells(row) for row in rows], left=9)


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        *(row[name] or "–" for name in ("dossier", "unit", "official")),
        day(row["due_at"]),
        day(row["finished_at"]),
        day(row["explanation"]["sent_at"]),
        day(row["apology"]["sent_at"]),
        day(row["new_date"]),
        "; ".join(FLAGS[flag] for flag in row["flags"]),
        number(row["days_late"]),
    ]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(duties)
