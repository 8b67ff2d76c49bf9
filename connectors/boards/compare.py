"""The same period of two years beside each other: of an open one the same days passed; scores only where no formula changed in between."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.country import MINISTRIES, PROVINCES
from connectors.boards.frame import board, fresh, period, province, to
from connectors.boards.looks import CHANGE, COUNT, PERCENT, PLAIN_POINTS, POINTS, SHARE, SORTED_POINTS
from connectors.boards.panels import Place, Series, bars, stat
from connectors.boards.tables import Column, Layout, table
from connectors.boards.words import Words

WHEN = 'period="$period"'
NOW_RATIO = f"100 * {s.series('indicator_numerator', s.PROVINCE, WHEN)} / {s.series('indicator_denominator', s.PROVINCE, WHEN)}"
THEN_RATIO = f"100 * {s.series('indicator_ratio_last_year', s.PROVINCE, WHEN)}"
EVERY = "chiso_indicator_max_points * NaN"


def _ratio_then(whose: str = "") -> str:
    chosen = ['indicator="2.1"', WHEN, *([whose] if whose else [])]
    return "100 * " + s.series("indicator_ratio_last_year", *chosen)


def _gone(expr: str) -> str:
    return f"(({expr}) and on(indicator) chiso_indicator_max_points) or on(indicator) ({EVERY})"


def _units(units: str) -> list[Column]:
    def of(expr: str) -> str:
        return s.filled(f"({expr}) and on(unit) {units}", units)

    moved = f"({s.ratio(s.PERIOD)}) - on(unit) {_ratio_then()}"
    return [
        Column("total", s.named(s.ranked(f"{s.total('')} and on(unit) {units}", units), units), SORTED_POINTS),
        Column("last_year_total", of(s.total("", which="_last_year")), PLAIN_POINTS),
        Column("previous_total", of(s.total("", which="_previous")), PLAIN_POINTS),
        Column("change", of(s.change("", "_previous")), CHANGE),
        Column("ratio", of(s.ratio(s.PERIOD)), PERCENT),
        Column("last_year_percent", of(_ratio_then()), SHARE),
        Column("moved", of(moved), CHANGE),
    ]


def compare(words: Words) -> dict[str, Any]:
    """Better or worse, and where."""
    whose = s.PROVINCE
    moved = f"({NOW_RATIO}) - on(indicator) {THEN_RATIO}"
    indicators = [
        Column("percent", _gone(NOW_RATIO), SHARE),
        Column("last_year_percent", _gone(THEN_RATIO), SHARE),
        Column("moved", _gone(moved), CHANGE),
    ]
    then = {"metric": "dossiers_counted_last_year"}
    row = to(words, "province", province='${__data.fields["' + words["code"] + '"]}', period="${period}")
    by_unit = Layout({"unit": "code", "name": "name"}, sort="total", links={"name": row}, widths={"unit": 70, "name": 190})
    by_indicator = Layout({"indicator": "indicator"}, by="indicator", names={"indicator": words.indicators()}, widths={"indicator": 300})
    received = [
        Series(s.said(s.counted(s.PERIOD, "received", whose=whose)), words["this_period"]),
        Series(s.said(s.counted(s.PERIOD, "received", whose=whose, **then)), words["last_year"]),
    ]
    late = [
        Series(s.said(s.counted(s.PERIOD, "finished_late", whose=whose)), words["this_period"]),
        Series(s.said(s.counted(s.PERIOD, "finished_late", whose=whose, **then)), words["last_year"]),
    ]
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.complete(whose)),
        stat("total", words, Place(6, 0, 3, 5), s.said(s.total(whose)), POINTS),
        stat("last_year_total", words, Place(9, 0, 3, 5), s.said(s.total(whose, which="_last_year")), POINTS),
        stat("change_year", words, Place(12, 0, 3, 5), s.said(s.change(whose, "_last_year")), CHANGE),
        stat("change", words, Place(15, 0, 3, 5), s.said(s.change(whose, "_previous")), CHANGE),
        stat("ratio", words, Place(18, 0, 3, 5), s.said(s.ratio(s.PERIOD, whose)), PERCENT),
        stat("moved", words, Place(21, 0, 3, 5), s.said(f"({s.ratio(s.PERIOD, whose)}) - on(unit) {_ratio_then(whose)}"), CHANGE),
        bars("received_compared", words, Place(0, 5, 12, 5), received, COUNT),
        bars("late_compared", words, Place(12, 5, 12, 5), late, COUNT),
        table("indicators_compared", words, Place(0, 10, 10, 18), indicators, by_indicator),
        table("provinces_compared", words, Place(10, 10, 14, 18), _units(PROVINCES), by_unit),
        table("ministries_compared", words, Place(0, 28, 24, 10), _units(MINISTRIES), by_unit),
    ]
    return board("compare", words, panels, [province(words), period(words, "compare")])
