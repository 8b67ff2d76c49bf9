"""`chiso simulate`: provinces that do not exist."""

import asyncio
import contextlib
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli.asking import Home

Truth = Annotated[Path | None, typer.Option(metavar="FILE", help="write what was staged: one CSV line a dossier")]
Seed = Annotated[int, typer.Option(help="the same seed on the same day gives the same stream")]
Incidents = Annotated[
    bool,
    typer.Option(
        "--incidents",
        help="stage what the lists of duty and signs are to show: lateness, letters, gaps, silence, extra papers; with --truth also FILE's name "
        "with .incidents.json: what each list must show",
    ),
]
OfficeHours = Annotated[bool, typer.Option("--office-hours", help="the real rhythm: nothing comes in at night or on days off")]


def simulate(
    provinces: Annotated[int, typer.Argument(min=1, max=34, metavar="N", help="how many of the 34 provinces")] = 1,
    seed: Seed = 1,
    days: Annotated[int, typer.Option(min=0, max=400, help="how many days of the past come first, at full speed")] = 45,
    office_hours: OfficeHours = False,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", help="end after so long of live; 0: the past alone", min=0)
    ] = None,
    truth: Truth = None,
    incidents: Incidents = False,
    home: Home = None,
) -> None:
    """Let N simulated provinces send national payloads to the system that runs: their past, then life as it goes. Ctrl-C ends it.

    Try `chiso up` in one terminal and `chiso simulate 1` in another, or both by `chiso up --simulate 1`. Never on a system with real dossiers.
    """
    from indicators.errors import UnreachableError
    from streams.addresses import read, resolve
    from streams.settings import load
    from streams.simulating import Wish, run

    settings = load(home=home)
    if settings.kafka is None and read(settings.home) is None:  # what answers at the usual port may be a real system
        raise UnreachableError(f"no chiso runs in {settings.home}; `chiso up` starts one there, or name the broker with CHISO_KAFKA")
    wish = Wish(provinces, seed, days, office_hours, seconds, truth, incidents)

    def tell(text: str) -> None:
        sys.stderr.write(("\r" if sys.stderr.isatty() else "") + text + "\n")

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_until_asked(run(resolve(settings).kafka, settings.home, wish, tell)))


async def _until_asked(work: Coroutine[Any, Any, None]) -> None:
    """Runs the work; SIGTERM and Ctrl-C end it in order, so that what was staged is written."""
    import signal

    task = asyncio.create_task(work)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(simulate)
