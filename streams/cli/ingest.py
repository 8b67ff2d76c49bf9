"""`chiso ingest`: files into the topic of events."""

import asyncio
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from connectors.mapping_model import Mapping
    from connectors.table import Problem
    from streams.ingest import Report

SHOWN = 20
EXAMPLES = 10
FINDINGS = 6


def ingest(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE …", help="CSV files (`sample` ships with chiso), or national payloads: .json, .jsonl")
    ],
    mapping: Annotated[
        str | None,
        typer.Option(
            "--map", metavar="NAME|FILE.toml", help="how rows of a CSV become events: permits, service-requests, or your own file"
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="show what the files would become, and send nothing; pseudonyms are then of a throw-away key")
    ] = False,
    speed: Annotated[float | None, typer.Option(metavar="ROWS", help="at most so many rows a second", min=0.001)] = None,
    home: Annotated[Path | None, typer.Option(help="state of `chiso up` (CHISO_HOME)")] = None,
) -> None:
    """Read files into events: CSV by a mapping, or national payloads as they are. What is broken is named; the others go on.

    Try `chiso ingest sample --map service-requests --dry-run` first. Ends with 6 where something was broken.
    """
    from streams.ingest import path_of

    paths = [path_of(name) for name in files]
    if mapping is None:
        found = [_payloads(path, home, dry_run=dry_run) for path in paths]
    else:
        from connectors.mapping import load

        chosen = load(mapping)
        found = [_dry(chosen, path) if dry_run else _send(chosen, path, speed, home) for path in paths]
    raise typer.Exit(FINDINGS if any(report.problems for report in found) else 0)


class _Teller:
    """Progress on a terminal after two seconds; the first problems one by one."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, report: "Report", problem: "Problem | None") -> None:
        if problem is not None and report.problems <= SHOWN:
            where = f"{report.file}, line {problem.line}" + (f", column {problem.column!r}" if problem.column else "")
            sys.stderr.write(f"{where}: {problem.field} {problem.rule}\n")
        elif problem is None and sys.stderr.isatty() and time.monotonic() - self._started > 2:
            sys.stderr.write(f"\r{report.file}: {report.rows:,} rows, {report.sent.total():,} events sent ")
            sys.stderr.flush()


def _back() -> str:
    """To the beginning of the line, where progress may stand."""
    return "\r" if sys.stderr.isatty() else ""


def _send(mapping: "Mapping", path: Path, speed: float | None, home: Path | None) -> "Report":
    from connectors.pseudonym import at_first_name
    from streams.addresses import resolve
    from streams.ingest import Source
    from streams.ingest import ingest as run
    from streams.settings import load

    started, settings = time.monotonic(), load(home=home)
    source = Source(mapping, path, at_first_name(settings.pseudonym_key, words=True))
    report = asyncio.run(run(resolve(settings).kafka, source, _Teller(), speed))
    if report.problems > SHOWN:
        sys.stderr.write(f"… and {report.problems - SHOWN:,} more; all are on record in chiso.events.rejected.v1\n")
    took = time.monotonic() - started
    line = f"{report.file}: {report.rows:,} rows, {report.sent.total():,} events sent, {report.repeated:,} repeated, {report.problems:,} rejected, {took:.1f} s"
    sys.stderr.write(f"{_back()}{line}\n")
    return report


def _dry(mapping: "Mapping", path: Path) -> "Report":
    """The first events as JSON lines on stdout, the counts on stderr."""
    from connectors.pseudonym import KEY_BYTES, pseudonyms
    from streams.ingest import Report, Source, statements
    from streams.topology import EVENTS

    report = Report(path.name)
    source = Source(mapping, path, pseudonyms(secrets.token_bytes(KEY_BYTES), words=True))
    shown = 0
    for record, topic, _ in statements(source, report, _Teller()):
        if topic == EVENTS and shown < EXAMPLES:
            shown += 1
            sys.stdout.write(record.value.decode() + "\n")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.sent.most_common()) or "nothing"
    sys.stderr.write(
        f"{_back()}{report.file}: {report.rows:,} rows would become {kinds}; {report.repeated:,} repeated, {report.problems:,} rejected\n"
    )
    return report


def _payloads(path: Path, home: Path | None, *, dry_run: bool) -> "Report":
    """National payloads into the raw topic, or only read."""
    from indicators.errors import UsageError
    from streams import payloads
    from streams.addresses import resolve
    from streams.ingest import Report
    from streams.settings import load

    if path.suffix not in payloads.SUFFIXES:
        raise UsageError(
            f"{path.name} needs --map: how its rows become events; national payloads are files named {', '.join(payloads.SUFFIXES)}"
        )

    def told(report: Report, fault: payloads.Fault | None) -> None:
        if fault is not None and report.problems <= SHOWN:
            where = "" if fault.position is None else f", entry {fault.position}"
            sys.stderr.write(f"{report.file}, line {fault.line}{where}: {fault.field} {fault.rule}\n")

    if dry_run:
        report = Report(path.name)
        for record, _ in payloads.records(path, report, told):
            del record
    else:
        report = asyncio.run(payloads.ingest(resolve(load(home=home)).kafka, path, told))
    verb = "would be sent" if dry_run else "sent"
    sys.stderr.write(f"{report.file}: {report.rows:,} payloads, {report.sent.total():,} entries {verb}, {report.problems:,} faults\n")
    return report


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ingest)
