"""One unit: every indicator with its target, why it stands there, and what there is to gain."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh, period, province, states, to, wide
from connectors.boards.frame import unit as choose
from connectors.boards.looks import BAD, CHANGE, COUNT, DENOMINATOR, GAIN, GRADE, PERCENT, PLAIN_POINTS, POINTS, SHARE, SOON
from connectors.boards.panels import Place, Series, bars, lines, renamed, stat
from connectors.boards.tables import Column, Layout, table
from connectors.boards.words import Words
from indicators.formulas import BLOCKS

WHEN = 'period="$period"'
NUMERATOR = s.series("indicator_numerator", s.UNIT, WHEN)
DENOMINATOR_ = s.series("indicator_denominator", s.UNIT, WHEN)
SCORE = s.series("indicator_score_points", s.UNIT, WHEN)
GAINED = f"chiso_indicator_max_points - on(indicator) {SCORE}"
RATIO = f"100 * {NUMERATOR} / {DENOMINATOR_}"
LAST_YEAR = "100 * " + s.series("indicator_ratio_last_year", s.UNIT, WHEN)
EVERY = "chiso_indicator_max_points * NaN"


def of_all(expr: str) -> str:
    """For every scored indicator, no number where there is none."""
    return f"(({expr}) and on(indicator) chiso_indicator_max_points) or on(indicator) ({EVERY})"


def unit(words: Words) -> dict[str, Any]:
    """From the total to the single numerator."""
    whose, when = s.UNIT, s.PERIOD
    short = f"ceil(({DENOMINATOR_} * on(indicator) ({s.targets(whose)})) - on(indicator) {NUMERATOR} > 0)"
    columns = [
        Column("gain", of_all(GAINED), GAIN),
        Column("score", of_all(SCORE), PLAIN_POINTS),
        Column("most_points", "chiso_indicator_max_points", COUNT),
        Column("percent", of_all(RATIO), SHARE),
        Column("target", f"100 * ({s.targets(whose)})", SHARE),
        Column("numerator", of_all(NUMERATOR), COUNT),
        Column("denominator", of_all(DENOMINATOR_), DENOMINATOR),
        Column("short", of_all(short), SOON),
        Column("last_year_percent", of_all(LAST_YEAR), SHARE),
    ]
    names = {"indicator": words.indicators()}
    layout = Layout({"indicator": "indicator"}, by="indicator", sort="gain", names=names, widths={"indicator": 300})
    blocks = [Series(s.said(s.block_share(name, whose)), words.block(name)) for name in BLOCKS]
    gains = [Series(s.said(f"topk(8, ({GAINED}) > 0)"), "{{indicator}}")]
    overdue = to(words, "overdue", province="${province}", unit="${unit}")
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.complete('unit=~"$unit|$province"')),
        stat("total", words, Place(6, 0, 3, 5), s.said(s.total(whose)), POINTS),
        stat("grade", words, Place(9, 0, 3, 5), s.said(s.grade(whose)), GRADE),
        stat("rank", words, Place(12, 0, 2, 5), s.said(s.rank(whose)), COUNT),
        stat("change", words, Place(14, 0, 3, 5), s.said(s.change(whose, "_previous")), CHANGE),
        stat("ratio", words, Place(17, 0, 3, 5), s.said(s.ratio(when, whose)), PERCENT),
        stat("on_time", words, Place(20, 0, 4, 5), s.said(s.on_time(when, whose)), PERCENT),
        table("indicators", words, Place(0, 5, 24, 17), columns, layout),
        renamed(bars("gains", words, Place(0, 22, 8, 10), gains, GAIN), words.indicators()),
        bars("blocks", words, Place(8, 22, 8, 10), blocks, wide(PERCENT, 100)),
        states(words, Place(16, 22, 8, 10), [s.open_of(state, whose) for state in s.STATES]),
        stat("overdue", words, Place(0, 32, 4, 6), s.said(s.open_of("overdue", whose)), BAD, link=overdue),
        stat("due_soon", words, Place(4, 32, 4, 6), s.said(s.open_of("due_soon", whose)), SOON, link=overdue),
        stat("apologies", words, Place(8, 32, 4, 6), s.said(s.series("apologies_owed", whose)), BAD, link=overdue),
        stat("received", words, Place(12, 32, 4, 6), s.said(s.counted(when, "received", whose=whose)), COUNT),
        lines("course", words, Place(16, 32, 8, 6), [Series(s.ratio(when, whose), words["ratio"])], SHARE),
    ]
    chosen = choose(words, 'province="$province"')
    return board("unit", words, panels, [province(words), chosen, period(words, "unit")])
