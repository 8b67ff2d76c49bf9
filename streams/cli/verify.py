"""`chiso verify`: do the portal's published figures and ours agree?"""

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from streams.cli.asking import Home, Json, ask, number, points, print_json, print_table

VERDICTS = {
    "equal": "bằng nhau",
    "numerator": "khác tử số",
    "denominator": "khác mẫu số",
    "formula": "khác công thức",
    "score": "khác điểm",
    "missing": "không có",
}
DIFFERENT = 6


def verify(
    portal: Annotated[Path, typer.Option(metavar="FILE.csv", help="published figures: unit,id,numerator,denominator,score")],
    period: Annotated[str, typer.Option(help="as of `chiso show`; of a file with a column `period`, those rows are taken")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Compare figure by figure: equal, or whether numerator, denominator or formula differs. Exit code 6 where any does."""
    from connectors.agreement import compared, read
    from indicators.errors import NotFoundError

    try:
        text = portal.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"{portal} cannot be read ({type(error).__name__}); check the path") from None
    rows = read(text, period)
    cards: dict[str, Any] = {}
    for unit in dict.fromkeys(row.unit for row in rows):
        try:
            cards[unit] = ask(home, f"/v1/units/{quote(unit, safe='')}/indicators", period=period)
        except NotFoundError:
            cards[unit] = None
    found = list(compared(rows, cards))
    different = [one for one in found if one.verdict != "equal"]
    if as_json:
        print_json(
            {"period": period, "equal": len(found) - len(different), "different": len(different), "rows": [one._asdict() for one in found]}
        )
    else:
        title = f"Kỳ {period}: {number(len(found) - len(different))} số bằng nhau, {number(len(different))} khác"
        lines = [[one.unit, one.id, VERDICTS[one.verdict], _shown(one.portal), _shown(one.chiso)] for one in different]
        print_table(title, ["Đơn vị", "Chỉ số", "Kết quả", "Cổng", "chiso"], lines, left=3)
    if different:
        sys.exit(DIFFERENT)


def _shown(values: dict[str, Any] | None) -> str:
    if values is None:
        return "–"
    pair = "" if values["numerator"] is None else f"{number(values['numerator'])}/{number(values['denominator'])} "
    return f"{pair}{points(values['score'])}"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(verify)
