"""Delivery put together from the reading side's parts."""

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.mail import Mail, Server
from connectors.message import Sink
from connectors.metrics import ServeMetrics
from connectors.webhook import Webhook
from streams import addresses, clock
from streams.cards import Cards
from streams.delivery import post
from streams.delivery.deliverer import Deliverer, Sure
from streams.delivery.entry import Address
from streams.delivery.mailbox import Mailbox
from streams.delivery.morning import Lists, Morning, Room
from streams.delivery.notices import Intake, Reader
from streams.delivery.office import Office
from streams.delivery.post import Pace, Post
from streams.desk import Desk
from streams.lease import Lease
from streams.settings import Settings
from streams.store.keys import DELIVERER


def sinks(settings: Settings, web: httpx.AsyncClient) -> dict[str, Sink | None]:
    """By name; None for one that is not set up. Raises UsageError."""
    smtp = settings.smtp
    mail: Sink | None = None
    if smtp.host is not None:
        mail = Mail(Server(smtp.host, smtp.port, smtp.sender, smtp.user, smtp.password(), smtp.starttls))
    return {"webhook": Webhook(web), "email": mail}


async def run(settings: Settings, desk: Desk, cards: Cards, metrics: ServeMetrics, lists: Lists | None = None) -> None:
    """Until cancelled. Raises UsageError."""
    async with httpx.AsyncClient(timeout=Pace().send) as web:
        deliverer = build(settings, (desk, cards), sinks(settings, web), metrics, lists or Lists())
        await deliverer.run(clock.now)


def build(settings: Settings, known: tuple[Desk, Cards], ways: Mapping[str, Sink | None], metrics: ServeMetrics, lists: Lists) -> Deliverer:
    """One for a process; `ways` as of `sinks`."""
    desk, cards = known
    client: Any = desk.follower.client
    office = Office(desk, cards, lambda: settings.link or addresses.resolve(settings).http, clock.now)
    mailbox, sure, pace = Mailbox(client), Sure(), Pace()
    sender = Post(mailbox, ways, post.Desk(office.write, office.wanted, sure.ours, clock.now), metrics, pace)

    def off(to: Address) -> bool:
        if ways.get(to.sink) is None:
            sender.count(to, "off")
        return ways.get(to.sink) is None

    intake = Intake(office.addresses, office.ready, sender.count, ways, sender.wake.set, clock.now, pace.keep)
    reader = Reader(mailbox, intake, desk.names.bootstrap, f"{settings.group}-delivery")
    room = Room(office, lists, office.addresses, office.units, lambda: desk.calendar, off, sender.wake.set)
    return Deliverer(Lease(client, DELIVERER), sure, mailbox, (reader, Morning(mailbox, room, office.ready, clock.now), sender), metrics)
