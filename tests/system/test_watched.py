"""Two simulated provinces, watched by supervisors and by a browser on the live page; by Prometheus: test_queries.py."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.connectors.test_national import BASE
from tests.system.conftest import System, chiso
from tests.system.programs import found, until

pytestmark = [pytest.mark.broker, pytest.mark.redis]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("watched") / "home", "--simulate", "2").wait()
    system.drain(120)
    yield system
    system.stop()


def test_metrics_are_clean(simulated: System) -> None:
    program = found("prometheus", "promtool")
    for url in (simulated.addresses["metrics"], *simulated.addresses["workers"]):
        done = subprocess.run(
            [program, "check", "metrics"], input=httpx.get(url).text, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_supervisors_are_told_who_is_healthy(simulated: System) -> None:
    for url in (simulated.addresses["metrics"], *simulated.addresses["workers"]):
        assert chiso_healthy(url) == 0
    assert chiso_healthy("http://127.0.0.1:9/metrics") == 4
    assert chiso_healthy(f"{simulated.addresses['http']}/livez") == 1


def chiso_healthy(url: str) -> int:
    import sys

    return subprocess.run([sys.executable, "-m", "streams.cli", "healthy", url], capture_output=True, timeout=60, check=False).returncode


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = found("browser", "chromium", "google-chrome")
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1920,1080"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    log = tmp_path_factory.mktemp("browser") / "log"
    driver = webdriver.Chrome(options=options, service=Service(found("browser", "chromedriver"), log_output=str(log)))
    yield driver
    driver.quit()


def text(browser: Any, css: str) -> str:
    return str(browser.execute_script("const it = document.querySelector(arguments[0]); return it ? it.textContent : ''", css))


def test_the_page_shows_the_room_drills_down_and_asks_nobody_else(simulated: System, browser: Any) -> None:
    import json

    browser.get(simulated.addresses["http"] + "/")
    until(lambda: text(browser, "#units tbody tr[data-unit=H01]"), 10)
    assert text(browser, "h1") == "Cả nước (VN)"
    assert text(browser, "#as-of").startswith("Số liệu tính đến")
    browser.execute_script("document.querySelector('#units tr[data-unit=H01] a').click()")
    until(lambda: text(browser, "h1") == "UBND tỉnh An Giang (H01)", 10)
    assert "Sở Xây dựng" in text(browser, "#units")
    assert "Cấp xã" in text(browser, "#units")
    browser.execute_script("document.querySelector('#language').click()")
    until(lambda: "Communes" in text(browser, "#units"), 10)
    browser.execute_script("document.querySelector('#language').click()")
    browser.execute_script("location.hash = '#nobody'")
    until(lambda: text(browser, "#trouble") == "Không có đơn vị nobody.", 10)
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"]
    assert urls
    assert all(url.startswith((simulated.addresses["http"], "data:")) for url in urls)
    assert [entry for entry in browser.get_log("browser") if "404" not in entry["message"]] == []


def test_a_dossier_sent_changes_the_page_within_two_seconds(simulated: System, browser: Any) -> None:
    chiso("registry", "load", "units", home=simulated.home)
    browser.get(simulated.addresses["http"] + "/#H44.07")
    until(lambda: text(browser, "#trouble") == "Không có đơn vị H44.07.", 10)
    took = []
    for number in range(1, 6):
        sent = time.monotonic()
        answer = simulated.client.post("/v1/sync", json=[BASE | {"MaHoSo": f"H44.07-20260803-{number:04}"}])
        assert answer.status_code == 202
        until(lambda number=number: text(browser, "#tile-overdue b") == str(number) and f"-{number:04}" in text(browser, "#late"), 10, 0.02)
        took.append(time.monotonic() - sent)
    assert max(took) < 2.0, took


def test_the_page_says_when_nobody_answers(simulated: System, browser: Any, tmp_path: Path) -> None:
    browser.get(simulated.addresses["http"] + "/")
    until(lambda: text(browser, "#units tbody tr[data-unit=H01]"), 10)
    [serve] = simulated.children("serve")
    serve.suspend()
    try:
        until(lambda: text(browser, "#trouble").startswith("chiso không trả lời"), 15)
    finally:
        serve.resume()
    until(lambda: not browser.execute_script("return !document.querySelector('#trouble').hidden"), 15)
