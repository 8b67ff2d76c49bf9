"""Rules as Prometheus reads them, with the words of one language."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from connectors.alerts.rules import ALERTS, DOMAIN, RECORDED, SYSTEM, Alert
from connectors.boards.words import Words

LANGUAGES = ("vi", "en")
# where people reach Grafana and read the runbook stands once, in prometheus.yml
GRAFANA, RUNBOOK = "{{ $externalLabels.grafana }}", "{{ $externalLabels.runbook }}"
_HEAD = "# Written by `chiso alerts build` from connectors/alerts: change it there, and build anew."


@cache
def catalogue() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Alert → summary and description → language → text."""
    return tomllib.loads((files("connectors.alerts") / "messages.toml").read_text("utf-8"))


def rules(language: str = "vi") -> str:
    """The file of rules."""
    lines = [_HEAD, "groups:", "  - name: chiso-recorded", "    rules:"]
    for name, expr in RECORDED.items():
        lines += [f"      - record: {name}", *_text("expr", expr, 8)]
    for area in (DOMAIN, SYSTEM):
        lines += [f"  - name: chiso-{area}", "    rules:"]
        for alert in ALERTS:
            if alert.area == area:
                lines += _rule(alert, language)
    return "\n".join(lines) + "\n"


def _rule(alert: Alert, language: str) -> Iterator[str]:
    yield f"      - alert: {alert.name}"
    yield from _text("expr", alert.expr, 8)
    yield f"        for: {alert.wait}"
    yield f"        labels: {{severity: {alert.severity}, area: {alert.area}}}"
    yield "        annotations:"
    words = catalogue()[alert.name]
    for name in ("summary", "description"):
        yield from _text(name, words[name][language], 10)
    yield f'          runbook_url: "{RUNBOOK}#{alert.name.lower()}"'
    yield f'          dashboard_url: "{link(alert, language)}"'


def link(alert: Alert, language: str) -> str:
    """The board that shows more, with its variables set."""
    chosen = "&".join(f"var-{variable}={{{{ $labels.{label} }}}}" for variable, label in alert.scope)
    return f"{GRAFANA}/d/{Words(language).uid(alert.board)}" + (f"?{chosen}" if chosen else "")


def _text(name: str, text: str, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}{name}: >-"
    yield f"{' ' * indent}  {text}"
