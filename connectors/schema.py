"""The JSON Schemas of canonical events, made from the structs; `python -m connectors.schema` writes them to docs/schema."""

import json
from pathlib import Path
from typing import Any

import msgspec

from indicators.events import DossierEvent
from indicators.petition_events import AnyPetitionEvent
from indicators.procedure_events import AnyProcedureEvent

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schema"
FAMILIES = {"dossier": DossierEvent, "petition": AnyPetitionEvent, "procedure": AnyProcedureEvent}


def schema(family: str = "dossier") -> dict[str, Any]:
    """Draft 2020-12. Unknown fields are allowed: a newer version may add optional ones."""
    (found,), definitions = msgspec.json.schema_components([FAMILIES[family]], ref_template="#/$defs/{name}")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{family}-event.v1.json",
        "title": f"Canonical {family} event",
    }
    return {**head, **found, "$defs": definitions}


def path(family: str) -> Path:
    """Where it stands."""
    return FOLDER / f"{family}-event.v1.json"


def text(family: str) -> str:
    """As it stands in the file."""
    return json.dumps(schema(family), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in FAMILIES:
        path(one).write_text(text(one))
