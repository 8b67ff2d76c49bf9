"""Pages of docs/ that are made from the code: `python -m connectors.reference_pages` writes docs/indicators.md and docs/events.md."""

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from connectors.codec import FAMILIES
from indicators.events import Event
from indicators.formulas import BLOCKS, FORMULAS, GRADES, Formula
from indicators.petition_events import PetitionEvent
from indicators.procedure_events import ProcedureEvent
from indicators.times import date_of

DOCS = Path(__file__).resolve().parents[1] / "docs"
BASES: dict[str, type[msgspec.Struct]] = {"dossier": Event, "petition": PetitionEvent, "procedure": ProcedureEvent}
TITLES = {"dossier": "Dossiers", "petition": "Petitions", "procedure": "Procedures"}
TOPICS = {"dossier": "dvc.dossier.events.v1", "petition": "dvc.petition.events.v1", "procedure": "dvc.procedure.events.v1"}
ZERO = {None: "none", 0: "0"}


def indicators() -> str:
    """The formula table as a page."""
    lines = [
        "# Indicators",
        "",
        "Made from `indicators/formulas.py` by `python -m connectors.reference_pages`. Source: Decision 766/QĐ-TTg of 23 June 2022, the",
        "ministry's description of the formulas, and what the National Public Service Portal publishes.",
        "",
        "R = numerator / denominator, held to 10 decimals. A score is rounded to 2 decimals, half up, and only then summed into its block, blocks into",
        "the total. `none` counts as nothing in the sum. Where portal and document differ there is a line for each; `CHISO_RULE` chooses.",
        "",
        "| id | name | numerator | denominator | score | R of 0/0 | block | portal's code | rule | valid |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(formula) for formula in FORMULAS),
        "",
        "## Blocks",
        "",
        "| code | name | points |",
        "| --- | --- | ---: |",
        *(f"| {code} | {name} · {english} | {points} |" for code, (points, name, english) in BLOCKS.items()),
        "",
        "## Grades",
        "",
        "| from | grade |",
        "| ---: | --- |",
        *(f"| {least} | {name} · {english} |" for least, name, english in GRADES),
        "",
        "The country's row is the portal's: each block the rounded mean of the provinces' blocks, TTTT and CLGQ taken as one; `own` beside it is what the",
        "country's own sums would give.",
    ]
    return "\n".join(lines) + "\n"


def _row(formula: Formula) -> str:
    score = "shown, not scored"
    if formula.block is not None:
        score = f"{formula.points}·R" if formula.full is None else f"{formula.points}·min(1, R/{formula.full} %)"
    valid = f"from {date_of(formula.first)}" + ("" if formula.last is None else f" to {date_of(formula.last)}")
    zero = ZERO.get(formula.zero, str(formula.zero)) if formula.block is not None else "–"
    parts = (" · ".join(pair) for pair in (formula.name, formula.numerator, formula.denominator))
    cells = (formula.id, *parts, score, zero, formula.block or "–", formula.code or "–", formula.rule or "both", valid)
    return f"| {' | '.join(cells)} |"


def events() -> str:
    """Every family's types and facts as a page."""
    lines = [
        "# Events",
        "",
        "Made from the structs by `python -m connectors.reference_pages`. Absent facts say nothing; of two statements of a fact the later",
        "(`stated_at`, `at`) wins, then the greater value; sets unite. Times are RFC 3339. JSON Schemas are in `schema/`.",
    ]
    for family, kinds in FAMILIES.items():
        shared = BASES[family].__struct_fields__
        lines += ["", f"## {TITLES[family]}: `{TOPICS[family]}`", "", f"Every event: {', '.join(f'`{name}`' for name in shared)}.", ""]
        lines += ["| type | facts | what |", "| --- | --- | --- |", *(_type(kind, shared) for kind in kinds)]
    return "\n".join(lines) + "\n"


def _type(kind: type[msgspec.Struct], shared: tuple[str, ...]) -> str:
    hints = typing.get_type_hints(kind)
    facts = ", ".join(f"`{name}`{_values(hints[name])}" for name in kind.__struct_fields__ if name not in shared)
    return f"| `{kind.__struct_config__.tag}` | {facts or '–'} | {' '.join((kind.__doc__ or '').split())} |"


def _values(hint: Any) -> str:
    """The list of a closed one."""
    literals = [value for part in _parts(hint) for value in typing.get_args(part) if isinstance(value, str)]
    return f" ({', '.join(literals)})" if literals else ""


def _parts(hint: Any) -> Iterator[Any]:
    yield from (part for part in (hint, *typing.get_args(hint)) if typing.get_origin(part) is typing.Literal)


PAGES = {"indicators.md": indicators, "events.md": events}

if __name__ == "__main__":
    for name, text in PAGES.items():
        (DOCS / name).write_text(text())
