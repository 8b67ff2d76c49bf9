"""`chiso serve`: one process that follows the store and answers. Figures go on while Kafka or the store are away, marked as such."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, start_http_server
from redis.asyncio import Redis

from connectors import http
from connectors.metrics import Figures, serve_metrics
from connectors.reference import calendar
from indicators.services import Services
from indicators.times import Zone
from streams import addresses, clock
from streams.cards import Cards
from streams.delivery import wiring as delivery
from streams.desk import Desk, Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower
from streams.gauges import Gauges
from streams.intake import Intake
from streams.overview import Overview
from streams.publisher import Publisher
from streams.reasons import Reasons
from streams.registry import RegistryFollower
from streams.servers.ports import free_port
from streams.settings import Settings
from streams.sheets import Terms
from streams.topology import PETITIONS

HOUR_MS = 3_600_000
LEAVE_SECONDS = 3
_log = logging.getLogger("chiso.serve")


def run(settings: Settings) -> int:
    """Until SIGTERM or Ctrl-C."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("chiso").setLevel(logging.INFO)
    app = build(settings)
    port = free_port(settings.bind, settings.http_port)
    config = uvicorn.Config(app, host=settings.bind, port=port, log_config=None, timeout_graceful_shutdown=LEAVE_SECONDS, access_log=False)
    _log.info("answers on http://%s:%s (try /docs)", settings.bind, port)
    uvicorn.Server(config).run()
    return 0


def build(settings: Settings) -> FastAPI:
    """The application with everything behind it; its own metrics are shown on `metrics_port`, or the next free one."""
    found = addresses.resolve(settings)
    settings.smtp.password()  # a file that cannot be read is said at the start
    registry = CollectorRegistry()
    metrics = serve_metrics(registry)

    def seen(first_ms: int, _last_ms: int) -> None:
        age = clock.now() * 1000 - first_ms
        if age < HOUR_MS:
            metrics.visible_seconds.observe(max(0.0, age / 1000))

    client = Redis.from_url(found.redis, protocol=2, socket_connect_timeout=5, socket_timeout=30)
    book = BookFollower(client)
    figures = Follower(client, seen, services=Services(book.book.codes))
    sources = Sources(figures, Follower(client, topic=PETITIONS), book, RegistryFollower(found.kafka), Ends(found.kafka))
    desk = Desk(sources, Terms(Zone(settings.zone), calendar(settings.calendar), settings.rule, settings.unit))
    metrics.stale.set_function(lambda: float(desk.stale))
    intake = Intake(found.kafka)
    cards = Cards(desk)
    gauges = Gauges(desk, cards, Figures(registry))
    publisher = Publisher(desk, cards, client, found.kafka)

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        port = free_port(settings.bind, settings.metrics_port)
        start_http_server(port, addr=settings.bind, registry=registry)
        _log.info("metrics on http://%s:%s/metrics", settings.bind, port)
        lives = (
            *(one.run() for one in sources.followers),
            *(one.run() for one in (sources.ends, sources.registry, gauges, publisher)),
            delivery.run(settings, desk, cards, metrics),
        )
        tasks = [asyncio.create_task(life) for life in lives]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks[-1:], timeout=LEAVE_SECONDS)  # what is being sent may end
        await intake.close()

    return http.build(http.Asked(desk, cards, Reasons(desk, cards)), intake, Overview(desk, cards), life)
