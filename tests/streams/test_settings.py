"""Settings, topology and keys agree with what is written about them."""

from pathlib import Path

import pytest

from indicators.errors import UsageError
from streams import addresses, clock, settings_page
from streams.admin import count
from streams.settings import load
from streams.store.keys import Keys, month_field
from streams.topology import (
    CHANGES,
    CURRENT,
    EVENTS,
    FEW,
    NOTICES,
    OVERDUE,
    PETITIONS,
    PROCEDURES,
    PUBLICATIONS,
    REGISTRY,
    REJECTED,
    SYNC,
    TOPICS,
)


def test_the_page_of_settings_is_the_one_the_settings_give() -> None:
    assert settings_page.PATH.read_text() == settings_page.text(), "say: python -m streams.settings_page"


def test_given_goes_before_environment_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chiso.toml").write_text("partitions = 3\ngroup = 'file'\nunit = 'H44'\n")
    monkeypatch.setenv("CHISO_GROUP", "environment")
    monkeypatch.setenv("CHISO_UNIT", "H45")
    found = load(unit="H46", bind=None)
    assert (found.partitions, found.group, found.unit, found.bind) == (3, "environment", "H46", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CHISO_PARTITONS", "3", "CHISO_PARTITIONS"),
        ("CHISO_QQQQQQQQQQQQ", "1", "docs/settings.md"),
        ("CHISO_HTTP_PORT", "x", "CHISO_HTTP_PORT"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=says):
        load()


def test_a_mistake_in_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chiso.toml").write_text("colour = 'red'\n")
    with pytest.raises(UsageError, match="colour"):
        load()


def test_addresses_come_from_settings_then_the_running_system_then_defaults(tmp_path: Path) -> None:
    assert addresses.resolve(load(home=tmp_path)) == addresses.Addresses()
    addresses.write(tmp_path, addresses.Addresses(kafka="k:1", redis="redis://r:1/0", http="http://h:1", workers=("w",), pid=7))
    found = addresses.resolve(load(home=tmp_path, redis="redis://mine:1/0"))
    assert (found.kafka, found.redis, found.http, found.workers, found.pid) == ("k:1", "redis://mine:1/0", "http://h:1", ("w",), 7)
    addresses.path(tmp_path).write_text("{")
    assert addresses.read(tmp_path) is None


def test_a_test_clock_runs_on_from_where_it_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_NOW", "2026-08-13T07:30:00+07:00")
    clock._shift.cache_clear()
    try:
        assert -1 <= clock.now() - 1_786_581_000 < 60
    finally:
        clock._shift.cache_clear()


def test_topics_and_keys() -> None:
    settings = load(partitions=5)
    counts = {topic.name: count(topic, settings) for topic in TOPICS}
    assert counts == {SYNC: 5, EVENTS: 5, REGISTRY: 1, REJECTED: 1} | dict.fromkeys(
        (PETITIONS, PROCEDURES, CURRENT, CHANGES, PUBLICATIONS, OVERDUE, NOTICES), FEW
    )
    kept = {topic.name: int(topic.config["retention.ms"]) // 86_400_000 for topic in TOPICS}
    assert (kept[EVENTS], kept[SYNC], kept["chiso.events.rejected.v1"]) == (-1, 7, 30)
    keys = Keys(7)
    assert (keys.position, keys.rows("day", "H44.07")) == ("{p7}:position", "{p7}:day:H44.07")
    assert month_field("2026-08", "land") == "2026-08 land"
