"""Numbers as Grafana would show them: unit, decimals, words in the place of numbers, colours by threshold.

As `@grafana/data` 11.6 writes them: `locale` by the reader's language and without zeros at the end, everything else with a dot and all decimals.
"""

import math
from dataclasses import dataclass
from typing import Any

COLOURS = {"green": "#73BF69", "yellow": "#FADE2A", "orange": "#FF9830", "red": "#F2495C", "blue": "#5794F2", "text": "#D8D9DA"}


@dataclass(frozen=True)
class Shown:
    """A text and its colour."""

    text: str
    colour: str


def colour(name: str) -> str:
    """Grafana's name as a colour."""
    return COLOURS.get(name, name)


def local(value: float, decimals: int, language: str) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English: so many decimals at most."""
    whole, _, part = f"{value:,.{decimals}f}".partition(".")
    text = ".".join(filter(None, (whole, part.rstrip("0"))))
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _clock(value: float) -> str:
    """49:30:00 of seconds."""
    size = int(abs(value))
    return f"{size // 3600:02}:{size % 3600 // 60:02}:{size % 60:02}{' ago' if value < 0 else ''}"


def shown(value: float | None, config: dict[str, Any], language: str) -> Shown:
    """By the field's configuration."""
    nothing = value is None or math.isnan(value)
    for mapping in config.get("mappings", ()):
        options = mapping["options"]
        found = options["result"] if mapping["type"] == "special" and nothing else None
        if mapping["type"] == "value" and not nothing and value is not None:
            found = options.get(f"{value:.10g}")
        if mapping["type"] == "range" and not nothing and value is not None and options["from"] <= value <= options["to"]:
            found = options["result"]
        if found:
            return Shown(found["text"], colour(found.get("color", "text")))
    if nothing or value is None:
        return Shown(config.get("noValue", ""), colour("text"))
    return Shown(_number(value, config, language), _threshold(value, config))


def _number(value: float, config: dict[str, Any], language: str) -> str:
    unit, decimals = config["unit"], config.get("decimals")
    kind, _, suffix = unit.partition(":")
    if kind == "locale":
        return local(value, 3 if decimals is None else decimals, language)
    if kind == "suffix" and decimals is not None:
        return f"{value:.{decimals}f} {suffix}"
    if unit == "dthms":
        return _clock(value)
    raise SystemExit(f"how Grafana writes {unit} with {decimals} decimals is not known here")


def _threshold(value: float, config: dict[str, Any]) -> str:
    steps = config.get("thresholds", {}).get("steps", [{"color": "text", "value": None}])
    return colour([step["color"] for step in steps if step["value"] is None or value >= step["value"]][-1])
