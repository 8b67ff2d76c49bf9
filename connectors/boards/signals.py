"""Every number that a board or an alert shows, as PromQL, defined once. Only names declared in connectors/metrics.py are used."""

ROOM = "and on(unit) chiso_room_info"
SCOPE = 'province=~"$province"'
STATES = ("in_time", "due_soon", "waiting", "overdue")

AGE = "time() - chiso_figures_timestamp_seconds"
HALTED = "chiso_partitions_halted"
LAG = "sum by (topic) (chiso_consumer_lag_records)"
EVENTS_A_SECOND = "sum by (topic) (rate(chiso_events_total[1m]))"


def open_in_room(state: str) -> str:
    """Open dossiers of the room's root in one state."""
    return f'chiso_dossiers_open{{state="{state}"}} {ROOM}'


def offices(kinds: str = "department|commune|", scope: str = "") -> str:
    """Units that handle dossiers themselves; a unit nobody registered has no kind."""
    return f'chiso_unit_info{{kind=~"{kinds}"{"," + scope if scope else ""}}}'


def by_office(state: str, kinds: str = "department|commune|", scope: str = "") -> str:
    """Open dossiers of each office in one state, with its name and province."""
    return f'chiso_dossiers_open{{state="{state}"}} * on(unit) group_left(name, kind, province) {offices(kinds, scope)}'


def ratio(period: str = "month") -> str:
    """Indicator 2.1 of every unit, in per cent; nothing where there was nothing to do."""
    chosen = f'{{indicator="2.1",period="{period}"}}'
    return f"100 * chiso_indicator_numerator{chosen} / (chiso_indicator_denominator{chosen} > 0)"


def ratio_by_office(period: str = "month", scope: str = "") -> str:
    """2.1 of each office, with its name."""
    return f"({ratio(period)}) * on(unit) group_left(name, kind, province) {offices(scope=scope)}"


def counted(period: str, *counts: str) -> str:
    """Dossiers of a period, by unit."""
    return f'sum by (unit) (chiso_dossiers_counted{{period="{period}",count=~"{"|".join(counts)}"}})'


FINISHED = ("finished_early", "finished_on_time", "finished_late")
RATIO_IN_ROOM = f"({ratio()}) {ROOM}"
RECEIVED_TODAY = f"{counted('day', 'received')} {ROOM}"
FINISHED_TODAY = f"{counted('day', *FINISHED)} {ROOM}"
LATE_THIS_MONTH = f"{counted('month', 'finished_late')} {ROOM}"
ON_TIME_OF_FINISHED = f"(100 * {counted('month', *FINISHED[:2])} / ({counted('month', *FINISHED)} > 0)) {ROOM}"


def most_overdue(count: int, kinds: str = "department|commune|", scope: str = "") -> str:
    """The offices that hold most of what is overdue."""
    return f"topk({count}, {by_office('overdue', kinds, scope)})"


def sum_of_offices(state: str, scope: str) -> str:
    """Open dossiers of all offices in scope, in one state."""
    return f"sum({by_office(state, scope=scope)})"


def held_by_most(count: int, scope: str) -> str:
    """Which share of all that is overdue so many offices hold, in per cent."""
    return f"100 * sum({most_overdue(count, scope=scope)}) / (sum({by_office('overdue', scope=scope)}) > 0)"
