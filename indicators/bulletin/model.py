"""What a publication is made of. Cells are plain data; words for every key come from one catalogue, so nothing here is in a language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

# text       as it stands (names, codes)
# word       a key of the catalogue (`department`, `open`)
# count      int                        ratio   Ratio, shown in per cent
# points     int, hundredths of a point days    int, working days
# date       `2026-08-31`               time    RFC 3339
# place      int, 1 is the first        month   `2026-08`
Kind = Literal["text", "word", "count", "ratio", "points", "days", "date", "time", "place", "month"]
Edition = Literal["public", "internal", "both"]
EDITIONS: tuple[Edition, ...] = ("internal", "public")


class Ratio(NamedTuple):
    """A share, exact. A denominator of 0 is no ratio: the cell is None then."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float:
        """Between 0 and 1, as a rule."""
        return self.numerator / self.denominator

    def hundredths(self) -> int:
        """Hundredths of a per cent, half up: 6918 is 69.18 %."""
        return (self.numerator * 20_000 + self.denominator) // (2 * self.denominator)


Cell = str | int | Ratio | None  # None: no data, never 0


class Column(NamedTuple):
    """One of a table's; `key` is unique in it."""

    key: str
    kind: Kind = "count"


@dataclass(frozen=True)
class Table:
    """Rows in the order in which they are printed. `depths` (one a row, or empty) is how far below the room a row's unit is: 0 is the room itself.

    `edition` says in which it may stand. `notes` are keys of sentences below it. `wide` has more rows than anybody prints in a country.
    """

    key: str
    group: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    edition: Edition = "both"
    depths: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    wide: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of {self.key} has not a cell for each column")

    def place(self, column: str) -> int:
        """Of a column. Raises KeyError."""
        for place, one in enumerate(self.columns):
            if one.key == column:
                return place
        raise KeyError(column)

    def cell(self, row: int, column: str) -> Cell:
        """Raises KeyError, IndexError."""
        return self.rows[row][self.place(column)]


class Cited(NamedTuple):
    """A value of the brief, and the cell in which it is found."""

    value: Cell
    kind: Kind
    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Fact:
    """A sentence of the brief: `key` names its words, `values` what they name. `about` are words that are no numbers (names of units, sectors)."""

    section: str
    key: str
    values: Mapping[str, Cited] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """Drawn from a table: column `x` names the points, columns `y` give the values, `limit` is how many rows."""

    key: str
    kind: Literal["line12", "pareto"]
    table: str
    x: str
    y: tuple[str, ...]
    limit: int = 12


class Room(NamedTuple):
    """The unit that publishes, or of which is published."""

    code: str
    name: str
    kind: str | None


@dataclass(frozen=True)
class Sources:
    """What it rests on. `positions`: positions, petitions, procedures → partition → next offset."""

    positions: Mapping[str, Mapping[str, int]]
    registry: int
    rule: str
    formulas: str
    rules: str
    calendar: str
    zone: str
    cut: int | None  # of the version in `chiso.publications.v1`; None while the month is open
    published_at: str | None


@dataclass(frozen=True)
class Bulletin:
    """One edition of a month. `as_of` (RFC 3339) is the time of everything inside; `incomplete` names the units whose figures lack something."""

    month: str
    version: int
    edition: Literal["internal", "public"]
    room: Room
    as_of: str
    provisional: bool
    incomplete: tuple[str, ...]
    form: str  # the period of form 06a: the month, or such as `bc-2026-Q3`
    tables: tuple[Table, ...]
    brief: tuple[Fact, ...]
    charts: tuple[Chart, ...]
    sources: Sources
    late: tuple[Mapping[str, Any], ...] = ()  # `late_dossiers` of publication.json; none in the public edition

    def table(self, key: str) -> Table:
        """Raises KeyError."""
        for one in self.tables:
            if one.key == key:
                return one
        raise KeyError(key)

    @property
    def complete(self) -> bool:
        """Whether nothing is lacking."""
        return not self.incomplete

    @property
    def stem(self) -> str:
        """How its files begin: `2026-08-v1`; a month that is not over says so."""
        return f"{self.month}-v{self.version}" + ("-provisional" if self.provisional else "")

    def of(self, edition: Literal["internal", "public"]) -> "Bulletin":
        """The same for other eyes: what may not stand there is left out."""
        tables = tuple(one for one in self.tables if one.edition in ("both", edition))
        return replace(self, edition=edition, tables=tables, late=self.late if edition == "internal" else ())
