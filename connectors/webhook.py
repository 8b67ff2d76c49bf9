"""Webhooks: a notice is POSTed as JSON with CloudEvents headers. `ce-id` stays the same when it is sent again."""

from urllib.parse import quote

import httpx
import msgspec

from connectors.message import Message
from indicators.errors import DeliveryError

READ_MOST = 65_536  # bytes of an answer, read only so that the connection can be used again
TAKEN = range(200, 300)
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).replace("%", "").replace('"', "")
_json = msgspec.json.Encoder().encode


class Webhook:
    """Sends over one client. Redirects are not followed: a notice goes to the address that was registered, or nowhere."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, message: Message) -> None:
        """Raises DeliveryError where the answer is not 2xx, or there is none."""
        body = _json({**message.content, "subject": message.subject, "text": message.text})
        try:
            async with self._client.stream("POST", message.to, content=body, headers=_headers(message)) as answer:
                status = answer.status_code
                read = 0
                async for part in answer.aiter_raw():
                    read += len(part)
                    if read > READ_MOST:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise DeliveryError(type(error).__name__) from None
        if status not in TAKEN:
            raise DeliveryError(f"HTTP {status}")


def _headers(message: Message) -> dict[str, str]:
    kind = str(message.content.get("kind") or "other")
    found = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": quote(message.id, safe=_PLAIN),
        "ce-type": f"chiso.notice.{kind}.v1",
        "ce-source": "chiso",
        "ce-subject": quote(str(message.content.get("unit") or ""), safe=_PLAIN),
    }
    when = message.content.get("at")
    return found | ({"ce-time": when} if isinstance(when, str) and when.isascii() else {})
