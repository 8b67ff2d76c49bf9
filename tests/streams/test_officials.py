"""Officials, settings and addresses through a real registry topic, by the commands people type."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indicators.errors import InvalidDataError, UsageError
from indicators.settings_of_units import setting
from streams import admin, cli, settings
from streams.registry import RegistryFollower

pytestmark = pytest.mark.broker
DAY = 20_700  # 2026-09-04
OFFICIALS = """code,name,unit,valid_from,valid_to
u-1,Trần Thị Mẫu,H44.01,,2026-07-31
u-1,Trần Thị Mẫu,H44.02,2026-08-01,
CB07,Lê Văn Thử,H44.01,,
"""


@pytest.fixture
def chiso(kafka: str, monkeypatch: pytest.MonkeyPatch):
    admin.ensure_topics(kafka, settings.Settings(partitions=5))
    monkeypatch.setenv("CHISO_KAFKA", kafka)
    runner, app = CliRunner(), cli.build()

    def call(*words: str | Path) -> tuple[str, str]:
        done = runner.invoke(app, list(map(str, words)))
        if done.exception is not None:
            raise done.exception
        return done.stdout, done.stderr

    return call


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_officials_are_loaded_once_and_listed_with_all_their_days(chiso, tmp_path: Path) -> None:
    file = write(tmp_path, "officials.csv", OFFICIALS)
    assert chiso("officials", "load", file)[1] == "officials.csv: 2 new, 0 changed, 0 as they were\n"
    assert chiso("officials", "load", file)[1] == "officials.csv: 0 new, 0 changed, 2 as they were\n"
    assert json.loads(chiso("officials", "list", "--json")[0])["items"] == [
        {"code": "CB07", "name": "Lê Văn Thử", "unit": "H44.01", "valid_from": None, "valid_to": None},
        {"code": "u-1", "name": "Trần Thị Mẫu", "unit": "H44.01", "valid_from": None, "valid_to": "2026-07-31"},
        {"code": "u-1", "name": "Trần Thị Mẫu", "unit": "H44.02", "valid_from": "2026-08-01", "valid_to": None},
    ]
    assert "01/08/2026" in chiso("officials", "list")[0]


def test_each_file_has_its_own_command(chiso, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="chiso officials load"):
        chiso("registry", "load", write(tmp_path, "officials.csv", OFFICIALS))
    with pytest.raises(InvalidDataError, match="it needs the columns code, name, unit"):
        chiso("officials", "load", write(tmp_path, "sectors.csv", "code,name\nLV1,Đất đai\n"))
    with pytest.raises(InvalidDataError, match="line 3: official u-1 has another line"):
        chiso("officials", "load", write(tmp_path, "twice.csv", "code,name,unit\nu-1,A,H44\nu-1,B,H44\n"))


async def test_settings_and_addresses_are_followed(chiso, kafka: str, tmp_path: Path) -> None:
    files = {
        "settings.csv": "unit,name,value\nH44,due_soon_days,3\n",
        "addresses.csv": "unit,sink,to,kinds\nH44,email,mot.cua@phutho.example,digest\n",
        "officials.csv": OFFICIALS,
    }
    for name, text in files.items():
        command = "officials" if name == "officials.csv" else "registry"
        await asyncio.to_thread(chiso, command, "load", write(tmp_path, name, text))
    follower = RegistryFollower(kafka)
    task = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(20):
            while not (follower.registry.addresses("H44", DAY) and follower.registry.official("u-1", DAY)):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert setting(follower.registry, ["H44.07", "H44"], "due_soon_days", DAY) == 3
    assert [one.to for one in follower.registry.addresses("H44", DAY)] == ["mot.cua@phutho.example"]
    assert follower.registry.addresses("H44.07", DAY) == []
