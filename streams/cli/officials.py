"""`chiso officials`: whose code is whose. Names stay apart from figures: only lists that charge somebody ask for them."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.asking import Home, Json, day, print_json, print_table

group = typer.Typer(help="Officials behind the codes and pseudonyms of figures.", no_args_is_help=True)
HEADS = ["Mã · code", "Họ tên · name", "Đơn vị · unit", "Từ ngày · from", "Đến ngày · to"]


@group.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: code,name,unit,valid_from,valid_to")],
    home: Home = None,
) -> None:
    """Load a CSV file of officials. A code may have several lines, each valid for its own days; it replaces what was loaded of its codes."""
    from connectors.catalogue import heads, read_entries
    from connectors.catalogue_kinds import KINDS, kind_of
    from connectors.registry import path_of
    from indicators.errors import InvalidDataError
    from streams.addresses import resolve
    from streams.cli.registry import say
    from streams.registry import load_entries
    from streams.settings import load as settings

    path = path_of(str(file))
    if kind_of(heads(path)) != "official":
        raise InvalidDataError(f"{path.name} is no list of officials; it needs the columns {', '.join(KINDS['official'][1])}")
    found = read_entries(path, "official")
    say(path.name, asyncio.run(load_entries(resolve(settings(home=home)).kafka, "official", found)))


@group.command("list")
def list_(home: Home = None, as_json: Json = False) -> None:
    """List what was loaded, straight from the registry's topic: no address of the HTTP API gives names."""
    from streams.addresses import resolve
    from streams.registry import officials
    from streams.settings import load as settings

    rows = asyncio.run(officials(resolve(settings(home=home)).kafka))
    if as_json:
        print_json({"items": rows})
        return
    cells = [[row["code"], row["name"], row["unit"], day(row["valid_from"]), day(row["valid_to"])] for row in rows]
    print_table("Cán bộ, công chức, viên chức · officials", HEADS, cells, left=len(HEADS))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="officials")
