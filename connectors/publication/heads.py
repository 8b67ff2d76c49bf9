"""Heads of tables: which columns stand under one word, what is narrow, what needs a page on its side."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.publication.figures import NUMBERS
from connectors.publication.words import Words
from indicators.bulletin.model import Column, Table

_FORM = (
    ("received", ("received_total", "online", "counter_post", "carried_over")),
    ("finished", ("finished", "early", "on_time", "late")),
    ("open", ("open", "in_time", "overdue")),
)
SPANS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "form_06a_units": _FORM,
    "form_06a_sectors": _FORM,
    "digitisation": (("papers", ("digitised_yes", "digitised_no", "reused")), ("results", ("results_yes", "results_no"))),
}
UNDER = frozenset({"form_06a_units", "form_06a_sectors"})  # have words of their own under what spans them
NAMES = ("name", "title", "level", "block", "month")  # what a row is about, in this order of preference
CENTRED = frozenset({"stt", "place", "date", "time", "month"})  # columns and kinds
CODES = frozenset({"unit", "dossier", "official", "indicator", "sector", "procedure", "grade"})  # are not broken over lines
SIDEWAYS = 10  # more columns than this do not stand upright

SMALL = 8


@dataclass(frozen=True, slots=True)
class Head:
    """A cell of a head; `rows` and `columns` are what it spans."""

    text: str
    rows: int = 1
    columns: int = 1


def heads(table: Table, words: Words) -> tuple[tuple[Head, ...], ...]:
    """One row, or two where a word stands over several columns."""
    spans = {keys[0]: (span, keys) for span, keys in SPANS.get(table.key, ()) if _together(table, keys)}
    if not spans:
        return (tuple(Head(words.column(table.key, one.key)) for one in table.columns),)
    covered = {key for _, keys in spans.values() for key in keys}
    upper = tuple(_upper(table, words, spans, covered))
    lower = tuple(Head(_under(table, words, one)) for one in table.columns if one.key in covered)
    return upper, lower


def _together(table: Table, keys: tuple[str, ...]) -> bool:
    names = tuple(one.key for one in table.columns)
    return keys[0] in names and names[names.index(keys[0]) :][: len(keys)] == keys


def _upper(table: Table, words: Words, spans: dict[str, tuple[str, tuple[str, ...]]], covered: set[str]) -> Iterator[Head]:
    for one in table.columns:
        if one.key in spans:
            span, keys = spans[one.key]
            yield Head(words.say("span", span), columns=len(keys))
        elif one.key not in covered:
            yield Head(words.column(table.key, one.key), rows=2)


def _under(table: Table, words: Words, column: Column) -> str:
    return words.say("under", column.key) if table.key in UNDER else words.column(table.key, column.key)


def named(table: Table) -> str:
    """The column that says what a row is about."""
    return next((one for one in NAMES if any(column.key == one for column in table.columns)), table.columns[0].key)


def sideways(table: Table) -> bool:
    """Whether it is printed on its side."""
    return len(table.columns) > SIDEWAYS


def small(table: Table) -> bool:
    """Whether its letters are smaller, so that it stands."""
    return len(table.columns) > SMALL


def numeric(column: Column) -> bool:
    """Whether its cells stand at the right."""
    return column.kind in NUMBERS
