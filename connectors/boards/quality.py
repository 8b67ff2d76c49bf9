"""Whether data are right, complete, clean and alive: what was rejected, what is missing, who is silent, how late news comes."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh, province, to
from connectors.boards.looks import BAD, SHARE, SOON, Look
from connectors.boards.panels import Place, Series, bars, lines, stat
from connectors.boards.tables import Column, Layout, table
from connectors.boards.words import Words

TOPS = s.info("province|ministry", s.SCOPE)
DAYS = Look("locale", 1, ((None, "green"), (1 / 24, "yellow"), (1, "red")))
HOURS = Look("locale", 1, ((None, "green"), (1, "yellow"), (24, "red")))
DAY, HOUR = 86_400, 3_600  # seconds
OUTCOMES = ("applied", "no_effect", "duplicate", "rejected")


def _of_tops(kind: str, metric: str) -> str:
    """Of provinces and ministries; where none is registered, of the offices there are."""
    return " or ".join(f"{kind}({metric} and on(unit) {units})" for units in (TOPS, s.offices(scope=s.SCOPE)))


def _sum(metric: str) -> str:
    return f"{_of_tops('sum', metric)} or vector(0)"


def _share(outcome: str) -> str:
    every = "sum(chiso_events_total)"
    return f'100 * (sum(chiso_events_total{{outcome="{outcome}"}}) or vector(0)) / ({every} > 0)'


def quality(words: Words) -> dict[str, Any]:
    """Right, complete, clean, alive: in this order."""
    units = s.info("province|ministry|department", s.SCOPE)
    row = to(words, "unit", province='${__data.fields["' + words["province"] + '"]}', unit='${__data.fields["' + words["code"] + '"]}')
    layout = Layout(
        {"unit": "code", "name": "name", "province": "province"},
        sort="off_record",
        links={"name": row},
        widths={"unit": 90, "province": 90},
    )

    def of(metric: str) -> str:
        return f"({metric}) and on(unit) {units}"

    columns = [
        Column("silent", s.named(of("chiso_silent_sources"), units), BAD),
        Column("delay", s.filled(of(f"chiso_sync_delay_seconds / {DAY}"), units), DAYS),
        Column("off_record", s.filled(of("chiso_off_record_signs"), units), SOON),
        Column("papers", s.filled(of("chiso_extra_papers_signs"), units), SOON),
    ]
    heard = f"({s.SOURCE_LAST} or on(unit) {s.HEARD})"  # where no rules are loaded nothing is recorded
    ages = f"(time() - {s.named(heard, s.offices(scope=s.SCOPE))}) / {HOUR}"
    by_outcome = [Series(f'sum(increase(chiso_events_total{{outcome="{one}"}}[5m])) or vector(0)', words[one]) for one in OUTCOMES]
    none = f"count({s.info('commune', s.SCOPE)} unless on(unit) chiso_dossiers_open) or vector(0)"
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.COMPLETE_CHOSEN),
        stat(
            "rejected_share",
            words,
            Place(6, 0, 3, 5),
            s.said(_share("rejected")),
            Look("locale", 3, ((None, "green"), (1, "yellow"), (5, "red"))),
        ),
        stat("rejected_waiting", words, Place(9, 0, 3, 5), s.said("chiso_rejected_waiting"), SOON),
        stat("quarantined", words, Place(12, 0, 3, 5), "sum(chiso_source_quarantined) or vector(0)", BAD),
        stat("unregistered", words, Place(15, 0, 3, 5), 'count(chiso_unit_info{kind=""}) or vector(0)', SOON),
        stat("communes_silent", words, Place(18, 0, 3, 5), none, SOON),
        stat("duplicates", words, Place(21, 0, 3, 5), s.said(_share("duplicate")), SHARE),
        stat("silent", words, Place(0, 5, 6, 5), _sum("chiso_silent_sources"), BAD),
        stat("delay", words, Place(6, 5, 6, 5), s.said(_of_tops("max", f"chiso_sync_delay_seconds / {DAY}")), DAYS),
        stat("off_record", words, Place(12, 5, 6, 5), _sum("chiso_off_record_signs"), SOON),
        stat("papers", words, Place(18, 5, 6, 5), _sum("chiso_extra_papers_signs"), SOON),
        lines("outcomes", words, Place(0, 10, 12, 9), by_outcome, stacked=True),
        bars("oldest", words, Place(12, 10, 12, 9), f"topk(10, {ages})", HOURS),
        table("quality_table", words, Place(0, 19, 24, 16), columns, layout),
    ]
    return board("quality", words, panels, [province(words, ".*")])
