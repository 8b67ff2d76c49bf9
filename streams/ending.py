"""How a process that was told to end does so while it has not begun: at once, and in order."""

import signal
import sys

BUG = 70  # the exit code of a process that ended itself, so that whoever supervises starts a new one


def at_once() -> None:
    """From now on SIGTERM ends the process with exit code 0, until whoever begins sets a handler of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
