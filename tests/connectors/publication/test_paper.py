"""What a real Chromium prints of the pages: one sheet of brief, heads on every sheet, no row cut in two."""

import base64
import io
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from connectors.publication.html import render
from connectors.publication.words import load
from tests.bulletins import bulletin
from tests.conftest import missing
from tests.system.programs import found

A4 = (595, 842)  # points


def run(page: Any) -> str:
    """What is on a sheet without its spaces: where letters come from two fonts, a reader sees spaces that are none."""
    return "".join(page.extract_text().split())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Prints a page of the internal edition as its own style asks for."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    folder = tmp_path_factory.mktemp("pages")
    for name, page in render(bulletin(units=160, late=400, provisional=True), load("vi")).items():
        (folder / name).write_bytes(page)
    options = Options()
    options.binary_location = found("browser", "chromium", "google-chrome")
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    driver = webdriver.Chrome(options=options, service=Service(found("browser", "chromedriver"), log_output=str(folder / "log")))

    def page(key: str) -> PdfReader:
        driver.get((folder / f"2026-08-v1-provisional-{key}.html").as_uri())
        options = {"preferCSSPageSize": True, "printBackground": True}
        return PdfReader(io.BytesIO(base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", options)["data"])))

    yield page
    driver.quit()


def test_the_brief_is_one_sheet_of_a4(printed: Any) -> None:
    narrow = subprocess.run([found("browser", "fc-match"), "Times New Roman", "family"], capture_output=True, text=True, check=True).stdout
    if not narrow.startswith(("Liberation", "Times", "Tinos")):
        missing("browser", "no letters as narrow as those of Times New Roman; Debian has them in fonts-liberation")
    reader = printed("brief")
    assert len(reader.pages) == 1
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == A4


def test_heads_and_marks_stand_on_every_sheet_and_every_row_on_one(printed: Any) -> None:
    texts = [run(page) for page in printed("late_dossiers").pages]
    assert len(texts) > 5
    rows = [str(row[1]) for row in bulletin(units=160, late=400).table("late_dossiers").rows]
    for number, text in enumerate(texts, 1):
        assert "Ngàyhẹntrả" in text
        assert text.count("tạmtính") == 2, "above the heads, and at the foot"
        assert f"{number}/{len(texts)}" in text
    assert [sum(row in text for text in texts) for row in rows] == [1] * len(rows)
    for text in texts:  # what a sheet has of a row it has whole: as many days of reception as dossiers
        assert text.count("01/07/2026") == sum(row in text for row in rows)
        assert text.count("22/07/2026") == sum(row in text for row in rows)


def test_a_wide_table_is_printed_on_its_side(printed: Any) -> None:
    pages = printed("form_06a_units").pages
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == A4[::-1]
    assert all("Trựctuyến" in run(page) for page in pages[:-1])
