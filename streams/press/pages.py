"""All files of a publication, one after another: editions with their formats, and the copies of what it rests on."""

from collections.abc import Iterator, Mapping
from typing import Literal

from connectors.publication import csvs, html, jsons, pdf, words, xlsx
from indicators.bulletin.model import Bulletin
from streams.press.talk import Talk


def pages(
    found: Bulletin, lang: Literal["vi", "en"], editions: tuple[str, ...], copies: Mapping[str, bytes], talk: Talk
) -> Iterator[tuple[str, bytes]]:
    """(path below the version, content)."""
    said = words.load(lang)
    for edition in editions:
        one = found.of("public" if edition == "public" else "internal")
        others: list[str] = []
        for name, content in _formats(one, said, talk):
            others.append(name)
            yield f"{edition}/{name}", content
        talk(f"HTML, {edition}")
        for name, content in html.render(one, said, others).items():
            yield f"{edition}/{name}", content
    yield from copies.items()


def _formats(one: Bulletin, said: words.Words, talk: Talk) -> Iterator[tuple[str, bytes]]:
    yield from jsons.render(one).items()
    talk(f"CSV, {one.edition}")
    yield from csvs.render(one).items()
    talk(f"XLSX, {one.edition}")
    yield from xlsx.render(one, said).items()
    talk(f"PDF, {one.edition}")
    yield from pdf.render(one, said).items()
