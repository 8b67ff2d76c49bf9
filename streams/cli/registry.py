"""`chiso registry`: units, their names and parents."""

import asyncio
from typing import Annotated

import typer

from streams.cli.asking import Home

group = typer.Typer(help="Units: names, kinds, parents, mergers.", no_args_is_help=True)


@group.command()
def load(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV of units; `units` is the list that ships with chiso")],
    home: Home = None,
) -> None:
    """Load units from a CSV file: code,name,kind,parent,valid_from,valid_to,merged_into. At any time; figures follow at once.

    A code may have several lines, each valid for its own days. Try `chiso registry load units`, then `chiso show VN`.
    """
    import sys

    from connectors.registry import path_of, read_units
    from streams.addresses import resolve
    from streams.registry import load as run
    from streams.settings import load as settings

    path = path_of(file)
    found = asyncio.run(run(resolve(settings(home=home)).kafka, read_units(path), path.name))
    sys.stderr.write(f"{path.name}: {found.new} new, {found.changed} changed, {found.same} as they were\n")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="registry")
