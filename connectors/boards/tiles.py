"""A map of tiles: every province where it lies, as far as squares allow. Grafana's Canvas, which needs no network and no map of anybody."""

from typing import Any

from connectors.boards.frame import to
from connectors.boards.looks import GRADE, SILENT
from connectors.boards.panels import Panel, Place, Series, panel, target
from connectors.boards.words import Words

COLUMNS, ROWS = 6, 13
INK = "#0B0C0E"  # on all colours of grades
# code → (column, row, name): from the north to the south, from the west to the east
PROVINCES: dict[str, tuple[float, float, str]] = {
    "H60": (2, 0, "Tuyên Quang"),
    "H14": (3, 0, "Cao Bằng"),
    "H35": (0, 1, "Lai Châu"),
    "H38": (1, 1, "Lào Cai"),
    "H55": (3, 1, "Thái Nguyên"),
    "H37": (4, 1, "Lạng Sơn"),
    "H18": (0, 2, "Điện Biên"),
    "H44": (2, 1, "Phú Thọ"),
    "H05": (4, 2, "Bắc Ninh"),
    "H49": (5, 2, "Quảng Ninh"),
    "H52": (1, 2, "Sơn La"),
    "H26": (3, 2, "Hà Nội"),
    "H31": (3, 3, "Hưng Yên"),
    "H24": (4, 3, "Hải Phòng"),
    "H42": (2, 3, "Ninh Bình"),
    "H56": (2, 4, "Thanh Hóa"),
    "H41": (1, 5, "Nghệ An"),
    "H27": (2, 5, "Hà Tĩnh"),
    "H50": (2, 6, "Quảng Trị"),
    "H57": (3, 7, "Huế"),
    "H17": (4, 8, "Đà Nẵng"),
    "H48": (4, 9, "Quảng Ngãi"),
    "H21": (4, 10, "Gia Lai"),
    "H15": (4, 11, "Đắk Lắk"),
    "H36": (3, 11, "Lâm Đồng"),
    "H32": (5, 11, "Khánh Hòa"),
    "H19": (3, 10, "Đồng Nai"),
    "H53": (2, 10, "Tây Ninh"),
    "H29": (3, 12, "TP.HCM"),
    "H20": (1, 11, "Đồng Tháp"),
    "H61": (2, 11, "Vĩnh Long"),
    "H01": (0, 11, "An Giang"),
    "H13": (1, 12, "Cần Thơ"),
    "H12": (0, 12, "Cà Mau"),
}


def tile_map(key: str, words: Words, place: Place, expr: str) -> Panel:
    """A click anywhere on a tile opens its province. `expr` gives a grade for every province, NOTHING where there is none: Canvas says so in English where a series is missing."""
    found = panel("canvas", key, words, place, GRADE)
    found["targets"] = [target(Series(expr, "{{unit}}"))]
    elements = [
        element | {"links": [to(words, "province", province=code, period="${period}") | {"oneClick": True}]}
        for code, spot in PROVINCES.items()
        for element in _tile(code, *spot)
    ]
    root = {
        "name": words[key],
        "type": "frame",
        "background": {"color": {"fixed": "transparent"}},
        "border": {"color": {"fixed": "transparent"}, "width": 0},
        "constraint": {"horizontal": "left", "vertical": "top"},
        "placement": {"left": 0, "top": 0, "width": 100, "height": 100, "rotation": 0},
        "elements": elements,
    }
    found["options"] = {"inlineEditing": False, "showAdvancedTypes": False, "panZoom": False, "infinitePan": False, "root": root}
    return found


def _tile(code: str, column: float, row: float, name: str) -> list[dict[str, Any]]:
    """The grade's colour, and on it the name and the grade's word."""
    left, right = 100 * column / COLUMNS + 0.5, 100 - 100 * (column + 1) / COLUMNS + 0.5
    top, bottom = 100 * row / ROWS + 0.4, 100 - 100 * (row + 1) / ROWS + 0.4
    half = 100 / ROWS / 2 - 0.4
    spot = {"left": round(left, 2), "right": round(right, 2), "top": round(top, 2), "bottom": round(bottom, 2)}
    above, below = spot | {"bottom": round(bottom + half, 2)}, spot | {"top": round(top + half, 2)}
    nothing = {"color": {"fixed": "transparent"}}
    return [
        _element(f"{code} tile", "rectangle", {"size": 12}, spot, {"color": {"field": code, "fixed": SILENT}}),
        _element(f"{code} name", "text", {"text": {"mode": "fixed", "fixed": name}, "size": 15}, above, nothing),
        _element(f"{code} grade", "metric-value", {"text": {"mode": "field", "field": code, "fixed": ""}, "size": 12}, below, nothing),
    ]


def _element(name: str, kind: str, config: dict[str, Any], placement: dict[str, float], fill: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "config": config | {"align": "center", "valign": "middle", "color": {"fixed": INK}},
        "background": fill,
        "border": {"color": {"fixed": "transparent"}, "width": 0},
        "constraint": {"horizontal": "scale", "vertical": "scale"},
        "placement": placement | {"rotation": 0},
        "connections": [],
    }
