"""`chiso repeat-late`: units and officials who are late again and again in a year."""

from typing import Annotated

import typer

from streams.cli.asking import Home, Json, number, print_json, print_table
from streams.cli.paging import ask_all, title

HEADS = ["Đơn vị", "Cán bộ", "Tên", "Tháng có chậm trễ", "Xu hướng", "Xếp loại cuối năm", "Số tháng", "Hồ sơ quá hạn", "Nhiều nhất"]
TRENDS = {"up": "tăng", "down": "giảm", "flat": "không đổi"}


def repeat_late(
    unit: Annotated[str | None, typer.Argument(help="only this unit's and those below it; none: all units")] = None,
    year: Annotated[int | None, typer.Option(min=2000, max=9998, help="default: this year")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List who was late in which months of a year, most months first: units, and officials who held dossiers when they became overdue."""
    answer = ask_all(home, "/v1/repeat-late", unit=unit, year=year)
    if as_json:
        print_json(answer)
        return
    cells = [
        [
            *(row[name] or "–" for name in ("unit", "official", "name")),
            ", ".join(month[5:] for month in row["months"]),
            TRENDS[row["trend"]],
            "xem xét" if row["grading"] else "",
            number(len(row["months"])),
            number(row["late"]),
            f"{number(row['worst']['late'])} ({row['worst']['month'][5:]})",
        ]
        for row in answer["items"]
    ]
    print_table(title(f"Chậm trễ nhiều lần năm {answer['year']} · repeated lateness", answer), HEADS, cells, left=6)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(repeat_late)
