"""All topics of chiso and who reads them, on one page.

one-stop systems, POST /v1/sync ─► dvc.dossier.sync.v1 ──normalise──► dvc.dossier.events.v1 ──windows──► Redis {pN} ──follow──► cube ─┬─► command line, HTTP, page
CSV files ──ingest─────────────────────│──────────────────────────────►    ▲     │                                                   ├─► metrics ─► boards, alerts
                                       ├──► dvc.petition.events.v1 ──petitions─┴─► Redis {qN} ──follow──► petitions of the cube      └─► chiso.indicator.current.v1,
                                       ├──► dvc.procedure.events.v1 ──procedures─► Redis {uN} ──follow──► book of procedures             chiso.indicator.changes.v1
units.csv, … ──► dvc.registry.v1 ──► names, parents, targets, on the reading side
                                       └─────outbox──────────────────────────────┴──outbox──► chiso.events.rejected.v1
                                                                    timers ──────────outbox──► chiso.dossier.overdue.v1, chiso.notices.v1
"""

from dataclasses import dataclass, field

FOR_EVER = "-1"
SYNC_BYTES = 12_000_000
DAY_MS = 86_400_000
PUBLISHED_BYTES = 8_000_000

SYNC = "dvc.dossier.sync.v1"
REGISTRY = "dvc.registry.v1"
EVENTS = "dvc.dossier.events.v1"
PETITIONS = "dvc.petition.events.v1"
PROCEDURES = "dvc.procedure.events.v1"
CURRENT = "chiso.indicator.current.v1"
CHANGES = "chiso.indicator.changes.v1"
OVERDUE = "chiso.dossier.overdue.v1"
NOTICES = "chiso.notices.v1"
PUBLICATIONS = "chiso.publications.v1"
FEW = 4  # partitions of what is small
REJECTED = "chiso.events.rejected.v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is made; `partitions` None means CHISO_PARTITIONS."""

    name: str
    partitions: int | None
    why: str
    config: dict[str, str] = field(default_factory=dict)


AGENTS = {"normalise": SYNC, "windows": EVENTS, "petitions": PETITIONS, "procedures": PROCEDURES}  # agent → the topic it reads
LETTERS = {SYNC: "r", EVENTS: "p", PETITIONS: "q", PROCEDURES: "u"}  # topic → how partitions of its state are named
FACTS = (EVENTS, PETITIONS, PROCEDURES)  # kept for ever: what stands in the store is computed from these alone
_FACTS_CONFIG = {
    "retention.ms": FOR_EVER,
    "retention.bytes": FOR_EVER,
    "cleanup.policy": "delete",
    "message.timestamp.type": "LogAppendTime",
}

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
        _FACTS_CONFIG,
    ),
    Topic(PETITIONS, FEW, "petitions: filed, handed over, answered, rated, …; kept for ever", _FACTS_CONFIG),
    Topic(PROCEDURES, FEW, "procedures of agencies: published, opened, how they are served; kept for ever", _FACTS_CONFIG),
    Topic(
        REGISTRY,
        1,
        "units, procedures, sectors, targets, reports, peers' figures; one record a code holds all that ever held of it",
        {"cleanup.policy": "compact", "retention.ms": FOR_EVER},
    ),
    Topic(
        REJECTED,
        1,
        "what broke a rule: reason and where it stands, never the payload",
        {"retention.ms": str(30 * DAY_MS), "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
    Topic(
        CURRENT,
        FEW,
        "every indicator, block and total of every unit: months, quarters, years; the last record of a key holds",
        {"cleanup.policy": "compact", "retention.ms": FOR_EVER},
    ),
    Topic(
        OVERDUE,
        FEW,
        "one record a dossier that is open and overdue, a tombstone once it is settled",
        {"cleanup.policy": "compact", "retention.ms": FOR_EVER},
    ),
    Topic(
        NOTICES,
        FEW,
        "what somebody must hear: due soon, overdue, finished late, apology owed, off the record, silent source, extra papers",
        {"retention.ms": str(30 * DAY_MS), "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
    Topic(
        CHANGES,
        FEW,
        "what changed in the indicators, and why",
        {"retention.ms": str(30 * DAY_MS), "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
    Topic(
        PUBLICATIONS,
        FEW,
        "published versions of closed months: every version ever published of a unit's month in one record",
        {"cleanup.policy": "compact", "retention.ms": FOR_EVER, "max.message.bytes": str(PUBLISHED_BYTES)},
    ),
)
