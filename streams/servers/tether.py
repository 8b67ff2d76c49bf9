"""Child processes that never outlive us: they are ended with us, and die with us even when we are killed with -9."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    """Runs in the child, before its program. The signal is tied to the parent's *thread*, so children are started from the main one."""
    os.setpgid(0, 0)  # Ctrl-C at the terminal reaches us alone; we end the children in order
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One child process, its output in a log file; without one its messages are ours."""

    def __init__(self, name: str, command: Sequence[str], log: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._env = None if env is None else {**os.environ, **env}
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        if self.log is None:
            return self._popen(subprocess.DEVNULL, None)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            return self._popen(out.fileno(), subprocess.STDOUT)

    def _popen(self, out: int, err: int | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=self._env,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads of ours hold locks here
        )

    def again(self) -> None:
        """Starts anew what has ended."""
        self.process = self._start()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def said(self) -> str:
        """All of its log."""
        return self.log.read_text(errors="replace").strip() if self.log is not None and self.log.exists() else ""

    def tail(self) -> str:
        """The last line of its log, for an error message."""
        return (self.said().splitlines() or ["it wrote nothing"])[-1]


def end(children: Iterable[Child], patience: float = 4.0) -> None:
    """SIGTERM to all at once, SIGKILL to those still there after `patience` seconds."""
    running = [child for child in children if child.alive]
    for child in running:
        child.process.terminate()
    deadline = time.monotonic() + patience
    for child in running:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def removed_with_us(path: Path) -> "subprocess.Popen[bytes]":
    """A file that is gone once we are, even when we are killed with -9: a shell waits for the end of a pipe that only we hold open."""
    return subprocess.Popen(  # noqa: S603 - our own command
        ["/bin/sh", "-c", 'cat >/dev/null; rm -f "$0"', str(path)], stdin=subprocess.PIPE, start_new_session=True
    )
