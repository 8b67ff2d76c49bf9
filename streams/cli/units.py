"""`chiso units`: which units have figures."""

from typing import Annotated

import typer

from streams.cli.asking import Home, Json, ask, print_json, print_table


def units(
    unmapped: Annotated[bool, typer.Option("--unmapped", help="only those nobody registered")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the units that have figures; a unit nobody registered answers under its own code."""
    answer = ask(home, "/v1/units")
    answer["items"] = [item for item in answer["items"] if not (unmapped and item["registered"])]
    if as_json:
        print_json(answer)
        return
    rows = [[item["unit"], item["name"], item["parent"] or "–", "có" if item["registered"] else "chưa"] for item in answer["items"]]
    print_table(f"{len(rows)} đơn vị · units", ["Mã · code", "Tên · name", "Thuộc · parent", "Đã đăng ký · registered"], rows, left=4)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(units)
