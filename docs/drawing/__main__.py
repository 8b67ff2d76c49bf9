"""Draws Grafana boards without Grafana: `PYTHONPATH=. python docs/drawing --prometheus URL [--lists URL]`.

The panels' own JSON and queries, answered by a real Prometheus, as an HTML page that Chromium takes a picture of. It is a drawing of what the
boards say, not of Grafana: fonts, legends and spacing are those of this page.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from data import Sources
from panels import DRAWN

from connectors.boards.boards import every
from connectors.boards.frame import PAGE
from streams import clock

ROOT = Path(__file__).resolve().parents[2]

STYLE = """
*{box-sizing:border-box}body{margin:0;background:#111217;color:#D8D9DA;font:14px Inter,"Noto Sans","DejaVu Sans",sans-serif;width:1920px}
.panel{position:absolute;background:#181B1F;border:1px solid #25272C;border-radius:2px;overflow:hidden;padding:0 8px 8px}
h2{font-size:14px;font-weight:500;margin:8px 0 6px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
h1{font-size:16px;font-weight:500;margin:0;padding:10px 16px;height:40px}h1 span{color:#8E95A3;font-weight:400;margin-left:24px}
.none{display:flex;height:70%;align-items:center;justify-content:center;color:#8E95A3;font-size:18px}
.stat{display:flex;gap:4px;height:calc(100% - 34px);flex-wrap:wrap}.cell{flex:1 1 40%;display:flex;flex-direction:column;align-items:center;justify-content:center;border-radius:2px}
.cell b{font-weight:600;line-height:1.05;text-align:center}.cell small{font-size:15px}
.bars{display:flex;flex-direction:column;height:calc(100% - 36px);justify-content:space-around}.bar{display:grid;grid-template-columns:minmax(0,45%) 1fr 110px;gap:8px;align-items:center;font-size:15px}
.bar span{text-align:right;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.bar em{background:#22252B;height:16px;display:block}.bar i{display:block;height:100%}.bar b{font-weight:500}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px}.legend u{display:inline-block;width:14px;height:4px;margin-right:6px;vertical-align:middle}
svg text{fill:#8E95A3;font-size:11px}svg line{stroke:#2A2D33}
.table{height:calc(100% - 30px);overflow:hidden}table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:13px}th{text-align:left;color:#6E9FFF;font-weight:500;padding:4px 8px;vertical-align:bottom}
td{padding:4px 8px;height:36px;border-top:1px solid #25272C;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}td.n{text-align:right}td.to{color:#6E9FFF}
.canvas{position:relative;height:calc(100% - 30px)}.element{position:absolute;display:flex;align-items:center;white-space:nowrap;justify-content:center;border-radius:2px;line-height:1.15;text-align:center}
"""
CELL, GAP, WIDTH, SCALE = 38, 8, 1920, 0.75


def page(board: dict[str, Any], sources: Sources, language: str) -> tuple[str, int]:
    """HTML, and how high it is."""
    column = (WIDTH - GAP) / 24
    wall = not board["templating"]["list"] and board["uid"].startswith("chiso-wall")
    top = 0 if wall else 40
    parts = []
    for one in board["panels"]:
        grid = one["gridPos"]
        style = f"left:{GAP + grid['x'] * column:.0f}px;top:{top + GAP + grid['y'] * CELL}px;width:{grid['w'] * column - GAP:.0f}px;height:{grid['h'] * CELL - GAP}px"
        parts.append(
            f'<div class="panel" style="{style}"><h2>{escape(one["title"])}</h2>{DRAWN[one["type"]](one, sources, language)}</div>'
        )
    chosen = " · ".join(f"{escape(one['label'])}: {escape(sources.filled('$' + one['name']))}" for one in board["templating"]["list"])
    head = "" if wall else f"<h1>{escape(board['title'])}<span>{chosen}</span></h1>"
    height = top + GAP + max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in board["panels"]) * CELL
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{head}{"".join(parts)}', max(height, 1080 if wall else 0)


def picture(html: str, height: int, out: Path, scale: float) -> None:
    """By a headless Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or sys.exit("no chromium on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "board.html"
        file.write_text(html, encoding="utf-8")
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{height}"]
        flags.append(f"--force-device-scale-factor={scale}")
        subprocess.run([str(chromium), *flags, f"--screenshot={out}", file.as_uri()], check=True, capture_output=True, timeout=120)  # noqa: S603 - our own page


def main() -> None:
    """Draws all boards, or those named."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--prometheus", required=True)
    ask.add_argument("--lists")
    ask.add_argument("--out", type=Path, default=ROOT / "docs" / "boards")
    ask.add_argument("--language", default="vi")
    ask.add_argument("--province", default="H21")
    ask.add_argument("--unit", default="H21.05")
    ask.add_argument("--period", default="month")
    ask.add_argument("--at", type=float, default=clock.now())
    ask.add_argument("--minutes", type=float, default=30)
    ask.add_argument("names", nargs="*")
    given = ask.parse_args()
    addresses = {"chiso-prometheus": given.prometheus} | ({"chiso-lists": given.lists} if given.lists else {})
    given.out.mkdir(parents=True, exist_ok=True)
    for language, name, board in every():
        if language != given.language or (given.names and name not in given.names):
            continue
        wide = name in ("overdue", "quality")
        variables = {
            "period": given.period,
            "province": ".*" if wide else given.province,
            "unit": ".*" if wide else given.unit,
            "page": PAGE,
        }
        html, height = page(board, Sources(addresses, given.at, given.minutes * 60, variables), language)
        picture(html, height, given.out / f"{name}.png", 1 if name == "wall" else SCALE)
        sys.stdout.write(f"{given.out / name}.png\n")


if __name__ == "__main__":
    main()
