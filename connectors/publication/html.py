"""The publication as pages: the brief, a page a table, and one that lists them all. Same bulletin, same bytes."""

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from connectors.publication.brief import Brief, Listed, Section, brief
from connectors.publication.drawings import drawings
from connectors.publication.heads import sideways, small
from connectors.publication.page import Frame, page
from connectors.publication.tables import html as table_html
from connectors.publication.views import printed
from connectors.publication.words import Words
from indicators.bulletin.model import Bulletin, Table

CAPITALS = frozenset({"late_dossiers", "late_units", "late_officials"})  # lists that are annexed under their title
LINES, SMALLEST = 37, 0.75  # lines of type that a sheet holds at full size; letters get no smaller than so much of it


def render(bulletin: Bulletin, words: Words, others: Sequence[str] = ()) -> dict[str, bytes]:
    """File name → bytes; `others` are names of files of other kinds, which the list links to."""
    found = {f"{bulletin.stem}-brief.html": _brief(bulletin, words)}
    for table in bulletin.tables:
        found[f"{bulletin.stem}-{table.key}.html"] = _table(bulletin, table, words)
    return found | {_home(bulletin): _index(bulletin, words, sorted([*found, *others]))}


def _home(bulletin: Bulletin) -> str:
    return f"{bulletin.stem}-index.html"


def _table(bulletin: Bulletin, whole: Table, words: Words) -> bytes:
    table = printed(whole, words)
    form = table.key.startswith("form_06a")
    title = words.titled(bulletin, table.key)
    frame = Frame(
        title.upper() if table.key in CAPITALS else title,
        words.period(bulletin, table),
        _home(bulletin),
        counted=words.page("form_unit") if form else "",
        sideways=sideways(table),
        small=small(table),
    )
    charts = (f"<figure>\n{svg}\n</figure>\n" for chart, svg in drawings(bulletin, words) if chart.table == table.key)
    return page(bulletin, words, frame, [*charts, *table_html(bulletin, table, words)])


def _brief(bulletin: Bulletin, words: Words) -> bytes:
    frame = Frame(words.page("brief"), words.period(bulletin), _home(bulletin), words.page("subject"), styles=("page", "brief"))
    signed = (
        f'<div class="signed"><div><p><b><i>{escape(words.page("recipients"))}</i></b></p><p>……………</p></div>'
        f"<div><p><b>{escape(words.page('signer'))}</b></p><p><i>{escape(words.page('how'))}</i></p></div></div>\n"
    )
    found = brief(bulletin, words)
    fit = max(SMALLEST, min(1.0, math.sqrt(LINES / found.lines)))  # smaller letters make shorter lines, and fewer of them
    return page(bulletin, words, frame, [f'<div class="brief" style="--fit: {fit:.2f}">\n', *_set(found), "</div>\n"], signed)


def _set(found: Brief) -> Iterator[str]:
    """The brief from top to bottom."""
    yield '<dl class="tiles">\n'
    for tile in found.tiles:
        yield f'<div><dt>{escape(tile.label)}</dt><dd class="figure">{escape(tile.figure)}</dd><dd>{escape(tile.beside)}</dd></div>\n'
    yield "</dl>\n"
    yield from _pair(found.above)
    yield '<div class="pair">\n' + "".join(f"<figure>{one.svg}</figure>\n" for one in found.charts) + "</div>\n"
    for listed in found.tables:
        yield from _listed(listed)
    yield from _pair(found.below)
    if found.last is not None:
        yield from ('<div class="last">\n', *_section(found.last), "</div>\n")


def _pair(columns: Iterable[Iterable[Section]]) -> Iterator[str]:
    yield '<div class="pair">\n'
    for column in columns:
        yield "<div>\n"
        for section in column:
            yield from _section(section)
        yield "</div>\n"
    yield "</div>\n"


def _section(section: Section) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(section.title)}</h2>\n<ul>"
    for sentence in section.sentences:
        yield "<li>" + "".join(f"<b>{escape(text)}</b>" if figure else escape(text) for text, figure in sentence) + "</li>"
    yield "</ul>\n</section>\n"


def _listed(listed: Listed) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f'<th scope="col">{escape(head)}</th>' for head in listed.heads) + "</tr></thead>\n"
    rows = iter(listed.rows)
    for count in listed.groups:
        yield "<tbody>\n"
        for name, *cells in islice(rows, count):
            yield f'<tr><th scope="row">{escape(name)}</th>' + "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells) + "</tr>\n"
        yield "</tbody>\n"
    yield "</table>\n"


def _index(bulletin: Bulletin, words: Words, names: list[str]) -> bytes:
    frame = Frame(words.page("contents"), words.period(bulletin), None, words.page("subject"), styles=("page", "index"))
    return page(bulletin, words, frame, _contents(bulletin, words, names))


def _contents(bulletin: Bulletin, words: Words, names: list[str]) -> Iterator[str]:
    left = set(names)
    yield '<nav aria-labelledby="title">\n'
    groups: dict[str, list[tuple[str, str, str]]] = {"brief": [("brief", words.page("brief_row"), "")]}
    for one in bulletin.tables:
        groups.setdefault(one.group, []).append((one.key, words.titled(bulletin, one.key), words.figures.count(len(one.rows))))
    heads = "".join(f'<th scope="col">{escape(words.page(key))}</th>' for key in ("table", "rows", "formats"))
    for group, tables in groups.items():
        yield f"<h2>{escape(words.group(group))}</h2>\n<table><thead><tr>{heads}</tr></thead><tbody>\n"
        for key, title, count in tables:
            files = [name for name in names if _stem(name) == f"{bulletin.stem}-{key}"]
            left -= set(files)
            yield f'<tr><th scope="row">{escape(title)}</th><td class="n">{count}</td><td>{" ".join(map(_link, files))}</td></tr>\n'
        yield "</tbody></table>\n"
    if left:
        yield f"<h2>{escape(words.page('other_files'))}</h2>\n<ul>"
        yield "".join(f"<li>{_link(name, name)}</li>" for name in sorted(left)) + "</ul>\n"
    yield "</nav>\n"


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _link(name: str, text: str | None = None) -> str:
    return f'<a href="{escape(name)}">{escape(text or name.rpartition(".")[2].upper())}</a>'
