"""A calendar that is read anew: when its file changes, not when it is broken; and the warnings of years nobody confirmed."""

import asyncio
import datetime as dt
import os
from pathlib import Path

import pytest

from indicators.errors import NotFoundError
from indicators.times import day_of
from indicators.workdays import Calendar
from streams import calendars
from streams.calendars import Calendars

TET = day_of(dt.date(2027, 2, 11))
NOVEMBER, DECEMBER = day_of(dt.date(2026, 11, 30)), day_of(dt.date(2026, 12, 1))
BEFORE = "[[year]]\nyear = 2027\nworking_days = [2027-02-11]\n"
AFTER = "[[year]]\nyear = 2027\nconfirmed = true\nsource = 'decree'\ndays_off = [2027-02-11]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "own.toml", BEFORE, 1)


def write(path: Path, text: str, second: int) -> Path:
    path.write_text(text)
    os.utime(path, (second, second))
    return path


def test_a_changed_file_takes_the_place_of_the_old(file: Path) -> None:
    found = Calendars(file)
    old = found.calendar
    assert old.is_workday(TET)
    assert not found.renewed()
    assert found.calendar is old
    write(file, AFTER, 2)
    assert found.renewed()
    assert not found.calendar.is_workday(TET)
    assert not found.renewed()


def test_a_broken_or_lost_file_leaves_the_calendar_and_is_said_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = Calendars(file)
    old = found.calendar
    write(file, "[[year]\n", 2)
    assert not found.renewed()
    assert not found.renewed()
    file.unlink()
    assert not found.renewed()
    assert found.calendar is old
    assert [record.message.split(" (")[0].rpartition("own.toml")[2] for record in caplog.records] == [
        " is no TOML with [[year]] tables; days off stay as they were",
        " cannot be read",
    ]
    write(file, AFTER, 3)
    assert found.renewed()


def test_without_a_file_of_ones_own_nothing_changes() -> None:
    assert not Calendars(None).renewed()


def test_a_file_that_was_never_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="CHISO_CALENDAR"):
        Calendars(tmp_path / "none.toml")


def test_an_unconfirmed_year_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    found = Calendars(None)
    found.warn(NOVEMBER)
    assert not caplog.records
    found.warn(DECEMBER)
    found.warn(DECEMBER)
    assert [record.message for record in caplog.records] == ["days off of 2027 are not confirmed; name a file that does in CHISO_CALENDAR"]


async def test_whoever_holds_the_calendar_is_given_the_new_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "EVERY_SECONDS", 0.01)
    found = Calendars(file)
    got: asyncio.Queue[Calendar] = asyncio.Queue()
    task = asyncio.create_task(found.run(lambda: NOVEMBER, got.put_nowait))
    write(file, AFTER, 2)
    taken = await asyncio.wait_for(got.get(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert taken is found.calendar
    assert not taken.is_workday(TET)
