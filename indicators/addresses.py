"""Where notices and digests of a unit go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Sink = Literal["webhook", "email"]
DIGEST = "digest"
NOTICES = ("due_soon", "overdue", "finished_late", "apology_owed", "off_record", "extra_papers", "silent_source", "score_fell")
SENT = (*NOTICES, DIGEST)


@dataclass(frozen=True, slots=True)
class Address:
    """`to` is a URL of a webhook or an e-mail address; `kinds` are what it wants, of SENT."""

    unit: str
    sink: Sink
    to: str
    kinds: frozenset[str]

    def wants(self, kind: str) -> bool:
        """Whether notices of a kind (or the digest) go here."""
        return kind in self.kinds


def address(values: Mapping[str, Any]) -> Address:
    """Of a registry's entry; without kinds it wants all."""
    kinds = frozenset((values.get("kinds") or "").split())
    return Address(values["unit"], values["sink"], values["to"], kinds or frozenset(SENT))
