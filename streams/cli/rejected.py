"""`chiso rejected`: what broke a rule, and the way back in."""

import asyncio
import sys
from typing import Annotated

import typer

from streams.cli.asking import Home, Json, print_json, print_table

group = typer.Typer(help="What broke a rule: list it, send it again after a fix.", no_args_is_help=True)


@group.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="only what this source sent")] = None,
    last: Annotated[int, typer.Option(min=1, metavar="N", help="only the newest N")] = 50,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List what was rejected, newest last: when, by whom, which field and rule, and where it stands. Never the payload."""
    from streams.addresses import resolve
    from streams.rejected import listed
    from streams.settings import load

    found = [entry for entry in asyncio.run(listed(resolve(load(home=home)).kafka)) if source in (None, entry["source"])]
    shown = found[-last:]
    if as_json:
        print_json({"count": len(found), "items": shown})
        return
    rows = [[entry["at"], entry["source"], entry["message"], _place(entry)] for entry in shown]
    print_table(f"{len(found)} bị từ chối · rejected", ["Lúc · at (UTC)", "Nguồn · source", "Lỗi · rule", "Ở đâu · where"], rows, left=4)


def _place(entry: dict[str, object]) -> str:
    if "file" in entry:
        return f"{entry['file']}, line {entry['line']}" + (f", column {entry['column']}" if entry.get("column") else "")
    where = f"{entry['topic']} {entry['partition']}/{entry['offset']}"
    return where + (f", entry {entry['position']}" if entry.get("position") is not None else "")


@group.command()
def replay(
    source: Annotated[str | None, typer.Option(help="only what this source sent")] = None,
    reason: Annotated[
        str | None, typer.Option(help="only what was rejected for this, as `list` says; `source`: what was set aside")
    ] = None,
    home: Home = None,
) -> None:
    """Send rejected payloads through the raw topic once more, after what rejected them was put right. Nothing counts twice.

    After `chiso resume SENDER`: `chiso rejected replay --source SENDER --reason source` lets in what was set aside.
    """
    from streams.addresses import resolve
    from streams.rejected import replay as run
    from streams.settings import load

    found = asyncio.run(run(resolve(load(home=home)).kafka, source, reason))
    sys.stderr.write(
        f"{found.sent} payloads sent again, {found.before} were before, {found.gone} are gone (the raw topic is kept for 7 days)\n"
    )
    if found.elsewhere:
        sys.stderr.write(f"{found.elsewhere} rejections are of files or of the topic of events; send their source again instead\n")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="rejected")
