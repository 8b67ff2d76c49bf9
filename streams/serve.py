"""`chiso serve`: one process that follows the store and answers. Figures go on while Kafka or the store are away, marked as such."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI

from connectors import exposition, http
from streams import logs
from streams.ending import BUG
from streams.house import House
from streams.servers.ports import free_port
from streams.settings import Settings

LEAVE_SECONDS = 3
_log = logging.getLogger("chiso.serve")


def run(settings: Settings) -> NoReturn:
    """Until SIGTERM or Ctrl-C ends the process (exit code 0), or a bug (70)."""
    logs.to_stderr()
    app = build(settings)
    port = free_port(settings.bind, settings.http_port)
    config = uvicorn.Config(app, host=settings.bind, port=port, log_config=None, timeout_graceful_shutdown=LEAVE_SECONDS, access_log=False)
    _log.info("answers on http://%s:%s (try /docs)", settings.bind, port)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_whole_life(_Server(config)))
    raise AssertionError


async def _whole_life(server: "_Server") -> None:
    """Ends the process: whoever still looks at Kafka may take their time, and nothing of theirs matters any more."""
    with contextlib.suppress(SystemExit):  # uvicorn raises the signal that ended it once more, or says so where it cannot begin
        await server.serve()
    sys.stderr.flush()
    os._exit(0 if server.told and not server.config.app.state.failed else BUG)  # type: ignore[union-attr]


class _Server(uvicorn.Server):
    """Ends what streams before it waits for answers to be finished."""

    told = False  # to end; without that it could not begin

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.told = True
        self.config.app.state.end_streams()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def build(settings: Settings) -> FastAPI:
    """The application with everything behind it; its own metrics are shown on `metrics_port`, or the next free one."""
    house = House(settings)

    def ended(task: "asyncio.Task[None]") -> None:
        """What follows, publishes or delivers may not stop unnoticed: the process ends, and whoever supervises starts a new one."""
        if not app.state.leaving and (task.cancelled() or task.exception() is not None):
            _log.critical("%s stopped by a bug", task.get_name(), exc_info=None if task.cancelled() else task.exception())
            app.state.failed = app.state.leaving = True
            os.kill(os.getpid(), signal.SIGTERM)

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        port = free_port(settings.bind, settings.metrics_port)
        exposition.serve(house.shown, settings.bind, port)
        _log.info("metrics on http://%s:%s/metrics", settings.bind, port)
        tasks = [asyncio.create_task(one, name=getattr(one, "__qualname__", None)) for one in house.lives()]
        for task in tasks:
            task.add_done_callback(ended)
        gc.freeze()  # what was imported is looked through no more: a full collection would keep everybody who asks waiting
        yield
        app.state.leaving = True
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks[-1:], timeout=LEAVE_SECONDS)  # what is being sent may end
        await house.intake.close()

    app = http.build(house.asked(), house.intake, house.overview, life)
    app.state.end_streams, app.state.failed, app.state.leaving = house.stream.end, False, False
    return app
