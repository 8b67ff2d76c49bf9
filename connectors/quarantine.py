"""When a sender sends rubbish: more than 5 % of its last 10,000 payloads (never before it sent so many), or 1,000 in a row. Then it alone is set aside.

Pure: the record of a source is a value that lives in the store beside the position, so it is a function of the log.
"""

from dataclasses import dataclass, field

import msgspec

CHUNK = 100  # payloads judged together
CHUNKS = 100  # so the last 10,000
SHARE = 0.05
RUN = 1000

_pack = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class SourceRecord:
    """Bad payloads of the last full chunks, and of the one under way; how many bad ones in a row; whether it is set aside."""

    bad: list[int] = field(default_factory=list)
    read_now: int = 0
    bad_now: int = 0
    run: int = 0
    quarantined: bool = False

    def judge(self, *, bad: bool) -> bool:
        """Takes one payload in; says whether the source is set aside from now on."""
        self.read_now += 1
        self.bad_now += bad
        self.run = self.run + 1 if bad else 0
        if self.read_now == CHUNK:
            self.bad = [*self.bad[-(CHUNKS - 1) :], self.bad_now]
            self.read_now = self.bad_now = 0
            if len(self.bad) == CHUNKS and sum(self.bad) > SHARE * CHUNK * CHUNKS:
                self.quarantined = True
        if self.run >= RUN:
            self.quarantined = True
        return self.quarantined

    def encode(self) -> bytes:
        """As it is stored."""
        return _pack(self)


_unpack = msgspec.msgpack.Decoder(SourceRecord).decode


def decode(stored: bytes | None) -> SourceRecord:
    """The stored record; a fresh one where there is none."""
    return SourceRecord() if not stored else _unpack(stored)
