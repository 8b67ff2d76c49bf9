"""What a board has around its panels: variables, links to the others, annotations; and panels that every board has."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from connectors.boards import signals as s
from connectors.boards.looks import AGE, COMPLETE, STATE_COLOURS, Look
from connectors.boards.panels import DATASOURCE, Link, Panel, Place, Series, lines, link, stat
from connectors.boards.words import Words

SCHEMA = 41
NAMES = ("wall", "country", "province", "unit", "overdue", "compare", "quality", "pipeline")
PAGE = "http://127.0.0.1:8766"
OF_A_PROVINCE = ("province", "unit", "overdue", "compare", "quality")
_ALL_PERIODS = ("month", "quarter", "year", "rolling_30")
PERIODS = {"country": _ALL_PERIODS, "province": _ALL_PERIODS, "unit": _ALL_PERIODS, "compare": ("month", "year")}
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
    return link(words[f"to_{board}"], address(words, board, **variables))


def address(words: Words, board: str, **variables: str) -> str:
    """Where a board is, with variables chosen."""
    chosen = "&".join(f"var-{name}={value}" for name, value in variables.items())
    return f"/d/{words.uid(board)}" + (f"?{chosen}" if chosen else "")


def _along(own: str, other: str, single: Collection[str]) -> dict[str, str]:
    """What a header's link takes along: the province, where one is chosen; the period, where the other board knows each that this one has."""
    found = {"province": "${province}"} if "province" in single and other in OF_A_PROVINCE else {}
    known = {*PERIODS.get(own, ())}
    return found | ({"period": "${period}"} if known and known <= {*PERIODS.get(other, ())} else {})


def period(words: Words, board: str) -> Variable:
    """Which period figures of a board are of."""
    options = [{"text": words[f"period_{name}"], "value": name, "selected": at == 0} for at, name in enumerate(PERIODS[board])]
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


def page(words: Words, address: str = PAGE) -> Variable:
    """Where whoever looks at a board reaches the live page (docs/page.md); boards are the same wherever it is."""
    return {
        "name": "page",
        "label": words["page"],
        "type": "textbox",
        "query": address,
        "options": [{"text": address, "value": address, "selected": True}],
        "current": {"text": address, "value": address, "selected": True},
        "hide": 0,
        "skipUrlSync": False,
    }


def units(name: str, words: Words, selector: str, everything: str | None = None) -> Variable:
    """A unit to choose, in the order of the query; `everything` is what `all` stands for, where all may be chosen. Then they stand by name: an
    order that moves would ask every panel anew.
    """
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
        found |= {"allValue": everything, "sort": 1, "current": {"text": words["all"], "value": "$__all", "selected": True}}
    return found


def province(words: Words, everything: str | None = None) -> Variable:
    """A province or ministry, the busiest first: who has figures before who has none."""
    tops = s.info("province|ministry")
    return units("province", words, _busiest("sum by (unit) (chiso_dossiers_open)", tops, tops), everything)


def unit(words: Words, scope: str, everything: str | None = None) -> Variable:
    """A unit, the busiest first: the province itself, then its departments and communes."""
    busy = s.series("indicator_denominator", 'indicator="2.1"', 'period="month"')
    every = f'chiso_unit_info{{{scope},kind!="merged"}}'
    return units("unit", words, _busiest(busy, every, f"chiso_unit_info{{{scope}}}"), everything)


def _busiest(busy: str, every: str, names: str) -> str:
    """With every unit that has no figures at the end: links lead to all, and Grafana goes from a value that is no option to the first one."""
    return f"sort_desc(({busy} or on(unit) (0 * {every} - 1)) * on(unit) group_left(name) {names})"


def board(name: str, words: Words, panels: list[Panel], variables: Sequence[Variable] = (), refresh: str = "10s") -> dict[str, Any]:
    """The board as Grafana's files have it."""
    single = {one["name"] for one in variables if one["type"] != "query" or not one["includeAll"]}
    links = [
        {
            "title": words[f"board_{other}"],
            "type": "link",
            "url": address(words, other, **_along(name, other, single)),
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
    return replace(look, highest=highest)
