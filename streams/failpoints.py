"""Named places where tests break things: one at each await between fetching and sending. Off, and next to free, in production.

`CHISO_FAILPOINTS=NAME:ACTION[:COUNT]` (several by commas) arms them in a child process: when NAME is reached for the COUNT-th time, ACTION happens:
`kill` (as by -9), `stop` (as by SIGSTOP; whoever tests lets it go on), `hang` (never comes back), `lose` (what was asked may have happened, but its answer is lost).
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable

from streams.store.store import StoreDownError

VARIABLE = "CHISO_FAILPOINTS"
POINTS = (
    "consumer.fetched",
    "agent.handed",
    "pump.received",
    "take.begun",
    "take.claimed",
    "take.extent_known",
    "take.checked",
    "take.resumed",
    "take.sought",
    "windows.decoded",
    "windows.loaded",
    "windows.folded",
    "windows.ready",
    "normalise.read",
    "normalise.queued",
    "normalise.acknowledged",
    "apply.before",
    "apply.after",
    "apply.remembered",
    "settle.known",
    "timers.read",
    "timers.looked",
    "timers.fired",
    "outbox.read",
    "outbox.queued",
    "outbox.acknowledged",
    "outbox.cleared",
)

hook: Callable[[str], None] | None = None


def reach(name: str) -> None:
    """Says that the code is here."""
    if hook is not None:
        hook(name)


def arm(text: str | None) -> None:
    """Arms what a variable says; None or '' disarms. Raises ValueError."""
    global hook  # noqa: PLW0603 - the one switch
    hook = _Armed(text) if text else None


class _Armed:
    def __init__(self, text: str) -> None:
        self._reached: Counter[str] = Counter()
        self._wanted: dict[str, tuple[str, int]] = {}
        for one in text.split(","):
            name, action, *count = one.split(":")
            if name not in POINTS or action not in ("kill", "stop", "lose", "hang"):
                raise ValueError(f"{one!r} is no NAME:ACTION[:COUNT]; names are {', '.join(POINTS)}")
            self._wanted[name] = action, int(count[0]) if count else 1

    def __call__(self, name: str) -> None:
        action, count = self._wanted.get(name, ("", 0))
        if not action:
            return
        self._reached[name] += 1
        if self._reached[name] != count:
            return
        if action == "lose":
            raise StoreDownError(f"the answer was lost at {name}")
        if action == "hang":
            time.sleep(1e6)
        os.kill(os.getpid(), signal.SIGKILL if action == "kill" else signal.SIGSTOP)
