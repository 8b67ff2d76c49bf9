"""DIR/2026-08/v1: versions of a month, written aside, made lasting, then put in place by one rename. What stands is never touched."""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from indicators.errors import ChisoError, NotFoundError, UsageError
from streams.press.order import Order, decode, encoded

MONTH = re.compile(r"\d{4}-\d{2}")
VERSION = re.compile(r"v([1-9]\d*)(-provisional)?")
PART = re.compile(r"\.v[1-9]\d*(-provisional)?\.part")
MANIFEST = "manifest.json"


class Folder:
    """A month's versions in DIR. Raises UsageError, NotFoundError, ChisoError: one sentence for whatever the disk refuses."""

    def __init__(self, top: Path, month: str) -> None:
        self._top, self._month = top, month
        self.path = top / month

    @contextlib.contextmanager
    def taken(self) -> Iterator["Folder"]:
        """Made where it is not there, and ours alone meanwhile."""
        made = not self._top.exists()
        with refused(self._top):
            self._top.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._top, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ChisoError(f"another publication is being written into {self._top}; wait until it is done") from None
            self._check()
            yield self
        finally:
            os.close(handle)
            for empty in (self.path, *([self._top] if made else [])):
                with contextlib.suppress(OSError):
                    empty.rmdir()

    def _check(self) -> None:
        """Nothing but publications may lie here."""
        with refused(self._top):
            foreign = [
                one.name for one in self._top.iterdir() if not one.name.startswith(".") and not (MONTH.fullmatch(one.name) and one.is_dir())
            ]
            inside = list(self.path.iterdir()) if self.path.exists() else []
            foreign += [f"{self._month}/{one.name}" for one in inside if not self._ours(one)]
            if not os.access(self.path if self.path.exists() else self._top, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if foreign:
            raise UsageError(f"{self._top} holds what is no publication ({min(foreign)}); name an empty folder, or one of publications")
        for one in inside:
            if PART.fullmatch(one.name):
                shutil.rmtree(one, ignore_errors=True)

    @staticmethod
    def _ours(one: Path) -> bool:
        return bool(PART.fullmatch(one.name)) or (bool(VERSION.fullmatch(one.name)) and manifest(one) is not None)

    def versions(self, *, provisional: bool) -> list[int]:
        """Those that stand, oldest first."""
        if not self.path.exists():
            return []
        found = (VERSION.fullmatch(one.name) for one in self.path.iterdir())
        return sorted(int(one[1]) for one in found if one is not None and bool(one[2]) == provisional)

    def of(self, version: int, *, provisional: bool) -> Path:
        """Where a version lies."""
        return self.path / f"v{version}{'-provisional' if provisional else ''}"

    def write(self, order: Order, files: Iterator[tuple[str, bytes]]) -> Path:
        """Puts a version in place, whole or not at all; gives its path."""
        target = self.of(order.version, provisional=order.provisional)
        part = self.path / f".{target.name}.part"
        noted: dict[str, dict[str, Any]] = {}
        try:
            with refused(self._top):
                part.mkdir(parents=True)
                for name, content in files:
                    _put(part / name, content)
                    noted[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                end = "-provisional" if order.provisional else ""
                _put(part / f"manifest{end}.json", encoded(msgspec.structs.replace(order, files=dict(sorted(noted.items())))))
                for folder, _, _ in os.walk(part):
                    _lasting(Path(folder))
                part.rename(target)
                _lasting(self.path)
                _lasting(self._top)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return target


def manifest(path: Path) -> Path | None:
    """The manifest of a version, None where there is none."""
    return next((one for one in (path / MANIFEST, path / "manifest-provisional.json") if one.is_file()), None)


def read(path: Path) -> Order:
    """What a version was made of. Raises NotFoundError."""
    found = manifest(path)
    if found is None:
        raise NotFoundError(f"{path} is no publication: it has no {MANIFEST}; name a version, such as DIR/2026-08/v1")
    try:
        return decode(found.read_bytes())
    except (OSError, ValueError) as error:
        raise NotFoundError(f"{found} cannot be read ({type(error).__name__}); the publication is damaged") from None


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _lasting(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def refused(path: Path) -> Iterator[None]:
    """What the disk refuses, in one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ChisoError(f"the disk of {path} is full; nothing was published, make room and publish again") from None
        if isinstance(error, (NotADirectoryError, FileExistsError)):
            raise UsageError(f"{path} is no folder; name another with --out") from None
        raise UsageError(f"{path} cannot be written to ({error.strerror}); name another folder with --out") from None
