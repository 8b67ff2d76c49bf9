"""Delivery against a real broker, a real store and local servers that are down, refuse, hang, and come back."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Away

from connectors import notice_text
from connectors.codec import Record, partition
from connectors.mail import Mail, Server, message_id
from connectors.message import Message, Sink
from connectors.metrics import serve_metrics
from connectors.webhook import Webhook
from streams import admin
from streams.delivery import deliverer, post
from streams.delivery.deliverer import Deliverer, Sure
from streams.delivery.entry import Address, Entry, Trouble
from streams.delivery.mailbox import KEPT, Mailbox
from streams.delivery.notices import Intake, Reader, wanting
from streams.delivery.post import Pace
from streams.lease import Lease
from streams.sending import sender
from streams.settings import load
from streams.store.keys import ADDRESSEES, DELIVERED, DELIVERER, DELIVERY_POSITION
from streams.topology import FEW, NOTICES
from tests.streams.receivers import Hook, Post, Registered

pytestmark = [pytest.mark.broker, pytest.mark.redis]
FAST = Pace(send=1.0, first=0.1, most=0.2, look=0.02)
DAY = 86_400.0


class Rig:
    """A system around delivery: addresses by unit, a clock that can be put forward, and delivery that can be started anew on the same store."""

    def __init__(self, kafka: str, valkey: str) -> None:
        self.kafka, self.group = kafka, f"delivery-{secrets.token_hex(4)}"
        self.client = Redis.from_url(valkey, protocol=2)
        self.unit = f"H{secrets.token_hex(4)}"
        self.registered: dict[str, list[Registered]] = {}
        self.shift = 0.0
        self.pace = FAST
        self.web = httpx.AsyncClient()
        self.hook, self.other, self.post = Hook(), Hook(), Post()
        self.tasks: list[asyncio.Task[None]] = []
        self.mail = True
        self.restart()

    def restart(self) -> Deliverer:
        """All objects anew, as in another process."""
        mail: Sink | None = Mail(Server("127.0.0.1", self.post.port, "chiso@tinh.gov.vn"), 1.0) if self.mail else None
        sinks: dict[str, Sink | None] = {"webhook": Webhook(self.web), "email": mail}
        self.metrics = serve_metrics(CollectorRegistry())
        self.box = Mailbox(self.client)
        sure = Sure()
        desk = post.Desk(self.write, self.wanted, sure.ours, self.now)
        self.sender = post.Post(self.box, sinks, desk, self.metrics, self.pace)
        intake = Intake(self.addresses, self.ready, self.sender.count, sinks, self.sender.wake.set, self.now, self.pace.keep)
        reader = Reader(self.box, intake, self.kafka, self.group)
        self.deliverer = Deliverer(Lease(self.client, DELIVERER), sure, self.box, (reader, Sleeper(), self.sender), self.metrics)  # type: ignore[arg-type]
        return self.deliverer

    def now(self) -> float:
        return 1_767_600_000.0 + asyncio.get_running_loop().time() + self.shift

    async def ready(self) -> None:
        pass

    def addresses(self, unit: str, _day: int) -> list[Registered]:
        return self.registered.get(unit, [])

    def wanted(self, to: Address, entry: Entry) -> bool:
        return to in wanting(self.addresses(entry.unit, 0), entry.kind)

    def write(self, to: Address, entry: Entry) -> Message:
        words = notice_text.words(entry.content, lambda _kind, code: f"Sở {code}", "http://localhost")
        return Message(entry.id, to.to, words.subject, words.text, entry.content, self.now())

    def register(self, *addresses: str, kinds: str = "", unit: str | None = None) -> None:
        unit = unit or self.unit
        found = [Registered("email" if "@" in to else "webhook", to, kinds) for to in addresses]
        self.registered.setdefault(unit, []).extend(found)

    async def notices(self, count: int, start: int = 0, unit: str | None = None, **more: Any) -> list[str]:
        """Tells of so many dossiers."""
        unit = unit or self.unit
        ids = [f"overdue:{unit}:{number}" for number in range(start, start + count)]
        async with sender(self.kafka) as out:
            for name in ids:
                value = {"id": name, "kind": "overdue", "unit": unit, "at": "2026-01-05T00:00:00+07:00", "historical": False, **more}
                record = Record(
                    unit.encode(), msgspec.json.encode({**value, "dossier": f"{unit}-260105-{name}"}), [("ce_id", name.encode())]
                )
                await out.send(NOTICES, partition(unit.encode(), FEW), record)
            await out.flush()
        return ids

    def start(self) -> None:
        self.tasks.append(asyncio.create_task(self.deliverer.run(self.now)))

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()

    def outcomes(self) -> dict[tuple[str, str], float]:
        found = [one for family in self.metrics.deliveries.collect() for one in family.samples if one.name.endswith("_total")]
        return {(one.labels["sink"], one.labels["outcome"]): one.value for one in found}

    async def until(self, condition: Callable[[], Any], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)

    async def passed(self) -> None:
        """Until everything told so far is queued or settled: a mark comes out at the other end."""
        unit = f"M{secrets.token_hex(4)}"
        while partition(unit.encode(), FEW) != partition(self.unit.encode(), FEW):
            unit = f"M{secrets.token_hex(4)}"
        mark = await Hook().start()
        self.register(mark.url, unit=unit)
        await self.notices(1, unit=unit)
        await self.until(lambda: mark.got)
        await mark.stop()

    async def committed(self) -> None:
        """Until Kafka knows that everything told so far is settled."""
        place = TopicPartition(NOTICES, partition(self.unit.encode(), FEW))
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=self.group, enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign([place])
            async with asyncio.timeout(20):
                while await consumer.committed(place) != (await consumer.end_offsets([place]))[place]:
                    await asyncio.sleep(0.05)
        finally:
            await consumer.stop()


class Sleeper:
    """No mornings here."""

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()


@pytest.fixture(scope="module")
def broker(kafka: str) -> str:
    admin.ensure_topics(kafka, load(partitions=5))
    return kafka


@pytest.fixture
async def rig(broker: str, valkey: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(deliverer, "TICK", 0.05)
    found = Rig(broker, valkey)
    await found.client.flushdb()
    await found.hook.start()
    await found.other.start()
    await found.post.start()
    yield found
    await found.stop()
    for server in (found.hook, found.other, found.post):
        await server.stop()
    await found.web.aclose()
    await found.client.aclose()


async def test_a_notice_reaches_every_address_that_wants_its_kind(rig: Rig) -> None:
    rig.register(rig.hook.url, "a@tinh.gov.vn", kinds="overdue")
    rig.register(rig.other.url, kinds="due_soon digest")
    rig.start()
    (name,) = await rig.notices(1)
    await rig.until(lambda: rig.hook.got and rig.post.got)
    body, (to, mail) = rig.hook.got[0], rig.post.got[0]
    assert (body["id"], body["kind"], body["unit"]) == (name, "overdue", rig.unit)
    assert body["text"].startswith("QUÁ HẠN")
    assert f"ce-id: {name}" in rig.hook.heads[0]
    assert "ce-type: chiso.notice.overdue.v1" in rig.hook.heads[0]
    assert (to, mail["Message-ID"], mail["From"]) == ("a@tinh.gov.vn", message_id(name, "chiso@tinh.gov.vn"), "chiso@tinh.gov.vn")
    assert mail["Subject"].startswith("Quá hạn: hồ sơ ")
    assert "Báo cáo giải trình" in mail.get_content()  # type: ignore[attr-defined]
    await rig.passed()
    assert not rig.other.got
    assert rig.outcomes()["email", "delivered"] == 1


async def test_what_is_historical_or_has_no_address_or_is_rubbish_alarms_nobody_and_waits_nowhere(rig: Rig) -> None:
    await rig.notices(3)
    rig.start()
    await rig.passed()
    rig.register(rig.hook.url)
    await rig.notices(2, 10, historical=True)
    async with sender(rig.kafka) as out:
        for value in (b"{", b"[]", b'{"id":1}', b""):
            await out.send(NOTICES, partition(rig.unit.encode(), FEW), Record(rig.unit.encode(), value, []))
        await out.flush()
    await rig.passed()
    assert not rig.hook.got
    await rig.until(lambda: rig.metrics.deliveries_waiting._value.get() == 0)


async def test_one_that_is_down_refuses_or_hangs_holds_up_nobody_and_gets_everything_once_it_is_back(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chiso.delivery")
    down, refusing, hanging = Hook(), await Hook().start(), await Hook().start()
    refusing.answer, hanging.answer = 503, "hang"
    rig.post.answers["any"] = "451 later"
    bad = (down, refusing, hanging)
    rig.register(*(one.url for one in bad), "a@tinh.gov.vn", rig.hook.url)
    rig.start()
    ids = await rig.notices(8)
    await rig.until(lambda: len(rig.hook.got) == 8)
    assert rig.hook.ids == ids
    await rig.until(lambda: rig.outcomes().get(("webhook", "retried"), 0) > 8 and rig.outcomes().get(("email", "retried"), 0) > 2)
    await rig.until(lambda: hanging.asked > 1 and rig.metrics.deliveries_waiting._value.get() == 32)
    assert not down.got + refusing.got + hanging.got + rig.post.got
    told = Counter(record.getMessage() for record in caplog.records if "tried again" in record.getMessage())
    assert len(told) == 4
    assert set(told.values()) == {1}  # once an address and trouble
    assert not any("/hook" in text or "a@" in text for text in told)
    await down.start()
    refusing.answer = hanging.answer = 200
    rig.post.answers.clear()
    await rig.until(lambda: all(len(one.got) == 8 for one in (*bad, rig.post)))
    assert all(sorted(one.ids) == sorted(ids) for one in bad)
    await rig.until(lambda: rig.metrics.deliveries_waiting._value.get() == 0)
    assert await rig.box.troubles() == {}
    for one in bad:
        await one.stop()


async def test_a_receiver_refused_for_good_is_given_up_after_three_tries_and_a_server_that_refuses_all_is_not(rig: Rig) -> None:
    rig.post.answers["gone@tinh.gov.vn"] = "550 no such user"
    rig.register("gone@tinh.gov.vn", "here@tinh.gov.vn", "no address@")
    rig.start()
    await rig.notices(1)
    await rig.until(lambda: rig.outcomes().get(("email", "given_up"), 0) == 2)
    assert [to for to, _ in rig.post.got] == ["here@tinh.gov.vn"]
    assert rig.post.asked == 4
    await rig.stop()


async def test_after_three_days_a_message_is_given_up_visibly(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.hook.answer = 400
    rig.register(rig.hook.url)
    rig.start()
    (name,) = await rig.notices(1)
    await rig.until(lambda: rig.hook.asked > 1)
    rig.shift += 3 * DAY - 60
    asked = rig.hook.asked
    await rig.until(lambda: rig.hook.asked > asked)
    assert rig.outcomes().get(("webhook", "given_up"), 0) == 0
    rig.shift += 120
    await rig.until(lambda: rig.outcomes().get(("webhook", "given_up"), 0) == 1)
    assert any("given up" in record.getMessage() and name in record.getMessage() for record in caplog.records)
    rig.hook.answer = 200
    await rig.passed()
    assert rig.hook.got == []


async def test_restarts_in_the_middle_lose_nothing_and_repeat_nothing(rig: Rig) -> None:
    rig.register(rig.hook.url, "a@tinh.gov.vn")
    ids = await rig.notices(60)
    for share in (5, 20, 40, 60):
        rig.start()
        await rig.until(lambda share=share: len(rig.post.got) >= share)  # type: ignore[misc]
        await rig.stop()
        rig.restart()
    rig.start()
    await rig.passed()
    await rig.until(lambda: len(rig.hook.got) >= 60 and len(rig.post.got) >= 60)
    assert sorted(rig.hook.ids) == sorted(ids)
    assert Counter(mail["Message-ID"] for _, mail in rig.post.got) == dict.fromkeys((message_id(one, "x@tinh.gov.vn") for one in ids), 1)


async def test_a_crash_between_sending_and_marking_repeats_that_one_message_under_its_id(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.register(rig.hook.url)
    ids = await rig.notices(5)
    real, broken = Mailbox.settle, []

    async def settle(box: Mailbox, to: Address, entry: Entry, now: float, look: float) -> None:
        if entry.id == ids[2] and not broken:
            broken.append(entry.id)
            raise Away("gone")
        await real(box, to, entry, now, look)

    monkeypatch.setattr(Mailbox, "settle", settle)
    rig.start()
    await rig.until(lambda: len(set(rig.hook.ids)) == 5)
    await rig.passed()
    assert Counter(rig.hook.ids) == dict.fromkeys(ids, 1) | {ids[2]: 2}


async def test_a_store_that_was_emptied_loses_no_notice_and_repeats_none(rig: Rig) -> None:
    rig.register(rig.hook.url, rig.other.url)
    rig.other.answer = 503
    rig.start()
    first = await rig.notices(20)
    await rig.until(lambda: len(rig.hook.got) == 20 and rig.other.asked > 2)
    await rig.client.flushdb()
    second = await rig.notices(20, 20)
    await rig.until(lambda: len(rig.hook.got) >= 40)
    rig.other.answer = 200
    await rig.until(lambda: len(rig.other.got) >= 40)
    await rig.passed()
    assert sorted(rig.hook.ids) == sorted(first + second)
    assert sorted(rig.other.ids) == sorted(first + second)


async def test_another_process_goes_on_after_an_emptied_store_from_what_is_settled(rig: Rig) -> None:
    rig.register(rig.hook.url)
    rig.start()
    await rig.notices(20)
    await rig.until(lambda: len(rig.hook.got) == 20)
    await rig.committed()
    await rig.stop()
    await rig.client.flushdb()
    more = await rig.notices(3, 20)
    rig.restart()
    rig.start()
    await rig.until(lambda: len(rig.hook.got) >= 23)
    await rig.passed()
    assert rig.hook.ids[20:] == more


async def test_a_notice_that_comes_twice_is_sent_once(rig: Rig) -> None:
    rig.register(rig.hook.url)
    rig.start()
    await rig.notices(3)
    await rig.notices(3)
    await rig.passed()
    await rig.until(lambda: len(rig.hook.got) == 3)
    await rig.notices(3)
    await rig.passed()
    assert len(rig.hook.got) == 3


async def test_two_processes_deliver_once_and_the_other_takes_over(rig: Rig) -> None:
    rig.register(rig.hook.url)
    rig.start()
    rig.restart()
    rig.start()
    await rig.notices(10)
    await rig.until(lambda: len(rig.hook.got) == 10)
    first = rig.tasks[0]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await rig.notices(10, 10)
    await rig.until(lambda: len(rig.hook.got) == 20)
    assert len(set(rig.hook.ids)) == 20


async def test_mail_that_is_not_set_up_is_off_and_an_address_taken_away_gets_nothing_more(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.mail = False
    rig.restart()
    rig.hook.answer = 500
    rig.register("a@tinh.gov.vn", rig.hook.url)
    rig.start()
    await rig.notices(4)
    await rig.until(lambda: rig.outcomes().get(("email", "off"), 0) == 4 and rig.hook.asked)
    assert sum("nothing is set up" in record.getMessage() for record in caplog.records) == 1
    rig.registered.clear()
    rig.hook.answer = 200
    await rig.until(lambda: rig.outcomes().get(("webhook", "withdrawn"), 0) == 4)
    assert not rig.hook.got


async def test_a_message_nobody_can_take_does_not_hold_up_those_behind_it(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Webhook.send

    async def send(sink: Webhook, message: Message) -> None:
        if message.id.endswith(":0"):
            raise RuntimeError("cannot be written")
        await real(sink, message)

    monkeypatch.setattr(Webhook, "send", send)
    rig.register(rig.hook.url)
    rig.start()
    ids = await rig.notices(4)
    await rig.until(lambda: len(rig.hook.got) == 3 and rig.outcomes().get(("webhook", "given_up"), 0) == 1)
    assert rig.hook.ids == ids[1:]


async def test_a_queue_is_bounded_and_what_was_settled_is_forgotten_after_a_month(rig: Rig) -> None:
    box = Mailbox(rig.client, most=5)
    to = Address("webhook", "http://x")
    left = await box.put([(to, Entry(f"n{number}", {"unit": "U"}, 0, 9e9, 0, number)) for number in range(8)], 100.0)
    assert [entry.id for _, entry in left] == ["n0", "n1", "n2"]
    assert await box.waiting() == 5
    assert await box.places([0, 1]) == {0: (None, 3), 1: (None, None)}
    entry = await box.first(to, 100.0)
    assert entry is not None
    await box.postpone(to, entry, 500.0, 300.0)
    assert await box.due(299.0) == []
    assert await box.due(300.0) == [to]
    for _ in range(4):
        one = await box.first(to, 400.0)
        assert one is not None
        await box.settle(to, one, 400.0, 0)
    assert await box.first(to, 400.0) is None
    assert await rig.client.zscore(ADDRESSEES, to.key) == 500.0
    await box.settle(to, entry, 500.0, 0)
    assert await rig.client.zcard(ADDRESSEES) == 0
    await box.clean(400.0 + KEPT)
    assert await rig.client.zcard(DELIVERED) == 1
    assert await box.move(0, 1, 2) is False
    await box.stand({0: 1})
    assert await box.move(0, 1, 2)
    assert await rig.client.hgetall(DELIVERY_POSITION) == {b"0": b"2"}
    await box.trouble(to, Trouble("HTTP 500", 2, 9.0))
    assert await Mailbox(rig.client).troubles() == {to: Trouble("HTTP 500", 2, 9.0)}


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    assert [Pace().pause(failures) for failures in (1, 2, 3, 8, 9, 500)] == [5, 10, 20, 640, 900, 900]
