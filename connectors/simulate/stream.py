"""In which order it arrives: every statement of every life, by the second it is sent, with duplicates, delays and offices that fall silent.

The same seed and the same first day give the same stream, so a simulation that was killed goes on by saying the same again.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from connectors.codec import Record
from connectors.simulate import letters, others, payloads
from connectors.simulate.incidents import Incidents
from connectors.simulate.lives import Life, at, day_of, hurry, office_time, plan
from connectors.simulate.offices import Office, Province
from connectors.simulate.payloads import Manner
from indicators.times import DAY, date_of
from indicators.workdays import Calendar

MINUTE = 60
HURRY_A_SECOND = 1.7  # dossiers a second while somebody watches; each gives three to five statements
SPREAD = 600  # dossiers of the last minutes are under way when watching begins
DUPLICATE, DELAYED, MOVED = 0.03, 0.03, 0.005


@dataclass(slots=True)
class Span:
    """Seconds [first, last) in which dossiers arrive at any hour."""

    first: int
    last: int


@dataclass
class Stream:
    """`until(moment)` gives what is sent up to it; moments only grow. `said` is what is known of each dossier by then."""

    provinces: list[Province]
    seed: int
    first_day: int
    end_day: int  # the day watching began: offices fall silent before it
    calendar: Calendar
    incidents: Incidents | None = None
    said: dict[str, tuple[Life, int]] = field(default_factory=dict)  # dossier → (its life, the last moment it was told of)
    _heap: list[tuple[int, int, str, Life, int]] = field(default_factory=list)  # (sent, tie, what, life, said)
    _others: list[tuple[int, int, Record]] = field(default_factory=list)  # (sent, tie, record)
    _ties: Iterator[int] = field(default_factory=count)
    _next_day: int = 0
    _hurried: int = 0

    def __post_init__(self) -> None:
        self._next_day = self.first_day
        self._manners = {province.code: Manner(province, place) for place, province in enumerate(self.provinces)}
        self._offices = [office for province in self.provinces for office in province.offices]
        self._numbers: dict[tuple[str, int], int] = {}
        for province in self.provinces:
            self._tell(others.procedures(province, self.seed, self.first_day, self.calendar))

    def _tell(self, sent: Iterable[tuple[int, Record]]) -> None:
        for second, record in sent:
            heapq.heappush(self._others, (second, next(self._ties), record))

    def until(self, moment: int, watched: list[Span]) -> Iterator[tuple[int, list[Record]]]:
        """(second sent, records) up to and with `moment`. `watched` are the spans in which dossiers arrive at any hour."""
        while self._next_day <= day_of(moment):
            self._day(self._next_day)
            self._next_day += 1
        for span in watched:
            for second in range(max(span.first, self._hurried), min(span.last, moment + 1)):
                self._second(second)
        self._hurried = max(self._hurried, moment + 1)
        while (second := min(heap[0][0] if heap else moment + 1 for heap in (self._heap, self._others))) <= moment:
            yield second, self._together(second)

    def _together(self, second: int) -> list[Record]:
        """All that is sent in one second, lists made of what a province says at one moment."""
        lists: dict[tuple[str, int], tuple[list[object], list[object]]] = {}
        found: list[Record] = []
        while self._others and self._others[0][0] == second:
            found.append(heapq.heappop(self._others)[2])
        while self._heap and self._heap[0][0] == second:
            _, _, what, life, said = heapq.heappop(self._heap)
            manner = self._manners[life.office.province]
            if what == "rated":
                found.append(payloads.rating(life, manner))
                if self.incidents is not None:
                    self.incidents.heard(life, said, second)
                continue
            found += self._beside(life, said, second, whole=what == "whole")
            if what == "beside":
                continue
            dossiers, steps = lists.setdefault((life.office.province, said), ([], []))
            dossiers.append(payloads.whole(life, said, manner))
            step = payloads.step(life, said, manner)
            if step is not None:
                steps.append(step)
            before = self.said.get(life.number)
            self.said[life.number] = life, max(said, before[1] if before else 0)
        for (province, said), (dossiers, steps) in lists.items():
            found += payloads.records(self._manners[province], said, dossiers, steps)  # type: ignore[arg-type]
        return found

    def _beside(self, life: Life, said: int, second: int, *, whole: bool) -> list[Record]:
        """What national payloads have no place for goes with the statement it belongs to."""
        if self.incidents is None:
            return []
        self.incidents.note(life, said, second, whole=whole)
        events = letters.events(life, said - MINUTE, said)
        return [payloads.beside(events, self._manners[life.office.province], said)] if events else []

    def _day(self, day: int) -> None:
        """Plans all that is filed on a day in the ordinary way."""
        for office in self._offices:
            random = Random(f"{self.seed}:{office.code}:{day}")  # noqa: S311 - not a secret
            works = self.calendar.is_workday(day)
            for _ in range(round(random.gauss(office.a_day, office.a_day**0.5) * (1 if works else 0.1))):
                filed = office_time(random, day) if works else at(day, random.randrange(DAY))
                life = plan(random, office, self._number(office, day), filed, self.calendar)
                if not works:
                    life.channel = "online"
                if random.random() < MOVED and life.accepted and office.kind == "department":
                    life.moved = life.steps[0][0] + MINUTE, self._other(random, office)
                self._send(random, life, MINUTE)
        for office in self._offices:
            named = self.incidents is None or (self.incidents.may_be_named(office) and (office.code, day) in self._numbers)
            self._tell(others.petitions(office, day, self.seed, self.calendar, named=named))

    def _second(self, second: int) -> None:
        """Plans what comes in while somebody watches."""
        random = Random(f"{self.seed}:{second}")  # noqa: S311 - not a secret
        for _ in range(int(HURRY_A_SECOND) + (random.random() < HURRY_A_SECOND % 1)):
            office = random.choices(self._offices, [one.a_day for one in self._offices])[0]
            self._send(random, hurry(random, office, self._number(office, day_of(second)), second, self.calendar), 1)

    def _number(self, office: Office, day: int) -> str:
        """The next of the office's numbers of a day; ordinary ones are given out first, so both keep theirs."""
        key = office.code, day
        self._numbers[key] = number = self._numbers.get(key, 0) + 1
        if self.incidents is not None:
            number = self.incidents.named(office, day, number)
        return f"{office.code}-{date_of(day):%Y%m%d}-{number:04}"

    def _other(self, random: Random, office: Office) -> Office:
        province = next(one for one in self.provinces if one.code == office.province)
        return random.choice([one for one in province.offices if one.kind == office.kind and one is not office])

    def _send(self, random: Random, life: Life, grid: int) -> None:
        """Puts every statement of a life where it is sent: systems say what is new once in `grid` seconds."""
        if self.incidents is not None:
            life = self.incidents.change(life)
            for moment in self.incidents.besides(life):
                heapq.heappush(self._heap, (moment, next(self._ties), "beside", life, moment))
        for said in sorted({-(-moment // grid) * grid for moment in life.moments()}):
            silent = life.office.silent_days
            if silent is not None and day_of(said) > self.end_day - silent:
                continue
            sent = said + (random.randint(600, 6 * 3600) if random.random() < DELAYED else 0)
            self._push(sent, "whole", life, said)
            if random.random() < DUPLICATE:
                self._push(sent + random.randint(30, 7200), "whole", life, said)
        if life.rated is not None and life.office.silent_days is None:
            self._push(life.rated[0], "rated", life, life.rated[0])

    def _push(self, sent: int, what: str, life: Life, said: int) -> None:
        when = sent if self.incidents is None else self.incidents.sent(life, sent)
        if when is not None:
            heapq.heappush(self._heap, (when, next(self._ties), what, life, said))
