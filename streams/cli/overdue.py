"""`chiso overdue`: open dossiers past their due day."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, as_of, ask, day, number, print_json, print_table

HEADS = ["Mã hồ sơ", "Đơn vị", "Cán bộ", "Lĩnh vực", "Tiếp nhận", "Hẹn trả", "Quá hạn (ngày làm việc)"]


def overdue(
    unit: Annotated[str | None, typer.Argument(help="only this unit's; none: all units")] = None,
    official: Annotated[str | None, typer.Option(help="only this official's")] = None,
    within: Annotated[int, typer.Option(min=0, max=250, metavar="DAYS", help="also those due within so many working days")] = 0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List open dossiers that are overdue, earliest due first; the line count on stderr."""
    rows: list[dict[str, Any]] = []
    cursor: int | None = 0
    answer: dict[str, Any] = {}
    while cursor is not None:
        answer = ask(home, "/v1/overdue", unit=unit, official=official, within=within, cursor=cursor)
        rows += answer["items"]
        cursor = answer["next"]
    if as_json:
        print_json({**answer, "items": rows, "next": None})
        return
    cells = [
        [
            *(row[name] or "–" for name in ("dossier", "unit", "official", "sector")),
            day(row["received_at"]),
            day(row["due_at"]),
            number(row["working_days_late"]),
        ]
        for row in rows
    ]
    print_table(f"{number(len(rows))} hồ sơ quá hạn · overdue\n{as_of(answer['as_of'])}", HEADS, cells, left=6)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(overdue)
