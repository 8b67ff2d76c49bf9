"""Every word of a publication, in Vietnamese and English, and how its numbers, days and times are written. The words are in catalogue/."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal

from connectors.publication.figures import Figures
from indicators.bulletin.model import Bulletin, Cell, Column, Fact, Table
from indicators.formulas import BLOCKS, FORMULAS, GRADES
from indicators.periods import parse
from indicators.times import VIETNAM

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
PARTS = ("tables", "columns", "brief")
DASH = "–"
PERCENT = "\N{NO-BREAK SPACE}%"
Part = tuple[str, bool]  # text, and whether it is one of the fact's values


def load(lang: Language) -> "Words":
    """The words of a language."""
    return Words(lang, _catalogue(), LANGUAGES.index(lang))


@cache
def _catalogue() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for part in PARTS:
        found |= tomllib.loads((files("connectors.publication") / "catalogue" / f"{part}.toml").read_text("utf-8"))
    return found


class Words:
    """An unknown key gives the key itself; a test holds that there is none."""

    def __init__(self, lang: Language, catalogue: Mapping[str, Mapping[str, Any]], place: int) -> None:
        self.lang = lang
        self.figures = Figures(",", ".") if lang == "vi" else Figures(".", ",")
        self._catalogue = catalogue
        self._place = place

    def say(self, part: str, key: str, **values: object) -> str:
        """A sentence of a part of the catalogue with its {values} filled in."""
        found = self._catalogue[part].get(key)
        return key if found is None else str(found[self._place]).format_map(values) if values else str(found[self._place])

    def knows(self, part: str, key: str) -> bool:
        """Whether the catalogue has words for it."""
        return key in self._catalogue[part]

    @property
    def missing(self) -> str:
        """Where there is no data, in a sentence."""
        return self.say("page", "missing")

    def group(self, key: str) -> str:
        """Title of a group of tables."""
        return self.say("group", key)

    def table(self, key: str) -> str:
        """Title of a table."""
        return self.say("table", key)

    def titled(self, bulletin: Bulletin, key: str) -> str:
        """Title of a table where it stands: form 06a says of which unit it is."""
        return self.say("title", key, room=bulletin.room.name) if self.knows("title", key) else self.table(key)

    def note(self, key: str, **values: object) -> str:
        """A sentence below a table; `peers_published 2026-09-02` has a day in it."""
        name, _, day = key.partition(" ")
        return self.say("note", name, **values, **({"day": f"{dt.date.fromisoformat(day):%d/%m}"} if day else {}))

    def column(self, table: str, key: str) -> str:
        """Head of a column; a table may have a word of its own."""
        own = self._catalogue["table_column"].get(table, {}).get(key)
        if own is not None:
            return str(own[self._place])
        return self.say("column", key) if self.knows("column", key) else self.word(key)

    def word(self, value: str) -> str:
        """A cell of kind word: `department`, a block's code, `indicator 2.1`, `table late_units`, `column late_units times`; or several, `sent_late no_reason`."""
        known = _named().get(value)
        if known is not None:
            return known[self._place]
        several = value.replace(", ", " ").split(" ")
        if several[0] == "table" and len(several) == len(("table", "key")):
            return self.table(several[1])
        if several[0] == "column" and len(several) == len(("column", "table", "key")):
            return self.column(several[1], several[2])
        return "; ".join(self.say("word", one) for one in several) if all(self.knows("word", one) for one in several) else value

    def page(self, key: str, **values: object) -> str:
        """A word around tables."""
        return self.say("page", key, **values)

    def writer(self, column: Column) -> Callable[[Any], str]:
        """How the cells of a column that are not None are written."""
        if column.kind == "word" or column.key == "role":
            return self.word
        if column.key == "grade":
            return self._grade
        if column.key == "maximum":
            return self.figures.whole
        signed = column.key.startswith(("change", "moved"))
        return self.figures.writer(column.kind, signed=signed)

    def cell(self, column: Column, value: Cell) -> str:
        """A cell, a dash where there is no data."""
        return DASH if value is None else self.writer(column)(value)

    def _grade(self, value: str) -> str:
        return next(((name, english)[self._place] for _, name, english in GRADES if value in (name, english)), self.word(value))

    def parts(self, part: str, fact: Fact) -> list[Part]:
        """What a part of the catalogue says with a fact, in pieces; its values are marked."""
        lacking = part == "fact" and any(cited.value is None for cited in fact.values.values()) and self.knows("fact_missing", fact.key)
        return list(self._parts(self.say("fact_missing" if lacking else part, fact.key), fact))

    def _parts(self, sentence: str, fact: Fact) -> Iterator[Part]:
        for text, name, _, _ in Formatter().parse(sentence):
            if text:
                yield text, False
            if name is None:
                continue
            if name in fact.values:
                yield self.value(fact, name), True
            else:
                yield self._about(name, fact.about.get(name, self.missing)), False

    def _about(self, name: str, value: str) -> str:
        return self._grade(value) if name == "grade" else self.word(value)

    def value(self, fact: Fact, name: str) -> str:
        """A value of a fact in a sentence: a share with its sign, `chưa có dữ liệu` for none."""
        cited = fact.values[name]
        if cited.value is None:
            return self.missing.lower()
        signed = name.startswith(("change", "moved"))
        written = self.writer(Column("change" if signed else cited.column, cited.kind))(cited.value)
        return f"{written}{PERCENT}" if cited.kind == "ratio" else written

    def state(self, bulletin: Bulletin) -> tuple[str, ...]:
        """What everybody must see on every page: draft, provisional, not complete."""
        marks = ["draft"] + ["provisional"] * bulletin.provisional + ["incomplete"] * (not bulletin.complete)
        return tuple(self.page(mark) for mark in marks)

    def as_of(self, bulletin: Bulletin) -> str:
        """`Số liệu tính đến 06:00 ngày 05/09/2026`, with version and edition."""
        at = dt.datetime.fromisoformat(bulletin.as_of)
        at = at.replace(tzinfo=VIETNAM) if at.tzinfo is None else at.astimezone(VIETNAM)
        said = self.page("as_of", time=f"{at:%H:%M}", date=f"{at:%d/%m/%Y}")
        return f"{said} · {self.page('version', version=bulletin.version)} · {self.page(bulletin.edition)}"

    def period(self, bulletin: Bulletin, table: Table | None = None) -> str:
        """Of the month, or of the reporting period where the table is form 06a."""
        name = bulletin.form if table is not None and table.key.startswith("form_06a") else bulletin.month
        found = parse(name, 0)
        named = self.page("month", month=f"{found.first:%m/%Y}") if name == bulletin.month else name
        return self.page("period", period=named, first=f"{found.first:%d/%m/%Y}", last=f"{found.last:%d/%m/%Y}")

    def lacking(self, bulletin: Bulletin, most: int = 8) -> str:
        """Whose figures are not complete; empty where all are."""
        if bulletin.complete:
            return ""
        units = list(bulletin.incomplete[:most])
        more = len(bulletin.incomplete) - len(units)
        return self.page("lacking", units=", ".join(units) + (f" {self.page('and_more', count=more)}" if more else ""))


@cache
def _named() -> dict[str, tuple[str, str]]:
    """Blocks, grades and indicators, whose names stand with their formulas."""
    found = {code: (name, english) for code, (_, name, english) in BLOCKS.items()}
    found["CLGQ+TTTT"] = found["TTTT+CLGQ"] = (
        f"{BLOCKS['CLGQ'][1]}; {BLOCKS['TTTT'][1].lower()}",
        f"{BLOCKS['CLGQ'][2]}, {BLOCKS['TTTT'][2].lower()}",
    )
    return found | {name: (name, english) for _, name, english in GRADES} | {f"indicator {one.id}": one.name for one in FORMULAS}
