"""The order of what is said in one second. Statements have whole seconds; a sender that catches up says several things of a dossier within one.

What a later record says of a dossier in a second in which something was said of it already counts as said a second later, so that the later word wins.
What was said so far lives in the store beside the position, so it is a function of the log whoever reads on from there.
"""

import msgspec

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(dict[str, int]).decode


class Order:
    """Of one partition of the raw topic: records in the order of its log. Remembers only dossiers of the second under way, and those put off beyond it."""

    def __init__(self, stored: bytes | None = None) -> None:
        self._second = 0
        self._record = 0
        # dossier → when it was last said, by which record
        self._said: dict[str, tuple[int, int]] = {dossier: (at, 0) for dossier, at in _unpack(stored).items()} if stored else {}

    def begin(self, second: int) -> None:
        """The next record, and when Kafka had it."""
        self._record += 1
        if second > self._second:
            self._said = {dossier: last for dossier, last in self._said.items() if last[0] >= second}
        self._second = second

    def said(self, dossier: str) -> int:
        """When this record says something of a dossier, seconds; all it says of one is said at once."""
        at, record = self._said.get(dossier, (self._second - 1, 0))
        if record != self._record:
            at = max(at + 1, self._second)
            self._said[dossier] = at, self._record
        return at

    def encode(self) -> bytes:
        """As it is stored; empty where nothing has to be remembered."""
        said = {dossier: at for dossier, (at, _) in self._said.items() if at >= self._second}
        return _pack(said) if said else b""
