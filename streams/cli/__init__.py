"""The command line `chiso`: parses, calls, prints. One module a group of commands; this page puts them together."""

import importlib
import logging
import sys

import typer

from indicators.errors import ChisoError
from streams import clock

COMMANDS = (
    "up",
    "worker",
    "serve",
    "ingest",
    "show",
    "units",
    "overdue",
    "dossier",
    "drain",
    "fingerprint",
    "topics",
    "registry",
    "officials",
    "letter",
    "simulate",
    "grafana",
    "alerts",
    "healthy",
    "operate",
    "rejected",
    "score",
    "rank",
    "explain",
    "verify",
    "duties",
    "offrecord",
    "silent",
    "papers",
    "repeat_late",
    "clocks",
    "restatements",
    "publish",
)

HELP = """Giữ bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg) luôn cập nhật.

Keeps the indicators of Decision 766/QĐ-TTg live, from events of dossiers.

Start with `chiso up --simulate 1`, then `chiso units` and `chiso show H01`, or with a file: `chiso up --ingest sample --map service-requests`.
"""


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="chiso", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
    )
    for name in COMMANDS:
        importlib.import_module(f"streams.cli.{name}").register(app)
    return app


def main() -> None:
    """Entry point: a ChisoError becomes one sentence on stderr and its exit code."""
    logging.basicConfig(level=logging.CRITICAL)  # clients of Kafka talk a lot; what matters becomes one sentence
    if clock.is_set():
        sys.stderr.write("chiso: CHISO_NOW sets a test clock; figures of today are those of that day\n")
    try:
        build()()
    except ChisoError as error:
        sys.stderr.write(f"chiso: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
