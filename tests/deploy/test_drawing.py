"""Pictures of boards show what Grafana would: expected texts are those of `@grafana/data` 11.6 in browsers of both languages."""

import importlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.boards.looks import AGE, COUNT, GRADE, PERCENT, SHARE, Look
from connectors.boards.overdue import LEFT
from connectors.boards.panels import Place, panel
from connectors.boards.words import Words

DRAWING = Path(__file__).resolve().parents[2] / "docs" / "drawing"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Module `name` of the drawing."""
    with monkeypatch.context() as patched:
        patched.syspath_prepend(str(DRAWING))
        yield importlib.import_module


@pytest.mark.parametrize(
    ("look", "value", "vietnamese", "english"),
    [
        (PERCENT, 96.5, "96,5", "96.5"),
        (PERCENT, 96.527, "96,53", "96.53"),
        (SHARE, 100, "100", "100"),
        (COUNT, 12_345, "12.345", "12,345"),
        (PERCENT, -0.001, "-0", "-0"),
        (AGE, 7, "7 giây", "7 seconds"),
        (AGE, 12_345, "12345 giây", "12345 seconds"),
        (LEFT, 178_200, "49:30:00", "49:30:00"),
        (LEFT, -3000, "quá giờ, trong ngày", "past its hour, today"),
        (GRADE, 5, "Xuất sắc", "Excellent"),
        (PERCENT, math.nan, "Chưa có dữ liệu", "No data"),
    ],
)
def test_numbers_are_drawn_as_grafana_writes_them(drawn: Any, look: Look, value: float, vietnamese: str, english: str) -> None:
    for language, text in (("vi", vietnamese), ("en", english)):
        words = Words(language)
        config = panel("stat", "overdue", words, Place(0, 0, 1, 1), look)["fieldConfig"]["defaults"]
        assert drawn("numbers_").shown(value, config, language).text == text


def test_what_the_drawing_does_not_know_it_does_not_make_up(drawn: Any) -> None:
    with pytest.raises(SystemExit, match="percent"):
        drawn("numbers_").shown(1.0, {"unit": "percent", "decimals": 1}, "vi")


def test_variables_are_filled_in_whatever_their_format(drawn: Any) -> None:
    sources = drawn("data").Sources({}, 0, 60, {"unit": "H44", "period": "month"})
    assert sources.filled('{under="${unit:raw}",period="$period",unit="${unit}"} $1') == '{under="H44",period="month",unit="H44"} $1'


def test_no_number_is_less_than_any(drawn: Any) -> None:
    key = drawn("panels")._key
    assert sorted([3.0, math.nan, -1.0, None, 5.0], key=key, reverse=True)[:3] == [5.0, 3.0, -1.0]
