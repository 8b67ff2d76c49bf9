"""The live page's files: of two languages, of a size that can be read, and asking nobody."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from streams.live import FIELDS

FOLDER = Path(str(files("connectors"))) / "page"
SCRIPTS = sorted(FOLDER.glob("*.js"))
MOST_LINES = 150


def keys(name: str) -> dict[str, set[str]]:
    """Key → the keys inside it, of a catalogue."""
    text = (FOLDER / name).read_text()
    found: dict[str, set[str]] = {}
    nested = {
        key: set(re.findall(r"(?:^\s*|[{,]\s*)(\w+|\"\"): ", body))
        for key, body in re.findall(r"(\w+): \{((?:[^{}`]|`[^`]*`)*?)\}[,\n]", text)
    }
    for key in re.findall(r"(?:^  |, )(\w+): ", text, re.MULTILINE):
        found[key] = nested.get(key, set())
    return found


def test_both_languages_have_every_word() -> None:
    vi, en = keys("words_vi.js"), keys("words_en.js")
    assert len(vi) > 100
    assert vi == en


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_word_a_script_uses_is_in_the_catalogue(path: Path) -> None:
    known = keys("words_vi.js")
    used = set(re.findall(r"\bt\(\"(\w+)\"", path.read_text())) | set(re.findall(r"label\(\"(\w+)\"", path.read_text()))
    assert used <= set(known), used - set(known)


def test_every_count_that_can_be_pressed_says_what_it_means() -> None:
    pressed = {name for path in SCRIPTS for name in re.findall(r"(?:label|head)\(\"(\w+)\"", path.read_text())}
    assert pressed <= keys("words_vi.js")["means"], pressed
    assert {"overdue", "due_today", "due_soon", "waiting", "open"} <= set(FIELDS) & keys("words_vi.js")["means"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_load_only_each_other(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    assert all((FOLDER / name).is_file() for name in re.findall(r"from \"/page/([\w.]+)\"", text))
    assert re.findall(r"from \"(?!/page/)", text) == []
    assert "://" not in text
    assert "innerHTML" not in text


def test_nothing_runs_that_stands_in_the_page_itself() -> None:
    text = (FOLDER / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=\"/page/)", text) == []
    assert not re.search(r"<style|\bstyle=|\bon\w+=", text)
    assert [url for url in re.findall(r"(?:src|href)=\"([^\"]+)\"", text) if not url.startswith(("/page/", "data:", "#"))] == []
    for path in FOLDER.glob("*.css"):
        assert "url(" not in path.read_text()
        assert "@import" not in path.read_text()


def test_the_map_has_a_place_for_each_of_the_34_provinces_and_no_place_twice() -> None:
    text = (FOLDER / "tilemap.js").read_text()
    places = re.findall(r"(H\d\d): (\[\d+, \d+\])", text)
    units = (Path(str(files("connectors"))) / "units.csv").read_text().splitlines()
    provinces = {line.split(",")[0] for line in units if ",province," in line and line.rstrip().endswith(",,,")}
    assert len(provinces) == 34
    assert {code for code, _ in places} == provinces
    assert len({place for _, place in places}) == len(places) == 34
