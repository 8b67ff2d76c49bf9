"""The one page for leaders: what stands where, in the order in which they read. HTML and PDF set the same page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.publication.charts import NARROW
from connectors.publication.drawings import drawings
from connectors.publication.words import DASH, PERCENT, Part, Words
from indicators.bulletin.model import Bulletin, Fact

TILES = ("total", "rank", "ratio_before", "ratio", "open_overdue")
LISTED = frozenset({"holder", "level", "sector"})  # several alike: a table or a chart says it in fewer words
ABOVE = (("headline",), ("overdue",))  # left, right
BELOW = (("sent_back", "online", "results"), ("shortcomings",))
LAST = "next"
BARS = 7
HALF = 50  # letters of a line in half a page


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that is read from across the table: what it is, the figure, and what to hold it against."""

    label: str
    figure: str
    beside: str


@dataclass(frozen=True, slots=True)
class Section:
    """What is said under one heading."""

    title: str
    sentences: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A little table: its heads, and rows whose first cell is a name. `groups` are the numbers of rows that belong together."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, and what it shows in words."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Brief:
    """From top to bottom; `above` and `below` are a left and a right column each."""

    tiles: tuple[Tile, ...]
    above: tuple[tuple[Section, ...], ...]
    charts: tuple[Drawing, ...]
    tables: tuple[Listed, ...]
    below: tuple[tuple[Section, ...], ...]
    last: Section | None

    @property
    def lines(self) -> int:
        """About how many lines of type it takes beside what is always there."""
        pairs = sum(max(sum(_lines(section) for section in column) for column in columns) for columns in (self.above, self.below))
        tables = sum(len(one.rows) + 2 for one in self.tables)
        return pairs + tables + (0 if self.last is None else (_lines(self.last) + 1) // 2 + 1)


def _lines(section: Section) -> int:
    return 1 + sum(-(-len(_plain(sentence)) // HALF) for sentence in section.sentences)


def brief(bulletin: Bulletin, words: Words) -> Brief:
    """What is known is set; what is not leaves no gap."""
    drawn = {chart.kind: Drawing(words.say("chart", chart.key), svg) for chart, svg in drawings(bulletin, words, NARROW, BARS)}
    holders = () if "pareto" in drawn else (_facts(bulletin, "holder"),)
    tables = (_listed(alike, words) for alike in (holders, (_facts(bulletin, "level"), _facts(bulletin, "sector"))) if any(alike))
    return Brief(
        tuple(_tiles(bulletin, words)),
        tuple(_column(bulletin, words, keys) for keys in ABOVE),
        tuple(drawn.values()),
        tuple(tables),
        tuple(_column(bulletin, words, keys) for keys in BELOW),
        next(iter(_column(bulletin, words, (LAST,))), None),
    )


def _facts(bulletin: Bulletin, key: str) -> list[Fact]:
    return [fact for fact in bulletin.brief if fact.key == key]


def _tiles(bulletin: Bulletin, words: Words) -> Iterator[Tile]:
    facts = {fact.key: fact for fact in reversed(bulletin.brief)}
    for key in TILES:
        if key in facts:
            figure, beside = (_plain(words.parts(part, facts[key])) for part in ("tile_figure", "tile_beside"))
            yield Tile(words.say("tile", key), figure, beside)


def _plain(parts: Iterable[Part]) -> str:
    return "".join(text for text, _ in parts)


def _column(bulletin: Bulletin, words: Words, keys: tuple[str, ...]) -> tuple[Section, ...]:
    found = ((key, [fact for fact in bulletin.brief if fact.section == key and fact.key not in LISTED | set(TILES)]) for key in keys)
    return tuple(
        Section(words.say("section", key), tuple(tuple(words.parts("fact", fact)) for fact in facts)) for key, facts in found if facts
    )


def _listed(alike: Iterable[list[Fact]], words: Words) -> Listed:
    """Facts of one or two kinds in one table, in the columns that all have."""
    groups = [facts for facts in alike if facts]
    common = [name for name in groups[0][0].values if all(name in facts[0].values for facts in groups)]
    first = groups[0][0].values
    names = [words.column(next(iter(facts[0].values.values())).table, "level" if facts[0].key == "level" else "name") for facts in groups]
    heads = (
        ", ".join([names[0], *(name.lower() for name in names[1:])]),
        *(words.column(first[name].table, first[name].column) for name in common),
    )
    rows = [(words.word(fact.about.get("name", "")), *(_cell(fact, name, words) for name in common)) for facts in groups for fact in facts]
    return Listed(heads, tuple(rows), tuple(len(facts) for facts in groups))


def _cell(fact: Fact, name: str, words: Words) -> str:
    cited = fact.values[name]
    return DASH if cited.value is None else words.value(fact, name).removesuffix(PERCENT)
