"""The morning digest through holidays, worked Saturdays and restarts, on a real store and mailed to a local server."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from connectors import digest_text
from connectors.mail import Mail, Server, message_id
from connectors.message import Message
from connectors.metrics import serve_metrics
from connectors.reference import calendar
from indicators.errors import UnreachableError
from indicators.times import VIETNAM
from streams.delivery import post
from streams.delivery.entry import Address, Entry
from streams.delivery.mailbox import Mailbox
from streams.delivery.morning import Lists, Morning, Room
from streams.delivery.post import Pace
from tests.streams.receivers import Post, Registered

pytestmark = pytest.mark.redis
TO = {"H44.07": "so@tinh.gov.vn", "H44": "tinh@tinh.gov.vn"}


def row(number: int, unit: str, late: int) -> dict[str, Any]:
    return {"dossier": f"{unit}-{number:03}", "unit": unit, "due_at": "2026-01-05T17:00:00+07:00", "working_days_late": late}


class Figures:
    """Twelve overdue and one due soon in a department of a province, one overdue elsewhere."""

    current = True
    away = False

    def unit(self, code: str, _day: int) -> dict[str, Any]:
        return {"unit": code, "name": {"H44.07": "Sở Xây dựng"}.get(code, code)}

    def above(self, unit: str, _day: int) -> Sequence[str]:
        return ("H44", "VN") if unit == "H44.07" else ("VN",)

    async def overdue(self, within: int) -> list[dict[str, Any]]:
        assert within == 2
        if self.away:
            raise UnreachableError("the store is away")
        return [*(row(number, "H44.07", 12 - number) for number in range(12)), row(77, "H44.07", 0), row(99, "H01.05", 3)]

    async def card(self, unit: str) -> dict[str, Any] | None:
        names = "received carried_over finished finished_early finished_on_time finished_late open open_in_time open_overdue waiting"
        counts = {name: 1000 + place for place, name in enumerate(names.split())}
        card = {"total": 81.25, "grade": "Tốt", "rank": {"place": 3, "of": 20}, "counts": counts, "period": {"id": "2026-01"}}
        return None if unit == "H44" else {**card, "as_of": "2026-01-05T07:29:58+07:00", "complete": True, "indicators": [1]}


async def owed(_unit: str) -> int:
    return 4


class Rig:
    """Mornings whose clock is an argument; a message is sent as soon as it waits."""

    def __init__(self, valkey: str, server: Post) -> None:
        self.client = Redis.from_url(valkey, protocol=2)
        self.server, self.figures, self.woken, self.time = server, Figures(), 0, 0.0
        self.restart()

    def restart(self) -> None:
        self.box = Mailbox(self.client)
        room = Room(self.figures, Lists(apologies=owed), self.addresses, self.units, lambda: calendar(None), lambda _to: False, self.wake)
        self.morning = Morning(self.box, room, self.wait, lambda: self.time)
        sinks = {"email": Mail(Server("127.0.0.1", self.server.port, "chiso@tinh.gov.vn"))}
        desk = post.Desk(self.write, lambda _to, _entry: True, lambda: True, lambda: self.time)
        self.sender = post.Post(self.box, sinks, desk, serve_metrics(CollectorRegistry()), Pace(look=0.02))

    def wake(self) -> None:
        self.woken += 1

    async def wait(self) -> None: ...

    def units(self) -> Iterable[str]:
        return [*TO, "H01"]

    def addresses(self, unit: str, _day: int) -> Sequence[Registered]:
        return [Registered("email", TO[unit], "digest overdue")] * 2 if unit in TO else [Registered("email", "x@y.vn", "overdue")]

    def write(self, to: Address, entry: Entry) -> Message:
        words = digest_text.words(entry.content, "http://link")
        return Message(entry.id, to.to, words.subject, words.text, entry.content, self.time)

    async def look(self, text: str) -> bool:
        """What a process does at a time of Vietnam, sending included."""
        self.time = dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM).timestamp()
        made = await self.morning.look(self.time)
        stop = asyncio.Event()
        task = asyncio.create_task(self.sender.run(stop))
        async with asyncio.timeout(10):
            while await self.box.waiting():
                await asyncio.sleep(0.01)
        stop.set()
        await task
        return made


@pytest.fixture
async def rig(valkey: str) -> AsyncIterator[Rig]:
    server = await Post().start()
    found = Rig(valkey, server)
    await found.client.flushdb()
    yield found
    await server.stop()
    await found.client.aclose()


@pytest.mark.parametrize(
    ("first", "last", "off"),
    [
        ("2026-01-01", "2026-01-12", "01 02 03 04 11"),  # Saturday 10 is worked for Friday 2
        ("2026-08-20", "2026-09-04", "23 29 30 31 01 02"),  # Saturday 22 for Monday 31
        ("2026-11-23", "2026-11-25", "24"),
    ],
)
async def test_one_a_unit_on_working_days_and_none_on_days_off(rig: Rig, first: str, last: str, off: str) -> None:
    day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    expected = []
    while day <= end:
        works = f"{day:%d}" not in off.split()
        assert not await rig.look(f"{day}T07:29:59")
        assert await rig.look(f"{day}T07:30:00") is works, day
        rig.restart()
        assert not await rig.look(f"{day}T07:30:01")
        assert not await rig.look(f"{day}T23:00:00")
        expected += [(to, message_id(f"digest:{unit}:{day}", "@tinh.gov.vn")) for unit, to in TO.items() if works]
        day += dt.timedelta(days=1)
    assert sorted((to, mail["Message-ID"]) for to, mail in rig.server.got) == sorted(expected)


async def test_a_process_that_was_down_sends_until_half_past_eleven(rig: Rig) -> None:
    assert await rig.look("2026-01-05T11:29:59")
    assert not await rig.look("2026-01-06T11:30:00")
    assert len(rig.server.got) == 2


async def test_figures_that_are_behind_are_waited_for_but_not_for_ever(rig: Rig) -> None:
    rig.figures.current = False
    assert not await rig.look("2026-01-05T07:59:59")
    assert await rig.look("2026-01-05T08:00:00")
    rig.figures.current, rig.figures.away = True, True
    assert not await rig.look("2026-01-06T07:30:00")
    rig.figures.away = False
    assert await rig.look("2026-01-06T07:31:00")
    assert len(rig.server.got) == 4


async def test_a_crash_before_the_day_is_marked_makes_no_second_digest(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(_box: Mailbox, _day: int) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "digest_done", crash)
        with pytest.raises(OSError, match="killed"):
            await rig.look("2026-01-05T07:30:00")
    rig.restart()
    assert await rig.look("2026-01-05T07:31:00")
    assert len(rig.server.got) == 2


async def test_a_digest_says_what_leaders_ask_first(rig: Rig) -> None:
    await rig.look("2026-01-05T07:30:00")
    mails = dict(rig.server.got)
    mail = mails["so@tinh.gov.vn"]
    assert mail["Subject"] == "Tổng hợp đầu ngày 05/01/2026 – Sở Xây dựng"
    text = mail.get_content()  # type: ignore[attr-defined]
    for line in (
        "Đơn vị: Sở Xây dựng (H44.07)",
        "Tháng 01/2026 (tạm tính, số liệu tính đến 07:29 ngày 05/01/2026)",
        "- Tổng điểm: 81,25/100 – Tốt; xếp thứ 3/20",
        "- Tiếp nhận trong kỳ: 1.000; từ kỳ trước chuyển sang: 1.001",
        "Quá hạn hiện nay: 12",
        " 1. H44.07-000 – hẹn trả 05/01/2026 17:00 – quá 12 ngày làm việc",
        "10. H44.07-009",
        "… và 2 hồ sơ khác",
        "Sắp đến hạn (trong 2 ngày làm việc): 1",
        "chưa gửi: 4",
        "Chưa đồng bộ dữ liệu từ: Chưa có dữ liệu",
        "http://link/#/H44.07",
        "digest:H44.07:2026-01-05",
    ):
        assert line in text.replace("\r\n", "\n"), text
    assert "Trong tháng: Chưa có dữ liệu." in mails["tinh@tinh.gov.vn"].get_content()  # type: ignore[attr-defined]
    assert "Quá hạn hiện nay: 12" in mails["tinh@tinh.gov.vn"].get_content()  # type: ignore[attr-defined]
