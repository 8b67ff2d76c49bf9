"""`chiso rank`: who stands where."""

from typing import Annotated, Any

import typer

from streams.cli.asking import Home, Json, as_of, ask, day, points, print_json, print_table

HEADS = ["Hạng", "Mã", "Đơn vị", "CKMB", "TDGQ", "CLGQ", "TTTT", "MDSH", "MDHL", "Tổng điểm", "Xếp loại", "so với kỳ trước"]
BLOCKS = HEADS[3:9]


def rank(
    period: Annotated[str | None, typer.Option(help="as of `chiso show`; default: this month")] = None,
    peers: Annotated[str | None, typer.Option(metavar="KIND", help="ministry, province (default), department or commune")] = None,
    under: Annotated[str | None, typer.Option(metavar="UNIT", help="only units below this one, ranked among themselves")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ranking by total, for instance `chiso rank --period 2026-08`, or `chiso rank --peers commune --under H44`."""
    answer = ask(home, "/v1/rank", period=period, peers=peers, under=under)
    if as_json:
        print_json(answer)
        return
    rows = [_row(row) for row in answer["items"]]
    published = next((row["rank"]["published"] for row in answer["items"] if row["rank"] and row["rank"]["published"]), None)
    note = "" if published is None else f"\nđơn vị khác theo số công bố ngày {day(published)}"
    state = " (tạm tính · provisional)" if answer["period"]["open"] else ""
    print_table(f"Xếp hạng kỳ {answer['period']['id']}{state}\n{as_of(answer['as_of'])}{note}", HEADS, rows, left=3)


def _row(row: dict[str, Any]) -> list[str]:
    standing = row["rank"]
    change = row["change"]
    moved = "" if change is None else "=" if change == 0 else f"▲ {change}" if change > 0 else f"▼ {-change}"
    place = "–" if standing is None else str(standing["place"])
    total = "chưa có dữ liệu" if row["total"] is None else points(row["total"])
    return [place, row["unit"], row["name"], *(points(row["blocks"][name]) for name in BLOCKS), total, row["grade"] or "", moved]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(rank)
