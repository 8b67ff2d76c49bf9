"""Letters and the calendar on a running system, on a day in December when the next year's days off are not decided yet."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest

from tests.system.conftest import System, chiso
from tests.system.programs import until

pytestmark = [pytest.mark.broker, pytest.mark.redis]
CONFIRMED = "[[year]]\nyear = 2027\nconfirmed = true\nsource = 'decree'\n"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("duty")
    (folder / "own.toml").write_text(CONFIRMED.replace("true", "false"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHISO_NOW", "2026-12-02T09:00:00+07:00")
        patch.setenv("CHISO_CALENDAR", str(folder / "own.toml"))
        found = System(folder / "home", "--ingest", "sample", "--map", "service-requests").wait()
        found.drain()
        yield found
        found.stop()


@pytest.fixture
def late(system: System) -> dict[str, Any]:
    """An overdue dossier."""
    found: dict[str, Any] = system.get("/v1/overdue", limit=1)["items"][0]
    return found


def test_a_letter_is_drafted_as_page_document_and_parts(system: System, late: dict[str, Any], tmp_path: Path) -> None:
    number = late["dossier"]
    done = chiso("letter", number, "--json", home=system.home)
    parts = json.loads(done.stdout)
    rows = dict(map(tuple, parts["rows"]))
    assert f"chậm {late['working_days_late']} ngày làm việc" in rows["Tình trạng hồ sơ"]
    assert (parts["number"], parts["owed"]) == (number, True)
    chiso("letter", number, "--out", tmp_path / "letter.docx", home=system.home)
    chiso("letter", number, "--out", tmp_path / "letter.html", home=system.home)
    page = (tmp_path / "letter.html").read_text("utf-8")
    document = docx.Document(io.BytesIO((tmp_path / "letter.docx").read_bytes()))
    assert number in page
    assert [cell.text for cell in document.tables[1].columns[1].cells] == list(rows.values())
    shown = chiso("letter", number, home=system.home)
    assert "DỰ THẢO" in shown.stdout
    assert "Chưa ghi nhận mã lý do." in shown.stderr


def test_a_letter_that_cannot_be_is_refused(system: System, late: dict[str, Any], tmp_path: Path) -> None:
    assert "is not known" in chiso("letter", "nobody", home=system.home, check=3).stderr
    assert ".docx" in chiso("letter", late["dossier"], "--out", tmp_path / "letter.pdf", home=system.home, check=2).stderr
    assert "cannot be written" in chiso("letter", late["dossier"], "--out", tmp_path / "no" / "a.html", home=system.home, check=1).stderr
    assert system.client.get(f"/v1/letter/{late['dossier']}?format=pdf").status_code == 422


def test_a_page_of_a_letter_may_fetch_nothing(system: System, late: dict[str, Any]) -> None:
    answer = system.client.get(f"/v1/letter/{late['dossier']}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "attachment" in system.client.get(f"/v1/letter/{late['dossier']}?format=docx").headers["content-disposition"]


def test_an_unconfirmed_year_is_named_until_a_file_confirms_it(system: System) -> None:
    def metric() -> set[str]:
        return {line for line in httpx.get(system.addresses["metrics"]).text.splitlines() if line.startswith("chiso_calendar_unconfirmed{")}

    assert system.get("/readyz")["calendar"] == {"unconfirmed": [2027]}
    assert system.get("/v1/overview")["calendar"] == {"unconfirmed": [2027]}
    until(lambda: metric() == {'chiso_calendar_unconfirmed{year="2026"} 0.0', 'chiso_calendar_unconfirmed{year="2027"} 1.0'}, 20)
    (system.home.parent / "own.toml").write_text(CONFIRMED)
    until(lambda: system.get("/readyz")["calendar"] == {"unconfirmed": []}, 60)
    until(lambda: 'chiso_calendar_unconfirmed{year="2027"} 0.0' in metric(), 20)
