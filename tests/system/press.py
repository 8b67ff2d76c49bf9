"""Helpers for tests of publications: publishing, reading what was published, and who was late by a plain computation."""

import csv
import datetime as dt
import filecmp
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import oracle
from tests.system.conftest import System, chiso

MONTH = "2011-08"
A, B = dt.date(2011, 8, 1), dt.date(2011, 9, 1)


def publish(system: System, out: Path, *words: str) -> Path:
    done = chiso("publish", "--month", MONTH, "--out", out, "--lang", "en", *words, home=system.home)
    return Path(done.stdout.strip())


def read(version: Path, edition: str = "internal") -> Any:
    return json.loads((version / edition / "publication.json").read_bytes())


def table(said: Any, key: str) -> list[dict[str, Any]]:
    found = said["tables"][key]
    return [dict(zip((column[0] for column in found["columns"]), row, strict=True)) for row in found["rows"]]


def late_in(dossiers: dict[str, oracle.Dossier], a: dt.date = A, b: dt.date = B) -> dict[str, str]:
    """Number → finished_late or open_overdue, plainly."""
    found = {}
    for number, one in dossiers.items():
        if one.due is None or one.received >= b:
            continue
        finished = None if one.finished is None else max(one.finished, one.received)
        if finished is not None and finished < b:
            if a <= finished and finished > one.due:
                found[number] = "finished_late"
        elif max(one.due, one.received) < b:
            found[number] = "open_overdue"
    return found


def steps_of(path: Path) -> dict[str, list[tuple[dt.datetime, str]]]:
    """Number → (moment, who) of each row of the permit log."""
    found: dict[str, list[tuple[dt.datetime, str]]] = defaultdict(list)
    for row in csv.DictReader(path.read_text().splitlines()):
        found[row["case:concept:name"]].append((dt.datetime.fromisoformat(row["time:timestamp"]), row["org:resource"]))
    return found


def holder(steps: list[tuple[dt.datetime, str]], known: oracle.Dossier, late: dict[str, Any]) -> str | None:
    """Who did the last step before the midnight after the due day; after the day it ended, where that was before."""
    assert known.due is not None
    day = max(known.due, known.received)
    if late["finished"] is not None and str(day) >= late["finished"]:
        day = dt.date.fromisoformat(late["finished"])
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), oracle.VIETNAM)
    return next((who for at, who in sorted(steps, reverse=True) if at < midnight), None)


def everything_in(path: Path) -> bytes:
    book = openpyxl.load_workbook(path, read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None).encode()


def agrees(kind: str, one: Any, cell: Any) -> None:
    """A cell of the workbook is what JSON says; no data is empty."""
    if one is None:
        assert cell is None
    elif kind in ("ratio", "points"):
        assert cell == pytest.approx(one[0] / one[1] if kind == "ratio" else one / 100)
    elif kind in ("count", "place", "days"):
        assert cell == one
    elif kind == "date":
        assert str(cell.date()) == one


def same(one: Path, other: Path) -> None:
    names = [sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()) for top in (one, other)]
    assert names[0] == names[1]
    assert filecmp.cmpfiles(one, other, names[0], shallow=False)[1:] == ([], [])
