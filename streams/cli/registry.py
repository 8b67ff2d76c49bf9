"""`chiso registry` and `chiso peers`: what is known beside the facts."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.asking import Home, Json

if TYPE_CHECKING:
    from streams.registry import Loaded

group = typer.Typer(
    help="What is known beside the facts: units, procedures, sectors, targets, reports, settings, addresses.", no_args_is_help=True
)
peers = typer.Typer(help="Published totals of other units, to see one's own place among them.", no_args_is_help=True)


@group.command()
def load(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV; `units` is the list of units that ships with chiso")],
    home: Home = None,
) -> None:
    """Load a CSV file; its columns say what it holds. At any time: figures follow at once, nothing is replayed.

    - units: code,name,kind,parent,valid_from,valid_to,merged_into
    - procedures: code,name,sector,limit,limit_unit,papers,valid_from,valid_to
    - sectors: code,name,valid_from,valid_to
    - targets: unit,id,ratio,valid_from,valid_to (0.95 for 95 %)
    - settings of units: unit,name,value,valid_from,valid_to (docs/interfaces.md lists the names)
    - addresses for notices: unit,sink,to,kinds,valid_from,valid_to (sink webhook or email; kinds by spaces, none for all)
    - national reports: unit,month,id,numerator,denominator (1.4: dossiers received; 4.6: communes)

    A code may have several lines, each valid for its own days. Try `chiso registry load units`, then `chiso show VN`.
    """
    from connectors.catalogue import heads, read_entries
    from connectors.catalogue_kinds import kind_of
    from connectors.registry import path_of, read_units
    from indicators.errors import UsageError
    from streams.addresses import resolve
    from streams.registry import load as load_units
    from streams.registry import load_entries
    from streams.settings import load as settings

    path = path_of(file)
    kind = kind_of(heads(path))
    if kind == "official":
        raise UsageError(f"{path.name} holds officials; load it with `chiso officials load {file}`")
    kafka = resolve(settings(home=home)).kafka
    if kind is None:
        say(path.name, asyncio.run(load_units(kafka, read_units(path), path.name)))
    else:
        say(path.name, asyncio.run(load_entries(kafka, kind, read_entries(path, kind))))


@group.command()
def unmapped(home: Home = None, as_json: Json = False) -> None:
    """Units and procedures that events name and nobody registered yet; they count all the same, under their own codes."""
    from streams.cli.asking import ask, print_json

    found = ask(home, "/v1/unmapped")
    if as_json:
        print_json(found)
        return
    for kind, codes in found.items():
        sys.stdout.writelines(f"{kind.removesuffix('s')}\t{code}\n" for code in codes)


@peers.command("load")
def load_peers(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with the columns unit and total, as the portal publishes them")],
    date: Annotated[str | None, typer.Option(help="the day of these figures, unless the file's name holds it")] = None,
    home: Home = None,
) -> None:
    """Load the totals others published, so that one province alone sees its place among the 34."""
    import datetime as dt

    from connectors.catalogue import read_peers
    from connectors.registry import path_of
    from indicators.errors import UsageError
    from streams.addresses import resolve
    from streams.registry import load_entries
    from streams.settings import load as settings

    try:
        day = None if date is None else dt.date.fromisoformat(date)
    except ValueError:
        raise UsageError(f"--date {date} is no day like 2026-10-05") from None
    found = read_peers(path_of(str(file)), day)
    say(file.name, asyncio.run(load_entries(resolve(settings(home=home)).kafka, "peers", found)))


def say(name: str, found: "Loaded") -> None:
    """What a load did, on stderr."""
    sys.stderr.write(f"{name}: {found.new} new, {found.changed} changed, {found.same} as they were\n")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="registry")
    app.add_typer(peers, name="peers")
