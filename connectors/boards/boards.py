"""The boards: the story from large to small, at most 16 panels each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from connectors.boards import signals as s
from connectors.boards.panels import (
    AGES,
    DATASOURCE,
    FEW_WANTED,
    NONE_WANTED,
    PERCENT,
    STATE_COLOURS,
    Look,
    Panel,
    Place,
    Words,
    bars,
    coloured,
    lines,
    stat,
    table,
    target,
)

LANGUAGES = ("vi", "en")
SCHEMA = 41
BAD, SOON, COUNT = Look(thresholds=NONE_WANTED), Look(thresholds=FEW_WANTED), Look()
LOOKS = {"overdue": BAD, "due_soon": SOON, "waiting": COUNT, "in_time": COUNT}


def wall(words: Words) -> dict[str, Any]:
    """1920 × 1080, no variables, nothing to scroll."""
    panels = [
        stat("overdue", words, Place(0, 0, 6, 7), s.open_in_room("overdue"), BAD),
        stat("due_soon", words, Place(6, 0, 6, 7), s.open_in_room("due_soon"), SOON),
        stat("ratio", words, Place(12, 0, 6, 7), s.RATIO_IN_ROOM, PERCENT),
        stat("age", words, Place(18, 0, 6, 7), s.AGE, Look("s", 0, AGES)),
        bars("most", words, Place(0, 7, 12, 11), s.most_overdue(10), BAD),
        _states(words, Place(12, 7, 12, 11), s.open_in_room),
        stat("received_today", words, Place(0, 18, 4, 4), s.RECEIVED_TODAY, COUNT),
        stat("finished_today", words, Place(0, 22, 4, 4), s.FINISHED_TODAY, COUNT),
        stat("waiting", words, Place(4, 18, 4, 4), s.open_in_room("waiting"), COUNT),
        stat("late_month", words, Place(4, 22, 4, 4), s.LATE_THIS_MONTH, BAD),
        stat("on_time", words, Place(8, 18, 4, 8), s.ON_TIME_OF_FINISHED, PERCENT),
        bars("lowest", words, Place(12, 18, 12, 8), f"bottomk(10, {s.ratio_by_office()})", PERCENT),
    ]
    return _board("wall", words, panels, [])


def overdue(words: Words) -> dict[str, Any]:
    """Who holds what is overdue or soon due."""
    counts = [
        stat(state, words, Place(5 * place, 0, 5, 5), s.sum_of_offices(state, s.SCOPE), LOOKS[state])
        for place, state in enumerate(("overdue", "due_soon", "waiting", "in_time"))
    ]
    by_province = f"sum by (province) ({s.by_office('overdue', scope=s.SCOPE)})"
    columns = [(state, s.by_office(state, scope=s.SCOPE), LOOKS[state]) for state in ("overdue", "due_soon", "waiting", "in_time")]
    panels = [
        *counts,
        stat("share", words, Place(20, 0, 4, 5), s.held_by_most(5, s.SCOPE), Look("percent", 0)),
        bars("most_departments", words, Place(0, 5, 12, 9), s.most_overdue(10, "department|", s.SCOPE), BAD),
        bars("most_communes", words, Place(12, 5, 12, 9), s.most_overdue(10, "commune", s.SCOPE), BAD),
        lines("by_province", words, Place(0, 14, 12, 8), [target(by_province, "{{province}}")]),
        _states(words, Place(12, 14, 12, 8), lambda state: s.sum_of_offices(state, s.SCOPE)),
        table("table", words, Place(0, 22, 24, 14), [*columns, ("ratio", s.ratio_by_office(scope=s.SCOPE), PERCENT)]),
    ]
    return _board("overdue", words, panels, [_variable(words)])


BOARDS: dict[str, Callable[[Words], dict[str, Any]]] = {"wall": wall, "overdue": overdue}
TITLES = {"wall": "wall", "overdue": "overdue_board"}


def _states(words: Words, place: Place, expr: Callable[[str], str]) -> Panel:
    targets = [target(expr(state), words[state], ref=chr(ord("A") + number)) for number, state in enumerate(s.STATES)]
    panel = lines("open_states", words, place, targets, stacked=True)
    panel["fieldConfig"]["overrides"] = [coloured(words[state], STATE_COLOURS[state]) for state in s.STATES]
    return panel


def _variable(words: Words) -> dict[str, Any]:
    query = 'label_values(chiso_unit_info{province!=""}, province)'
    return {
        "name": "province",
        "label": words["province"],
        "type": "query",
        "datasource": DATASOURCE,
        "definition": query,
        "query": {"query": query, "refId": "province"},
        "refresh": 2,
        "sort": 1,
        "includeAll": True,
        "allValue": ".*",
        "multi": False,
        "current": {"text": words["all"], "value": "$__all"},
    }


def _board(name: str, words: Words, panels: list[Panel], variables: list[dict[str, Any]]) -> dict[str, Any]:
    others = [other for other in BOARDS if other != name]
    links = [{"title": words[TITLES[other]], "type": "link", "url": f"/d/{words.uid(other)}", "icon": "dashboard"} for other in others]
    return {
        "uid": words.uid(name),
        "title": words[TITLES[name]],
        "description": words[f"{TITLES[name]}_about"],
        "tags": ["chiso", words.language],
        "schemaVersion": SCHEMA,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "Asia/Ho_Chi_Minh",
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "5s",
        "links": links,
        "annotations": {"list": []},
        "templating": {"list": variables},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, 1)],
    }


def every() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(language, name, board) of all."""
    for language in LANGUAGES:
        for name, make in BOARDS.items():
            yield language, name, make(Words(language))


def build(folder: Path) -> list[Path]:
    """Writes `LANGUAGE/NAME.json` and takes away what is no board any more; gives the files. The same code writes the same bytes."""
    written = []
    for language, name, board in every():
        path = folder / language / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(board, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    for old in {*folder.glob("*/*.json")} - {*written}:
        old.unlink()
    return written
