"""What a version that stands says, for the differences of the next."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from indicators.bulletin.compose import Head, compose
from indicators.bulletin.differences import Old, differing
from indicators.bulletin.material import Material
from indicators.bulletin.model import Bulletin
from indicators.errors import NotFoundError
from streams.press.folder import read
from streams.press.order import Order


class Before(NamedTuple):
    """A version that stands: what it was made of, and its tables."""

    order: Order
    tables: dict[str, Old]


def before(path: Path) -> Before:
    """Raises NotFoundError."""
    order = read(path)
    edition = "internal" if "internal" in order.editions else "public"
    file = path / edition / f"publication{'-provisional' if order.provisional else ''}.json"
    try:
        tables = msgspec.json.decode(file.read_bytes())["tables"]
        return Before(order, {key: Old([column[0] for column in one["columns"]], one["rows"]) for key, one in tables.items()})
    except (OSError, ValueError, KeyError, TypeError):
        raise NotFoundError(f"{file} cannot be read; what differs from it cannot be said") from None


def bulletin(material: Material, order: Order) -> Bulletin:
    """The internal edition, before it is known which version it will be."""
    return compose(material, Head(order.version, order.as_of, order.provisional, order.incomplete, order.sources()))


def numbered(draft: Bulletin, order: Order, old: Before | None) -> Bulletin:
    """As a version, with what differs from the one before."""
    found = replace(draft, version=order.version)
    if old is None:
        return found
    known = [one for one in found.tables if one.edition != "internal" or "internal" in old.order.editions]
    return replace(found, tables=(*found.tables, *differing(old.tables, known, cause(old.order, order))))


def cause(old: Order, new: Order) -> str:
    """Why figures differ: the most particular thing that changed."""
    if (old.rules, old.zone, old.calendar) != (new.rules, new.zone, new.calendar):
        return "rules"
    if (old.rule, old.formulas) != (new.rule, new.formulas):
        return "formula"
    return "registry" if old.positions == new.positions and old.registry != new.registry else "events"
