"""`chiso healthy`: for supervisors, such as compose or Kubernetes."""

import re
from typing import Annotated

import typer

AGE = 60.0
_PROGRESS = re.compile(r"^chiso_(?:worker_progress|figures)_timestamp_seconds (\S+)$", re.MULTILINE)


def healthy(
    metrics: Annotated[str, typer.Argument(metavar="URL", help="metrics of a worker or of serve")] = "http://127.0.0.1:9766/metrics",
    age: Annotated[float, typer.Option(metavar="SECONDS", help="how long ago the last progress may be", min=1)] = AGE,
) -> None:
    """End with 0 where a worker or serve made progress (is caught up, or moves on), with 1 where it stands still, 4 where it does not answer."""
    import httpx

    from indicators.errors import ChisoError, UnreachableError
    from streams import clock

    try:
        found = _PROGRESS.search(httpx.get(metrics, timeout=5).raise_for_status().text)
    except httpx.HTTPError:
        raise UnreachableError(f"nothing answers at {metrics}; is the process running?") from None
    if found is None:
        raise ChisoError(f"what answers at {metrics} is no worker and no serve of chiso")
    passed = clock.now() - float(found[1])
    if passed > age:
        raise ChisoError(f"no progress for {passed:.0f} s; see its log, and /readyz of serve for halted partitions")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(healthy)
