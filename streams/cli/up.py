"""`chiso up`: everything on one machine."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.simulate import Incidents, OfficeHours, Seed, Truth


def up(
    workers: Annotated[int, typer.Option(min=1, max=64, help="worker processes that share the partitions")] = 1,
    home: Annotated[Path | None, typer.Option(help="folder for data, logs and addresses.json (CHISO_HOME, default ./.chiso)")] = None,
    ingest: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="CSV file to send once all is up; may be repeated; `sample` ships with chiso")
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option("--map", metavar="NAME|FILE.toml", help="how its rows become events: permits, service-requests, or your own"),
    ] = None,
    simulate: Annotated[
        int | None, typer.Option(min=1, max=34, metavar="N", help="let N simulated provinces send: 45 days of the past, then live")
    ] = None,
    seed: Seed = 1,
    office_hours: OfficeHours = False,
    truth: Truth = None,
    incidents: Incidents = False,
    speed: Annotated[float | None, typer.Option(metavar="ROWS", help="send at most so many rows a second", min=0.001)] = None,
    seconds: Annotated[float | None, typer.Option("--for", metavar="SECONDS", help="end by itself after so long", min=0)] = None,
    watch: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="show the figures of a period as they come, in a table; `now` is this month")
    ] = None,
    kafka: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="use this Kafka instead of an own one")] = None,
    redis: Annotated[str | None, typer.Option(metavar="URL", help="use this Redis or Valkey instead of an own one")] = None,
) -> None:
    """Run everything here: Kafka, the store, workers, the HTTP API. Ctrl-C ends it; the next start goes on from its data.

    Try `chiso up --ingest sample --map service-requests`, then in another terminal `chiso units` and `chiso show NYPD --period 2011-03`.
    """
    from indicators.errors import UsageError
    from indicators.periods import parse
    from streams.ingesting import Queue
    from streams.settings import load
    from streams.up import Simulated, Wish, run
    from streams.watch import NOW, Watch

    if ingest and mapping is None:
        raise UsageError("--ingest needs --map: how the file's rows become events, for instance --map permits")
    settings = load(home=home)
    if watch not in (None, NOW):
        parse(str(watch), 0)  # says at once what is wrong with it
    simulated = None if simulate is None else Simulated(simulate, seed, office_hours, truth, incidents)
    queue = Queue.of(settings.home, ingest or [], mapping, speed)
    wish = Wish(workers, kafka or settings.kafka, redis or settings.redis, seconds, simulated)
    raise typer.Exit(run(settings, wish, queue, Watch(watch) if watch else None))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(up)
