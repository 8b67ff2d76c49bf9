"""`chiso publish`: the monthly publication, and whether one that stands is right."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.asking import Home

DIFFERENT = 6
EDITIONS = {"internal": ("internal",), "public": ("public",), "both": ("internal", "public")}


def publish(
    month: Annotated[
        str | None, typer.Option(metavar="MONTH", help="such as 2026-08; one that is not over is provisional, and says so")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="where publications lie: DIR/2026-08/v1")] = None,
    lang: Annotated[str, typer.Option(help="vi or en")] = "vi",
    names: Annotated[
        bool, typer.Option("--names", help="officials by name too, where their registry has them; internal edition only")
    ] = False,
    edition: Annotated[str, typer.Option(help="internal, public or both")] = "both",
    period: Annotated[str | None, typer.Option(help="form 06a of another period, such as bc-2026-Q3; default: the month")] = None,
    verify: Annotated[
        Path | None,
        typer.Option(metavar="DIR/MONTH/vN", help="recompute a version from the topics and compare; exit code 6 where it differs"),
    ] = None,
    home: Home = None,
) -> None:
    """Publish a month's results and lists, for instance `chiso publish --month 2026-08 --out publications`. Publishing again where nothing moved changes nothing."""
    from indicators.errors import UsageError
    from streams.press.press import Wish
    from streams.settings import load

    settings = load(home=home)
    if verify is not None:
        _verify(verify, settings)
        return
    if month is None or out is None:
        raise UsageError("name the month and the folder: chiso publish --month 2026-08 --out DIR")
    if lang not in ("vi", "en"):
        raise UsageError(f"--lang {lang} is neither vi nor en")
    if edition not in EDITIONS:
        raise UsageError(f"--edition {edition} is none of {', '.join(EDITIONS)}")
    _publish(Wish(month, out, lang, names, EDITIONS[edition], period), settings)  # type: ignore[arg-type]


def _publish(wish: "object", settings: "object") -> None:
    from streams.press.press import Press
    from streams.press.talk import Talk

    done = asyncio.run(Press(wish, settings, Talk()).publish())  # type: ignore[arg-type]
    state = "provisional, " if done.order.provisional else ""
    if done.new:
        sys.stderr.write(f"chiso: {done.order.month} was published, {state}version {done.order.version}\n")
    else:
        sys.stderr.write(f"chiso: nothing moved since {state}version {done.order.version} of {done.order.month}; nothing was written\n")
    sys.stdout.write(f"{done.path}\n")


def _verify(path: Path, settings: "object") -> None:
    from streams.press.talk import Talk
    from streams.press.verify import verify as looked

    found = asyncio.run(looked(path, settings, Talk()))  # type: ignore[arg-type]
    for one in found:
        sys.stdout.write(f"{one.what}: {one.why}\n")
    if found:
        sys.stderr.write(f"chiso: {len(found)} findings; {path} is not what the topics give\n")
        sys.exit(DIFFERENT)
    sys.stdout.write(json.dumps({"verified": str(path)}) + "\n")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(publish)
