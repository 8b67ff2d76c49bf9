"""A TCP proxy before the store that delays, drops, resets, stays half open, or loses a reply after the request was carried out."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable

CHUNK = 1 << 16


class Proxy:
    """Listens on `port`; forwards to `target`. Modes may be changed at any time from any thread."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self.delay = 0.0  # seconds each answer waits
        self.dropping = False  # nothing passes, nothing ends
        self._lose = 0  # how many answers are still to be lost
        self._lost = threading.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, there_writer}
        with contextlib.suppress(asyncio.CancelledError):  # the whole proxy ends
            await asyncio.gather(self._pass(reader, there_writer, answers=False), self._pass(there_reader, writer, answers=True))
        for one in (writer, there_writer):
            self._open.discard(one)
            one.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                while self.dropping:
                    await asyncio.sleep(0.02)
                if answers and self.delay:
                    await asyncio.sleep(self.delay)
                if answers and self._lose:
                    self._lose -= 1
                    self._lost.set()
                    _reset(writer)
                    return
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    def reset(self) -> None:
        """Every connection ends at once, in the middle of whatever it was."""
        self._call(lambda: [_reset(writer) for writer in list(self._open)])

    def lose(self, count: int) -> threading.Event:
        """The next `count` answers never arrive: their connections are reset after the store has done its work. Set once one was lost."""
        self._lost.clear()
        self._lose = count
        return self._lost

    def _call(self, work: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(work)

    def close(self) -> None:
        """No more."""
        self.reset()
        self._call(self._loop.stop)
        self._thread.join(5)


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, ValueError):
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
