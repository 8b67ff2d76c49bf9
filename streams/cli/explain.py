"""`chiso explain` and `chiso advise`: why a figure is what it is, and what would move it."""

import sys
from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, as_of, ask, number, percent, points, print_json, print_table

Unit = Annotated[str, typer.Argument(help="code of a unit")]
Period = Annotated[str | None, typer.Option(help="as of `chiso show`; default: this month")]
WHAT = {"dossiers": "hồ sơ", "petitions": "phản ánh, kiến nghị", "procedures": "thủ tục hành chính"}


def explain(
    unit: Unit,
    indicator: Annotated[str, typer.Argument(help="id of an indicator, like 2.1 or 3.5a")],
    period: Period = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Formula, numbers, and the dossiers, petitions or procedures that count below the line but not above it."""
    answer = ask(home, "/v1/explain", unit=unit, indicator=indicator, period=period)
    if as_json:
        print_json(answer)
        return
    formula, figure, behind = answer["formula"], answer["indicator"], answer["behind"]
    out = [
        f"{answer['name']} ({answer['unit']}), kỳ {answer['period']['id']} – {as_of(answer['as_of'])}",
        f"{formula['id']} {formula['name'][0]} · {formula['name'][1]}",
        f"  tử số:  {_count(figure['numerator'])} – {formula['numerator'][0]}",
        f"  mẫu số: {_count(figure['denominator'])} – {formula['denominator'][0]}",
        f"  tỷ lệ {percent(figure['ratio'])}; {_formula(formula)} = {points(figure['score'])} điểm",
    ]
    if answer["inherited_from"] is not None:
        out.append(f"  lấy theo {answer['inherited_from']}: đơn vị trực thuộc hưởng chung · inherited")
    sys.stdout.write("\n".join(out) + "\n")
    if behind is None:
        return
    title = f"{number(behind['lacking'])} {WHAT[behind['what']]} trong mẫu số mà không trong tử số"
    if behind["lacking"] > len(behind["items"]):
        title += f"; {len(behind['items'])} đầu tiên"
    print_table(title, ["Mã", "Đơn vị"], [[one["number"], one["unit"]] for one in behind["items"]], left=2)


def _count(value: int | None) -> str:
    return "–" if value is None else number(value)


def _formula(formula: dict[str, Any]) -> str:
    if formula["block"] is None:
        return "không chấm điểm"
    return f"{formula['points']}·R" if formula["full_from"] is None else f"{formula['points']}·min(1, R/{percent(formula['full_from'])})"


def advise(
    unit: Unit,
    period: Period = None,
    target: Annotated[str | None, typer.Option(help="a grade (Xuất sắc, Tốt, Khá, Trung bình) or points: what it would take")] = None,
    what_if: Annotated[list[str] | None, typer.Option(help="3.6=+120: what 120 more dossiers would give; may be repeated")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Where points are to be gained, largest first, and which open dossiers can still be saved today."""
    answer = ask(home, "/v1/advise", unit=unit, period=period, target=target, what_if=what_if)
    if as_json:
        print_json(answer)
        return
    rows = [
        [one["id"], one["name"], points(one["score"]), str(one["max"]), points(one["gain"]), _count(one["needed"]), number(one["of"])]
        for one in answer["gains"]
    ]
    title = f"{answer['name']} ({answer['unit']}), kỳ {answer['period']['id']}: {points(answer['total'])} điểm, {answer['grade']}"
    print_table(title, ["Chỉ số", "", "điểm", "tối đa", "có thể thêm", "cần thêm", "trên tổng"], rows, left=2)
    if "target" in answer:
        _target(answer["target"])
    if "what_if" in answer:
        found = answer["what_if"]
        place = "" if found["rank"] is None else f", hạng {found['rank']['place']}/{found['rank']['of']}"
        sys.stdout.write(f"Nếu vậy: {points(found['total'])} điểm, {found['grade']}{place}\n")
    saves = [
        [one["dossier"], one["unit"], one["official"] or "–", one["due_at"][:10], f"{one['points']:.4f}"] for one in answer["save_today"]
    ]
    print_table(
        "Hồ sơ sắp đến hạn, còn kịp hôm nay · still to be saved", ["Hồ sơ", "Đơn vị", "Cán bộ", "Hẹn trả", "điểm giữ được"], saves, left=4
    )


def _target(found: dict[str, Any]) -> None:
    reach = "" if found["reachable"] else " – không đủ, dù làm hết · not enough"
    rows = [[one["id"], one["name"], number(one["more"]), points(one["gain"])] for one in found["plan"]]
    title = f"Để đạt {found['points']} điểm: còn thiếu {points(found['lacking'])}{reach}"
    print_table(title, ["Chỉ số", "", "thêm", "điểm"], rows, left=2)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(explain)
    app.command()(advise)
