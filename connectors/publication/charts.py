"""Two charts as SVG, for paper first: no colour carries meaning, what matters is labelled where it is, nothing is loaded from elsewhere.

Both take the colour of the text around them (`currentColor`), so that they are read on a dark screen too. The PDF embeds the same SVG.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

FONT = "'Times New Roman', 'Liberation Serif', Tinos, serif"
WIDTH = 640
LETTER = 0.47  # mean width of a letter in ems


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
class Caption:
    """What a chart shows, for those who do not see it, and what is said beneath it."""

    title: str
    note: str = ""


def line(name: str, caption: Caption, points: Sequence[Point], write: Callable[[float], str]) -> str:
    """Months from left to right; a gap where there is no data; first, last, lowest and highest are labelled. `name` is unique on its page."""
    height, left, right, top, base = 178, 44, 30, 24, 136
    known = [(place, one.value) for place, one in enumerate(points) if one.value is not None]
    if not known:
        return ""
    low, high = _bounds([value for _, value in known])
    step = (WIDTH - left - right) / max(len(points) - 1, 1)

    def spot(place: int, value: float) -> tuple[float, float]:
        return left + place * step, base - (value - low) / (high - low) * (base - top)

    body = [*_scale(low, high, (left - 8, WIDTH - right + 8), lambda value: spot(0, value)[1], write)]
    body += [_text(left + place * step, base + 18, one.label, "middle") for place, one in enumerate(points)]
    body += _strokes(points, spot)
    body += [_dot(spot(place, value), hollow=points[place].open) for place, value in known]
    for place in _labelled([value for _, value in known]):
        at, value = known[place]
        x, y = spot(at, value)
        lowest = value == min(one for _, one in known) and len(known) > 2 and 0 < place < len(known) - 1
        body.append(_text(x, y + 17 if lowest else y - 9, write(value), "middle", bold=True))
    if caption.note:
        body.append(_text(left - 8, height - 4, caption.note, "start", size=11, italic=True))
    return _svg(name, caption, height, body)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """A floor and a ceiling in whole tens of a scale to 100, at least 20 apart."""
    low, high = min(values) // 10 * 10, -(-max(values) // 10) * 10
    if high - low < 20:
        low = max(0.0, high - 20)
    return low, max(high, low + 20)


def _scale(low: float, high: float, sides: tuple[float, float], y: Callable[[float], float], write: Callable[[float], str]) -> Iterator[str]:
    for value in (low, (low + high) / 2, high):
        yield (
            f'<line x1="{sides[0]:g}" y1="{y(value):.1f}" x2="{sides[1]:g}" y2="{y(value):.1f}" '
            f'stroke="currentColor" stroke-opacity="{"0.9" if value == low else "0.25"}" stroke-width="0.8"/>'
        )
        yield _text(sides[0] - 4, y(value) + 4, write(value), "end", size=11)


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


def _labelled(values: Sequence[float]) -> list[int]:
    return sorted({0, len(values) - 1, values.index(min(values)), values.index(max(values))})


def pareto(name: str, caption: Caption, bars: Sequence[Bar], total: int, write: Callable[[float, bool], str]) -> str:
    """Bars from the longest down, each with its count and the share that it makes together with those above it.

    Full bars are those that make the first 80 %, hatched ones come after, dotted are the others together. `write` gets a number, and whether it is a share.
    """
    if not bars or not total:
        return ""
    left, room, row, top = 262, 250, 19, 18
    longest = max(bar.count for bar in bars)
    body = [_hatch(name), _text(left, 11, caption.title, "start", size=11, italic=True), _text(WIDTH - 2, 11, caption.note, "end", size=11, italic=True)]
    before = 0
    for place, bar in enumerate(bars):
        y = top + place * row
        fill = f"url(#{name}-dots)" if bar.rest else "currentColor" if before < 0.8 * total else f"url(#{name}-hatch)"
        before += bar.count
        width = room * bar.count / longest
        body.append(_text(left - 6, y + 12, _fit(bar.label, left - 10), "end", italic=bar.rest))
        body.append(
            f'<rect x="{left}" y="{y + 2}" width="{width:.1f}" height="{row - 6}" fill="{fill}" fill-opacity="0.75" stroke="currentColor" stroke-width="0.8"/>'
        )
        body.append(_text(left + width + 5, y + 12, write(bar.count, False), "start", bold=True))  # noqa: FBT003
        body.append(_text(WIDTH - 2, y + 12, write(100 * before / total, True), "end"))  # noqa: FBT003
    return _svg(name, caption, top + len(bars) * row + 4, body)


def _fit(label: str, width: float, size: float = 12) -> str:
    """The label, or as much of it as there is room for."""
    most = int(width / (LETTER * size))
    return label if len(label) <= most else label[: most - 1].rstrip(" ,") + "…"


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="5" stroke="currentColor" stroke-width="2"/></pattern>'
        f'<pattern id="{name}-dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="0.9" fill="currentColor"/></pattern></defs>'
    )


def _text(x: float, y: float, text: str, anchor: str, *, size: float = 12, bold: bool = False, italic: bool = False) -> str:  # noqa: PLR0913
    look = (' font-weight="bold"' if bold else "") + (' font-style="italic"' if italic else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}"{look} fill="currentColor">{escape(text)}</text>'


def _svg(name: str, caption: Caption, height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" role="img" '
        f'aria-labelledby="{name}-title" font-family="{FONT}"><title id="{name}-title">{escape(caption.title)}</title>{"".join(body)}</svg>'
    )
