"""Lists that the HTTP API gives in pages, as one."""

from pathlib import Path
from typing import Any

from streams.cli.asking import as_of, ask


def ask_all(home: Path | None, path: str, **query: str | int | None) -> Any:
    """The answer with the items of all its pages. Raises as `ask`."""
    answer = ask(home, path, **query)
    items, cursor = answer["items"], answer["next"]
    while cursor is not None:
        page = ask(home, path, **query, cursor=cursor)
        items += page["items"]
        cursor = page["next"]
    return {**answer, "items": items, "next": None}


def title(what: str, answer: Any) -> str:
    """Above a table: what it is, how old it is, and the rule by which it was made."""
    return f"{what}\n{as_of(answer['as_of'])}\n{answer['rule']['vi']}"
