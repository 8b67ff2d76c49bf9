"""E-mail by SMTP, a connection a message. `Message-ID` is made of the notice's id, so a message sent again is the same message."""

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from connectors.message import Message
from connectors.vietnamese import one_line
from indicators.errors import DeliveryError

WRAPPED = 465  # the port on which TLS comes first
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Server:
    """Whom mail is handed to, and as whom."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    starttls: bool = False


class Mail:
    """Sends to one server."""

    def __init__(self, server: Server, timeout: float = 10.0) -> None:
        self._server, self._timeout = server, timeout

    async def send(self, message: Message) -> None:
        """Raises DeliveryError, `permanent` where the server refused the receiver for good."""
        server = self._server
        wrapped = server.port == WRAPPED
        try:
            mail = letter(message, server.sender)
            await aiosmtplib.send(
                mail,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=wrapped,
                start_tls=server.starttls and not wrapped,
                timeout=self._timeout,
            )
        except SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise DeliveryError(f"SMTP {codes[0]}", permanent=all(code in PERMANENT for code in codes)) from None
        except SMTPResponseException as error:
            raise DeliveryError(f"SMTP {error.code}") from None  # a wrong password is put right and the message goes on
        except SMTPException as error:
            raise DeliveryError(type(error).__name__) from None
        except ValueError:
            raise DeliveryError("the address is none", permanent=True) from None


def letter(message: Message, sender: str) -> EmailMessage:
    """The mail itself. Raises ValueError for an address that is none."""
    found = EmailMessage(policy=SMTP)
    found["From"] = sender
    found["To"] = message.to
    if not found["To"].addresses or any("@" not in one.addr_spec for one in found["To"].addresses):
        raise ValueError("no address")
    found["Subject"] = one_line(message.subject)
    found["Date"] = formatdate(message.at)
    found["Message-ID"] = message_id(message.id, sender)
    found["Auto-Submitted"] = "auto-generated"
    found["Content-Language"] = "vi"
    found["X-Chiso-Id"] = one_line(message.id)
    found.set_content(message.text, cte="base64")
    return found


def message_id(name: str, sender: str) -> str:
    """The same for the same id, whenever it is sent."""
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<chiso.{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}@{domain}>"
