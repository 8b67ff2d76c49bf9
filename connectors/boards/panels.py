"""Panels of Grafana's classic JSON (schemaVersion 41), in the manner of this house: each has a description, a unit, `noValue`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.boards.looks import COUNT, PLAIN, Look
from connectors.boards.words import Words

DATASOURCE = {"type": "prometheus", "uid": "chiso-prometheus"}
LISTS = {"type": "prometheus", "uid": "chiso-lists"}
REDUCED = {"calcs": ["last"], "fields": "", "values": False}

Panel = dict[str, Any]
Link = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Series:
    """A query and what its series are called; `look` where it is not the panel's own."""

    expr: str
    legend: str = ""
    look: Look | None = None
    colour: str | None = None


def target(series: Series, ref: str = "A", *, instant: bool = True, source: Mapping[str, str] = DATASOURCE) -> dict[str, Any]:
    """A query: the newest values, or a course."""
    found = {"datasource": dict(source), "refId": ref, "expr": series.expr, "legendFormat": series.legend or "__auto"}
    return found | ({"instant": True, "range": False} if instant else {"instant": False, "range": True})


def refs(count: int) -> list[str]:
    """A, B, C, …"""
    return [chr(ord("A") + number) for number in range(count)]


def panel(kind: str, key: str, words: Words, place: Place, look: Look) -> Panel:
    """What all have in common."""
    defaults: dict[str, Any] = {
        "unit": look.written(words),
        "noValue": words["no_data"],
        "color": {"mode": "thresholds"},
        "mappings": look.mappings(words),
        "thresholds": look.steps(),
    }
    if look.decimals is not None:
        defaults["decimals"] = look.decimals
    if look.highest is not None:
        defaults |= {"min": 0, "max": look.highest}
    return {
        "type": kind,
        "title": words[key],
        "description": words.about(key),
        "datasource": DATASOURCE,
        "gridPos": {"x": place.x, "y": place.y, "w": place.w, "h": place.h},
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def override(name: str, words: Words, look: Look | None = None, colour: str | None = None) -> dict[str, Any]:
    """The series or column of this name looks otherwise."""
    properties: list[dict[str, Any]] = []
    if colour is not None:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": colour}})
    if look is not None:
        properties += [
            {"id": "unit", "value": look.written(words)},
            {"id": "decimals", "value": look.decimals},
            {"id": "thresholds", "value": look.steps()},
            {"id": "mappings", "value": look.mappings(words)},
        ]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def stat(key: str, words: Words, place: Place, series: str | Sequence[Series], look: Look, *, link: Link | None = None) -> Panel:  # noqa: PLR0913
    """One large number, or a few with their names."""
    several = [Series(series)] if isinstance(series, str) else [*series]
    found = panel("stat", key, words, place, look)
    found["targets"] = [target(one, ref) for one, ref in zip(several, refs(len(several)), strict=True)]
    found["fieldConfig"]["overrides"] = [override(one.legend, words, one.look) for one in several if one.look is not None]
    coloured = look.thresholds is not PLAIN or look.words is not None
    lone = len(several) == 1 and "{{" not in several[0].legend
    found["options"] = {
        "colorMode": "background" if coloured else "value",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "reduceOptions": REDUCED,
        "textMode": "value" if lone else "value_and_name",
        "wideLayout": False,
    }
    if link is not None:
        found["fieldConfig"]["defaults"]["links"] = [link]
    return found


def bars(key: str, words: Words, place: Place, series: str | Sequence[Series], look: Look, *, link: Link | None = None) -> Panel:  # noqa: PLR0913
    """One bar a series, with its name."""
    several = [Series(series, "{{name}} ({{unit}})")] if isinstance(series, str) else [*series]
    found = panel("bargauge", key, words, place, look)
    found["fieldConfig"]["defaults"]["min"] = 0  # else the smallest value has no bar at all
    found["targets"] = [target(one, ref) for one, ref in zip(several, refs(len(several)), strict=True)]
    found["options"] = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "namePlacement": "left",
        "showUnfilled": True,
        "valueMode": "color",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "maxVizHeight": 300,
        "sizing": "auto",
        "reduceOptions": REDUCED,
    }
    if link is not None:
        found["fieldConfig"]["defaults"]["links"] = [link]
    return found


def lines(key: str, words: Words, place: Place, series: Sequence[Series], look: Look = COUNT, *, stacked: bool = False) -> Panel:  # noqa: PLR0913
    """A course over time."""
    found = panel("timeseries", key, words, place, look)
    found["targets"] = [target(one, ref, instant=False) for one, ref in zip(series, refs(len(series)), strict=True)]
    defaults = found["fieldConfig"]["defaults"]
    defaults["color"] = {"mode": "palette-classic"}
    defaults["custom"] = {
        "drawStyle": "line",
        "lineWidth": 2,
        "fillOpacity": 60 if stacked else 8,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "showPoints": "never",
        "spanNulls": 60_000,
    }
    found["fieldConfig"]["overrides"] = [override(one.legend, words, colour=one.colour) for one in series if one.colour is not None]
    found["options"] = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return found


def renamed(found: Panel, names: Mapping[str, str]) -> Panel:
    """Series called by a code are shown by its name."""
    found["fieldConfig"]["overrides"] += [
        {"matcher": {"id": "byName", "options": code}, "properties": [{"id": "displayName", "value": name}]} for code, name in names.items()
    ]
    return found


def link(title: str, url: str) -> Link:
    """A data link."""
    return {"title": title, "url": url}
