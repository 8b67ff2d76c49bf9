"""What a long-running process says on stderr: ours from INFO on, others' from WARNING on, and nobody the same thing hundreds of times.

A broker that is away for a minute makes the clients of Kafka write ten thousand lines, among which the one that matters is lost.
"""

import logging
import re
import sys
import time
from collections.abc import Callable

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
EVERY = 10.0  # seconds between lines that say the same
KINDS = 1000  # remembered at once
_NUMBERS = re.compile(r"\d+")


class Calm(logging.Filter):
    """Lets a line pass if none like it passed within `EVERY` seconds; the next one says how many were held back. CRITICAL always passes.

    Numbers do not make a line of others another one; of ours they do: which partition it is matters.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._passed: dict[tuple[str, str], tuple[float, int]] = {}  # of each kind: when the last one passed, held back since

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.CRITICAL:
            return True
        said = record.getMessage()
        kind = record.name, said if record.name.startswith("chiso") else _NUMBERS.sub("#", said)
        now = self._now()
        last, held = self._passed.get(kind, (now - EVERY, 0))
        if now - last < EVERY:
            self._passed[kind] = last, held + 1
            return False
        if len(self._passed) >= KINDS:
            self._passed.clear()
        self._passed[kind] = now, 0
        if held:
            record.msg, record.args = f"{said} (and {held} times more in the {now - last:.0f} s before)", None
        return True


def to_stderr() -> None:
    """Sets up the process' log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Calm())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format=FORMAT, force=True)
    logging.getLogger("chiso").setLevel(logging.INFO)
