"""Numbers as Grafana would show them: unit, decimals, words in the place of numbers, colours by threshold."""

import math
from dataclasses import dataclass
from typing import Any

COLOURS = {"green": "#73BF69", "yellow": "#FADE2A", "orange": "#FF9830", "red": "#F2495C", "blue": "#5794F2", "text": "#D8D9DA"}
STEPS = ((86_400, "ngày", "d"), (3_600, "giờ", "h"), (60, "phút", "min"), (1, "giây", "s"))
KIBI = 1024


@dataclass(frozen=True)
class Shown:
    """A text and its colour."""

    text: str
    colour: str


def colour(name: str) -> str:
    """Grafana's name as a colour."""
    return COLOURS.get(name, name)


def dotted(value: float, decimals: int, language: str) -> str:
    """1.234,56 in Vietnamese, 1,234.56 in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _seconds(value: float, decimals: int, language: str) -> str:
    size, vietnamese, english = next((one for one in STEPS if abs(value) >= one[0]), STEPS[-1])
    word = vietnamese if language == "vi" else english
    return f"{dotted(value / size, decimals if size == 1 else 1, language)} {word}"


def _bytes(value: float, language: str) -> str:
    names = ["B", "KiB", "MiB", "GiB"]
    while value >= KIBI and len(names) > 1:
        value, names = value / KIBI, names[1:]
    return f"{dotted(value, 1, language)} {names[0]}"


def shown(value: float | None, config: dict[str, Any], language: str) -> Shown:
    """By the field's configuration."""
    nothing = value is None or math.isnan(value)
    for mapping in config.get("mappings", ()):
        options = mapping["options"]
        found = options["result"] if mapping["type"] == "special" and nothing else None
        if mapping["type"] == "value" and not nothing and value is not None:
            found = options.get(f"{value:.10g}")
        if found:
            return Shown(found["text"], colour(found.get("color", "text")))
    if nothing or value is None:
        return Shown(config.get("noValue", ""), colour("text"))
    return Shown(_number(value, config, language), _threshold(value, config))


def _number(value: float, config: dict[str, Any], language: str) -> str:
    decimals = config.get("decimals")
    places = decimals if decimals is not None else 0 if value == int(value) else 2
    match config.get("unit"):
        case "percent":
            return f"{dotted(value, places, language)}%"
        case "s":
            return _seconds(value, places, language)
        case "dthms":
            return _seconds(value, 0, language)
        case "bytes":
            return _bytes(value, language)
    return dotted(value, places, language)


def _threshold(value: float, config: dict[str, Any]) -> str:
    steps = config.get("thresholds", {}).get("steps", [{"color": "text", "value": None}])
    return colour([step["color"] for step in steps if step["value"] is None or value >= step["value"]][-1])
