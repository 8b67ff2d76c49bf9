"""Every number that a board or an alert shows, as PromQL, defined once. Only names declared in connectors/metrics.py are used."""

from collections.abc import Sequence

from connectors.boards.looks import NOTHING
from indicators.formulas import BLOCKS, GRADES

Scope = str | Sequence[str]  # conditions on labels of units; of several, one has to hold

ROOM = "and on(unit) chiso_room_info"
SCOPE = 'province=~"$province"'
CHOSEN = (f'{SCOPE},unit=~"$unit"', f'{SCOPE},province=~"$unit"')  # the unit chosen; where it is a province or ministry, all below it
STATES = ("in_time", "due_soon", "waiting", "overdue")
OFFICES, COMMUNES = "department|commune|", "commune"
ALONE = "ministry|province"  # offices too, where nobody below them is registered: all they have is their own
ABOVE = 'label_replace(count by (parent) (chiso_unit_info{parent!="",kind!="merged"}), "unit", "$1", "parent", "(.+)")'
COUNTRY, PROVINCE, UNIT = 'unit="VN"', 'unit="$province"', 'unit="$unit"'
PERIOD = "$period"

AGE = "time() - chiso_figures_timestamp_seconds"
HALTED = "chiso_partitions_halted"
LAG = "sum by (topic) (chiso_consumer_lag_records)"
SOURCE_LAST = "chiso:source_last"  # recorded by connectors/alerts, so that a worker that begins anew forgets nobody
HEARD = "max by (unit) (chiso_source_last_event_timestamp_seconds)"
EVENTS_A_SECOND = "sum by (topic) (rate(chiso_events_total[1m]))"
FINISHED = ("finished_early", "finished_on_time", "finished_late")


# the room's own units, by province or as the office it is; a room that nobody registered, or the country's, has all
_AS_PROVINCE = 'label_replace(chiso_room_info, "province", "$1", "unit", "(.+)")'
_OF_ALL = '(chiso_unit_info{kind=~"country|"} and on(unit) chiso_room_info)'
IN_ROOM = (
    f"and on(unit) ((chiso_unit_info and on(province) {_AS_PROVINCE})"
    f" or (chiso_unit_info and on(unit) chiso_room_info) or (chiso_unit_info and on() {_OF_ALL}))"
)


def series(name: str, *matchers: str) -> str:
    """`chiso_NAME{…}`."""
    return f"chiso_{name}{{{','.join(matchers)}}}"


def said(expr: str) -> str:
    """The number, or no number at all, which boards say in words; never an empty answer. `on()`, or both would stand there.

    Not of a course over time: there it is decided at each step, and one series becomes two of one name.
    """
    return f"({expr}) or on() vector(NaN)"


def filled(expr: str, units: str, *, nothing: str = "NaN") -> str:
    """The same for every unit of `units`."""
    return f"({expr}) or on(unit) ({units} * {nothing})"


def ranked(expr: str, units: str) -> str:
    """For every unit, NOTHING where there is no number: for sorting, where no number has no place."""
    return f"({expr}) or on(unit) ({units} * 0 + {NOTHING})"


def info(kinds: str, scope: Scope = "") -> str:
    """Units of kinds."""
    if not isinstance(scope, str):
        return f"({' or '.join(info(kinds, one) for one in scope)})"
    return f'chiso_unit_info{{kind=~"{kinds}"{"," + scope if scope else ""}}}'


def offices(kinds: str = OFFICES, scope: Scope = "") -> str:
    """Units that handle dossiers themselves: departments, communes, units nobody registered (they have no kind), and who has none of them below."""
    if kinds == COMMUNES:
        return info(kinds, scope)
    return f"({info(kinds, scope)} or ({info(ALONE, scope)} unless on(unit) {ABOVE}))"


def named(expr: str, units: str) -> str:
    """With name, kind and province of each unit."""
    return f"({expr}) * on(unit) group_left(name, kind, province) {units}"


def complete(whose: str) -> str:
    """1 where figures are complete, 0 where they lack something or nobody answers."""
    return f"min({series('figures_complete', whose)}) or vector(0)"


# by whatever has a word on it: where no province is registered, the country or the office itself has
COMPLETE_CHOSEN = f"min(chiso_figures_complete and on(unit) chiso_unit_info{{{SCOPE}}}) or vector(0)"
COMPLETE_ROOM = f"min(chiso_figures_complete {ROOM}) or vector(0)"


def open_in_room(state: str) -> str:
    """Open dossiers of the room's root in one state."""
    return f'chiso_dossiers_open{{state="{state}"}} {ROOM}'


def open_of(state: str, whose: str) -> str:
    """Open dossiers of a unit and all below it."""
    return series("dossiers_open", f'state="{state}"', whose)


def by_office(state: str, kinds: str = OFFICES, scope: Scope = "") -> str:
    """Open dossiers of each office in one state, with its name and province."""
    return f'chiso_dossiers_open{{state="{state}"}} * on(unit) group_left(name, kind, province) {offices(kinds, scope)}'


def ratio(period: str = "month", whose: str = "", indicator: str = "2.1") -> str:
    """An indicator's ratio, in per cent; nothing where there was nothing to do."""
    chosen = [f'indicator="{indicator}"', f'period="{period}"', *([whose] if whose else [])]
    return f"100 * {series('indicator_numerator', *chosen)} / ({series('indicator_denominator', *chosen)} > 0)"


def ratio_by_office(period: str = "month", scope: Scope = "", kinds: str = OFFICES) -> str:
    """2.1 of each office, with its name."""
    return f"({ratio(period)}) * on(unit) group_left(name, kind, province) {offices(kinds, scope)}"


def counted(period: str, *counts: str, whose: str = "", metric: str = "dossiers_counted") -> str:
    """Dossiers of a period, by unit."""
    matchers = [f'period="{period}"', f'count=~"{"|".join(counts)}"', *([whose] if whose else [])]
    return f"sum by (unit) ({series(metric, *matchers)})"


def on_time(period: str, whose: str = "") -> str:
    """Early and on time among the finished, in per cent; another figure than 2.1."""
    return f"100 * {counted(period, *FINISHED[:2], whose=whose)} / ({counted(period, *FINISHED, whose=whose)} > 0)"


RATIO_IN_ROOM = f"({ratio()}) {ROOM}"
RECEIVED_TODAY = f"{counted('day', 'received')} {ROOM}"
FINISHED_TODAY = f"{counted('day', *FINISHED)} {ROOM}"
LATE_THIS_MONTH = f"{counted('month', 'finished_late')} {ROOM}"
ON_TIME_OF_FINISHED = f"({on_time('month')}) {ROOM}"


def most_overdue(count: int, kinds: str = OFFICES, scope: Scope = "") -> str:
    """The offices that hold most of what is overdue."""
    return f"topk({count}, ({by_office('overdue', kinds, scope)}) > 0)"


def sum_of_offices(state: str, scope: Scope) -> str:
    """Open dossiers of all offices in scope, in one state."""
    return f"sum({by_office(state, scope=scope)})"


def held_by_most(count: int, scope: Scope) -> str:
    """Which share of all that is overdue so many offices hold, in per cent."""
    return f"100 * sum({most_overdue(count, scope=scope)}) / (sum({by_office('overdue', scope=scope)}) > 0)"


def total(whose: str, period: str = PERIOD, which: str = "") -> str:
    """Points of 100; `which` is `_previous` or `_last_year`."""
    return series(f"total_score_points{which}", f'period="{period}"', *([whose] if whose else []))


def grade(whose: str, period: str = PERIOD) -> str:
    """1 (weakest) to 5; made of the total, for communes are shown by totals alone."""
    steps = " + ".join(f"({total(whose, period)} >= bool {least})" for least, *_ in reversed(GRADES) if least)
    return f"1 + {steps}"


def rank(whose: str, period: str = PERIOD) -> str:
    """Place among peers."""
    return series("rank", f'period="{period}"', *([whose] if whose else []))


def change(whose: str, which: str, period: str = PERIOD) -> str:
    """Points gained since a period to compare with; nothing where a formula changed in between."""
    return f"{total(whose, period)} - on(unit, period) {total(whose, period, which)}"


def block_share(block: str, whose: str = "", period: str = PERIOD) -> str:
    """Points of a block in per cent of what it may give; two taken as one are summed where they stand apart."""
    names = block.split("+")
    most = sum(BLOCKS[name][0] for name in names)
    chosen = f'block=~"{"|".join([*names, block.replace("+", ".")] if len(names) > 1 else names)}"'
    scores = series("block_score_points", chosen, f'period="{period}"', *([whose] if whose else []))
    return f"100 / {most} * sum by (unit) ({scores})"


COUNTRYS_BLOCKS = ("CKMB", "TDGQ", "TTTT+CLGQ", "MDSH", "MDHL")  # as the portal has them


def targets(whose: str) -> str:
    """Targets in force for a unit: its own, else its province's, else the country's; no number where nobody set one."""
    own, above, all_ = (series("target_ratio", one) for one in (whose, PROVINCE, COUNTRY))
    return f"({own} or on(indicator) {above} or on(indicator) {all_}) or on(indicator) (chiso_indicator_max_points * NaN)"
