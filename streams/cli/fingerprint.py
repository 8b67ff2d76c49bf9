"""`chiso fingerprint`: one hash for all figures."""

import sys

import typer

from streams.cli.asking import Home


def fingerprint(home: Home = None) -> None:
    """Print a SHA-256 of every figure: the same facts give the same hash, however and how often they came."""
    from streams.addresses import resolve
    from streams.fingerprint import fingerprint as compute
    from streams.settings import load

    sys.stdout.write(compute(resolve(load(home=home)).redis) + "\n")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(fingerprint)
