"""Panels of Grafana's classic JSON (schemaVersion 41), in the manner of this house: each has a description, a unit, `noValue`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

DATASOURCE = {"type": "prometheus", "uid": "chiso-prometheus"}
GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "text"
STATE_COLOURS = {"in_time": GREEN, "due_soon": YELLOW, "waiting": BLUE, "overdue": RED}
NONE_WANTED = ((None, GREEN), (1, RED))
FEW_WANTED = ((None, GREEN), (1, YELLOW))
GRADES = ((None, RED), (50, ORANGE), (70, YELLOW), (80, BLUE), (90, GREEN))  # Yếu, Trung bình, Khá, Tốt, Xuất sắc
AGES = ((None, GREEN), (60, YELLOW), (120, RED))
PLAIN = ((None, GREY),)

Thresholds = Sequence[tuple[float | None, str]]
Panel = dict[str, Any]


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("connectors.boards") / "messages.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language: `vi` or `en`."""

    language: str

    def __getitem__(self, key: str) -> str:
        return _catalogue()[key][self.language]

    def uid(self, name: str) -> str:
        """A board's uid: `chiso-NAME`, in English `chiso-NAME-en`."""
        return f"chiso-{name}" + ("" if self.language == "vi" else f"-{self.language}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Look:
    """How numbers are shown: Grafana's unit, decimals, colours by threshold."""

    unit: str = "locale"
    decimals: int | None = 0
    thresholds: Thresholds = PLAIN
    highest: float | None = None


PERCENT = Look("percent", 2, GRADES)


def target(expr: str, legend: str = "", *, ref: str = "A", table: bool = False) -> dict[str, Any]:
    """A query; `table` asks for the newest values alone."""
    found = {"datasource": DATASOURCE, "refId": ref, "expr": expr, "legendFormat": legend or "__auto"}
    return found | ({"instant": True, "range": False, "format": "table"} if table else {"range": True})


def _panel(kind: str, key: str, words: Words, place: Place, look: Look) -> Panel:
    about = key if f"{key}_about" in _catalogue() else "today" if key.endswith("_today") else "most"
    steps = [{"color": colour, "value": value} for value, colour in look.thresholds]
    defaults: dict[str, Any] = {"unit": look.unit, "noValue": words["no_data"], "thresholds": {"mode": "absolute", "steps": steps}}
    if look.decimals is not None:
        defaults["decimals"] = look.decimals
    if look.highest is not None:
        defaults |= {"min": 0, "max": look.highest}
    return {
        "type": kind,
        "title": words[key],
        "description": words[f"{about}_about"],
        "datasource": DATASOURCE,
        "gridPos": {"x": place.x, "y": place.y, "w": place.w, "h": place.h},
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def stat(key: str, words: Words, place: Place, expr: str, look: Look) -> Panel:
    """One large number."""
    panel = _panel("stat", key, words, place, look)
    panel["targets"] = [target(expr) | {"instant": True, "range": False}]
    panel["options"] = {
        "colorMode": "background" if look.thresholds is not PLAIN else "value",
        "graphMode": "none",
        "justifyMode": "center",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "textMode": "value",
    }
    return panel


def bars(key: str, words: Words, place: Place, expr: str, look: Look) -> Panel:
    """One bar an office, the worst first; leads to the board of what is overdue."""
    panel = _panel("bargauge", key, words, place, look)
    panel["targets"] = [target(expr, "{{name}} ({{unit}})") | {"instant": True, "range": False}]
    panel["options"] = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "namePlacement": "left",
        "showUnfilled": True,
        "valueMode": "color",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    link = f"/d/{words.uid('overdue')}?var-province=${{__field.labels.province}}"
    panel["fieldConfig"]["defaults"]["links"] = [{"title": words["to_overdue"], "url": link}]
    return panel


def lines(key: str, words: Words, place: Place, targets: list[dict[str, Any]], *, stacked: bool = False) -> Panel:
    """A course over time."""
    panel = _panel("timeseries", key, words, place, Look())
    panel["targets"] = targets
    panel["fieldConfig"]["defaults"]["custom"] = {
        "lineWidth": 2,
        "fillOpacity": 60 if stacked else 5,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "showPoints": "never",
    }
    panel["options"] = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return panel


def coloured(name: str, colour: str) -> dict[str, Any]:
    """An override: the series of this name has this colour."""
    fixed = {"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}
    return {"matcher": {"id": "byName", "options": name}, "properties": [fixed]}


def table(key: str, words: Words, place: Place, columns: Sequence[tuple[str, str, Look]]) -> Panel:
    """One line an office; `columns` are (word, expression with the label `unit`, look), the first decides the order."""
    panel = _panel("table", key, words, place, Look())
    refs = [chr(ord("A") + number) for number in range(len(columns))]
    # only the first query brings names along, so that the join has each of them once
    kept = ["unit, name, province", *["unit"] * (len(columns) - 1)]
    queries = [f"sum by ({labels}) ({expr})" for labels, (_, expr, _) in zip(kept, columns, strict=True)]
    panel["targets"] = [target(query, ref=ref, table=True) for ref, query in zip(refs, queries, strict=True)]
    names = {f"Value #{ref}": words[word] for ref, (word, _, _) in zip(refs, columns, strict=True)}
    shown = {"unit": words["unit"], "name": words["name"], "province": words["province"], **names}
    panel["transformations"] = [
        {"id": "joinByField", "options": {"byField": "unit", "mode": "outer"}},
        {"id": "filterFieldsByName", "options": {"include": {"names": list(shown)}}},
        {"id": "organize", "options": {"renameByName": shown, "indexByName": {name: at for at, name in enumerate(shown)}}},
        {"id": "sortBy", "options": {"sort": [{"field": words[columns[0][0]], "desc": True}]}},
    ]
    panel["fieldConfig"]["overrides"] = [_column(words[word], look) for word, _, look in columns]
    panel["options"] = {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}}
    return panel


def _column(name: str, look: Look) -> dict[str, Any]:
    steps = [{"color": colour, "value": value} for value, colour in look.thresholds]
    properties: list[dict[str, Any]] = [
        {"id": "unit", "value": look.unit},
        {"id": "decimals", "value": look.decimals},
        {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
    ]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}
