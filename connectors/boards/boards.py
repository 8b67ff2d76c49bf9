"""The boards: the story from large to small, at most 16 panels each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from connectors.boards.compare import compare
from connectors.boards.country import country
from connectors.boards.frame import PAGE, page
from connectors.boards.overdue import overdue
from connectors.boards.pipeline import pipeline
from connectors.boards.province import province_board
from connectors.boards.quality import quality
from connectors.boards.unit import unit
from connectors.boards.wall import wall
from connectors.boards.words import LANGUAGES, Words

BOARDS: dict[str, Callable[[Words], dict[str, Any]]] = {
    "wall": wall,
    "country": country,
    "province": province_board,
    "unit": unit,
    "overdue": overdue,
    "compare": compare,
    "quality": quality,
    "pipeline": pipeline,
}


def every(address: str = PAGE) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(language, name, board) of all; `address` is where whoever looks at them reaches the live page."""
    for language in LANGUAGES:
        words = Words(language)
        for name, make in BOARDS.items():
            made = make(words)
            listed = made["templating"]["list"]
            listed[:] = [page(words, address) if one["name"] == "page" else one for one in listed]
            yield language, name, made


def build(folder: Path, address: str = PAGE) -> list[Path]:
    """Writes `LANGUAGE/NAME.json` and takes away what is no board any more; gives the files. The same code writes the same bytes."""
    written = []
    for language, name, board in every(address):
        path = folder / language / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(board, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    for old in {*folder.glob("*/*.json")} - {*written}:
        old.unlink()
    return written
