"""A worker process of the room in which things break."""

import os
import sys
from typing import TYPE_CHECKING

from streams.failpoints import VARIABLE
from streams.servers.tether import Child

if TYPE_CHECKING:
    from tests.chaos.rig import Rig

PORTS = 19_400 + os.getpid() % 90 * 100  # a killed broker's port may not be taken by another room, whose log would be another one


class WrongError(AssertionError):
    """What stands is not what must stand."""


class Worker:
    """A worker process; `armed` names a fail point for its first life only."""

    def __init__(self, rig: "Rig", armed: str = "") -> None:
        rig.started += 1
        self.name = f"worker-{rig.started}"
        env = rig.env | {VARIABLE: armed} if armed else rig.env
        command = [
            sys.executable,
            "-m",
            "streams.cli",
            "worker",
            "--home",
            str(rig.home),
            "--metrics-port",
            str(PORTS + 20 + rig.started % 70),
        ]
        self.child = Child(self.name, command, rig.home / "logs" / f"{self.name}.log", env)

    @property
    def pid(self) -> int:
        return self.child.process.pid

    def last_words(self) -> str:
        """Why it ended itself: what it called critical, and the last line of a traceback that follows."""
        lines = self.child.said().splitlines()
        found = [number for number, line in enumerate(lines) if " CRITICAL " in line]
        return " | ".join([*(lines[number] for number in found[-1:]), self.child.tail()])
