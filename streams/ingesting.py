"""The files of `chiso up --ingest`: sent one after another by a child, once each, with their state in `home/ingest.json` for `drain`."""

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from connectors import mapping as mappings
from connectors.mapping_model import Mapping
from connectors.table import Table
from indicators.errors import InvalidDataError
from streams.ingest import path_of
from streams.servers.tether import Child

STATUS = "ingest.json"
DONE = "ingested.json"
SENT_CODES = (0, 6)
UNREACHABLE_CODE = 4


def read_status(home: Path) -> dict[str, object] | None:
    """What `chiso up` says about its files, or None where it was given none."""
    try:
        found: dict[str, object] = json.loads((home / STATUS).read_text())
    except (OSError, ValueError):
        return None
    return found


def _write(path: Path, content: object) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(content))
    draft.replace(path)


def _content(path: Path, mapping: str) -> str:
    """What makes a file the same file: its bytes, and the mapping they are read by."""
    found = hashlib.sha256(mapping.encode())
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


@dataclass(slots=True)
class Queue:
    """Files still to be sent. Made before anything starts: raises UsageError, NotFoundError, InvalidDataError."""

    home: Path
    mapping: str
    files: dict[str, str] = field(default_factory=dict)  # path → pending, sending, sent, failed
    error: str | None = None
    speed: float | None = None
    _child: Child | None = None

    @classmethod
    def of(cls, home: Path, names: list[str], mapping: str | None, speed: float | None) -> "Queue":
        """Looks at every file first. Those sent before, byte for byte, are not sent again."""
        queue = cls(home, mapping or "", speed=speed)
        if names:
            chosen = mappings.load(queue.mapping)
            done = queue._done()
            for name in names:
                path = path_of(name)
                _check(path, chosen)
                queue.files[str(path.resolve())] = "sent" if _content(path, queue.mapping) in done else "pending"
        return queue

    def save(self) -> None:
        """Writes `ingest.json`, whole or not at all."""
        _write(self.home / STATUS, {"files": self.files, "error": self.error})

    def _done(self) -> list[str]:
        try:
            found: list[str] = json.loads((self.home / DONE).read_text())
        except (OSError, ValueError):
            return []
        return found

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to send."""
        return all(state in ("sent", "failed") for state in self.files.values())

    @property
    def children(self) -> list[Child]:
        """The child at work, if there is one."""
        return [self._child] if self._child is not None else []

    def step(self, tell: Callable[[str], None]) -> None:
        """Starts the next file where none is under way; notes what became of the last, and tells what it said."""
        if self._child is None:
            following = next((path for path, state in self.files.items() if state == "pending"), None)
            if following is not None:
                self._set(following, "sending")
                speed = ["--speed", str(self.speed)] if self.speed else []
                command = [
                    sys.executable,
                    "-m",
                    "streams.cli",
                    "ingest",
                    following,
                    "--map",
                    self.mapping,
                    "--home",
                    str(self.home),
                    *speed,
                ]
                log = self.home / "logs" / "ingest.log"
                log.unlink(missing_ok=True)
                self._child = Child("ingest", command, log)
        elif not self._child.alive:
            tell(self._child.said())
            self._note(self._child.process.returncode)
            self._child = None

    def _note(self, code: int) -> None:
        path = next(path for path, state in self.files.items() if state == "sending")
        if code in SENT_CODES:
            self._set(path, "sent")
            _write(self.home / DONE, [*self._done(), _content(Path(path), self.mapping)])
        elif code == UNREACHABLE_CODE:
            self._set(path, "pending")  # the broker was away; nothing counts twice
        else:
            self.error = f"{path} was not sent: `chiso ingest` ended with {code}"
            self._set(path, "failed")

    def _set(self, path: str, state: str) -> None:
        self.files[path] = state
        self.save()


def _check(path: Path, mapping: Mapping) -> None:
    header = Table(path, mapping.delimiter).header
    missing = [column for column in mapping.columns() if column not in header]
    if missing:
        raise InvalidDataError(f"{path.name} lacks the column {missing[0]!r} of mapping {mapping.name}; it has {', '.join(header)}")
