"""Tables: a line a unit, an indicator or a dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.boards.looks import COUNT, Look
from connectors.boards.panels import DATASOURCE, LISTS, Link, Panel, Place, Series, override, panel, refs, target
from connectors.boards.words import Words

MOMENT = "time:DD/MM/YYYY HH:mm"


@dataclass(frozen=True, slots=True)
class Column:
    """A message's key, the query whose value it is, how it looks; `filled` colours the whole cell."""

    key: str
    expr: str
    look: Look = COUNT
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Labels shown before the columns (label → message), by which label queries are joined, by which column rows are sorted, links of columns."""

    shown: Mapping[str, str]
    by: str = "unit"
    sort: str | None = None
    descending: bool = True
    links: Mapping[str, Link] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # label → value → text
    widths: Mapping[str, int] = field(default_factory=dict)
    hidden: Sequence[str] = ()  # labels that links need
    times: Sequence[str] = ()  # labels that are moments, RFC 3339


def table(key: str, words: Words, place: Place, columns: Sequence[Column], layout: Layout) -> Panel:
    """Each query gives one column; only the first brings the other labels along, so that the join has each of them once."""
    found = _bare(key, words, place)
    wanted = [", ".join(layout.shown), *[layout.by] * (len(columns) - 1)]
    several = [Series(f"sum by ({labels}) ({one.expr})") for labels, one in zip(wanted, columns, strict=True)]
    found["targets"] = [target(one, ref) | {"format": "table"} for one, ref in zip(several, refs(len(several)), strict=True)]
    values = [f"Value #{ref}" for ref in refs(len(columns))] if len(columns) > 1 else ["Value"]
    names = dict(zip(values, (words[one.key] for one in columns), strict=True))
    shown = {label: words[message] for label, message in layout.shown.items()} | names
    join = [{"id": "joinByField", "options": {"byField": layout.by, "mode": "outer"}}] if len(columns) > 1 else []
    found["transformations"] = [*join, *_arranged(shown)]
    found["options"]["sortBy"] = _sorted(words[layout.sort or columns[0].key], layout)
    found["fieldConfig"]["overrides"] = [*_labels(words, layout), *(_column(words, one) for one in columns)]
    return found


def rows(key: str, words: Words, place: Place, expr: str, layout: Layout, *, value: tuple[str, Look]) -> Panel:  # noqa: PLR0913
    """One query of the lists: a line a dossier, an official or a duty; what it is labelled with, and its value."""
    found = _bare(key, words, place)
    found["datasource"] = LISTS
    found["targets"] = [target(Series(expr), source=LISTS) | {"format": "table"}]
    message, look = value
    shown = {label: words[text] for label, text in layout.shown.items()} | {"Value": words[message]}
    conversions = [{"targetField": label, "destinationType": "time"} for label in layout.times]
    convert = [{"id": "convertFieldType", "options": {"conversions": conversions, "fields": {}}}] if conversions else []
    found["transformations"] = [*convert, *_arranged(shown)]
    found["options"]["sortBy"] = _sorted(words[message], layout)
    found["fieldConfig"]["overrides"] = [*_labels(words, layout), _column(words, Column(message, "", look))]
    return found


def _bare(key: str, words: Words, place: Place) -> Panel:
    found = panel("table", key, words, place, COUNT)
    found["options"] = {
        "showHeader": True,
        "cellHeight": "sm",
        "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""},
    }
    # Grafana's own least width, 150, would push the last columns, whose numbers rows are sorted by, out of sight
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True, "minWidth": 80}
    found["fieldConfig"]["defaults"]["custom"] = custom
    assert found["datasource"] == DATASOURCE
    return found


def _sorted(column: str, layout: Layout) -> list[dict[str, Any]]:
    """By the table itself, to which no number is less than any; the transformation of that name knows no place for it and leaves no order at all."""
    return [{"displayName": column, "desc": layout.descending}]


def _arranged(shown: Mapping[str, str]) -> list[dict[str, Any]]:
    names = list(shown)
    return [
        {"id": "filterFieldsByName", "options": {"include": {"names": names}}},
        {
            "id": "organize",
            "options": {"excludeByName": {}, "renameByName": dict(shown), "indexByName": {name: at for at, name in enumerate(names)}},
        },
    ]


def _labels(words: Words, layout: Layout) -> list[dict[str, Any]]:
    found = []
    for label, message in layout.shown.items():
        # without a unit Grafana makes numbers of codes: procedure 1.001193 → 1.001, dossier 59012345 → 59,012,345
        properties: list[dict[str, Any]] = [{"id": "unit", "value": MOMENT if label in layout.times else "string"}]
        if label in layout.names:
            options = {value: {"text": text, "index": at} for at, (value, text) in enumerate(layout.names[label].items())}
            properties.append({"id": "mappings", "value": [{"type": "value", "options": options}]})
        if label in layout.links:
            properties.append({"id": "links", "value": [layout.links[label]]})
        if label in layout.hidden:
            properties.append({"id": "custom.hidden", "value": True})
        if label in layout.widths:
            properties.append({"id": "custom.width", "value": layout.widths[label]})
        found.append({"matcher": {"id": "byName", "options": words[message]}, "properties": properties})
    return found


def _column(words: Words, column: Column) -> dict[str, Any]:
    found = override(words[column.key], words, column.look)
    cell = {"type": "color-background", "mode": "basic"} if column.filled else {"type": "color-text"}
    found["properties"].append({"id": "custom.cellOptions", "value": cell})
    return found
