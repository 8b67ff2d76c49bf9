"""`chiso restatements`: what of published months was restated, and why."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, ask, day, number, percent, points, print_json, print_table

HEADS = ["Đơn vị", "", "Tháng", "Bản", "Công bố", "Chỉ tiêu", "Nguyên nhân", "Số cũ", "Số mới"]
CAUSES = {
    "events": "dữ liệu hồ sơ · events",
    "registry": "danh mục · registry",
    "formula": "công thức · formula",
    "rules": "quy tắc tính · rules",
}


def restatements(
    unit: Annotated[str | None, typer.Argument(help="code of a unit; default: all")] = None,
    month: Annotated[str | None, typer.Option(metavar="MONTH", help="one closed month, such as 2026-08; default: all")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Figures of closed months that changed after they were published, for instance `chiso restatements H44 --month 2026-08`."""
    answer = ask(home, "/v1/restatements", unit=unit, month=month)
    if as_json:
        print_json(answer)
        return
    more = "" if answer["next"] is None else "; còn nữa, hãy chọn đơn vị hoặc tháng · more: name a unit or a month"
    title = f"{number(len(answer['items']))} số liệu được điều chỉnh sau công bố · restated after publication{more}"
    print_table(title, HEADS, [_row(one) for one in answer["items"]], left=7)


def _row(one: dict[str, Any]) -> list[str]:
    name = "" if one["name"] == one["unit"] else one["name"]
    complete = "" if one["complete"] else " (chưa đầy đủ)"
    head = [one["unit"], name, one["month"], f"{one['version']}{complete}", day(one["published_at"]), one["id"]]
    return [*head, CAUSES[one["cause"]], _value(one["id"], one["old"]), _value(one["id"], one["new"])]


def _value(which: str, value: Any) -> str:
    """A count, points, a grade, or an indicator as ratio and score."""
    if isinstance(value, dict):
        pair = f"{number(value['numerator'])}/{number(value['denominator'])}"
        return pair if which == "2.2" else f"{pair} ({percent(value['ratio'])}; {points(value['score'])})"
    if isinstance(value, bool):
        return "đầy đủ" if value else "chưa đầy đủ"
    if value is None or isinstance(value, str):
        return value or "–"
    return points(value) if isinstance(value, float) else number(value)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(restatements)
