"""The charts of a bulletin, drawn from its tables."""

from collections.abc import Iterator

from connectors.publication.charts import WIDE, Bar, Frame, Point, line, pareto
from connectors.publication.words import Words
from indicators.bulletin.model import Bulletin, Cell, Chart, Ratio

LEAST_POINTS = 2


def drawings(bulletin: Bulletin, words: Words, width: int = WIDE, most: int | None = None) -> Iterator[tuple[Chart, str]]:
    """(chart, SVG) of those that have something to show.

    `most` bars where there is less room, and then without the others together: their sum stands in no table.
    """
    for chart in bulletin.charts:
        svg = _line(bulletin, words, chart, width) if chart.kind == "line12" else _pareto(bulletin, words, chart, (width, most))
        if svg:
            yield chart, svg


def _line(bulletin: Bulletin, words: Words, chart: Chart, width: int) -> str:
    table = bulletin.table(chart.table)
    x, y = table.place(chart.x), table.place(chart.y[0])
    write = words.writer(table.columns[x])
    points = [Point(write(row[x]), _value(row[y]), bulletin.provisional and row[x] == bulletin.month) for row in table.rows[-chart.limit :]]
    if sum(one.value is not None for one in points) < LEAST_POINTS:
        return ""
    note = words.page("chart_open") if any(one.open for one in points) else ""
    frame = Frame(f"chart-{chart.key}", words.say("chart", chart.key), note, width)
    return line(frame, points, lambda value: words.figures.hundredths(round(value * 100)))  # exact: values are whole hundredths


def _pareto(bulletin: Bulletin, words: Words, chart: Chart, room: tuple[int, int | None]) -> str:
    width, most = room
    table = bulletin.table(chart.table)
    x, y = table.place(chart.x), table.place(chart.y[0])
    held = [(str(row[x]), row[y]) for row in table.rows]
    counts = [(name, count) for name, count in held if isinstance(count, int) and count > 0]
    limit = chart.limit if most is None else most
    bars, others = [Bar(name, count) for name, count in counts[:limit]], counts[limit:]
    if others and most is None:
        bars.append(Bar(words.page("chart_rest", units=words.figures.count(len(others))), sum(count for _, count in others), rest=True))
    frame = Frame(f"chart-{chart.key}", words.say("chart", chart.key), words.page("chart_cumulative"), width)
    total = sum(count for _, count in counts)
    return pareto(
        frame,
        bars,
        total,
        lambda count: words.figures.count(int(count)),
        lambda share: f"{words.figures.ratio(share)} %",
    )


def _value(cell: Cell) -> float | None:
    """Of a hundred, rounded as tables are: a label and the cell beside it say the same."""
    if cell is None or isinstance(cell, str):
        return None
    return (cell.hundredths() if isinstance(cell, Ratio) else cell) / 100
