"""A message that waits for an address."""

import hashlib
from typing import Any, NamedTuple

import msgspec

DIGEST = "digest"


class Address(NamedTuple):
    """Where something goes: `webhook` or `email`, and the URL or mailbox."""

    sink: str
    to: str

    @property
    def key(self) -> str:
        """Its name in Redis."""
        return f"{self.sink} {self.to}"


def address(key: str) -> Address:
    """The address of a name in Redis."""
    return Address(*key.split(" ", 1))


class Entry(msgspec.Struct, omit_defaults=True):
    """A notice or digest (`content`, JSON) for one address. Times are seconds; `partition` and `offset` say where it stands in the topic, -1 for a digest.

    `until` is when it is given up, `tries` how often it was tried, `refusals` how often its receiver was refused for good.
    """

    id: str
    content: dict[str, Any]
    taken: float
    until: float
    partition: int = -1
    offset: int = -1
    tries: int = 0
    refusals: int = 0

    @property
    def unit(self) -> str:
        """Whose it is."""
        return str(self.content.get("unit") or "")

    @property
    def kind(self) -> str:
        """A notice's kind, or `digest`."""
        return str(self.content.get("kind") or "")


class Trouble(msgspec.Struct, frozen=True):
    """Why an address takes nothing, how often in a row it did not, and until when it is left alone."""

    why: str
    failures: int
    until: float


def mark(address: Address, name: str) -> bytes:
    """By which (id, address) is remembered as settled: 16 bytes, so that a month of them is small."""
    return hashlib.blake2b(f"{name}\0{address.key}".encode(), digest_size=16).digest()


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Entry).decode
decode_trouble = msgspec.json.Decoder(Trouble).decode
