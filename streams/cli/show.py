"""`chiso show`: the figures of one unit."""

import sys
from typing import Annotated, Any
from urllib.parse import quote

import typer

from streams.cli.asking import Home, Json, as_of, ask, day, indicator, number, percent, points, print_json, print_table

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
BY_HEADS = ["tiếp nhận", "kỳ trước", "đã giải quyết", "quá hạn", "đang giải quyết", "quá hạn", "2.1", "thời gian TB"]
HANDLING = {"hours": "giờ", "days": "ngày", "working_days": "ngày làm việc", "months": "tháng"}
DAY_SECONDS = 86_400
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
    asof: Annotated[
        str | None, typer.Option(metavar="DATE", help="a closed month as it was published by the end of that day, such as 2026-09-05")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Figures of one unit and period, for instance `chiso show NYPD --period 2011-03`."""
    answer = ask(home, f"/v1/units/{quote(unit, safe='')}/indicators", period=period, by=by, asof=asof)
    if as_json:
        print_json(answer)
        return
    _print(answer)


def _print(answer: dict[str, Any]) -> None:
    span, counts, on_time = answer["period"], answer["counts"], indicator(answer, "2.1")
    rows = [[vietnamese, english, number(counts[name])] for name, vietnamese, english in LINES]
    ratio = f"{percent(on_time['ratio'])} ({number(on_time['numerator'])}/{number(on_time['denominator'])})"
    rows.append(["Tỷ lệ hồ sơ đúng hạn (gồm đang giải quyết trong hạn)", "2.1", ratio])
    rows.append(["Tỷ lệ giải quyết đúng hạn, trước hạn", "on time of finished", percent(answer["on_time_of_finished"])])
    state = "tạm tính · provisional" if span["open"] else ""
    complete = "" if answer["complete"] else " – chưa đầy đủ · not complete"
    name = answer["unit"] if answer["name"] == answer["unit"] else f"{answer['name']} ({answer['unit']})"
    version = f"\nbản {answer['version']}, công bố ngày {day(answer['published_at'])} · version published" if "version" in answer else ""
    title = f"{name}, kỳ {span['id']} {state}\n{as_of(answer['as_of'])}{complete}{version}"
    print_table(title, ["Chỉ tiêu", "", "Số hồ sơ"], rows, left=2)
    if "rows" in answer:
        found = [
            [row["name"] or "–", *(number(row["counts"][name]) for name in BY_FIELDS), percent(row["ratio_2_1"]), _handling(row)]
            for row in answer["rows"]
        ]
        print_table("", [BY_TITLE[answer["by"]], *BY_HEADS], found)
        return
    heads = ["Chỉ số 766", "", "tử số/mẫu số", "tỷ lệ", "điểm", "tối đa", "kỳ trước", "cùng kỳ"]
    print_table("", heads, [_indicator(one) for one in answer["indicators"]] + _blocks(answer), left=2)
    _compared(answer)


def _compared(answer: dict[str, Any]) -> None:
    """What the columns of other periods are; a published version has none."""
    if answer["previous"] is None:
        sys.stdout.write("* mẫu số không quá 3\n")
        return
    before, year = (answer[which]["period"]["id"] for which in ("previous", "last_year"))
    sys.stdout.write(f"kỳ trước: {before}; cùng kỳ năm trước: {year}; * mẫu số không quá 3\n")
    if any(not answer[which]["comparable"] for which in ("previous", "last_year")):
        sys.stdout.write("Công thức đã thay đổi giữa các kỳ: chỉ so sánh tỷ lệ, không so sánh điểm · a formula changed in between\n")


def _handling(row: dict[str, Any]) -> str:
    """A mean handling time in the procedure's own unit, else in days."""
    if row["mean_handling_seconds"] is None:
        return "–"
    own = row["mean_handling"] or {"value": row["mean_handling_seconds"] / DAY_SECONDS, "unit": "days"}
    return f"{own['value']:.1f} {HANDLING[own['unit']]}".replace(".", ",")


def _indicator(one: dict[str, Any]) -> list[str]:
    pair = "–" if one["denominator"] is None else f"{number(one['numerator'])}/{number(one['denominator'])}"
    ratio = percent(one["ratio"]) + (" *" if one["small"] else "")
    if one["id"] == "2.2":
        ratio = "–" if one["ratio"] is None else f"{one['ratio'] / DAY_SECONDS:.1f} ngày".replace(".", ",")
    then = [
        percent(None if one[which] is None else one[which]["ratio"]) if one["id"] != "2.2" else "" for which in ("previous", "last_year")
    ]
    return [one["id"], one["name"], pair, ratio, points(one["score"]), "" if one["max"] is None else str(one["max"]), *then]


def _blocks(answer: dict[str, Any]) -> list[list[str]]:
    rows = [[one["code"], one["name"], "", "", points(one["score"]), str(one["max"]), "", ""] for one in answer["blocks"]]
    rank = answer["rank"]
    place = ""
    if rank is not None:
        place = f"hạng {rank['place']}/{rank['of']}"
        if rank["published"] is not None:
            place += f" (theo số công bố ngày {day(rank['published'])[:5]})"
    then = [points(None if answer[which] is None else answer[which]["total"]) for which in ("previous", "last_year")]
    return [*rows, ["Tổng điểm", answer["grade"] or "", place, "", points(answer["total"]), "100", *then]]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(show)
