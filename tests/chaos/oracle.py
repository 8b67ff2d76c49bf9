"""What must stand in the store, counted from the topic dossier by dossier, with nothing of chiso's own code: the contract's rules, in the plainest words."""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

VIETNAM = dt.timezone(dt.timedelta(hours=7))
DOOR = ("0", "1")
KNOWN = {"received", "step", "processed", "reopened", "transferred", "digitised", "rated"}
Row = tuple[str, int, str]  # unit, day number, counter


@dataclass
class Dossier:
    """Everything that was said of it: (stated, at, facts) by type."""

    said: dict[str, list[tuple[int, int, dict[str, Any]]]] = field(default_factory=dict)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that says a thing twice says nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def seconds(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp())


def day(moment: int) -> int:
    local = dt.datetime.fromtimestamp(moment, VIETNAM).date()
    return (local - dt.date(1970, 1, 1)).days


class Oracle:
    """Takes records; `rows` are all non-zero counters; `accepted` and `rejected` count records."""

    def __init__(self) -> None:
        self.dossiers: dict[str, Dossier] = {}
        self.accepted = self.rejected = 0
        self.through: set[str] = set()  # ids of events that somebody sent to the raw topic

    def take(self, value: bytes, recorded_ms: int) -> None:
        """One record of the topic."""
        try:
            event = json.loads(value, object_pairs_hook=_once)
            stated, at = seconds(event.get("stated_at") or event["at"]), seconds(event["at"])
            good = event["type"] in KNOWN and all(946_684_800 <= moment <= recorded_ms // 1000 + 86_400 for moment in (stated, at))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            good = False
        self.accepted += good
        self.rejected += not good
        if good:
            if str(event.get("id")).startswith(DOOR):
                self.through.add(event["id"])
            self.dossiers.setdefault(event["dossier"], Dossier()).said.setdefault(event["type"], []).append((stated, at, event))

    def rows(self) -> Counter[Row]:
        """(unit, day, counter) → number."""
        found: Counter[Row] = Counter()
        for number, dossier in self.dossiers.items():
            _count(found, number, dossier)
        return +found

    def overdue(self, today: int) -> dict[str, int]:
        """Open dossiers whose due day is over, and the day they became overdue after."""
        found = {}
        for number, dossier in self.dossiers.items():
            reception = _moment(dossier, "received")
            due = None if reception is None else _due(dossier)
            if reception is not None and due is not None and _finished(dossier, reception[1]) is None:
                became = max(day(due), day(reception[1]))
                if became < today:
                    found[number] = became
        return found


def _latest(dossier: Dossier, name: str, *kinds: str) -> Any:
    """A fact: the later statement wins, then the later moment, then the greater value."""
    told = [(stated, at, event[name]) for kind in kinds for stated, at, event in dossier.said.get(kind, []) if event.get(name) is not None]
    return max(told)[2] if told else None


def _moment(dossier: Dossier, kind: str) -> tuple[int, int] | None:
    return max(((stated, at) for stated, at, _ in dossier.said.get(kind, [])), default=None)


def _due(dossier: Dossier) -> int | None:
    """Each due date replaces the one before only if it was stated before that one's day was over."""
    due: int | None = None
    for stated, date in sorted(
        {(stated, seconds(event["due_at"])) for stated, _, event in dossier.said["received"] if event.get("due_at")}
    ):
        if due is None or day(stated) <= day(due):
            due = date
    return due


def _finished(dossier: Dossier, received: int) -> int | None:
    ended, reopened = _moment(dossier, "processed"), _moment(dossier, "reopened")
    return None if ended is None or (reopened is not None and ended < reopened) else max(ended[1], received)


def _count(found: Counter[Row], number: str, dossier: Dossier) -> None:  # noqa: C901 - the rules, in one place
    reception = _moment(dossier, "received")
    if reception is None:
        return
    received = reception[1]
    unit = _latest(dossier, "unit", "received", "transferred") or number.split("-", maxsplit=1)[0]
    finished = _finished(dossier, received)
    due = _due(dossier)
    flags = _flags(dossier) | (set() if due is not None else {"no_due_date"})
    aggrieved = "unsatisfied" in flags

    def add(moment_day: int, *counters: str) -> None:
        for counter in counters:
            found[unit, moment_day, counter] += 1

    add(day(received), "received", *(f"received_{flag}" for flag in flags), *(["received_aggrieved"] if aggrieved else []))
    late = finished is not None and due is not None and day(finished) > day(due)
    if finished is not None:
        verdict = "on_time" if due is None or day(finished) == day(due) else "late" if late else "early"
        add(day(finished), f"finished_{verdict}", *(f"finished_{flag}" for flag in flags), *(["finished_aggrieved"] if aggrieved else []))
        found[unit, day(finished), "handling_seconds"] += finished - received
        if late and aggrieved:
            add(day(finished), "late_aggrieved")
    if due is not None and (finished is None or late):
        became = max(day(due), day(received))
        if finished is None or became < day(finished):
            add(became, "became_overdue", *(["became_aggrieved"] if aggrieved else []))
            if finished is not None:
                add(day(finished), "ceased_overdue", *(["ceased_aggrieved"] if aggrieved else []))


def _flags(dossier: Dossier) -> set[str]:
    channel = _latest(dossier, "channel", "received") or "counter"
    flags = {channel}
    if channel == "online":
        flags.add("online_with_result")  # nobody said that its result is on paper
    if _latest(dossier, "papers", "digitised") and _latest(dossier, "result", "digitised"):
        flags.add("digitised")
    if _latest(dossier, "rating", "rated") == "unsatisfied":
        flags.add("unsatisfied")
    return flags
