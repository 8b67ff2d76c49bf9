"""What is handed to a sink: one message to one address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`content` is the notice or digest as JSON, `subject` and `text` the same in words; `at` (seconds) is when it is sent."""

    id: str
    to: str
    subject: str
    text: str
    content: Mapping[str, Any]
    at: float


class Sink(Protocol):
    """One way out. `send` returns when the other side took the message; it must be safe to cancel."""

    async def send(self, message: Message) -> None:
        """Raises DeliveryError, OSError or TimeoutError."""
