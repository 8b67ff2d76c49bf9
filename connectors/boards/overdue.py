"""What is overdue, down to the dossier: who holds it, how long it is late, what is owed for it, and what is due next."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh, province, to, unit
from connectors.boards.looks import BAD, LOOKS, PERCENT, SHARE, SOON, Look
from connectors.boards.panels import Place, Series, bars, lines, stat
from connectors.boards.tables import Column, Layout, rows, table
from connectors.boards.words import Words

CHOSEN = 'province=~"$province",unit=~"$unit"'
# all below it is in a province's number already; of communes there is none
OWED = " or ".join(
    [*(f"sum(chiso_apologies_owed and on(unit) {s.info(kinds, CHOSEN)})" for kinds in ("province|ministry", "department")), "vector(NaN)"]
)
DAYS = Look("locale", 0, ((None, "orange"), (5, "red")))
PLACE = {"unit": "code", "province": "province"}
LEFT = Look("dthms", None, ((None, "red"), (28_800, "orange"), (86_400, "yellow")))


def overdue(words: Words) -> dict[str, Any]:
    """Concentration before lists."""
    top = ("overdue", "due_soon", "waiting", "in_time")
    counts = [
        stat(state, words, Place(6 + 3 * at, 0, 3, 5), f"{s.sum_of_offices(state, CHOSEN)} or vector(0)", LOOKS[state])
        for at, state in enumerate(top)
    ]
    here = to(words, "overdue", province="${__field.labels.province}", unit="${__field.labels.unit}")
    row = to(words, "unit", province='${__data.fields["' + words["province"] + '"]}', unit='${__data.fields["' + words["code"] + '"]}')
    offices = s.offices(scope=CHOSEN)
    columns = [Column(state, s.by_office(state, scope=CHOSEN), LOOKS[state]) for state in top]
    columns.append(Column("ratio", s.filled(s.ratio_by_office(scope=CHOSEN), offices), PERCENT))
    by_unit = Layout({"unit": "code", "name": "name", "province": "province"}, links={"name": row}, widths={"unit": 90, "province": 90})
    who = {"dossier": "dossier", "name": "name", "official": "official", "procedure": "procedure", "due_at": "due_at"} | PLACE
    given: dict[str, Any] = {
        "links": {"name": row},
        "widths": {"dossier": 190, "due_at": 130},
        "hidden": tuple(PLACE),
        "times": ("due_at",),
    }
    dossiers, first = Layout(who, **given), Layout(who, descending=False, **given)
    officials = Layout({"official": "official", "name": "name"} | PLACE, links={"name": row}, hidden=tuple(PLACE))
    owed = {"dossier": "dossier", "name": "name", "duty": "duty"} | PLACE
    duties = Layout(owed, links={"name": row}, names={"duty": _duties(words)}, hidden=tuple(PLACE))
    panels = [
        fresh(words, Place(0, 0, 6, 5), f"min(chiso_figures_complete and on(unit) {s.info('province|ministry', s.SCOPE)}) or vector(0)"),
        *counts,
        stat("share", words, Place(18, 0, 3, 5), s.said(s.held_by_most(5, CHOSEN)), SHARE),
        stat(
            "apologies",
            words,
            Place(21, 0, 3, 5),
            OWED,
            BAD,
        ),
        bars("most_departments", words, Place(0, 5, 12, 9), s.most_overdue(10, "department|", CHOSEN), BAD, link=here),
        bars("most_communes", words, Place(12, 5, 12, 9), s.most_overdue(10, s.COMMUNES, CHOSEN), BAD, link=here),
        rows(
            "dossiers_overdue", words, Place(0, 14, 14, 13), s.series("dossier_overdue_days", CHOSEN), dossiers, value=("days_late", DAYS)
        ),
        rows("dossiers_due", words, Place(14, 14, 10, 13), s.series("dossier_due_seconds", CHOSEN), first, value=("left", LEFT)),
        rows("officials_late", words, Place(0, 27, 8, 11), s.series("official_late", CHOSEN), officials, value=("late", BAD)),
        rows("officials_overdue", words, Place(8, 27, 8, 11), s.series("official_overdue", CHOSEN), officials, value=("held", BAD)),
        rows("duties", words, Place(16, 27, 8, 11), s.series("duty_owed", CHOSEN), duties, value=("owed_days", SOON)),
        lines(
            "by_province",
            words,
            Place(0, 38, 24, 9),
            [Series(_provinces(), "{{name}}")],
        ),
        table("table", words, Place(0, 47, 24, 14), columns, by_unit),
    ]
    chosen = unit(words, 'province=~"$province"', ".*")
    return board("overdue", words, panels, [province(words, ".*"), chosen])


def _duties(words: Words) -> dict[str, str]:
    return {name: words[name] for name in ("explanation", "apology")}


def _provinces() -> str:
    """What is overdue in scope, by province or ministry, with its name."""
    found = f"sum by (province) ({s.by_office('overdue', scope=CHOSEN)})"
    return f"({found}) * on(province) group_left(name) {s.info('province|ministry')}"
