"""A headless Chromium, and what tests ask of a page in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.system.programs import found

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
DESKTOP, PHONE = (1440, 900, False), (390, 844, True)
SERIOUS = {"serious", "critical"}


@contextmanager
def chromium(log: Path) -> Iterator[Any]:
    """A browser that keeps what the console and the network said."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = found("browser", "chromium", "google-chrome")
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(found("browser", "chromedriver"), log_output=str(log)))
    try:
        yield driver
    finally:
        driver.quit()


def text(browser: Any, css: str) -> str:
    """What stands in the first element; empty where there is none."""
    return str(browser.execute_script("const it = document.querySelector(arguments[0]); return it ? it.textContent : ''", css))


def visible(browser: Any, css: str) -> bool:
    return bool(browser.execute_script("const it = document.querySelector(arguments[0]); return Boolean(it) && !it.hidden", css))


def look(browser: Any, device: tuple[int, int, bool], scheme: str) -> None:
    """As on a device of this width and height, in light or dark."""
    width, height, phone = device
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def barriers(browser: Any) -> list[str]:
    """What axe finds serious or critical."""
    if not browser.execute_script("return Boolean(window.axe)"):
        browser.execute_script(AXE.read_text())
    found = browser.execute_async_script("axe.run({resultTypes: ['violations']}).then(arguments[arguments.length - 1])")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"] if one["impact"] in SERIOUS]


def asked(browser: Any) -> list[str]:
    """Addresses the page asked since this was asked last."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def console(browser: Any) -> list[str]:
    """What the console said since this was asked last."""
    return [entry["message"] for entry in browser.get_log("browser")]
