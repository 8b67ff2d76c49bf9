"""The composition root of the reading side: names the concrete classes and puts them together."""

from collections.abc import Callable, Coroutine
from typing import Any

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from connectors import http
from connectors.exposition import Shown
from connectors.metrics import ServeMetrics, serve_metrics
from indicators.services import Services
from indicators.times import Zone
from streams import addresses, clock
from streams.bell import Bell
from streams.calendars import Calendars
from streams.cards import Cards
from streams.delivery import wiring as delivery
from streams.desk import Desk, Sources
from streams.dossier_page import DossierPage
from streams.due import Due
from streams.duty_desk import DutyDesk
from streams.ends import Ends
from streams.falls import Falls
from streams.follow import BookFollower, Follower
from streams.gauges import Gauges
from streams.intake import Intake
from streams.lease import Lease
from streams.letters import Letters
from streams.listing import Listing
from streams.lists import Lists
from streams.live import Live
from streams.livepage import LivePage
from streams.lookout import Lookout
from streams.overview import Overview
from streams.owing import Owing
from streams.press.automatic import Automatic
from streams.publications import Publications
from streams.published import Published
from streams.publisher import Publisher
from streams.reasons import Reasons
from streams.registry import RegistryFollower
from streams.settings import Settings
from streams.sheets import Terms
from streams.shelf import Shelf
from streams.sign_desk import SignDesk
from streams.store.keys import PUBLISHER
from streams.stream import Stream
from streams.topology import PETITIONS

HOUR_MS = 3_600_000


class House:
    """Everything behind `chiso serve`. Raises UsageError where a setting names a file that cannot be read."""

    def __init__(self, settings: Settings) -> None:
        found = addresses.resolve(settings)
        settings.smtp.password()  # a file that cannot be read is said at the start
        self._settings = settings
        self.registry = CollectorRegistry()
        self._metrics = serve_metrics(self.registry)
        client: Any = Redis.from_url(found.redis, protocol=2, socket_connect_timeout=5, socket_timeout=30)
        self._sources = _sources(client, found.kafka, _visible(self._metrics))
        self._calendars = Calendars(settings.calendar)
        self._desk = desk = Desk(self._sources, Terms(Zone(settings.zone), self._calendars.calendar, settings.rule, settings.unit))
        self._metrics.stale.set_function(lambda: float(desk.stale))
        self.intake = Intake(found.kafka)
        self._cards = cards = Cards(desk)
        self.shown = Shown(self.registry)
        lease, self._shelf = Lease(client, PUBLISHER), Shelf(found.kafka)
        self._publisher = Publisher(desk, cards, lease, found.kafka)
        self._publications = Publications(desk, cards, lease, self._shelf)
        self._falls = Falls(desk, lease, self._shelf)
        self._automatic = Automatic(settings, lease, self._shelf)
        self.overview = Overview(desk, cards)
        self._duties, self._signs = DutyDesk(Lists(desk)), SignDesk(Lists(desk))
        self._lookout = Lookout(desk, self._duties, self._signs, found.kafka)
        self._gauges = Gauges(desk, cards, self._lookout, self.shown)
        self._owing = Owing(desk, self._lookout)
        self._bell = Bell(found.kafka, lambda unit: desk.unit(unit, desk.today())["name"])
        self.stream = Stream(Live(desk, cards), self._bell)
        self._live = LivePage(desk, self.stream, Due(desk), self._owing, DossierPage(desk, self._duties))

    def asked(self) -> http.Asked:
        """Whom questions go to."""
        desk, cards = self._desk, self._cards
        letters, published = Letters(desk), Published(desk, self._shelf)
        live = Listing(Lists(desk), self._duties), self._live
        return http.Asked(desk, cards, Reasons(desk, cards), self._duties, self._signs, letters, published, *live, self._publications)

    def lives(self) -> list[Coroutine[Any, Any, None]]:
        """What runs until it is cancelled; the last one, delivery, may need a moment to end."""
        sources, desk = self._sources, self._desk
        following = [
            *(one.run() for one in sources.followers),
            sources.ends.run(),
            sources.registry.run(),
            self._shelf.run(),
            self._bell.run(),
        ]
        publishing = [
            self._gauges.run(),
            self._lookout.run(),
            self._publisher.run(),
            self._publications.run(),
            self._falls.run(),
            self._automatic.run(),
        ]
        delivering = delivery.run(self._settings, desk, self._cards, self._metrics, self._owing.lists)
        return [*following, *publishing, self._calendars.run(desk.today, desk.reckon_by), delivering]


def _visible(metrics: ServeMetrics) -> Callable[[int, int], None]:
    """Measures how long after Kafka had them changes are shown; what is older than an hour is a replay."""

    def seen(first_ms: int, _last_ms: int) -> None:
        age = clock.now() * 1000 - first_ms
        if age < HOUR_MS:
            metrics.visible_seconds.observe(max(0.0, age / 1000))

    return seen


def _sources(client: Any, kafka: str, seen: Callable[[int, int], None]) -> Sources:
    book = BookFollower(client)
    figures = Follower(client, seen, services=Services(book.book.codes))
    return Sources(figures, Follower(client, topic=PETITIONS), book, RegistryFollower(kafka), Ends(kafka))
