"""The brief for leaders: with the tallies of its lists, so that every number of it is a cell of a table."""

from dataclasses import replace

from indicators.bulletin.facts import facts
from indicators.bulletin.model import Bulletin
from indicators.bulletin.tallies import tallies


def briefed(found: Bulletin) -> Bulletin:
    """With its brief."""
    whole = replace(found, tables=(*found.tables, tallies(found.tables)))
    return replace(whole, brief=tuple(facts(whole)))
