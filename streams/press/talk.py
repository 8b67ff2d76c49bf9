"""Progress on stderr, once it takes longer than two seconds."""

import sys
import time

PATIENCE, EVERY = 2.0, 1.0


class Talk:
    """Called with what is done next."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._began, self._patience = time.monotonic(), patience
        self._said = 0.0

    def __call__(self, what: str) -> None:
        passed = time.monotonic() - self._began
        if passed > max(self._patience, self._said + EVERY):
            self._said = passed
            sys.stderr.write(f"chiso: {passed:.0f} s, {what}\n")
