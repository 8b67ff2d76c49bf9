"""The composition root of the reading side: names the concrete classes and puts them together."""

from collections.abc import Callable, Coroutine
from typing import Any

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from connectors import http
from connectors.metrics import Figures, ServeMetrics, serve_metrics
from indicators.services import Services
from indicators.times import Zone
from streams import addresses, clock
from streams.calendars import Calendars
from streams.cards import Cards
from streams.delivery import wiring as delivery
from streams.delivery.owing import Owing
from streams.desk import Desk, Sources
from streams.duty_desk import DutyDesk
from streams.ends import Ends
from streams.falls import Falls
from streams.follow import BookFollower, Follower
from streams.gauges import Gauges
from streams.intake import Intake
from streams.lease import Lease
from streams.letters import Letters
from streams.lists import Lists
from streams.overview import Overview
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
        self._gauges = Gauges(desk, cards, Figures(self.registry))
        lease, self._shelf = Lease(client, PUBLISHER), Shelf(found.kafka)
        self._publisher = Publisher(desk, cards, lease, found.kafka)
        self._publications = Publications(desk, cards, lease, self._shelf)
        self._falls = Falls(desk, lease, self._shelf)
        self._automatic = Automatic(settings, lease, self._shelf)
        self.overview = Overview(desk, cards)
        self._duties, self._signs = DutyDesk(Lists(desk)), SignDesk(Lists(desk))

    def asked(self) -> http.Asked:
        """Whom questions go to."""
        desk, cards = self._desk, self._cards
        published = Published(desk, self._shelf)
        return http.Asked(desk, cards, Reasons(desk, cards), self._duties, self._signs, Letters(desk), published, self._publications)

    def lives(self) -> list[Coroutine[Any, Any, None]]:
        """What runs until it is cancelled; the last one, delivery, may need a moment to end."""
        sources, desk = self._sources, self._desk
        following = [*(one.run() for one in sources.followers), sources.ends.run(), sources.registry.run(), self._shelf.run()]
        publishing = [self._gauges.run(), self._publisher.run(), self._publications.run(), self._falls.run(), self._automatic.run()]
        owing = Owing(desk, self._duties, self._signs)
        delivering = delivery.run(self._settings, desk, self._cards, self._metrics, owing.lists)
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
