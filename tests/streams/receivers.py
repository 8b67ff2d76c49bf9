"""Local servers that take what is delivered, refuse it, hang, or are away."""

import asyncio
import json
import socket
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


def unused() -> int:
    """A port nobody listens on; the kernel does not give it out again soon."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Registered:
    """An address of a unit."""

    sink: str
    to: str
    kinds: str = ""

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds.split()


class Hook:
    """An HTTP server; `answer` is a status, or `hang`."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.heads: list[str] = []
        self.asked = 0
        self.answer: int | str = 200
        self.port = unused()
        self.server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.got]

    async def start(self) -> "Hook":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while self.server is not None:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                size = next(int(line.split(":")[1]) for line in head.lower().splitlines() if line.startswith("content-length"))
                body = json.loads(await reader.readexactly(size))
                self.asked += 1
                if self.answer == "hang":
                    await asyncio.sleep(30)
                if self.answer == 200:
                    self.got.append(body)
                    self.heads.append(head)
                writer.write(f"HTTP/1.1 {self.answer} X\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)


class Post:
    """An SMTP server; `answers` are replies by receiver, `any` for all."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Message]] = []
        self.asked = 0
        self.answers: dict[str, str] = {}
        self.port = unused()
        self.server: asyncio.Server | None = None

    async def start(self) -> "Post":
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: SMTP(self, hostname="test", loop=loop), "127.0.0.1", self.port)
        return self

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        self.asked += 1
        refusal = self.answers.get(address) or self.answers.get("any")
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.got += [(to, message_from_bytes(envelope.content, policy=default)) for to in envelope.rcpt_tos]
        return "250 OK"
