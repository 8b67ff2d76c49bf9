"""Panels as HTML, by their own JSON."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from data import Series, Sources, legend
from numbers_ import Shown, colour, shown

PALETTE = ("#73BF69", "#FADE2A", "#5794F2", "#FF9830", "#F2495C", "#B877D9", "#8AB8FF", "#FFB357", "#37872D", "#C0D8FF")
Panel = dict[str, Any]


def config_of(panel: Panel, name: str) -> dict[str, Any]:
    """The field's configuration: the defaults, and what is said for its name."""
    found = dict(panel["fieldConfig"]["defaults"])
    for one in panel["fieldConfig"]["overrides"]:
        if one["matcher"]["options"] == name:
            found |= {item["id"]: item["value"] for item in one["properties"]}
    return found


def named(panel: Panel, sources: Sources) -> list[tuple[str, Series]]:
    """Every series with its name, in the order of the queries."""
    return [(legend(target["legendFormat"], one.labels), one) for target in panel["targets"] for one in sources.ask(target)]


def nothing(panel: Panel) -> str:
    """Where a query answered nothing."""
    return f'<div class="none">{escape(panel["fieldConfig"]["defaults"]["noValue"])}</div>'


def stat(panel: Panel, sources: Sources, language: str) -> str:
    """Large numbers."""
    found = named(panel, sources)
    if not found:
        return nothing(panel)
    lone = panel["options"]["textMode"] == "value"
    filled = panel["options"]["colorMode"] == "background"
    cells = []
    height = panel["gridPos"]["h"] * 38 - 46
    for name, series in found:
        one = shown(series.value, config_of(panel, name), language)
        style = f"background:{one.colour};color:#111" if filled else f"color:{one.colour}"
        room = panel["gridPos"]["w"] * 79 / (len(found) if len(found) < 4 else 2)
        size = min(height * (0.62 if lone else 0.42), 1.2 * room / max(len(one.text), 3), 110)
        title = "" if lone else f"<small>{escape(config_of(panel, name).get('displayName', name))}</small>"
        cells.append(f'<div class="cell" style="{style}">{title}<b style="font-size:{size:.0f}px">{escape(one.text)}</b></div>')
    return f'<div class="stat">{"".join(cells)}</div>'


def bargauge(panel: Panel, sources: Sources, language: str) -> str:
    """A bar a series."""
    found = named(panel, sources)
    if not found:
        return nothing(panel)
    most = panel["fieldConfig"]["defaults"].get("max") or max([one.value for _, one in found if not math.isnan(one.value)] or [1]) or 1
    rows = []
    for name, series in found:
        one = shown(series.value, config_of(panel, name), language)
        part = 0 if math.isnan(series.value) else min(max(series.value / most, 0), 1)
        bar = f'<i style="width:{100 * part:.1f}%;background:{one.colour}"></i>'
        rows.append(
            f'<div class="bar"><span>{escape(config_of(panel, name).get("displayName", name))}</span><em>{bar}</em><b style="color:{one.colour}">{escape(one.text)}</b></div>'
        )
    return f'<div class="bars">{"".join(rows)}</div>'


def timeseries(panel: Panel, sources: Sources, language: str) -> str:
    """Courses, one above the other or stacked."""
    found = [(name, one) for name, one in named(panel, sources) if one.course]
    if not found:
        return nothing(panel)
    width, height = panel["gridPos"]["w"] * 79 - 80, panel["gridPos"]["h"] * 38 - 92
    stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    times = sorted({at for _, one in found for at, _ in one.course})
    values = [[dict(one.course).get(at, 0.0 if stacked else math.nan) for at in times] for _, one in found]
    if stacked:
        values = [[sum(column[: place + 1]) for column in zip(*values, strict=True)] for place in range(len(values))]
    flat = [value for row in values for value in row if not math.isnan(value)]
    top, low = max([*flat, 0.001]), 0.0 if stacked or min(flat) < 0.6 * max(flat) else min(flat) * 0.98
    span = max(times[-1] - times[0], 1)

    def point(at: float, value: float) -> str:
        return f"{(at - times[0]) / span * width:.1f},{height - (value - low) / max(top - low, 1e-9) * height:.1f}"

    shapes: list[str] = []
    names: list[str] = []
    for place in reversed(range(len(found))):
        name = found[place][0]
        ink = colour(config_of(panel, name).get("color", {}).get("fixedColor", "")) or PALETTE[place % len(PALETTE)]
        line = " ".join(point(at, value) for at, value in zip(times, values[place], strict=True) if not math.isnan(value))
        if stacked:
            shapes.append(f'<polygon points="0,{height} {line} {width},{height}" fill="{ink}" opacity=".75"/>')
        shapes.append(f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="2"/>')
        names.insert(0, f'<span><u style="background:{ink}"></u>{escape(name)}</span>')
    config = panel["fieldConfig"]["defaults"]
    marks = "".join(
        f'<text x="-8" y="{height - part * height + 4}" text-anchor="end">{escape(shown(low + part * (top - low), config, language).text)}</text>'
        f'<line x1="0" x2="{width}" y1="{height - part * height}" y2="{height - part * height}"/>'
        for part in (0, 0.5, 1)
    )
    svg = f'<svg width="{width + 66}" height="{height + 12}" viewBox="-64 -6 {width + 66} {height + 12}">{marks}{"".join(shapes)}</svg>'
    return f'{svg}<div class="legend">{"".join(names[:14])}</div>'


def table(panel: Panel, sources: Sources, language: str) -> str:
    """Joined, chosen, named and sorted as the panel's transformations say."""
    steps = {step["id"]: step["options"] for step in panel["transformations"]}
    named_as = steps["organize"]["renameByName"]
    shown_names = {name: title for name, title in named_as.items() if not config_of(panel, title).get("custom.hidden")}
    by = steps.get("joinByField", {}).get("byField")
    rows = _rows(panel, sources, by)
    [sort] = panel["options"]["sortBy"]
    field = next(name for name, title in named_as.items() if title == sort["displayName"])
    rows.sort(key=lambda row: _key(row.get(field)), reverse=sort["desc"])
    if not rows:
        return nothing(panel)
    widths = {title: config_of(panel, title).get("custom.width") for title in shown_names.values()}
    heads = "".join(
        f'<th style="width:{width}px">{escape(title)}</th>' if width else f"<th>{escape(title)}</th>" for title, width in widths.items()
    )
    body = "".join(
        f"<tr>{''.join(_cell(panel, row.get(name), title, language) for name, title in shown_names.items())}</tr>" for row in rows
    )
    return f'<div class="table"><table><tr>{heads}</tr>{body}</table></div>'


def _rows(panel: Panel, sources: Sources, by: str | None) -> list[dict[str, Any]]:
    joined: dict[str, dict[str, Any]] = {}
    for number, target in enumerate(panel["targets"]):
        for place, one in enumerate(sources.ask(target)):
            value = f"Value #{target['refId']}" if by else "Value"
            row = joined.setdefault(one.labels.get(by, "") if by else f"{number} {place}", {})
            row |= {name: text for name, text in one.labels.items() if name != "__name__"} | {value: one.value}
    return list(joined.values())


def _key(value: float | None) -> float:
    """To Grafana's tables no number is less than any."""
    return -math.inf if value is None or math.isnan(value) else value


def _cell(panel: Panel, value: Any, title: str, language: str) -> str:
    config = config_of(panel, title)
    if isinstance(value, str):
        options: dict[str, Any] = next((one["options"] for one in config.get("mappings", ()) if one["type"] == "value"), {})
        text = options.get(value, {}).get("text", value)
        if str(config.get("unit", "")).startswith("time:"):
            text = dt.datetime.fromisoformat(value).strftime("%d/%m/%Y %H:%M")
        ink = ' class="to"' if "links" in config else ""
        return f"<td{ink}>{escape(text)}</td>"
    one: Shown = shown(value, config, language)
    filled = config.get("custom.cellOptions", {}).get("type") == "color-background"
    style = f"background:{one.colour};color:#111" if filled else f"color:{one.colour}"
    return f'<td class="n" style="{style}">{escape(one.text)}</td>'


def canvas(panel: Panel, sources: Sources, language: str) -> str:
    """Elements where they are placed, in per cent."""
    fields = {name: shown(one.value, config_of(panel, name), language) for name, one in named(panel, sources)}
    found = []
    for element in panel["options"]["root"]["elements"]:
        spot, config = element["placement"], element["config"]
        fill = element["background"]["color"]
        ground = fields[fill["field"]].colour if fill.get("field") in fields else fill["fixed"]
        text = config.get("text", {"mode": "fixed", "fixed": ""})
        said = text["fixed"] if text["mode"] == "fixed" else fields[text["field"]].text if text["field"] in fields else "Field not found"
        place = ";".join(f"{side}:{spot[side]}%" for side in ("left", "right", "top", "bottom"))
        style = f"{place};background:{ground};color:{config['color']['fixed']};font-size:{config['size']}px"
        found.append(f'<div class="element" style="{style}">{escape(said)}</div>')
    return f'<div class="canvas">{"".join(found)}</div>'


DRAWN: dict[str, Callable[[Panel, Sources, str], str]] = {
    "stat": stat,
    "bargauge": bargauge,
    "timeseries": timeseries,
    "table": table,
    "canvas": canvas,
}


def kinds() -> Sequence[str]:
    """What can be drawn."""
    return list(DRAWN)
