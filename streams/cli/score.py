"""`chiso score`: scores of figures that stand in a file, exact to the last digit."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer


def score(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="CSV with the columns unit,id,numerator,denominator; - reads from stdin")],
    rule: Annotated[
        Literal["portal", "document"], typer.Option(help="as the national portal computes, or as the decision's text says")
    ] = "portal",
    country: Annotated[bool, typer.Option("--country", help="add the portal's national row, unit VN")] = False,
) -> None:
    r"""Add scores, blocks and totals to numerators and denominators, as the national portal computes them.

    Further columns (a period, a date of reading) are keys: each group has its own blocks and TOTAL. A row like `H20,TDGQ,,,17.69` with a score in
    the column `score` gives a whole block. A block that lacks an indicator stays empty. Needs no running system.

    Example: printf 'unit,id,numerator,denominator\nH44,2.1,144625,184513\n' | chiso score -
    """
    from connectors.scorefile import rescore
    from indicators.errors import InvalidDataError, NotFoundError
    from indicators.times import Zone
    from streams import clock
    from streams.settings import load

    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read ({error.strerror}); check the path") from None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InvalidDataError(f"{file} is not UTF-8") from None
    sys.stdout.write(rescore(text, rule, Zone(load().zone).day(int(clock.now())), nation=country))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(score)
