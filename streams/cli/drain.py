"""`chiso drain`: wait until all that was sent is in the figures."""

from typing import Annotated

import typer

from streams.cli.asking import Home, ask


def drain(
    timeout: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="give up after so long (exit code 1)")] = 60,
    home: Home = None,
) -> None:
    """Return when the files of `chiso up --ingest` are sent, every event is applied, and the figures show it."""
    from streams.addresses import resolve
    from streams.drain import drain as wait
    from streams.settings import load

    settings = load(home=home)
    found = resolve(settings)
    wait(settings.home, found.kafka, found.redis, lambda: dict(ask(home, "/v1/positions")), timeout)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(drain)
