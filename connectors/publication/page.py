"""What stands around the content of every page of HTML: state heading, title, marks, foot. A page is one file and asks for no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from connectors.publication.words import Words
from indicators.bulletin.model import Bulletin


@dataclass(frozen=True, slots=True)
class Frame:
    """`period` and `counted` stand under the title; `styles` are names of style sheets. `home` is the file that lists all, None on itself."""

    title: str
    period: str
    home: str | None
    subject: str = ""
    counted: str = ""
    sideways: bool = False
    small: bool = False
    styles: tuple[str, ...] = ("page",)


def page(bulletin: Bulletin, words: Words, frame: Frame, content: Iterable[str], after: str = "") -> bytes:
    """A whole page; `content` is HTML already, all else is escaped here. `after` stands before the foot."""
    shape = ("sideways" if frame.sideways else "upright") + (" small" if frame.small else "")
    parts = [
        _head(bulletin, words, frame),
        f'<body class="{shape}">\n{_state(bulletin, words)}<main>\n',
        "" if frame.home is None else f'<p class="back"><a href="{escape(frame.home)}">← {escape(words.page("back"))}</a></p>\n',
        f'<h1 id="title">{escape(frame.title)}{f"<small>{escape(frame.subject)}</small>" if frame.subject else ""}</h1>\n<p class="under">{escape(frame.period)}</p>\n',
        '<p class="marks">' + "".join(f"<b>{escape(mark.upper())}</b>" for mark in words.state(bulletin)) + "</p>\n",
        f'<p class="counted">{escape(frame.counted)}</p>\n' if frame.counted else "",
        *content,
        after,
        f'</main>\n<footer class="foot">\n<p>{escape(words.as_of(bulletin))}</p>\n',
        *(f"<p>{escape(line)}</p>\n" for line in (words.lacking(bulletin),) if line),
        "</footer>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _head(bulletin: Bulletin, words: Words, frame: Frame) -> str:
    return (
        f'<!doctype html>\n<html lang="{words.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(frame.title)} – {escape(bulletin.room.name)}, {escape(bulletin.stem)}</title>\n"
        f"<style>\n{_sheet(bulletin, words, frame)}</style>\n</head>\n"
    )


def _sheet(bulletin: Bulletin, words: Words, frame: Frame) -> str:
    """The style, with what is printed at the edge of every sheet of paper."""
    size = "A4 landscape" if frame.sideways else "A4"
    left = " · ".join((bulletin.room.name, bulletin.stem, *words.state(bulletin)))
    margin = "12mm 12mm 14mm 15mm" if frame.sideways else "14mm 13mm 14mm 20mm"
    edges = (
        f"@page {{ size: {size}; margin: {margin}; "
        f'@bottom-left {{ content: "{_css(left)}"; font: 9pt "Times New Roman", "Liberation Serif", Tinos, serif }} '
        f'@bottom-right {{ content: "{_css(words.page("page"))} " counter(page) "/" counter(pages); font: 9pt "Times New Roman", "Liberation Serif", Tinos, serif }} }}\n'
    )
    return edges + "".join(_style(name) for name in frame.styles)


@cache
def _style(name: str) -> str:
    return (files("connectors.publication") / f"{name}.css").read_text("utf-8")


def _css(text: str) -> str:
    """Inside a string of a style sheet: nothing ends it, and nothing ends the element that holds it."""
    return "".join(one if one.isalnum() or one in " .,·–-/()" else f"\\{ord(one):x} " for one in text)


def _state(bulletin: Bulletin, words: Words) -> str:
    return (
        f'<header class="state">\n<div class="organ"><p><strong>{escape(bulletin.room.name.upper())}</strong></p>'
        f'<p class="blank">{escape(words.page("number"))}</p></div>\n'
        f'<div><p><b>{escape(words.page("country"))}</b></p><p><strong class="motto">{escape(words.page("motto"))}</strong></p>'
        f'<p class="blank dated">{escape(words.page("dated"))}</p></div>\n</header>\n'
    )
