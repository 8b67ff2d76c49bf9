"""`chiso dossier`: one dossier's facts and clock, or every statement about it."""

import json
import sys
from typing import Annotated, Any
from urllib.parse import quote

import typer

from streams.cli.asking import Home, Json, ask, day, print_json, print_table

LINES = (
    ("unit", "Đơn vị · unit"),
    ("sector", "Lĩnh vực · sector"),
    ("procedure", "Thủ tục · procedure"),
    ("official", "Cán bộ · official"),
    ("received_at", "Tiếp nhận · received"),
    ("due_at", "Hẹn trả · due"),
    ("effective_due", "Hạn tính · effective due"),
    ("finished_at", "Kết thúc · finished"),
    ("outcome", "Kết quả · outcome"),
    ("waiting", "Chờ bổ sung · waiting"),
)


def dossier(
    number: Annotated[str, typer.Argument(help="the dossier's number, as on its receipt")],
    events: Annotated[bool, typer.Option("--events", help="every statement about it, from the topic, one JSON a line")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show one dossier: what was stated, what the clock makes of it, what is odd."""
    if events:
        _events(number, home)
        return
    answer = ask(home, f"/v1/dossiers/{quote(number, safe='')}")
    if as_json:
        print_json(answer)
        return
    _print(answer)


def _print(answer: dict[str, Any]) -> None:
    rows = [[label, _text(name, answer[name])] for name, label in LINES]
    rows += [[f"  {name}", json.dumps(value, ensure_ascii=False)] for name, value in answer["facts"].items()]
    if answer["findings"]:
        rows.append(["Cần xem lại · findings", ", ".join(answer["findings"])])
    print_table(f"Hồ sơ · dossier {answer['dossier']}", ["", ""], rows, left=2)


def _text(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in ("received_at", "due_at", "finished_at"):
        return f"{day(value)} {value[11:16]}"
    return day(value) if name == "effective_due" else {True: "có", False: "không"}.get(value, str(value))


def _events(number: str, home: Any) -> None:
    from indicators.errors import NotFoundError
    from streams.addresses import resolve
    from streams.settings import load
    from streams.statements import statements

    found = statements(resolve(load(home=home)).kafka, number)
    for statement in found:
        sys.stdout.write(json.dumps(statement, ensure_ascii=False) + "\n")
    if not found:
        raise NotFoundError(f"nothing was stated about dossier {number}; check the number")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(dossier)
