"""What tables are made of, from events and a registry alone, without Kafka or a store."""

from typing import Any

from indicators import events as ev
from indicators.book import Book
from indicators.bulletin.late import late
from indicators.bulletin.material import Form, Material
from indicators.bulletin.model import Room
from indicators.cube import Cube
from indicators.figures import counts
from indicators.periods import before, parse, year_before
from indicators.registry import Registry
from indicators.services import Services
from indicators.units import ROOT, Unit, Version
from streams.cards import Cards
from streams.desk import Sources
from streams.ends import Ends
from streams.follow import BookFollower, Follower
from streams.press.gather import _flags, _standings, _stood
from streams.press.still import Still
from streams.registry import RegistryFollower
from streams.sheets import Terms
from streams.topology import PETITIONS
from tests.builders import CALENDAR, HCM, moment
from tests.indicators.test_figures import cube_of, rows_of, states_of

COUNTRY = Unit(ROOT, (Version("Cả nước", "country"),))


def units(*lines: tuple[str, str, str], merged: dict[str, str] | None = None) -> dict[str, Unit]:
    """(code, kind, parent), and which were merged into which."""
    into = merged or {}
    return {ROOT: COUNTRY} | {code: Unit(code, (Version(code, kind, parent, merged_into=into.get(code)),)) for code, kind, parent in lines}


def still_of(events: list[ev.Event], registry: Registry, month: str, now: str, room: str = "H44") -> Still:
    """A desk that stands at a moment (Vietnam's)."""
    book = Book()
    services = Services(book.codes)
    sources = Sources(
        Follower(None, cube=cube_of(rows_of(states_of(events))), services=services, stale=False),
        Follower(None, topic=PETITIONS, cube=Cube(), stale=False),
        BookFollower(None, book=book, stale=False),
        RegistryFollower("", registry=registry),
        Ends(""),
    )
    seconds = moment(now)
    return Still(sources, Terms(HCM, CALENDAR, "portal", room), parse(month, HCM.day(seconds)), seconds)


def material_of(desk: Still, events: list[ev.Event]) -> Material:
    """As `gather` makes it, but for what needs the store's lists."""
    period, code, registry = desk.month, desk.terms.room, desk.names.registry
    now, today = desk.sheet(period), desk.today()
    sheets = {"now": now, "before": desk.sheet(before(period, today)), "last_year": desk.sheet(year_before(period, today))}
    cards, until = Cards(desk), min(today, period.b)
    dossiers, petitions = desk.totals(now)
    standings = _standings(desk, cards, now)
    found = (late(number, state, period, until, HCM) for number, state in states_of(events).items())
    rest: dict[str, Any] = {"among": {one: standing.of for one, standing in standings.items()}, "times": {}, "handled": {}}
    return Material(
        room=Room(code, code, now.layout.tree.kinds.get(code)),
        period=period,
        until=until,
        registry=registry,
        sheets=sheets,
        line=[now],
        places={"now": cards.places(now), "before": sheets["before"].places},
        ranks=(cards.rank(code, now), _stood(code, sheets["before"])),
        published=next((one.published for one in standings.values()), None),
        flags=_flags(dossiers, period),
        petitions=counts(petitions, period, today),
        form=Form(period.id, now.counts, now.counts.received, []),
        sectors=[],
        late=[one for one in found if one is not None],
        **rest,
    )
