"""The live page in a real browser, over a simulated province: what it shows, how soon, and what it says when something is missing."""

import json
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import httpx
import psutil
import pytest

from tests.connectors.test_national import BASE
from tests.system.browsing import DESKTOP, PHONE, asked, barriers, chromium, console, look, text, visible
from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
OVERDUE = "#tile-overdue b"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One province, its live stream ended: figures move only where a test moves them."""
    found = System(tmp_path_factory.mktemp("page") / "home")
    try:
        found.wait()
        chiso("simulate", "1", "--days", "8", "--for", "0", home=found.home)
        chiso("registry", "load", "units", home=found.home)
        found.drain(240)
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("browser") / "log") as driver:
        yield driver


def visit(browser: Any, system: System, link: str) -> None:
    """As if the link was typed."""
    browser.get("about:blank")
    browser.get(f"{system.addresses['http']}/{link}")


def send(system: System, number: str, **facts: Any) -> None:
    assert system.client.post("/v1/sync", json=[BASE | {"MaHoSo": number} | facts]).status_code == 202


def test_the_page_shows_the_room_drills_down_and_asks_nobody_else(system: System, browser: Any) -> None:
    visit(browser, system, "")
    until(lambda: text(browser, "#units tbody tr[data-unit=H01] .grade") not in ("", "–"), 10)
    assert text(browser, "h1") == "Cả nước (VN)"
    assert text(browser, "#as-of").startswith("Số liệu tính đến")
    assert text(browser, "#age").startswith("Cách đây")
    assert text(browser, ".map a[href='#/H01'] .grade") in {"Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu"}
    assert text(browser, ".map a[href='#/H44'] .grade") == "Chưa có dữ liệu"
    assert len(browser.execute_script("return [...document.querySelectorAll('.map .place')].map(one => one.style.gridArea)")) == 34
    browser.execute_script("document.querySelector('#units tr[data-unit=H01] a').click()")
    until(lambda: text(browser, "h1") == "UBND tỉnh An Giang (H01)", 10)
    until(lambda: "Sở Xây dựng" in text(browser, "#units"), 10)
    assert "Cấp xã" in text(browser, "main")
    browser.execute_script("document.querySelector('#language').click()")
    until(lambda: "Communes" in text(browser, "main"), 10)
    browser.execute_script("document.querySelector('#language').click()")
    urls = asked(browser)
    assert urls
    assert all(url.startswith((system.addresses["http"], "data:", "about:")) for url in urls)
    assert console(browser) == []


def test_what_a_figure_means_is_one_click_away(system: System, browser: Any) -> None:
    visit(browser, system, "#/H01/indicators")
    until(lambda: text(browser, "#indicators tr[data-indicator='2.1']"), 10)
    browser.execute_script("document.querySelector(\"#indicators tr[data-indicator='2.1'] .what\").click()")
    until(lambda: "hồ sơ giải quyết trước hạn, đúng hạn" in text(browser, "dialog[open]"), 10)
    assert "Tối đa 20 điểm" in text(browser, "dialog[open]")
    visit(browser, system, "#/H01")
    until(lambda: text(browser, "#tile-overdue .what"), 10)
    browser.execute_script("document.querySelector('#tile-overdue .what').click()")
    until(lambda: "0 giờ" in text(browser, "dialog[open]"), 10)


def test_lists_are_those_of_the_api_and_end_at_a_dossier(system: System, browser: Any) -> None:
    visit(browser, system, "#/H01/overdue")
    until(lambda: text(browser, "#dossiers-overdue tbody tr"), 10)
    rows = browser.execute_script("return [...document.querySelectorAll('#dossiers-overdue tbody tr')].map(one => one.dataset.dossier)")
    everything = [row["dossier"] for row in system.get("/v1/overdue", unit="H01")["items"]]
    assert rows == everything[:50]
    assert text(browser, "#tabs a[aria-current] .count") == f"{len(everything):,}".replace(",", ".")
    browser.execute_script("document.querySelector('#dossiers-overdue tbody a').click()")
    until(lambda: text(browser, "#verdict") == "Quá hạn", 10)
    assert text(browser, "h1") == rows[0]
    until(lambda: "UBND tỉnh An Giang" in text(browser, "#path"), 10)


def test_pages_of_the_due_list_make_the_whole_and_holders_add_up(system: System) -> None:
    whole = [row["dossier"] for row in system.get("/v1/due", unit="H01")["items"]]
    pages, cursor = [], None
    while True:
        page = system.get("/v1/due", unit="H01", limit=7, **({} if cursor is None else {"cursor": cursor}))
        pages += [row["dossier"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert pages == whole
    assert len(whole) > 7
    assert sum(row["overdue"] for row in system.get("/v1/holders", unit="H01")["items"]) == len(whole)
    assert system.client.get("/v1/due", params={"unit": "H99"}).status_code == 404
    assert system.client.get("/v1/due", params={"cursor": "x"}).status_code == 422
    assert system.client.get("/v1/due", params={"state": "late"}).status_code == 422


def test_a_dossier_sent_changes_the_page_within_a_second(system: System, browser: Any) -> None:
    """Of a unit that nobody knew: the page waits for it, and is not loaded anew."""
    visit(browser, system, "#/H44.07")
    until(lambda: text(browser, "#trouble").startswith("Không có đơn vị H44.07."), 10)
    browser.execute_script("window.same = true")
    took = []
    for number in range(1, 6):
        sent = time.monotonic()
        send(system, f"H44.07-20260803-{number:04}")
        until(lambda number=number: text(browser, OVERDUE) == str(number), 10, 0.02)
        took.append(time.monotonic() - sent)
    assert max(took[1:]) < 1.0, took
    assert not visible(browser, "#trouble")
    until(lambda: "H44.07-20260803-0005" in text(browser, "#late"), 15)
    assert browser.execute_script("return window.same")
    assert text(browser, "#tile-ratio .extra").endswith("mẫu số ≤ 3") is False
    assert console(browser) == []


def test_small_denominators_are_marked(system: System, browser: Any) -> None:
    send(system, "H44.08-20260803-0001")
    visit(browser, system, "#/H44.08")
    until(lambda: "mẫu số ≤ 3" in text(browser, "#tile-ratio .extra"), 10)


def test_the_stream_sends_what_changed_and_nothing_else(system: System) -> None:
    frames = islice(stream(system, "VN"), 40)
    whole = next(frame for frame in frames if "H44.07" in frame.get("rows", {}))
    assert whole["unit"]["unit"] == "VN"
    assert whole["rows"]["H44.07"]["overdue"] >= 1
    send(system, "H44.07-20260804-0001")
    changed = next(frame for frame in frames if frame.get("rows"))
    assert set(changed["rows"]) == {"H44.07"}, "nobody registered it, so it is nobody's"
    assert set(changed["rows"]["H44.07"]) <= {"overdue", "open", "received", "carried_over", "denominator"}
    quiet = next(frame for frame in frames if "rows" not in frame)
    assert set(quiet) == {"now", "known", "as_of", "complete", "state", "progress"}
    assert system.client.get("/v1/stream", params={"unit": "H99"}).status_code == 404


def stream(system: System, unit: str) -> Iterator[dict[str, Any]]:
    with httpx.stream("GET", f"{system.addresses['http']}/v1/stream", params={"unit": unit}, timeout=10) as answer:
        lines = answer.iter_lines()
        for line in lines:
            if line == "event: figure":
                yield json.loads(next(lines).removeprefix("data: "))


def test_links_to_what_is_not_there_say_so(system: System, browser: Any) -> None:
    for link in ("#/H99", "#/H99/overdue", "#nobody", "#/%E0%A4%A", f"#/{quote('<img src=x>', safe='')}"):
        visit(browser, system, link)
        until(lambda: text(browser, "#trouble").startswith("Không có đơn vị "), 10)
        assert browser.execute_script("return document.querySelectorAll('main img').length") == 0
    visit(browser, system, "#/dossier/H44.07-20200101-9999")
    until(lambda: text(browser, "#unknown").startswith("Không có hồ sơ H44.07-20200101-9999."), 10)
    visit(browser, system, "#/H44.07/nothing")
    until(lambda: text(browser, OVERDUE).isdecimal(), 10)
    visit(browser, system, "#H44.07")
    until(lambda: text(browser, OVERDUE).isdecimal(), 10)
    console(browser)


def test_keys_are_enough_and_what_has_the_focus_keeps_it(system: System, browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    visit(browser, system, "#/VN")
    until(lambda: text(browser, "#units tr[data-unit='H44.07']"), 10)
    browser.execute_script("document.querySelector(\"#units tr[data-unit='H44.07'] a\").focus()")
    cell = "#units tr[data-unit='H44.07'] td.overdue"
    before = text(browser, cell)
    send(system, "H44.07-20260804-0002")
    until(lambda: text(browser, cell) == str(int(before) + 1), 10)
    assert browser.execute_script("return document.activeElement.closest('tr').dataset.unit") == "H44.07"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(lambda: text(browser, "h1").endswith("(H44.07)") or text(browser, "h1") == "H44.07", 10)
    browser.find_element("id", "where").send_keys("H44.07-20260803-0001", Keys.ENTER)
    until(lambda: text(browser, "#verdict") == "Quá hạn", 10)


def test_no_barrier_is_serious(system: System, browser: Any) -> None:
    late = system.get("/v1/overdue", unit="H01", limit=1)["items"][0]["dossier"]
    links = {
        "": OVERDUE,
        "#/H01": "#late tbody tr",
        "#/H01/duties": "#duties tbody tr",
        "#/H01/indicators": "#indicators tbody tr",
        f"#/dossier/{late}": "#verdict",
    }
    for device in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            look(browser, device, scheme)
            for link, there in links.items():
                visit(browser, system, link)
                until(lambda there=there: text(browser, there), 10)
                assert barriers(browser) == [], (link, device, scheme)
    look(browser, DESKTOP, "light")


def test_the_page_says_when_nobody_answers_and_goes_on_by_itself(system: System, browser: Any) -> None:
    visit(browser, system, "#/H44.07")
    until(lambda: text(browser, OVERDUE).isdecimal(), 10)
    before = text(browser, OVERDUE)
    [serve] = system.children("serve")
    serve.suspend()
    try:
        until(lambda: text(browser, "#trouble").startswith("chiso không trả lời"), 15)
        assert "tính đến" in text(browser, "#trouble")
        assert text(browser, OVERDUE) == before
    finally:
        serve.resume()
    until(lambda: not visible(browser, "#trouble"), 20)


def test_a_store_that_is_away_or_was_emptied_shows_no_lower_figures(system: System, browser: Any) -> None:
    visit(browser, system, "#/H01")
    until(lambda: text(browser, OVERDUE) not in ("", "Chưa có dữ liệu"), 10)
    until(lambda: not visible(browser, "#partial"), 20)
    before = text(browser, OVERDUE)
    browser.execute_script(
        "window.seen = new Set(); new MutationObserver(() => seen.add(arguments[0]())).observe(document.querySelector('#tile-overdue'),"
        " {subtree: true, childList: true, characterData: true})".replace(
            "arguments[0]()", f"document.querySelector('{OVERDUE}').textContent"
        )
    )
    store = next(child for child in psutil.Process(system.process.pid).children(recursive=True) if "valkey" in child.name())
    store.suspend()
    try:
        until(lambda: text(browser, "#partial").startswith("Số liệu chưa đầy đủ"), 60)
        assert text(browser, OVERDUE) == before
    finally:
        store.resume()
    until(lambda: not visible(browser, "#partial"), 60)
    empty(system)
    until(lambda: text(browser, "#partial").startswith("Số liệu chưa đầy đủ"), 30)
    until(lambda: not visible(browser, "#partial"), 60)
    assert text(browser, OVERDUE) == before
    assert set(browser.execute_script("return [...seen]")) <= {before}


def empty(system: System) -> None:
    from redis import Redis

    Redis.from_url(system.addresses["redis"], protocol=2).flushall()
