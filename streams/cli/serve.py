"""`chiso serve`: the reading side of a real deployment."""

from pathlib import Path
from typing import Annotated

import typer

from streams.ending import at_once


def serve(
    home: Annotated[Path | None, typer.Option(help="state of `chiso up` (CHISO_HOME)")] = None,
    http_port: Annotated[int | None, typer.Option(help="port of the HTTP API; the next free one if taken")] = None,
    metrics_port: Annotated[int | None, typer.Option(help="port of /metrics; the next free one if taken")] = None,
) -> None:
    """Answer questions over HTTP (docs at /docs) and show metrics. Start as many as you like: all of them only read."""
    at_once()
    from streams.serve import run
    from streams.settings import load

    run(load(home=home, http_port=http_port, metrics_port=metrics_port))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)
