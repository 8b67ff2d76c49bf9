"""`chiso ingest --dry-run` shows what a file would become, and leaves nothing behind."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli import build

MAPPING = """
source = "land"
dossier = "n"
event = [{ type = "received", at = "t", facts = { unit = "u", official = "o" } }]
"""


def test_names_are_pseudonyms_of_a_key_nobody_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("CHISO_HOME", str(home))
    (tmp_path / "own.toml").write_text(MAPPING)
    (tmp_path / "own.csv").write_text("n,t,u,o\n1,2026-08-03,H44,Nguyễn Văn An\n2,2026-08-03,H44,admin\n")
    answer = CliRunner().invoke(build(), ["ingest", str(tmp_path / "own.csv"), "--map", str(tmp_path / "own.toml"), "--dry-run"])
    assert answer.exit_code == 0
    first, second = (json.loads(line)["official"] for line in answer.stdout.splitlines() if line.startswith("{"))
    assert first.startswith("u-")
    assert second == "admin"
    assert not home.exists()
