"""Short ways to make events, records and batches in tests; times are given as `2026-08-03` or `2026-08-03T09:00` of Vietnam."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from connectors.codec import encode
from connectors.reference import calendar
from indicators import events as ev
from indicators.arrivals import NUMBERS, SYNC
from indicators.buckets import Rows
from indicators.dossier import State, join
from indicators.fold import Admitted
from indicators.times import VIETNAM, Zone, rfc3339, seconds
from streams.batch import Batch
from streams.families import family
from streams.topology import EVENTS

NUMBER = "H44.07-20260801-0001"
UNIT = "H44.07"
HCM = Zone("Asia/Ho_Chi_Minh")
CALENDAR = calendar()
DOSSIERS = family(EVENTS, 1, HCM, CALENDAR)  # of a topic with one partition
RECORDED_MS = seconds("2027-01-01T00:00:00Z") * 1000


def moment(text: str) -> int:
    """`2026-08-03` (at 09:00) or `2026-08-03T09:30`, Vietnam's time, as seconds."""
    return int(dt.datetime.fromisoformat(text if "T" in text else f"{text}T09:00").replace(tzinfo=VIETNAM).timestamp())


def utc(text: str) -> str:
    """The same as it stands on the wire."""
    return rfc3339(moment(text))


def make(kind: type[ev.Event], at: str, stated: str | None = None, **facts: Any) -> ev.Event:
    """An event; facts whose names end in `_at` (and `new_date`) are times in the short form."""
    wire = {name: utc(value) if name.endswith("_at") or name == "new_date" else value for name, value in facts.items()}
    return kind(**{"dossier": NUMBER, "at": utc(at), "stated_at": utc(stated or at), **wire})


def received(at: str = "2026-08-03", **facts: Any) -> ev.Event:
    """A reception in UNIT."""
    return make(ev.Received, at, **{"unit": UNIT, **facts})


def admitted(event: ev.Event) -> Admitted:
    """As `admit` gives it."""
    return event, seconds(event.stated_at or event.at), seconds(event.at), RECORDED_MS // 1000


def state_of(*events: ev.Event) -> State:
    """The join of all events."""
    state = State()
    for event in events:
        join(state, *admitted(event))
    return state


def windows(rows: Rows) -> Rows:
    """The rows of windows, without those that tell how news arrived."""
    return {key: row for key, row in rows.items() if key[0] not in (NUMBERS, SYNC) and row}


def record(event: ev.Event | bytes, offset: int = 0, key: bytes | None = None, recorded: int = RECORDED_MS) -> SimpleNamespace:
    """What aiokafka would hand over."""
    if isinstance(event, bytes):
        return SimpleNamespace(offset=offset, timestamp=recorded, key=key, value=event, headers=())
    made = encode(event)
    return SimpleNamespace(offset=offset, timestamp=recorded, key=made.key, value=made.value, headers=tuple(made.headers))


def batch(*events: ev.Event | bytes, first: int = 0, partition: int = 0) -> Batch:
    """Events as one fetched batch."""
    return Batch(EVENTS, partition, [record(event, first + place) for place, event in enumerate(events)])


_DAYS = st.integers(0, 60).map(lambda day: day * 86_400)
_TIMES = st.builds(lambda day, clock: rfc3339(moment("2026-01-10T00:00") + day + clock), _DAYS, st.sampled_from([0, 3600 * 9, 86_399]))
_MAYBE = st.none() | st.booleans()
_SELDOM = st.sampled_from([False, False, True])
_CODES = st.sampled_from(["A", "B", "C"])
_FACTS: dict[type[ev.Event], dict[str, st.SearchStrategy[Any]]] = {
    ev.Received: {
        "unit": st.sampled_from(["H44.07", "H44.08"]),
        "due_at": st.none() | _TIMES,
        "sector": st.none() | _CODES,
        "procedure": st.none() | _CODES,
        "official": st.none() | _CODES,
        "channel": st.sampled_from([None, "online", "counter", "post"]),
        "accepted": st.sampled_from([None, True, True, False]),
        "fee_owed": _MAYBE,
        "paper_result": _MAYBE,
    },
    ev.Step: {"official": _CODES},
    ev.Processed: {"official": st.none() | _CODES, "electronic_result": _MAYBE, "undated": _SELDOM},
    ev.Returned: {"electronic_result": _MAYBE, "undated": _SELDOM},
    ev.Refused: {"reason": st.none() | _CODES, "undated": _SELDOM},
    ev.Withdrawn: {"undated": _SELDOM},
    ev.Stopped: {"undated": _SELDOM},
    ev.Reopened: {"by_step": _SELDOM},
    ev.Transferred: {"unit": st.sampled_from(["H44.08", "H44.09"]), "official": st.none() | _CODES},
    ev.SupplementRequested: {"due_at": st.none() | _TIMES},
    ev.SupplementGiven: {"due_at": st.none() | _TIMES},
    ev.Rescheduled: {"due_at": _TIMES},
    ev.FeeRequested: {"fee_owed": st.booleans()},
    ev.Paid: {"online": st.booleans(), "fee_owed": st.booleans()},
    ev.Digitised: {"papers": _MAYBE, "result": _MAYBE},
    ev.Reused: {"papers": _MAYBE, "result": _MAYBE},
    ev.Late: {"apology_at": st.none() | _TIMES, "role": st.none() | _CODES},
    ev.Rated: {"rating": st.sampled_from(["satisfied", "neutral", "unsatisfied"])},
    ev.Petitioned: {"petition": _CODES, "withdrawn": st.booleans()},
}


def _of(kind: type[ev.Event], number: str) -> st.SearchStrategy[ev.Event]:
    return st.builds(kind, dossier=st.just(number), at=_TIMES, stated_at=_TIMES, **_FACTS[kind])


_OFTEN = (ev.Received, ev.Processed, ev.SupplementRequested, ev.SupplementGiven, ev.Reopened, ev.Transferred)


def life(number: str, most: int) -> st.SearchStrategy[list[ev.Event]]:
    """A reception (mostly), and whatever else may be stated about one dossier; corrections included, for `stated_at` is its own choice."""
    others = st.one_of([_of(kind, number) for kind in (*_OFTEN, *_FACTS)])
    known = st.builds(lambda first, rest: [first, *rest], _of(ev.Received, number), st.lists(others, max_size=most))
    return st.one_of(known, known, known, st.lists(others, max_size=most))


def lives(numbers: int = 1, most: int = 10) -> st.SearchStrategy[list[ev.Event]]:
    """Events of up to `numbers` dossiers, up to `most` of each, in any order."""
    names = [f"H44.07-20260801-{number:04d}" for number in range(numbers)]
    return (
        st.tuples(*(life(name, most) for name in names))
        .map(lambda found: [event for one in found for event in one])
        .flatmap(st.permutations)
    )
