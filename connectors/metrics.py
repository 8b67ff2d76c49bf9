"""Every metric of chiso, declared once. Base units, prefix `chiso_`, never a dossier, official or procedure as a label."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

APPLY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
VISIBLE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, 60.0)


@dataclass(frozen=True, slots=True)
class WorkerMetrics:
    """What a worker shows."""

    events: Counter
    apply_seconds: Histogram
    lag: Gauge
    progress: Gauge
    unaccounted: Gauge
    quarantined: Gauge
    source_last: Gauge


@dataclass(frozen=True, slots=True)
class ServeMetrics:
    """What the reading side shows."""

    visible_seconds: Histogram
    stale: Gauge
    deliveries: Counter
    deliveries_waiting: Gauge


def worker_metrics(registry: CollectorRegistry) -> WorkerMetrics:
    """Declares a worker's metrics in `registry`."""
    return WorkerMetrics(
        Counter(
            "chiso_events",
            "Events read from a topic, by outcome: applied, no_effect (no window changed), duplicate (nothing changed), rejected.",
            ("topic", "outcome"),
            registry=registry,
        ),
        Histogram(
            "chiso_batch_apply_seconds",
            "Time to load, work through and apply one batch.",
            ("topic",),
            buckets=APPLY_BUCKETS,
            registry=registry,
        ),
        Gauge("chiso_consumer_lag_records", "Records of a partition that are not applied yet.", ("topic", "partition"), registry=registry),
        Gauge(
            "chiso_worker_progress_timestamp_seconds",
            "When the worker was last caught up, or had moved on since it was looked at before.",
            registry=registry,
        ),
        Gauge(
            "chiso_records_unaccounted",
            "Records of a partition passed without an outcome: consumed = applied + no_effect + duplicate + rejected, so always 0.",
            ("topic", "partition"),
            registry=registry,
        ),
        Gauge("chiso_source_quarantined", "1 for a sender that is set aside because of what it sends.", ("source",), registry=registry),
        Gauge(
            "chiso_source_last_event_timestamp_seconds", "Kafka time of the last batch that changed a unit.", ("unit",), registry=registry
        ),
    )


def serve_metrics(registry: CollectorRegistry) -> ServeMetrics:
    """Declares the reading side's metrics in `registry`."""
    return ServeMetrics(
        Histogram(
            "chiso_event_visible_seconds",
            "From the Kafka time of the oldest record of a batch until its figures are shown; batches younger than an hour.",
            buckets=VISIBLE_BUCKETS,
            registry=registry,
        ),
        Gauge("chiso_reading_stale", "1 while the store does not answer and figures may be old.", registry=registry),
        Counter(
            "chiso_deliveries",
            "Notices and digests on their way to addresses, by outcome: delivered, retried (not taken yet), given_up, "
            "off (nothing is set up for that kind of address), withdrawn (the address is registered no more).",
            ("sink", "outcome"),
            registry=registry,
        ),
        Gauge(
            "chiso_deliveries_waiting", "Notices and digests that wait for an address; 0 where another process delivers.", registry=registry
        ),
    )


# what the figures themselves show: name → (help, labels). All gauges.
FIGURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "chiso_room_info": ("1 for the unit whose room this is (CHISO_UNIT): the root of walls and pages.", ("unit",)),
    "chiso_unit_info": (
        "1 for every unit registered or with figures: its name, kind, parent and province or ministry.",
        ("unit", "name", "kind", "parent", "province"),
    ),
    "chiso_dossiers_open": (
        "Open dossiers, each in one state: in_time, due_soon (within 2 working days), overdue, waiting.",
        ("unit", "state"),
    ),
    "chiso_dossiers_counted": (
        "Dossiers of a period: received, carried_over, finished_early, finished_on_time, finished_late.",
        ("unit", "period", "count"),
    ),
    "chiso_dossiers_counted_last_year": (
        "The same of the same period last year; of an open period the same days passed.",
        ("unit", "period", "count"),
    ),
    "chiso_indicator_numerator": ("Numerator of an indicator of Decision 766.", ("unit", "indicator", "period")),
    "chiso_indicator_denominator": ("Denominator of an indicator of Decision 766.", ("unit", "indicator", "period")),
    "chiso_indicator_score_points": ("Points of an indicator, as the national portal computes them.", ("unit", "indicator", "period")),
    "chiso_indicator_max_points": ("Most points that an indicator gives.", ("indicator",)),
    "chiso_indicator_ratio_last_year": (
        "Ratio of an indicator in the same period last year; of an open period the same days passed.",
        ("unit", "indicator", "period"),
    ),
    "chiso_target_ratio": (
        "Ratio aimed at, as registered for a unit; provinces and ministries show the one in force for them.",
        ("unit", "indicator"),
    ),
    "chiso_block_score_points": ("Points of a block; of the country the mean of the provinces.", ("unit", "block", "period")),
    "chiso_total_score_points": ("Points of 100.", ("unit", "period")),
    "chiso_total_score_points_previous": (
        "Points of 100 in the period before, of an open period in as many days; absent where a formula changed in between.",
        ("unit", "period"),
    ),
    "chiso_total_score_points_last_year": (
        "Points of 100 in the same period last year, likewise.",
        ("unit", "period"),
    ),
    "chiso_grade": ("Grade of the total: 5 excellent, 4 good, 3 fair, 2 average, 1 weak.", ("unit", "period")),
    "chiso_rank": ("Place among peers by total, 1 for the best.", ("unit", "peers", "period")),
    "chiso_apologies_owed": ("Late dossiers of the year whose letter of apology is not on record yet.", ("unit",)),
    "chiso_silent_sources": ("Sources from which nothing came for longer than their setting.", ("unit",)),
    "chiso_off_record_signs": ("Signs of dossiers off the record in the running month, to be verified.", ("unit",)),
    "chiso_extra_papers_signs": ("Signs of papers asked for beyond the rules in the running month, to be verified.", ("unit",)),
    "chiso_sync_delay_seconds": ("Mean time from what happened until news of it came, running month.", ("unit",)),
    "chiso_repeat_late": ("Units late in three or more months of the year, the unit itself among them.", ("unit",)),
    "chiso_figures_complete": ("1 where everything that Kafka has of the unit is in its figures, else 0.", ("unit",)),
    "chiso_figures_timestamp_seconds": (
        "Up to when figures are whole, halted partitions aside: now when the others are caught up, else the last record's time.",
        (),
    ),
    "chiso_figures_held": ("1 while figures stand still because the store is loaded, rebuilt or worked through, else 0.", ()),
    "chiso_calendar_unconfirmed": (
        "1 for a year in use (from 1 December also the next) whose days off nobody confirmed, else 0.",
        ("year",),
    ),
    "chiso_partitions_halted": ("Partitions that wait for somebody's decision.", ()),
    "chiso_store_memory_bytes": ("Memory that the store uses.", ()),
    "chiso_store_memory_limit_bytes": (
        "Memory that the store may use: its maxmemory, else all of its machine; absent where it tells neither.",
        (),
    ),
    "chiso_rejected_waiting": ("Rejections on record (30 days); what was replayed since stays among them.", ()),
    "chiso_series": ("Series of figures that are shown.", ()),
    "chiso_series_left_out": (
        "Series of figures that are not shown, by kind of unit: of communes totals alone are, and there is a budget.",
        ("kind",),
    ),
}
