"""Two charts as SVG, for paper first: no colour carries meaning, what matters is labelled where it is, nothing is loaded from elsewhere.

Both take the colour of the text around them (`currentColor`), so that they are read on a dark screen too. The PDF embeds the same SVG.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from indicators.bulletin.model import Ratio

FONT = "'Times New Roman', 'Liberation Serif', Tinos, serif"
WIDE, NARROW = 640, 360  # units a line of text of a page, or half of it, is long: letters are as large in both
LETTER = 0.5  # mean width of a letter in ems
LABEL, LINE = 40, 14  # what a figure takes
MONTH = 46  # what a month's name takes
FIRST = 0.8  # of all: who holds so much is drawn full


@dataclass(frozen=True, slots=True)
class Point:
    """A month of a line; `value` None where there is no data, `open` while the month is not over."""

    label: str
    value: float | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A holder of something counted. `rest` are the others together."""

    label: str
    count: int
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """`name` is unique on its page; `title` says what a chart shows, `note` what is to be known of its marks."""

    name: str
    title: str
    note: str = ""
    width: int = WIDE


def line(frame: Frame, points: Sequence[Point], write: Callable[[float], str]) -> str:
    """Months from left to right; a gap where there is no data; first, last, lowest and highest are labelled, and what is not over is hollow."""
    known = [(place, one.value) for place, one in enumerate(points) if one.value is not None]
    if not known:
        return ""
    low, high = _bounds([value for _, value in known])
    left, right, top, base = 32, 30, 34, 108
    step = (frame.width - left - right) / max(len(points) - 1, 1)

    def spot(place: int, value: float) -> tuple[float, float]:
        return left + place * step, base - (value - low) / (high - low) * (base - top)

    body = [_text(0, 11, frame.title, "start", italic=True)]
    body += _scale(low, high, (left - 8, frame.width - 4), lambda value: spot(0, value)[1])
    apart = -(-MONTH // max(int(step), 1))
    body += [
        _text(left + place * step, base + 16, one.label, "middle")
        for place, one in enumerate(points)
        if (len(points) - 1 - place) % apart == 0
    ]
    body += _strokes(points, spot)
    body += [_dot(spot(place, value), hollow=points[place].open) for place, value in known]
    body += _labels(known, spot, write)
    if frame.note:
        body.append(_text(0, base + 31, frame.note, "start", size=11, italic=True))
    return _svg(frame, base + (36 if frame.note else 21), body)


def _labels(
    known: list[tuple[int, float]], spot: Callable[[int, float], tuple[float, float]], write: Callable[[float], str]
) -> Iterator[str]:
    """Of the last, the highest, the lowest and the first, as far as they do not stand in each other's way."""
    values = [value for _, value in known]
    placed: list[tuple[float, float]] = []
    for place in dict.fromkeys((len(values) - 1, values.index(max(values)), values.index(min(values)), 0)):
        x, y = spot(*known[place])
        lowest = values[place] == min(values) and 0 < place < len(values) - 1
        y += 16 if lowest else -8
        if all(abs(x - other) >= LABEL or abs(y - height) >= LINE for other, height in placed):
            placed.append((x, y))
            yield _text(x, y, write(values[place]), "middle", bold=True)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """A floor and a ceiling in whole tens of a scale to 100, at least 20 apart."""
    low, high = min(values) // 10 * 10, -(-max(values) // 10) * 10
    if high - low < 20:
        low = max(0.0, high - 20)
    return low, max(high, low + 20)


def _scale(low: float, high: float, sides: tuple[float, float], y: Callable[[float], float]) -> Iterator[str]:
    for value in (low, (low + high) / 2, high):
        yield (
            f'<line x1="{sides[0]:g}" y1="{y(value):.1f}" x2="{sides[1]:g}" y2="{y(value):.1f}" '
            f'stroke="currentColor" stroke-opacity="{"0.9" if value == low else "0.25"}" stroke-width="0.8"/>'
        )
        yield _text(sides[0] - 4, y(value) + 4, f"{value:.0f}", "end", size=11)


def _strokes(points: Sequence[Point], spot: Callable[[int, float], tuple[float, float]]) -> Iterator[str]:
    """The line in pieces between gaps; dashed towards a month that is not over."""
    for place in range(1, len(points)):
        one, other = points[place - 1].value, points[place].value
        if one is not None and other is not None:
            (x1, y1), (x2, y2) = spot(place - 1, one), spot(place, other)
            dash = ' stroke-dasharray="5 4"' if points[place].open else ""
            yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" stroke-width="2"{dash}/>'


def _dot(at: tuple[float, float], *, hollow: bool) -> str:
    ring = '<circle cx="{0:.1f}" cy="{1:.1f}" r="4.5" fill="none" stroke="currentColor" stroke-width="1.2"/>' if hollow else ""
    return ring.format(*at) + f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{"1.6" if hollow else "3"}" fill="currentColor"/>'


def pareto(frame: Frame, bars: Sequence[Bar], total: int, write: Callable[[float], str], share: Callable[[Ratio], str]) -> str:
    """Bars from the longest down, each with its count and the share that it makes together with those above it.

    Full bars are those that make the first 80 %, hatched ones come after, dotted are the others together. `write` writes counts, `share` shares.
    """
    if not bars or not total:
        return ""
    left, row, top = round(frame.width * 0.46), 18, 18
    room, longest = frame.width - left - 96, max(bar.count for bar in bars)
    body = [
        _patterns(frame.name),
        _text(0, 11, frame.title, "start", italic=True),
        _text(frame.width, 11, frame.note, "end", size=11, italic=True),
    ]
    before = 0
    for place, bar in enumerate(bars):
        y, width = top + place * row, room * bar.count / longest
        fill = f"url(#{frame.name}-dots)" if bar.rest else "currentColor" if before < FIRST * total else f"url(#{frame.name}-hatch)"
        before += bar.count
        body.append(_text(left - 6, y + 12, _fit(bar.label, left - 8), "end", italic=bar.rest))
        body.append(_bar((left, y + 2), (width, row - 6), fill))
        body.append(_text(left + width + 5, y + 12, write(bar.count), "start", bold=True))
        body.append(_text(frame.width, y + 12, share(Ratio(before, total)), "end"))
    return _svg(frame, top + len(bars) * row + 2, body)


def _bar(at: tuple[float, float], size: tuple[float, float], fill: str) -> str:
    place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}"'
    return f'<rect {place} fill="{fill}" fill-opacity="0.75" stroke="currentColor" stroke-width="0.8"/>'


def _fit(label: str, width: float, size: float = 12) -> str:
    """The label, or as much of it as there is room for."""
    most = int(width / (LETTER * size))
    return label if len(label) <= most else label[: most - 1].rstrip(" ,") + "…"


def _patterns(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="5" stroke="currentColor" stroke-width="2"/></pattern>'
        f'<pattern id="{name}-dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="0.9" fill="currentColor"/></pattern></defs>'
    )


def _text(x: float, y: float, text: str, anchor: str, *, size: float = 12, bold: bool = False, italic: bool = False) -> str:  # noqa: PLR0913
    look = (' font-weight="bold"' if bold else "") + (' font-style="italic"' if italic else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}"{look} fill="currentColor">{escape(text)}</text>'


def _svg(frame: Frame, height: float, body: Sequence[str]) -> str:
    size = f'viewBox="0 0 {frame.width} {height:g}" width="{frame.width}" height="{height:g}"'
    named = f'<title id="{frame.name}-title">{escape(frame.title)}</title>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{frame.name}-title" '
        f'font-family="{FONT}">{named}{"".join(body)}</svg>'
    )
