"""What is overdue, down to the dossier: who holds it, how long it is late, what is owed for it, and what is due next."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh, page, province, to, unit
from connectors.boards.looks import BAD, LOOKS, PERCENT, SHARE, SOON, Look
from connectors.boards.panels import Place, Series, bars, lines, link, stat
from connectors.boards.tables import Column, Layout, rows, table
from connectors.boards.words import Words

# all below it is in a province's number already; of communes there is none, unless the room is theirs
_OWING = (s.info(s.ALONE, s.CHOSEN), s.info("department", s.CHOSEN), s.offices(scope=s.CHOSEN))
OWED = " or ".join([*(f"sum(chiso_apologies_owed and on(unit) {units})" for units in _OWING), "vector(NaN)"])
LISTED = (s.SCOPE, 'under="${unit:raw}"')  # the lists know who is below whom
DAYS = Look("locale", 0, ((None, "orange"), (5, "red")))
PLACE = {"unit": "code", "province": "province"}
LEFT = Look("dthms", None, ((None, "red"), (28_800, "orange"), (86_400, "yellow")), words="left")


def overdue(words: Words) -> dict[str, Any]:
    """Concentration before lists."""
    top = ("overdue", "due_soon", "waiting", "in_time")
    counts = [
        stat(state, words, Place(6 + 3 * at, 0, 3, 5), f"{s.sum_of_offices(state, s.CHOSEN)} or vector(0)", LOOKS[state])
        for at, state in enumerate(top)
    ]
    here = to(words, "overdue", province="${__field.labels.province}", unit="${__field.labels.unit}")
    row = to(words, "unit", province='${__data.fields["' + words["province"] + '"]}', unit='${__data.fields["' + words["code"] + '"]}')
    offices = s.offices(scope=s.CHOSEN)
    columns = [Column(state, s.by_office(state, scope=s.CHOSEN), LOOKS[state]) for state in top]
    columns.append(Column("ratio", s.filled(s.ratio_by_office(scope=s.CHOSEN), offices), PERCENT))
    by_unit = Layout({"unit": "code", "name": "name", "province": "province"}, links={"name": row}, widths={"unit": 90, "province": 90})
    dossier = link(words["to_dossier"], "${page:raw}/#/dossier/${__value.raw:percentencode}")
    who = {"dossier": "dossier", "name": "name", "official": "official", "procedure": "procedure", "due_at": "due_at"} | PLACE
    given: dict[str, Any] = {
        "links": {"name": row, "dossier": dossier},
        "widths": {"dossier": 180, "due_at": 145},
        "hidden": tuple(PLACE),
        "times": ("due_at",),
    }
    soon = {label: message for label, message in who.items() if label != "procedure"}  # half a board is not wide enough for all
    dossiers, first = Layout(who, **given), Layout(soon, descending=False, **given)
    officials = Layout({"official": "official", "name": "name"} | PLACE, links={"name": row}, hidden=tuple(PLACE))
    owed = {"dossier": "dossier", "name": "name", "duty": "duty"} | PLACE
    duties = Layout(
        owed, links={"name": row, "dossier": dossier}, names={"duty": _duties(words)}, widths={"dossier": 180}, hidden=tuple(PLACE)
    )
    panels = [
        fresh(words, Place(0, 0, 6, 5), s.COMPLETE_CHOSEN),
        *counts,
        stat("share", words, Place(18, 0, 3, 5), s.said(s.held_by_most(5, s.CHOSEN)), SHARE),
        stat("apologies", words, Place(21, 0, 3, 5), OWED, BAD),
        bars("most_departments", words, Place(0, 5, 12, 9), s.most_overdue(10, "department|", s.CHOSEN), BAD, link=here),
        bars("most_communes", words, Place(12, 5, 12, 9), s.most_overdue(10, s.COMMUNES, s.CHOSEN), BAD, link=here),
        rows("dossiers_overdue", words, Place(0, 14, 14, 13), _listed("dossier_overdue_days"), dossiers, value=("days_late", DAYS)),
        rows("dossiers_due", words, Place(14, 14, 10, 13), _listed("dossier_due_seconds"), first, value=("left", LEFT)),
        rows("officials_late", words, Place(0, 27, 8, 11), _listed("official_late"), officials, value=("late", BAD)),
        rows("officials_overdue", words, Place(8, 27, 8, 11), _listed("official_overdue"), officials, value=("held", BAD)),
        rows("duties", words, Place(16, 27, 8, 11), _listed("duty_owed"), duties, value=("owed_days", SOON)),
        lines(
            "by_province",
            words,
            Place(0, 38, 24, 9),
            [Series(_provinces(), "{{name}}")],
        ),
        table("table", words, Place(0, 47, 24, 14), columns, by_unit),
    ]
    chosen = unit(words, s.SCOPE, ".*")
    return board("overdue", words, panels, [province(words, ".*"), chosen, page(words)])


def _listed(name: str) -> str:
    """Lines of one of chiso's own lists, of the unit chosen and all below it."""
    return s.series(name, *LISTED)


def _duties(words: Words) -> dict[str, str]:
    return {name: words[name] for name in ("explanation", "apology")}


def _provinces() -> str:
    """What is overdue in scope, by province or ministry, with its name."""
    found = f"sum by (province) ({s.by_office('overdue', scope=s.CHOSEN)})"
    return f"({found}) * on(province) group_left(name) {s.info('province|ministry')}"
