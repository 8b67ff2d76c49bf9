"""What each list must show of what was staged, as of a moment: reckoned from plans of lives and what was sent of them, by no rule that chiso itself uses.

Moments are seconds since 1970, days are Vietnam's. Lists cover what they cover where nothing else is asked for: duties the year, signs ninety days.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.simulate.incidents import Incidents, Trace
from connectors.simulate.letters import listed
from connectors.simulate.lives import SESSIONS, WORKED, Life, at, day_of, effective
from connectors.simulate.payloads import finished
from indicators.times import DAY, date_of, rfc3339, seconds
from indicators.workdays import Calendar

ACCEPTANCE = 8 * 3600
SILENCE = 4 * 3600
SUPPLEMENT_DAYS = 10  # the setting that provinces with incidents have
APOLOGY_DAYS = 1
WAITED = 2
SEQUENCE = 1000
RECENT = 90
Bursts = list[list[int]]  # (first, last, moment): what was to be sent in [first, last] was sent at once, at the moment


def wall(second: int, bursts: Bursts) -> int:
    """When something was really sent: the past comes in bursts, at the start and after every stop."""
    return next((moment for first, last, moment in reversed(bursts) if first <= second <= last), second)


def worked(calendar: Calendar, begin: int, end: int) -> int:
    """Working seconds between two moments, counted day by day."""
    found = 0
    for day in range(day_of(begin), day_of(end) + 1):
        if calendar.is_workday(day):
            found += sum(max(0, min(end, at(day, last)) - max(begin, at(day, first))) for first, last in SESSIONS)
    return found


def after(calendar: Calendar, begin: int, work: int) -> int:
    """The moment when so many working seconds have passed since."""
    day = day_of(begin)
    while True:
        some = worked(calendar, begin, at(day, DAY - 1))
        if some >= work:
            low, high = begin, at(day, DAY - 1)
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if worked(calendar, begin, middle) >= work else (middle + 1, high)
            return low
        day += 1 + (work - some) // WORKED // 2


@dataclass(frozen=True, slots=True)
class Late:
    """A dossier late by the clock: the day that ended with it overdue, when handling ended (None: open), the unit, who held it then."""

    day: int
    end: int | None
    unit: str
    held: str | None

    @property
    def month_day(self) -> int:
        """The day it is listed under."""
        return self.day if self.end is None else day_of(self.end)


class Truth:
    """What was staged up to `now`; `told` is what the stream knows of each dossier."""

    def __init__(self, incidents: Incidents, told: dict[str, tuple[Life, int]], bursts: Bursts, now: int) -> None:
        self._incidents, self._told, self._bursts, self._now = incidents, told, bursts, now
        self._calendar, self._today = incidents.calendar, day_of(now)
        self._recent = self._today - RECENT + 1

    def all(self) -> dict[str, Any]:
        """Every list."""
        late = {number: found for number, life, told, trace in self._known() if (found := self._late(life, told, trace)) is not None}
        return {
            "as_of": rfc3339(self._now),
            "duties": self._duties(late),
            "offrecord": self._offrecord(),
            **self._silence(),
            "papers": self._papers(),
            "repeat_late": self._repeat(late.values()),
            "clocks": sorted(number for number, life, told, _ in self._known() if self._differs(life, told)),
        }

    def _known(self) -> Iterator[tuple[str, Life, int, Trace]]:
        """(number, life, last moment told of, trace) of every dossier heard of."""
        for number, (life, trace) in self._incidents.traces.items():
            yield number, life, self._told[number][1] if number in self._told else 0, trace

    def _late(self, life: Life, told: int, trace: Trace) -> Late | None:
        if not life.accepted or life.received > told:
            return None
        end, due = _end(life, told), effective(life, told)
        if due is None:
            return None
        day = max(day_of(due), day_of(life.received))
        if (self._today if end is None else day_of(end)) <= day_of(due) or (end is None and day >= self._today):
            return None
        unit = life.moved[1] if life.moved is not None and life.moved[0] <= told else life.office
        held = [official for moment, official in sorted(trace.steps) if moment < at(day + 1, 0)]
        return Late(day, end, unit.code, held[-1] if held else None)

    def _duties(self, late: dict[str, Late]) -> dict[str, list[str]]:
        year = date_of(self._today).year
        found = {}
        for number, _, _, trace in self._known():
            said = [facts for facts in self._beside(number, trace) if facts["type"] == "late"]
            one = late.get(number)
            if one is not None and (one.end is None or date_of(one.month_day).year == year):
                found[number] = sorted(self._flags(one, said))
            elif one is None and said and date_of(day_of(seconds(said[-1]["at"]))).year == year:
                found[number] = ["declared_not_late"]
        return found

    def _flags(self, late: Late, said: list[dict[str, Any]]) -> Iterator[str]:
        """What is wrong with how a late dossier was answered for; `said` are its letters in order of time."""
        explained, apologised, dates = (
            [seconds(facts[name]) for facts in said if name in facts] for name in ("explanation_at", "apology_at", "new_date")
        )
        lacking = [name for name, sent in (("explanation_missing", explained), ("apology_missing", apologised)) if not sent]
        yield from lacking
        limit = at(self._calendar.add(late.day, APOLOGY_DAYS) + 1, 0)
        wrong = {
            "none_sent": not explained and not apologised,
            "sent_late": any(sent[0] >= limit for sent in (explained, apologised) if sent),
            "no_reason": len(lacking) < len(("explanation", "apology")) and not any("reason" in facts for facts in said),
            "no_new_date": bool(apologised) and not dates,
            "second_rescheduling": len({day_of(date) for date in dates}) > 1,
            "new_date_missed": bool(dates) and day_of(dates[-1]) < (self._today if late.end is None else day_of(late.end)),
            "not_declared": not said,
        }
        yield from (name for name, holds in wrong.items() if holds)

    def _beside(self, number: str, trace: Trace) -> list[dict[str, Any]]:
        """What was said beside payloads so far, in order of time."""
        life = self._incidents.traces[number][0]
        return [{"at": rfc3339(moment), **facts} for place, (moment, facts) in enumerate(life.beside) if place in trace.beside]

    def _offrecord(self) -> dict[str, Any]:
        found: dict[str, list[str]] = defaultdict(list)
        for number, life, told, trace in self._known():
            if trace.reception is None:
                if self._recent <= day_of(trace.earliest) and self._missing(day_of(trace.earliest)):
                    found["not_received"].append(number)
                continue
            received = life.received if life.accepted else life.filed
            if day_of(received) < self._recent:
                continue
            if trace.first is not None and wall(trace.reception, self._bursts) - wall(trace.first, self._bursts) > DAY:
                found["received_after_the_fact"].append(number)
            end = _end(life, told)
            if end is not None and end < received:
                found["finished_before_received"].append(number)
            if life.channel == "online" and worked(self._calendar, life.filed, received) > ACCEPTANCE:
                found["accepted_late"].append(number)
        return {sign: sorted(numbers) for sign, numbers in found.items()} | {"missing_numbers": self._gaps()}

    def _missing(self, day: int) -> bool:
        """Whether what belongs to a day should be there by now."""
        return self._now >= at(self._calendar.add(day, WAITED) + 1, 0)

    def _gaps(self) -> dict[str, list[int]]:
        """Agency and date → numbers that nobody heard of between those that were."""
        seen: dict[tuple[str, int], set[int]] = defaultdict(set)
        for number, (life, _) in self._incidents.traces.items():
            seen[life.office.code, _date(number)].add(int(number.rpartition("-")[2]))
        found = {}
        for (agency, day), numbers in sorted(seen.items()):
            missing = sorted(set(range(min(numbers), max(numbers))) - numbers)
            if 0 < len(missing) <= SEQUENCE and self._recent <= day and self._missing(day):
                found[f"{agency} {date_of(day)}"] = missing
        return found

    def _silence(self) -> dict[str, Any]:
        """Every source and from when it counts as silent if it says nothing more; those of which that moment is over; who sends late, and how."""
        sources = []
        for agency, second in sorted(self._incidents.spoke.items()):
            last = wall(second, self._bursts)
            since = rfc3339(after(self._calendar, last, SILENCE + 1))
            sources.append({"agency": agency, "source": agency.partition(".")[0], "last_at": rfc3339(last), "silent_from": since})
        links = {agency: kind for agency, kind in sorted(self._incidents.links.items()) if agency not in self._incidents.stops}
        stops = {agency: rfc3339(moment) for agency, moment in sorted(self._incidents.stops.items())}
        return {
            "silent": [one for one in sources if one["silent_from"] <= rfc3339(self._now)],
            "sources": sources,
            "stops": stops,
            "delays": links,
        }

    def _papers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for number, life, told, trace in self._known():
            asked = [moment for moment in (life.asked, life.again and life.again[0]) if moment is not None and moment <= told]
            if life.again is not None and (life.again[1] or life.again[0]) > told:
                asked = asked[:1]
            if not asked or day_of(asked[0]) < self._recent:
                continue
            if len(asked) > 1:
                found["asked_again"].append(number)
            codes = {code for facts in self._beside(number, trace) for code in facts.get("papers", ())}
            if codes - set(listed(life.procedure)):
                found["paper_not_listed"].append(number)
            if life.received <= told and any(self._calendar.between(day_of(life.received), day_of(one)) > SUPPLEMENT_DAYS for one in asked):
                found["asked_late"].append(number)
        return {sign: sorted(numbers) for sign, numbers in found.items()}

    def _repeat(self, late: Iterable[Late]) -> list[dict[str, Any]]:
        """Units, and officials by the names that their systems send: months of this year in which they were late, and how often."""
        year = date_of(self._today).year
        found: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
        for one in late:
            date = date_of(one.month_day)
            for official in {None, one.held} if date.year == year else ():
                found[one.unit, official][f"{date:%Y-%m}"] += 1
        rows = [
            {"unit": unit, "official": official, "months": sorted(months), "late": months.total()}
            for (unit, official), months in found.items()
        ]
        return sorted(rows, key=lambda row: (row["unit"], row["official"] or ""))

    def _differs(self, life: Life, told: int) -> bool:
        """Whether a province that counts waiting as in time, and withdrawn as on time, counts it otherwise."""
        if not life.accepted or life.received > told:
            return False
        due, end = effective(life, told), finished(life, told)
        if end is None:  # waited for since the due day was over
            return life.asked is not None and life.asked <= told and life.given is None and due is not None
        return life.end in ("withdrawn", "stopped") and due is not None and day_of(end) > day_of(due)


def _end(life: Life, told: int) -> int | None:
    """When handling ended by what was told: asked twice and never answered is an end too."""
    if life.again is not None and life.given is None and life.again[0] <= told:
        return life.again[0]
    return finished(life, told)


def _date(number: str) -> int:
    """The day in a dossier's number."""
    text = number.split("-")[1]
    return day_of(seconds(f"{text[:4]}-{text[4:6]}-{text[6:]}T12:00:00+07:00"))


def path_of(truth: Path) -> Path:
    """Where it stands beside the CSV of what was staged."""
    return truth.with_suffix(".incidents.json")


def write(truth: Path, found: dict[str, Any]) -> None:
    """The file, whole or not at all."""
    path = path_of(truth)
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)
