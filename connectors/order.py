"""The order of what is said in one second. Statements have whole seconds; a sender that catches up says several things of a dossier within one.

What a later record says of a dossier in a second in which something was said of it already counts as said a second later, so that the later word wins.
"""


class Order:
    """Of one partition of the raw topic: records in the order of its log. Remembers only dossiers of the second under way, and those put off beyond it."""

    def __init__(self) -> None:
        self._second = 0
        self._record = 0
        self._said: dict[str, tuple[int, int]] = {}  # dossier → when it was last said, by which record

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
