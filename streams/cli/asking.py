"""How reading commands ask the running system, and print what it says."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import httpx

Home = Annotated[Path | None, typer.Option(help="state of `chiso up` (CHISO_HOME); finds the system that runs on it")]
Json = Annotated[bool, typer.Option("--json", help="the answer as JSON, as the HTTP API gives it")]

PATIENCE = 30


Query = str | int | list[str] | None


def ask(home: Path | None, path: str, **query: Query) -> Any:
    """The JSON at a path of the HTTP API. Raises NotFoundError, UsageError, UnreachableError, ChisoError."""
    return fetch(home, path, **query).json()


def fetch(home: Path | None, path: str, **query: Query) -> "httpx.Response":
    """The same, of whatever form."""
    import httpx

    from indicators.errors import ChisoError, NotFoundError, UnreachableError, UsageError
    from streams.addresses import resolve
    from streams.settings import load

    address = resolve(load(home=home)).http
    try:
        answer = httpx.get(address + path, params={name: value for name, value in query.items() if value is not None}, timeout=PATIENCE)
    except httpx.HTTPError:
        raise UnreachableError(f"chiso at {address} does not answer; start it with `chiso up`, or name its folder with --home") from None
    if answer.is_success:
        return answer
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        raise UnreachableError(
            f"what answers at {address} is no chiso; name the folder of yours with --home, or its address with CHISO_HTTP"
        ) from None
    raise {404: NotFoundError, 422: UsageError, 503: UnreachableError}.get(answer.status_code, ChisoError)(detail)


def print_json(answer: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def print_table(title: str, heads: list[str], rows: list[list[str]], *, left: int = 1) -> None:
    """A table on stdout; the first `left` columns are words, the others numbers."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console.width = 160
    console.print(table)


def indicator(answer: Any, name: str) -> Any:
    """One of an answer's indicators."""
    return next(one for one in answer["indicators"] if one["id"] == name)


def points(value: float | None) -> str:
    """`15,68`, or a dash for none."""
    return "–" if value is None else f"{value:.2f}".replace(".", ",")


def number(value: int) -> str:
    """`1.234`, as Vietnam writes it."""
    return f"{value:,}".replace(",", ".")


def percent(value: float | None) -> str:
    """`69,18 %`, or a dash where there is nothing to divide."""
    return "–" if value is None else f"{value:.2%}".replace(".", ",").replace("%", " %")


def day(text: str | None) -> str:
    """`13/08/2026` of an RFC 3339 time or a date."""
    return "–" if text is None else f"{text[8:10]}/{text[5:7]}/{text[:4]}"


def as_of(text: str | None) -> str:
    """How old the figures are, in words."""
    return "Chưa có dữ liệu · no data yet" if text is None else f"Số liệu tính đến {text[11:16]} ngày {day(text)}"
