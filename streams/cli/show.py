"""`chiso show`: the figures of one unit."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from streams.cli.asking import Home, Json, as_of, ask, number, percent, print_json, print_table

LINES = (
    ("received", "Tiếp nhận trong kỳ", "received"),
    ("carried_over", "Từ kỳ trước chuyển sang", "carried over"),
    ("finished", "Đã giải quyết", "finished"),
    ("finished_early", "  – trước hạn", "early"),
    ("finished_on_time", "  – đúng hạn", "on time"),
    ("finished_late", "  – quá hạn", "late"),
    ("open", "Đang giải quyết", "open"),
    ("open_in_time", "  – trong hạn", "in time"),
    ("open_overdue", "  – quá hạn", "overdue"),
    ("waiting", "  – chờ bổ sung", "waiting"),
)
BY_TITLE = {"sector": "Lĩnh vực · sector", "procedure": "Thủ tục hành chính · procedure", "official": "Cán bộ · official"}
BY_HEADS = ["tiếp nhận", "kỳ trước", "đã giải quyết", "quá hạn", "đang giải quyết", "quá hạn", "2.1"]
BY_FIELDS = ("received", "carried_over", "finished", "finished_late", "open", "open_overdue")


def show(
    unit: Annotated[str, typer.Argument(help="code of a unit, as `chiso units` lists them")],
    period: Annotated[
        str | None,
        typer.Option(
            help="2026-08, 2026-Q3, 2026-H1, 2026-9M, 2026, rolling-7/30/90, bc-2026-Q3, 2026-08-01..2026-08-15; default: this month"
        ),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="DIMENSION", help="sector, procedure or official too (whole months)")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Figures of one unit and period, for instance `chiso show NYPD --period 2011-03`."""
    answer = ask(home, f"/v1/units/{quote(unit, safe='')}/indicators", period=period, by=by)
    if as_json:
        print_json(answer)
        return
    _print(answer)


def _print(answer: dict[str, Any]) -> None:
    span, counts, indicator = answer["period"], answer["counts"], answer["indicators"][0]
    rows = [[vietnamese, english, number(counts[name])] for name, vietnamese, english in LINES]
    ratio = f"{percent(indicator['ratio'])} ({number(indicator['numerator'])}/{number(indicator['denominator'])})"
    rows.append(["Tỷ lệ hồ sơ đúng hạn (gồm đang giải quyết trong hạn)", "2.1", ratio])
    rows.append(["Tỷ lệ giải quyết đúng hạn, trước hạn", "on time of finished", percent(answer["on_time_of_finished"])])
    state = "tạm tính" if span["open"] else ""
    complete = "" if answer["complete"] else " – chưa đầy đủ · not complete"
    name = answer["unit"] if answer["name"] == answer["unit"] else f"{answer['name']} ({answer['unit']})"
    title = f"{name}, kỳ {span['id']} {state}\n{as_of(answer['as_of'])}{complete}"
    print_table(title, ["Chỉ tiêu", "", "Số hồ sơ"], rows, left=2)
    if "rows" in answer:
        found = [
            [row["code"] or "–", *(number(row["counts"][name]) for name in BY_FIELDS), percent(row["ratio_2_1"])] for row in answer["rows"]
        ]
        print_table("", [BY_TITLE[answer["by"]], *BY_HEADS], found)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(show)
