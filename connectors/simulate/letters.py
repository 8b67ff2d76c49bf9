"""What is said beside national payloads, which have no place for it: explanations and apologies with their faults, and codes of the papers asked for."""

from random import Random
from typing import Any

from connectors.simulate.catalogue import Procedure
from connectors.simulate.fates import UNRECEIVED
from connectors.simulate.lives import CLOSING, Life, at, day_of, effective, office_time
from indicators.times import rfc3339
from indicators.workdays import Calendar

Said = tuple[int, dict[str, Any]]
ROLES = ("head", "deputy_head")
REASONS = ("LIENTHONG", "THIEUNHANLUC", "HETHONG", "XACMINH")
UNLISTED = ("TP90", "TP91")
NOT_LATE = 0.004  # of dossiers are said to be late though they are not
# how a late dossier is answered for
NOTHING, GOOD, UNEXPLAINED, UNAPOLOGISED, NEITHER, TARDY, NO_REASON, NO_DATE, TWICE, MISSED = range(10)
WEIGHTS = (22, 30, 6, 6, 4, 10, 5, 5, 6, 6)


def listed(procedure: Procedure) -> tuple[str, ...]:
    """Codes of the components its decision lists."""
    return tuple(f"TP{number:02}" for number in range(1, 3 + sum(procedure.code.encode()) % 4))


def add(life: Life, seed: int, calendar: Calendar) -> None:
    """Adds to a life what is said beside its payloads."""
    random = Random(f"{seed}:{life.number}:letters")  # noqa: S311 - not a secret
    _papers(random, life)
    late = _overdue(life)
    if life.fate == UNRECEIVED:
        if random.random() < 0.3:
            moment = life.beside[-1][0] + 60
            life.beside.append((moment, _letter(moment, GOOD, moment)))
    elif late is not None:
        life.beside += _letters(random, life, late, calendar)
    elif life.accepted and life.finished is not None and life.back is None and random.random() < NOT_LATE:
        life.beside.append((life.finished, _letter(life.finished, GOOD, life.finished)))


def _papers(random: Random, life: Life) -> None:
    """Codes of what was asked; of a second request together with its answer, as its payload says it."""
    asked = [(life.asked, life.asked)] if life.asked is not None else []
    asked += [(life.again[0], life.again[1] or life.again[0])] if life.again is not None else []
    for moment, told in asked:
        codes = random.sample(listed(life.procedure), random.randint(1, 2))
        if random.random() < 0.15:
            codes.append(random.choice(UNLISTED))
        life.beside.append((told, {"type": "supplement_requested", "at": rfc3339(moment), "papers": sorted(codes)}))


def _overdue(life: Life) -> int | None:
    """The day that ended with it overdue, by all that is to come."""
    if not life.accepted or life.back is not None:
        return None
    moment = effective(life, 1 << 40)
    if moment is None:
        return None
    end = life.finished if life.again is None or life.given is not None else life.again[0]
    return day_of(moment) if end is None or day_of(end) > day_of(moment) else None


def _letters(random: Random, life: Life, due: int, calendar: Calendar) -> list[Said]:
    kind = random.choices(range(len(WEIGHTS)), WEIGHTS)[0]
    if kind == NOTHING:
        return []
    first = calendar.add(due, 1)
    moment = office_time(random, calendar.add(first, random.randint(1, 3)) if kind == TARDY else first)
    end = day_of(life.finished) if life.finished is not None else calendar.add(first, 30)
    kept = at(calendar.add(max(end, day_of(moment)), random.randint(0, 2)), CLOSING)
    before = at(max(day_of(moment), end - 1), CLOSING)  # a date that passes without a result, unless that comes at once
    found = [(moment, _letter(moment, kind, before if kind == MISSED else kept, random))]
    if kind == TWICE:
        later = office_time(random, calendar.add(day_of(moment), 1))
        found.append((later, {"type": "late", "new_date": rfc3339(kept + 7 * 86_400)}))
    return found


def _letter(moment: int, kind: int, promised: int, random: Random | None = None) -> dict[str, Any]:
    """Form 04: when it was explained and apologised for, by which role, why, and the new date."""
    found: dict[str, Any] = {"type": "late"}
    if kind not in (UNEXPLAINED, NEITHER):
        found["explanation_at"] = rfc3339(moment)
    if kind not in (UNAPOLOGISED, NEITHER):
        found |= {"apology_at": rfc3339(moment), "role": ROLES[0] if random is None else random.choice(ROLES)}
    if kind != NO_REASON:
        found["reason"] = REASONS[0] if random is None else random.choice(REASONS)
    if kind != NO_DATE:
        found["new_date"] = rfc3339(promised)
    return found


def events(life: Life, first: int, last: int) -> list[dict[str, Any]]:
    """What is said beside of the moments (first, last], each stated when it happened."""
    return [
        {"dossier": life.number, "at": rfc3339(moment), "stated_at": rfc3339(moment), **facts}
        for moment, facts in life.beside
        if first < moment <= last
    ]
