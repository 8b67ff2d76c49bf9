"""`chiso rebuild`, `resume`, `accept-gap`: what an operator decides."""

import asyncio
import re
import sys
import time
from typing import Annotated

import typer

from streams.cli.asking import Home

Partition = Annotated[str, typer.Argument(metavar="PARTITION", help="p3 for partition 3 of events, r3 for one of the raw topic")]


def rebuild(home: Home = None) -> None:
    """Compute everything anew from the topic of events, beside the figures that stand, and switch over at the end.

    Workers and readers go on meanwhile. The store needs room for both.
    """
    from streams.addresses import resolve
    from streams.rebuild import rebuild as run
    from streams.settings import load

    settings = load(home=home)
    found = resolve(settings)
    started = time.monotonic()

    def told(done: int, lacking: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - started > 1:
            sys.stderr.write(f"\r{done:,} of {done + lacking:,} records ")
            sys.stderr.flush()

    done = asyncio.run(run(found.kafka, found.redis, settings, told))
    sys.stderr.write(f"{chr(13) if sys.stderr.isatty() else ''}rebuilt from {done:,} records in {time.monotonic() - started:.0f} s\n")


def resume(
    what: Annotated[
        str | None, typer.Argument(metavar="[PARTITION|SOURCE]", help="p3, r3, or a sender; without it: all partitions that are halted")
    ] = None,
    home: Home = None,
) -> None:
    """Let halted partitions look again, or a sender that was set aside in again, after what was wrong has been put right."""
    from streams import decide
    from streams.addresses import resolve
    from streams.settings import load

    found = resolve(load(home=home))
    if what is not None and not re.fullmatch(r"[pqur]\d+", what):
        decide.resume_source(found.redis, found.kafka, what)
        sys.stderr.write(f"{what} is let in again; `chiso rejected replay` sends what was set aside\n")
        return
    names = [what] if what is not None else list(decide.halted(found.redis, found.kafka))
    for name in names:
        decide.resume(found.redis, found.kafka, name)
        sys.stderr.write(f"{name} looks again\n")
    if not names:
        sys.stderr.write("no partition is halted\n")
    aside = decide.quarantined(found.redis, found.kafka) if what is None else []
    if aside:
        sys.stderr.write(f"set aside because of what they send: {', '.join(aside)}; `chiso resume SOURCE` lets one in again\n")


def accept_gap(partition: Partition, home: Home = None) -> None:
    """Go on after records that retention took away before they were applied. They stay uncounted; restore them instead, if you can.

    A partition of the raw topic (r3) whose log is another one now begins with whatever is in it; what is said once more counts once.
    """
    from streams import decide
    from streams.addresses import resolve
    from streams.settings import load

    found = resolve(load(home=home))
    missing = decide.accept_gap(found.redis, found.kafka, partition)
    sys.stderr.write(
        f"{partition} " + ("begins with what its log has now\n" if missing is None else f"goes on without {missing:,} records\n")
    )


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(rebuild)
    app.command()(resume)
    app.command("accept-gap")(accept_gap)
