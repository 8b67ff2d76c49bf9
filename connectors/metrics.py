"""Every metric of chiso, declared once. Base units, prefix `chiso_`, never a dossier, official or procedure as a label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

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
        "1 for every unit: its name, kind, parent and province or ministry.",
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
    "chiso_indicator_numerator": ("Numerator of an indicator of Decision 766.", ("unit", "indicator", "period")),
    "chiso_indicator_denominator": ("Denominator of an indicator of Decision 766.", ("unit", "indicator", "period")),
    "chiso_indicator_score_points": ("Points of an indicator, as the national portal computes them.", ("unit", "indicator", "period")),
    "chiso_block_score_points": ("Points of a block; of the country the mean of the provinces.", ("unit", "block", "period")),
    "chiso_total_score_points": ("Points of 100.", ("unit", "period")),
    "chiso_rank": ("Place among peers by total, 1 for the best.", ("unit", "peers", "period")),
    "chiso_figures_timestamp_seconds": ("Up to when figures are complete: now when caught up, else the last applied record's time.", ()),
    "chiso_calendar_unconfirmed": (
        "1 for a year in use (from 1 December also the next) whose days off nobody confirmed, else 0.",
        ("year",),
    ),
    "chiso_partitions_halted": ("Partitions that wait for somebody's decision.", ()),
}

Rows = Mapping[str, Sequence[tuple[tuple[str, ...], float]]]  # name → (label values, value)


class Figures(Collector):
    """Shows the rows last handed over, so nothing stale is ever left behind."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.rows: Rows = {}
        registry.register(self)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        rows = self.rows
        for name, (about, labels) in FIGURES.items():
            family = GaugeMetricFamily(name, about, labels=labels)
            for values, value in rows.get(name, ()):
                family.add_metric(values, value)
            yield family
