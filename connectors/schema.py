"""The JSON Schema of the canonical dossier event, made from the structs; `python -m connectors.schema` writes it to docs/schema."""

import json
from pathlib import Path
from typing import Any

import msgspec

from indicators.events import DossierEvent

PATH = Path(__file__).resolve().parents[1] / "docs" / "schema" / "dossier-event.v1.json"


def schema() -> dict[str, Any]:
    """Draft 2020-12. Unknown fields are allowed: a newer version may add optional ones."""
    (found,), definitions = msgspec.json.schema_components([DossierEvent], ref_template="#/$defs/{name}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "dossier-event.v1.json", "title": "Canonical dossier event"}
    return {**head, **found, "$defs": definitions}


def text() -> str:
    """As it stands in the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text())
