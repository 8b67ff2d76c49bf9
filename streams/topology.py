"""All topics of chiso and who reads them, on one page.

one-stop systems, POST /v1/sync ─► dvc.dossier.sync.v1 ──normalise──► dvc.dossier.events.v1 ──windows──► Redis {pN} ──follow──► cube ─┬─► command line, HTTP, page
CSV files ──ingest─────────────────────│──────────────────────────────►          │                                                   └─► metrics ─► boards, alerts
units.csv ──► dvc.registry.v1 ──► names and parents, on the reading side         │
                                       └─────outbox──────────────────────────────┴──outbox──► chiso.events.rejected.v1
"""

from dataclasses import dataclass, field

FOR_EVER = "-1"
SYNC_BYTES = 12_000_000
DAY_MS = 86_400_000

SYNC = "dvc.dossier.sync.v1"
REGISTRY = "dvc.registry.v1"
EVENTS = "dvc.dossier.events.v1"
REJECTED = "chiso.events.rejected.v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is made; `partitions` None means CHISO_PARTITIONS."""

    name: str
    partitions: int | None
    why: str
    config: dict[str, str] = field(default_factory=dict)


AGENTS = {"normalise": SYNC, "windows": EVENTS}  # agent → the topic it reads

TOPICS = (
    Topic(
        SYNC,
        None,
        "the one door: national payloads as sent, canonical events from outside; holds citizens' data, so short-lived",
        {
            "retention.ms": str(7 * DAY_MS),
            "cleanup.policy": "delete",
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(SYNC_BYTES),
        },
    ),
    Topic(
        EVENTS,
        None,
        "canonical dossier events: the facts, kept for ever; only chiso writes here",
        {"retention.ms": FOR_EVER, "retention.bytes": FOR_EVER, "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
    Topic(
        REGISTRY,
        1,
        "units with their names, kinds and parents; one record a code holds all that ever held of it",
        {"cleanup.policy": "compact", "retention.ms": FOR_EVER},
    ),
    Topic(
        REJECTED,
        1,
        "what broke a rule: reason and where it stands, never the payload",
        {"retention.ms": str(30 * DAY_MS), "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
)
