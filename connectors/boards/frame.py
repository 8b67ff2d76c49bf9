"""What a board has around its panels: variables, links to the others, annotations; and panels that every board has."""

from collections.abc import Sequence
from typing import Any

from connectors.boards import signals as s
from connectors.boards.looks import AGE, COMPLETE, STATE_COLOURS, Look
from connectors.boards.panels import DATASOURCE, Link, Panel, Place, Series, lines, link, stat
from connectors.boards.words import Words

SCHEMA = 41
NAMES = ("wall", "country", "province", "unit", "overdue", "compare", "quality", "pipeline")
NAMED = r"/.*name=\"(?<text>[^\"]*)\".*unit=\"(?<value>[^\"]*)\".*/"

Variable = dict[str, Any]


def fresh(words: Words, place: Place, complete: str) -> Panel:
    """How old the figures are, and whether they are complete, in words: before everything else."""
    several = [Series(s.said(s.AGE), words["age_of"]), Series(complete, words["state_of"], COMPLETE)]
    return stat("fresh", words, place, several, AGE)


def states(words: Words, place: Place, exprs: Sequence[str]) -> Panel:
    """Open dossiers by state, stacked, in the order of `signals.STATES`."""
    several = [Series(expr, words[state], colour=STATE_COLOURS[state]) for state, expr in zip(s.STATES, exprs, strict=True)]
    return lines("open_states", words, place, several, stacked=True)


def blocks(names: Sequence[str], words: Words, whose: str, period: str = s.PERIOD) -> list[Series]:
    """Blocks in per cent of what they may give, by name."""
    return [Series(s.said(s.block_share(name, whose, period)), words.block(name)) for name in names]


def to(words: Words, board: str, **variables: str) -> Link:
    """A data link to another board; the period chosen goes along where the board has one."""
    chosen = "&".join(f"var-{name}={value}" for name, value in variables.items())
    return link(words[f"to_{board}"], f"/d/{words.uid(board)}" + (f"?{chosen}" if chosen else ""))


def period(words: Words, *names: str) -> Variable:
    """Which period figures are of."""
    options = [{"text": words[f"period_{name}"], "value": name, "selected": at == 0} for at, name in enumerate(names)]
    return {
        "name": "period",
        "label": words["period"],
        "type": "custom",
        "query": ",".join(f"{one['text']} : {one['value']}" for one in options),
        "options": options,
        "current": {"text": options[0]["text"], "value": options[0]["value"], "selected": True},
        "includeAll": False,
        "multi": False,
        "hide": 0,
        "skipUrlSync": False,
    }


def units(name: str, words: Words, selector: str, everything: str | None = None) -> Variable:
    """A unit to choose, by name; `everything` is what `all` stands for, where all may be chosen."""
    query = f"query_result({selector})"
    found: Variable = {
        "name": name,
        "label": words[name],
        "type": "query",
        "datasource": DATASOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "regex": NAMED,
        "refresh": 2,
        "sort": 0,
        "multi": False,
        "includeAll": everything is not None,
        "hide": 0,
        "skipUrlSync": False,
        "options": [],
        "current": {},
    }
    if everything is not None:
        found |= {"allValue": everything, "current": {"text": words["all"], "value": "$__all", "selected": True}}
    return found


def province(words: Words, everything: str | None = None) -> Variable:
    """A province or ministry that has figures, by name."""
    return units("province", words, f"{s.info('province|ministry')} and on(unit) chiso_dossiers_open", everything) | {"sort": 1}


def unit(words: Words, scope: str, everything: str | None = None) -> Variable:
    """A unit that has figures, the busiest first: the province itself, then its departments and communes."""
    busy = s.series("indicator_denominator", 'indicator="2.1"', 'period="month"')
    return units("unit", words, f"sort_desc({busy} * on(unit) group_left(name) chiso_unit_info{{{scope}}})", everything)


def board(name: str, words: Words, panels: list[Panel], variables: Sequence[Variable] = (), refresh: str = "10s") -> dict[str, Any]:
    """The board as Grafana's files have it."""
    links = [
        {
            "title": words[f"board_{other}"],
            "type": "link",
            "url": f"/d/{words.uid(other)}",
            "icon": "dashboard",
            "keepTime": True,
            "tags": [],
        }
        for other in NAMES
        if other != name
    ]
    marks = {
        "name": words["annotations"],
        "enable": True,
        "hide": False,
        "iconColor": "blue",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "target": {"type": "tags", "tags": ["chiso", words.language], "matchAny": False, "limit": 100},
    }
    return {
        "uid": words.uid(name),
        "title": words[f"board_{name}"],
        "description": words[f"board_{name}_about"],
        "tags": ["chiso", words.language],
        "schemaVersion": SCHEMA,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "Asia/Ho_Chi_Minh",
        "time": {"from": "now-6h", "to": "now"},
        "refresh": refresh,
        "links": links,
        "annotations": {"list": [marks]},
        "templating": {"list": [*variables]},
        "panels": [{"id": number, **one} for number, one in enumerate(panels, 1)],
    }


def wide(look: Look, highest: float) -> Look:
    """The same, with bars from 0 to so much."""
    return Look(look.unit, look.decimals, look.thresholds, highest, look.words)
