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

    written = run(out, _page())
    sys.stderr.write(f"{len(written)} boards in {out}\n")


@group.command()
def push(
    prometheus: Annotated[str, typer.Option(metavar="URL", help="where Grafana finds Prometheus")] = "http://127.0.0.1:9090",
    lists: Annotated[str, typer.Option(metavar="URL", help="where Grafana finds `chiso serve`'s lists")] = "http://127.0.0.1:8766/prom",
    force: Annotated[bool, typer.Option("--force", help="replace boards that were edited by hand")] = False,
) -> None:
    """Put folders, data sources and boards into Grafana (CHISO_GRAFANA__URL, CHISO_GRAFANA__TOKEN_FILE). Ends with 6 where a board was kept."""
    from connectors import grafana
    from connectors.boards.panels import DATASOURCE, LISTS

    sources = {DATASOURCE["uid"]: prometheus, LISTS["uid"]: lists}
    _tell(grafana.push(_connect(), sources, force=force, page=_page()), fine={"same", "pushed"})


@group.command()
def check() -> None:
    """Compare Grafana's boards with what would be pushed. Ends with 6 where any differs."""
    from connectors import grafana

    _tell(grafana.check(_connect(), _page()), fine={"same"})


@group.command()
def annotate(
    home: Annotated[
        Path | None, typer.Option(help="state of `chiso up` (CHISO_HOME); finds the Kafka whose publications are marked")
    ] = None,
) -> None:
    """Mark on the boards when months were published and restated, when formulas changed, and the days off of this year and the next."""
    import asyncio

    from connectors import marks
    from indicators.times import Zone, date_of
    from streams import clock
    from streams.addresses import resolve
    from streams.calendars import Calendars
    from streams.settings import load
    from streams.shelf import cuts

    settings = load(home=home)
    zone = Zone(settings.zone)
    year = date_of(zone.day(int(clock.now()))).year
    published = marks.published(asyncio.run(cuts(resolve(settings).kafka)))
    off = marks.days_off(Calendars(settings.calendar).calendar, zone, range(year - 1, year + 2))
    done = marks.annotate(_connect(), [*published, *marks.formulas(zone), *off])
    sys.stdout.write(f"đã thêm {done.added}, đã có {done.same}, đã bỏ {done.removed} · added, there before, removed\n")


def _page() -> str:
    """Where links lead (CHISO_LINK)."""
    from connectors.boards.frame import PAGE
    from streams.settings import load

    return (load().link or PAGE).rstrip("/")


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
