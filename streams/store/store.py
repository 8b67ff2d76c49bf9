"""What a worker needs of its store, as values and one Protocol; kept by Redis or Valkey (`redis`), and by memory for unit tests (`memory`).

The position in the store is the truth about what has been applied. It is written last, in the same atomic step as everything it stands for, and
only while nobody else has claimed the partition since (`epoch`) and nothing was applied or lost since (`next`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

from indicators.buckets import RowKey, month_of

RULES = "4"
GAP = "gap"  # stands where the checksum of the record before the position would; there is none there
OUTCOMES = ("applied", "no_effect", "duplicate", "rejected")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which log, and under which rules, a position belongs to. A position of another identity may not be continued."""

    cluster: str
    topic: str
    partitions: str
    zone: str
    rules: str = RULES

    def fields(self) -> dict[str, str]:
        """As they stand in the position hash."""
        return asdict(self)

    @property
    def raw(self) -> bool:
        """Whether it is of the raw topic, which is read by no rules."""
        return not self.rules


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partition stands: `next` is the offset to apply next, `crc` the checksum of the record before it ('' at the start),
    `as_of` the Kafka time (ms) of that record, `counts` the outcomes so far in the order of OUTCOMES.
    """

    epoch: str = ""
    next: int = 0
    crc: str = ""
    as_of: int = 0
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    identity: Mapping[str, str] = field(default_factory=dict)
    gap: int = 0  # records that were gone and accepted as such

    @property
    def unaccounted(self) -> int:
        """Records passed without an outcome: conservation says 0."""
        return self.next - self.gap - sum(self.counts)


@dataclass(slots=True)
class Writes:
    """Everything one batch writes, absolute: None (or a row of 0) takes an entry away."""

    expected: Position
    position: Position
    first_ms: int
    states: Mapping[str, bytes]
    rows: Mapping[RowKey, int]
    due: Mapping[str, int | None]
    held: Mapping[str, int | None]
    outbox: Mapping[str, bytes]
    sources: Mapping[str, bytes] = field(default_factory=dict)  # sender → its record, as `connectors.quarantine` packs it
    kinds: Mapping[str, str] = field(default_factory=dict)  # unit → what kind it is, where a source says so
    lit: Mapping[str, Sequence[str]] = field(
        default_factory=dict
    )  # unit → month rows of procedures whose sets change (`indicators.services`)
    lists: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)  # name → dossier → day
    moved: Collection[str] = ()  # dossiers whose notices have to be looked at
    heard: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (agency, source) → Kafka seconds

    @property
    def touched(self) -> dict[str, list[str]]:
        """Unit → months (`2026-08`) whose day rows change."""
        found: dict[str, set[str]] = {}
        for kind, unit, name in self.rows:
            if kind == "day":
                found.setdefault(unit, set()).add(month_of(int(name)))
        return {unit: sorted(months) for unit, months in sorted(found.items())}


@dataclass(slots=True)
class Firing:
    """What timers write in one step, absolute; None takes an entry away. `looked` are dossiers that no longer have to be looked at."""

    expected: Position
    outbox: Mapping[str, bytes] = field(default_factory=dict)
    told: Mapping[str, bytes | None] = field(default_factory=dict)
    watch: Mapping[str, int | None] = field(default_factory=dict)
    looked: Collection[str] = ()
    marks: Mapping[str, int] = field(default_factory=dict)


class RefusedError(Exception):
    """The store did not apply: another epoch, another position, or a key of the wrong type. Nothing was written. Raised by `apply`; the caller reads
    the position and decides.
    """


class StoreDownError(Exception):
    """The store (or Kafka) did not answer, or cannot write (full). The outcome of what was asked is unknown. The caller waits and reads the position."""


class Store(Protocol):
    """Raises StoreDownError from any of these. `partition` is a number."""

    async def claim(self, partition: int, epoch: str, identity: Identity) -> Position:
        """Makes `epoch` the only one that may apply, and says where the partition stands. A fresh partition takes on `identity`."""

    async def position(self, partition: int) -> Position:
        """Where the partition stands."""

    async def halted(self, partition: int) -> str | None:
        """Why the partition may not go on; None where it may, or where somebody decided."""

    async def halt(self, partition: int, sentence: str | None) -> None:
        """Notes why the partition may not go on, for readers; None: it goes on."""

    async def states(self, partition: int, numbers: Sequence[str]) -> list[bytes | None]:
        """Stored states of dossiers, None for those never heard of."""

    async def rows(self, partition: int, keys: Sequence[RowKey]) -> list[int]:
        """Stored rows, 0 for none."""

    async def sources(self, partition: int, names: Sequence[str]) -> list[bytes | None]:
        """Stored records of senders, None for those never heard of."""

    async def apply(self, partition: int, writes: Writes) -> None:
        """All of it or nothing. Raises RefusedError."""

    async def outbox(self, partition: int) -> dict[str, bytes]:
        """What is still to be sent to Kafka."""

    async def waiting(self, partition: int) -> int:
        """How much is still to be sent to Kafka."""

    async def sent(self, partition: int, entries: Mapping[str, bytes], marks: Mapping[str, int]) -> None:
        """Takes entries out of the outbox, unless something newer took their place, and sets timers' marks with it, unless an entry is gone."""

    async def fire(self, partition: int, firing: Firing) -> None:
        """All of it or nothing, on the position expected. Raises RefusedError."""

    async def marks(self, partition: int) -> dict[str, int]:
        """How far timers have fired."""

    async def told(self, partition: int, numbers: Sequence[str] | None = None) -> dict[str, bytes]:
        """What was told, of some or of all dossiers."""

    async def heard(self, partition: int) -> dict[str, int]:
        """`heard_field` → Kafka seconds of the last record."""

    async def between(self, partition: int, name: str, low: float, high: float) -> list[str]:
        """Dossiers of `due`, `watch`, `held` or a list whose score is above `low`, up to and with `high`, least first."""

    async def earliest(self, partition: int, name: str, above: float) -> int | None:
        """The least score of `due` or `watch` above a value."""

    async def moved(self, partition: int) -> list[str]:
        """Dossiers whose notices have to be looked at."""
