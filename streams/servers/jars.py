"""The broker's jars: resolved and fetched once from Maven Central, then kept in the user's cache. `python -m streams.servers.jars` does it ahead."""

import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from indicators.errors import ChisoError, UnreachableError

KAFKA = "4.3.1"
LOG4J = "2.25.4"  # the broker's own; without a binding of slf4j to it the broker logs nothing
BROKER = f"org.apache.kafka:kafka_2.13:{KAFKA}"
BINDING = f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}"
DOWNLOADS = 8


def cache() -> Path:
    """Where they are kept: $CHISO_CACHE, else $XDG_CACHE_HOME/chiso, else ~/.cache/chiso."""
    own = os.environ.get("CHISO_CACHE")
    base = Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chiso"
    return base / f"kafka-{KAFKA}"


def classpath() -> str:
    """The class path of the broker; fetches the jars where they are missing. Raises UnreachableError and ChisoError."""
    place = cache()
    if not place.is_dir():
        _fetch(place)
    return f"{place}{os.sep}*"


def _fetch(place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    except OSError as error:
        raise ChisoError(f"cannot write to {place.parent} ({error.strerror}); set CHISO_CACHE to a folder that may be written") from None
    try:
        _download(draft)
        draft.chmod(0o755)
        draft.rename(place)
    except OSError:
        if not place.is_dir():  # else somebody else was faster
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _download(into: Path) -> None:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Kafka {KAFKA}: looking up its parts", total=None)
        if not console.is_terminal:
            console.print(f"Kafka {KAFKA}: fetching its jars once (about 110 MB)")
        artifacts = _resolve()
        progress.update(task, description=f"Kafka {KAFKA}: fetching its jars", total=len(artifacts))

        def fetch(artifact: Any) -> None:
            shutil.copy(artifact.resolve(), into / artifact.filename)
            progress.advance(task)

        with ThreadPoolExecutor(DOWNLOADS) as pool:
            try:
                list(pool.map(fetch, artifacts))
            except Exception as error:  # noqa: BLE001 - jgo lets through whatever its HTTP client raises
                raise _unreachable(error) from None


def _resolve() -> list[Any]:
    import jgo  # noqa: PLC0415 - slow to import, needed once

    try:
        # apart from each other: together, the binding's managed versions would displace those of the broker
        found = [*jgo.resolve(BROKER), jgo.resolve(BINDING)[0]]
    except Exception as error:  # noqa: BLE001 - jgo lets through whatever its HTTP client raises
        raise _unreachable(error) from None
    return [artifact for artifact in found if artifact.packaging == "jar"]


def _unreachable(error: Exception) -> UnreachableError:
    return UnreachableError(
        f"Maven Central cannot be reached for the broker's jars ({type(error).__name__}); go online once and say `make setup`"
    )


if __name__ == "__main__":
    try:
        classpath()
    except ChisoError as error:
        sys.exit(f"chiso: {error}")
