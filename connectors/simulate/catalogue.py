"""Procedures of simulated offices, from catalogue.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure, its sector, its limit in working days, how often it is asked for, and whether a fee is owed."""

    code: str
    name: str
    sector: str
    sector_name: str
    days: int
    weight: int
    fee: bool


@cache
def procedures() -> dict[str, tuple[Procedure, ...]]:
    """By the name of the department that handles them; COMMUNE for communes."""
    found: dict[str, tuple[Procedure, ...]] = {}
    for sector in tomllib.loads((files("connectors.simulate") / "catalogue.toml").read_text("utf-8"))["sector"]:
        made = tuple(
            Procedure(one["code"], one["name"], sector["code"], sector["name"], one["days"], one["weight"], one["fee"])
            for one in sector["procedures"]
        )
        found[sector["office"]] = found.get(sector["office"], ()) + made
    return found
