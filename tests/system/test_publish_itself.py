"""Where a folder is named, the last month is published once its version is cut."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.conftest import System

pytestmark = [pytest.mark.broker, pytest.mark.redis]


def test_publishes_by_itself_once_the_month_is_cut(up: Callable[..., System], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHISO_NOW", "2011-04-07T08:00:00+07:00")
    monkeypatch.setenv("CHISO_PUBLISH__OUT", str(tmp_path / "out"))
    found = up("--ingest", "sample", "--map", "service-requests")
    deadline = time.monotonic() + 120
    while not list((tmp_path / "out").glob("2011-03/v1/manifest.json")):
        assert time.monotonic() < deadline, (found.home / "logs" / "serve-1.log").read_text()[-2000:]
        time.sleep(0.2)
    version = tmp_path / "out" / "2011-03" / "v1"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["2011-03"]  # the months before are nobody's wish
    assert json.loads((version / "internal" / "publication.json").read_bytes())["month"] == "2011-03"
