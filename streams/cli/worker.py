"""`chiso worker`: one worker process of a real deployment."""

from pathlib import Path
from typing import Annotated

import typer

from streams.ending import at_once


def worker(
    home: Annotated[Path | None, typer.Option(help="state of `chiso up` (CHISO_HOME)")] = None,
    metrics_port: Annotated[int | None, typer.Option(help="port of this worker's /metrics; the next free one if taken")] = None,
) -> None:
    """Run one worker: reads events from Kafka, keeps the windows in Redis. Start as many as there are partitions."""
    at_once()
    from streams.settings import load
    from streams.worker import run

    run(load(home=home, metrics_port=metrics_port))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(worker)
