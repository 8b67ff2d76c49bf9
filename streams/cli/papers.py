"""`chiso papers`: signs that papers are asked for beyond the rules, to be verified."""

from typing import Annotated

import typer

from streams.cli.asking import Home, Json, day, number, percent, print_json, print_table
from streams.cli.paging import ask_all, title

HEADS = ["Dấu hiệu", "Mã hồ sơ", "Đơn vị", "Thủ tục", "Ngày yêu cầu", "Giấy tờ", "Số lần"]
SHARES = ["Đơn vị", "", "Yêu cầu bổ sung", "Tiếp nhận", "Tỷ lệ", "Trung vị cùng cấp"]
SIGNS = {
    "asked_again": "yêu cầu bổ sung từ lần thứ hai",
    "paper_not_listed": "giấy tờ không có trong thành phần hồ sơ",
    "asked_late": "yêu cầu bổ sung muộn",
}


def papers(
    unit: Annotated[str | None, typer.Argument(help="only this unit's and those below it; none: all units")] = None,
    month: Annotated[str | None, typer.Option(help="2026-08, by the first request; default: the last 90 days")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List signs of papers asked for beyond the rules, to be verified, and units that ask far more often than their peers."""
    answer = ask_all(home, "/v1/papers", unit=unit, month=month)
    if as_json:
        print_json(answer)
        return
    rows = answer["items"]
    cells = [
        [
            SIGNS[row["sign"]],
            *(row[name] or "–" for name in ("dossier", "unit", "procedure")),
            ", ".join(map(day, row["asked"])),
            ", ".join(row["papers"]) or "–",
            number(row["times"]),
        ]
        for row in rows
    ]
    what = f"{number(len(rows))} dấu hiệu yêu cầu giấy tờ ngoài quy định (cần xác minh) · extra papers, to be verified"
    print_table(title(what, answer), HEADS, cells, left=6)
    shares = [
        [
            row["unit"],
            "cao (cần xác minh)" if row["high"] else "",
            number(row["asked"]),
            number(row["received"]),
            percent(row["share"]),
            percent(row["median"]),
        ]
        for row in answer["shares"]
    ]
    print_table("Tỷ lệ hồ sơ bị yêu cầu bổ sung · share of dossiers with requests", SHARES, shares, left=2)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(papers)
