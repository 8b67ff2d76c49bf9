"""`chiso grafana`: boards as files, and into a Grafana that exists."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grafana_api.grafana_face import GrafanaFace

    from connectors.grafana import Finding

FINDINGS = 6
SAY = {
    "same": "đúng bản mới nhất · up to date",
    "pushed": "đã đưa lên · pushed",
    "missing": "chưa có, chạy `chiso grafana push` · missing",
    "outdated": "bản cũ, chạy `chiso grafana push` · outdated",
    "edited": "đã sửa tay, giữ nguyên; --force để thay · edited by hand, kept; --force replaces it",
}

group = typer.Typer(help="Grafana boards: as files, or into a Grafana that exists.", no_args_is_help=True)


@group.command()
def build(out: Annotated[Path, typer.Option(metavar="DIR", help="folder of the files")] = Path("deploy/grafana/boards")) -> None:
    """Write every board in Vietnamese and English as a JSON file, for Grafana's file provisioning."""
    from connectors.boards.boards import build as run

    written = run(out)
    sys.stderr.write(f"{len(written)} boards in {out}\n")


@group.command()
def push(
    prometheus: Annotated[str, typer.Option(metavar="URL", help="where Grafana finds Prometheus")] = "http://127.0.0.1:9090",
    force: Annotated[bool, typer.Option("--force", help="replace boards that were edited by hand")] = False,
) -> None:
    """Put folder, data source and boards into Grafana (CHISO_GRAFANA__URL, CHISO_GRAFANA__TOKEN_FILE). Ends with 6 where a board was kept."""
    from connectors import grafana

    _tell(grafana.push(_connect(), prometheus, force=force), fine={"same", "pushed"})


@group.command()
def check() -> None:
    """Compare Grafana's boards with what would be pushed. Ends with 6 where any differs."""
    from connectors import grafana

    _tell(grafana.check(_connect()), fine={"same"})


def _connect() -> "GrafanaFace":
    from connectors.grafana import connect
    from streams.settings import load

    found = load().grafana
    return connect(found.url, found.secret())


def _tell(findings: "Iterable[Finding]", fine: set[str]) -> None:
    bad = False
    for finding in findings:
        sys.stdout.write(f"{finding.uid}: {SAY[finding.state]}\n")
        bad |= finding.state not in fine
    raise typer.Exit(FINDINGS if bad else 0)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="grafana")
