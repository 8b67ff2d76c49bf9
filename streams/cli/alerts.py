"""`chiso alerts`: rules of Prometheus and the configuration of Alertmanager, as files."""

import sys
from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(help="Alerts: rules for Prometheus, and whom Alertmanager tells when.", no_args_is_help=True)


@group.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder that has prometheus/ and alertmanager/")] = Path("deploy"),
    language: Annotated[str, typer.Option(metavar="vi|en", help="of what alerts say")] = "vi",
) -> None:
    """Write `prometheus/rules.yml` and `alertmanager/alertmanager.yml`; working hours follow the calendar (CHISO_CALENDAR), so build anew when it changes.

    Receivers in the latter are kept.
    """
    from connectors.alerts.manager import config, written_out
    from connectors.alerts.render import LANGUAGES, rules
    from connectors.reference import calendar
    from indicators.errors import UsageError
    from indicators.workhours import sessions
    from streams.settings import load

    if language not in LANGUAGES:
        raise UsageError(f"language {language!r} is none of {', '.join(LANGUAGES)}")
    found = calendar(load().calendar)
    manager = out / "alertmanager" / "alertmanager.yml"
    before = manager.read_text("utf-8") if manager.is_file() else ""
    contents = {
        out / "prometheus" / "rules.yml": rules(language),
        manager: config(found, sessions(), written_out(found), before),
    }
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        sys.stderr.write(f"{path}\n")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="alerts")
