"""`chiso silent`: sources from which nothing came for long, and how late news comes."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, ask, day, number, print_json, print_table
from streams.cli.paging import title

HEADS = ["Đơn vị", "Tên", "Nguồn", "Lần cuối", "Giờ làm việc", "Mức"]
DELAYS = ["Đơn vị", "Nguồn", "Tháng", "Sự kiện", "Sau 1 giờ", "Sau 1 ngày", "Bổ sung cũ", "Trễ TB (phút)"]
MINUTE = 60


def silent(
    unit: Annotated[str | None, typer.Argument(help="only this unit and those below it; none: all units")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List sources that have said nothing for longer than their setting, in working hours; how late news came, this month and the one before."""
    answer = ask(home, "/v1/silent", unit=unit)
    if as_json:
        print_json(answer)
        return
    rows = answer["items"]
    cells = [
        [row["agency"], row["name"], row["source"], f"{day(row['last_at'])} {row['last_at'][11:16]}", *map(_hours, _both(row))]
        for row in rows
    ]
    print_table(title(f"Chưa đồng bộ dữ liệu từ {number(len(rows))} nguồn · silent sources", answer), HEADS, cells, left=4)
    delays = [
        [
            *(row[name] for name in ("agency", "source", "month")),
            *(number(row[name]) for name in ("records", "after_hour", "after_day", "backfilled")),
            "–" if row["mean_seconds"] is None else _hours(row["mean_seconds"] / MINUTE),
        ]
        for row in answer["delays"]
    ]
    print_table("Độ trễ đồng bộ · delay of synchronisation", DELAYS, delays, left=3)


def _both(row: dict[str, Any]) -> tuple[float, float]:
    return row["working_hours"], row["limit"]


def _hours(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(silent)
