"""The alerts: what is wrong, for how long, how badly, and where to look. Numbers are the boards' own signals wherever both show them.

Domain alerts wait five minutes at least: while a backlog is worked through, figures of the moment are not yet those of today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.boards import signals as s
from indicators.formulas import GRADES

CRITICAL, WARNING, INFO = "critical", "warning", "info"
DOMAIN, SYSTEM = "domain", "system"
MANY = 10  # offices of a province or ministry, from which on there is one alert for it instead of theirs
SURGE, SURGE_TIMES = 10, 1.5
FALL = 5  # points
ENOUGH = 50  # dossiers of the month, below which its total says little
OLD = 120  # seconds
FULL, BURSTING = 80, 95  # per cent of the store's memory

UPPER = "ministry|province|department"
TOP = "ministry|province"


@dataclass(frozen=True, slots=True)
class Alert:
    """`wait` is Prometheus' `for`; `board` and `scope` make the link: which board, and which of its variables is set to which label.

    `inner` is what the expression judges, for worlds in which it rightly finds nothing.
    """

    name: str
    area: str
    expr: str
    wait: str
    severity: str
    board: str
    inner: str
    scope: tuple[tuple[str, str], ...] = ()


def of_units(expr: str, kinds: str = UPPER) -> str:
    """An expression by unit, with names, of units of these kinds."""
    return f"({expr}) * on(unit) group_left(name, kind, province) {s.info(kinds)}"


def of_offices(state: str) -> str:
    """Open dossiers in a state, of each office; where many offices of a province have some, of the province too."""
    offices = s.by_office(state)
    many = f"count by (province) (({offices}) > 0) >= {MANY}"
    whole = of_units(f'chiso_dossiers_open{{state="{state}"}}', TOP)
    return f"(({offices}) > 0) or ({whole} and on(province) ({many}))"


def day_before(metric: str) -> str:
    """What stood a day before, or, where nobody looked just then, in the hours before that."""
    return f"last_over_time({metric}[6h] offset 1d)"


def news(metric: str) -> str:
    """How much more there is than a day before; a month's count begins anew with the month."""
    return f"({metric} - (({day_before(metric)} <= {metric}) or 0 * {metric})) > 0"


def given_up() -> str:
    """Deliveries given up within the hour; a counter that was not there before began at 0."""
    counter = 'chiso_deliveries_total{outcome="given_up"}'
    return f"(increase({counter}[1h]) > 0) or (({counter} unless {counter} offset 1h) > 0)"


OPEN = 'chiso_dossiers_open{state="overdue"}'
SURGED = f"({OPEN} - {day_before(OPEN)} >= {SURGE}) and ({OPEN} >= {SURGE_TIMES} * {day_before(OPEN)})"
NOW, BEFORE = 'chiso_total_score_points{period="month"}', 'chiso_total_score_points_previous{period="month"}'
BUSY = f'on(unit) (sum by (unit) (chiso_dossiers_counted{{period="month",count=~"received|carried_over"}}) >= {ENOUGH})'
GRADE, GRADE_BEFORE = 'chiso_grade{period="month"}', " + ".join(["1", *(f"({BEFORE} >= bool {least})" for least, _, _ in GRADES if least)])
MEMORY = "100 * chiso_store_memory_bytes / (chiso_store_memory_limit_bytes > 0)"
STALLED = f"({s.AGE} > {OLD}) or absent(chiso_figures_timestamp_seconds)"

PROVINCE = (("province", "province"),)
REMEMBERED = "1h"
OF_UNIT = (("province", "province"), ("unit", "unit"))

# what boards ask for that no scrape has: name → expression
RECORDED: Mapping[str, str] = {
    # a worker counts from its own beginning, and knows of nobody who has been silent since; whom no registry and no figure names is forgotten
    s.SOURCE_LAST: f"({s.HEARD} or last_over_time({s.SOURCE_LAST}[{REMEMBERED}])) and on(unit) chiso_unit_info",
}

ALERTS: Sequence[Alert] = (
    Alert("ChisoDossiersOverdue", DOMAIN, of_offices("overdue"), "5m", WARNING, "overdue", s.by_office("overdue"), PROVINCE),
    Alert("ChisoDossiersDueSoon", DOMAIN, of_offices("due_soon"), "15m", INFO, "overdue", s.by_office("due_soon"), PROVINCE),
    Alert("ChisoOverdueSurge", DOMAIN, of_units(SURGED), "10m", WARNING, "overdue", of_units(OPEN), PROVINCE),
    Alert(
        "ChisoApologyOwed", DOMAIN, f"{of_units('chiso_apologies_owed')} > 0", "1h", WARNING, "overdue", "chiso_apologies_owed", PROVINCE
    ),
    Alert(
        "ChisoSourceSilent", DOMAIN, f"{of_units('chiso_silent_sources')} > 0", "10m", WARNING, "quality", "chiso_silent_sources", PROVINCE
    ),
    Alert("ChisoOffRecord", DOMAIN, of_units(news("chiso_off_record_signs")), "10m", INFO, "quality", "chiso_off_record_signs", PROVINCE),
    Alert("ChisoScoreDrop", DOMAIN, of_units(f"({BEFORE} - {NOW} >= {FALL}) and {BUSY}"), "1h", WARNING, "unit", NOW, OF_UNIT),
    Alert("ChisoGradeLost", DOMAIN, of_units(f"({GRADE} < ({GRADE_BEFORE})) and {BUSY}"), "1h", WARNING, "unit", GRADE, OF_UNIT),
    Alert("ChisoPipelineStalled", SYSTEM, STALLED, "1m", CRITICAL, "pipeline", "chiso_figures_timestamp_seconds"),
    Alert("ChisoReadingStale", SYSTEM, "chiso_reading_stale > 0", "1m", WARNING, "pipeline", "chiso_reading_stale"),
    Alert("ChisoPartitionHalted", SYSTEM, f"{s.HALTED} > 0", "1m", CRITICAL, "pipeline", s.HALTED),
    Alert("ChisoConservationBroken", SYSTEM, "chiso_records_unaccounted != 0", "1m", CRITICAL, "pipeline", "chiso_records_unaccounted"),
    Alert("ChisoSourceQuarantined", SYSTEM, "chiso_source_quarantined > 0", "1m", WARNING, "quality", "chiso_source_quarantined"),
    Alert("ChisoStoreMemoryHigh", SYSTEM, f"{MEMORY} > {FULL}", "5m", WARNING, "pipeline", MEMORY),
    Alert("ChisoStoreMemoryHigh", SYSTEM, f"{MEMORY} > {BURSTING}", "1m", CRITICAL, "pipeline", MEMORY),
    Alert("ChisoCalendarUnconfirmed", SYSTEM, "chiso_calendar_unconfirmed > 0", "1h", WARNING, "pipeline", "chiso_calendar_unconfirmed"),
    Alert("ChisoDeliveriesGivenUp", SYSTEM, given_up(), "1m", WARNING, "pipeline", "chiso_deliveries_waiting"),
)
