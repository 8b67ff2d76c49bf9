"""Puts a publication together."""

import json
from hashlib import blake2b
from typing import Any, NamedTuple

from indicators.bulletin import brief, digital, forms, lists, results, steps
from indicators.bulletin.material import Material
from indicators.bulletin.model import Bulletin, Chart, Sources, Table

CHARTS = (
    Chart("months", "line12", "months", "month", ("ratio",)),
    Chart("overdue_units", "pareto", "overdue_units", "name", ("open_overdue", "cumulative")),
)


class Head(NamedTuple):
    """What stands at the top of everything."""

    version: int
    as_of: str
    provisional: bool
    incomplete: tuple[str, ...]
    sources: Sources


def compose(found: Material, head: Head) -> Bulletin:
    """The internal edition; `of("public")` is the other."""
    tables = (*results.tables(found), *forms.tables(found), *digital.tables(found), *lists.tables(found), steps.advice(found))
    plain = Bulletin(
        month=found.period.id,
        version=head.version,
        edition="internal",
        room=found.room,
        as_of=head.as_of,
        provisional=head.provisional,
        incomplete=head.incomplete,
        form=found.form.period,
        tables=tables,
        brief=(),
        charts=CHARTS,
        sources=head.sources,
        late=tuple(one.row() for one in found.late),
    )
    return brief.briefed(plain)


def content(found: Bulletin) -> str:
    """Digest of everything that is said, without version, time and positions: equal where nothing moved."""
    tables = [plain(one) for one in found.tables if one.key != "differences"]
    said = [found.month, found.room, found.form, found.provisional, found.incomplete, tables, found.late]
    return blake2b(json.dumps(said, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def plain(table: Table) -> dict[str, Any]:
    """A table as JSON has it: columns with their kinds, rows as lists; a ratio is [numerator, denominator]."""
    return {"key": table.key, "columns": [list(one) for one in table.columns], "rows": [list(row) for row in table.rows]}
