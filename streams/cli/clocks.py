"""`chiso clocks`: a unit under both profiles, and the dossiers that make the difference."""

from typing import Annotated

import typer

from streams.cli.asking import Home, Json, ask, number, percent, print_json, print_table
from streams.cli.paging import title
from streams.cli.show import LINES

HEADS = ["Chỉ tiêu", "", "Theo văn bản · document", "Theo tỉnh · province"]
STANDS = {
    "finished_early": "trước hạn",
    "finished_on_time": "đúng hạn",
    "finished_late": "quá hạn",
    "open_in_time": "đang giải quyết, trong hạn",
    "open_overdue": "đang giải quyết, quá hạn",
    "waiting": "chờ bổ sung",
    None: "–",
}


def clocks(
    unit: Annotated[str, typer.Argument(help="code of a unit, as `chiso units` lists them")],
    period: Annotated[str | None, typer.Option(help="as `chiso show --period`; default: this month")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show a unit's counts under the document's clock and the province's, and each dossier on which they differ."""
    answer = ask(home, "/v1/clocks", unit=unit, period=period)
    if as_json:
        print_json(answer)
        return
    both = [answer[name] for name in ("document", "province")]
    rows = [[vietnamese, english, *(number(one["counts"][name]) for one in both)] for name, vietnamese, english in LINES]
    rows.append(["Tỷ lệ hồ sơ đúng hạn (gồm đang giải quyết trong hạn)", "2.1", *(percent(one["ratio_2_1"]) for one in both)])
    print_table(title(f"{answer['name']}, kỳ {answer['period']}: hai cách tính · two clocks", answer), HEADS, rows, left=2)
    cells = [[row["dossier"], *(STANDS[row[name]] for name in ("document", "province"))] for row in answer["dossiers"]]
    print_table(f"{number(len(cells))} hồ sơ khác nhau · dossiers that differ", ["Mã hồ sơ", *HEADS[2:]], cells, left=3)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(clocks)
