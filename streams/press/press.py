"""`chiso publish`: a month, cut where it must be, gathered at one moment, and put in place as a version; nothing where nothing moved."""

from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from connectors.reference import calendar
from indicators.bulletin.compose import content
from indicators.bulletin.material import Material
from indicators.bulletin.model import Bulletin
from indicators.errors import NotFoundError, UnreachableError, UsageError
from indicators.periods import Period, months_of, parse
from indicators.publication import Cut
from indicators.times import Zone, seconds
from streams import clock
from streams.addresses import resolve
from streams.basis import basis, incomplete, snapshot
from streams.cards import Cards
from streams.desk import Desk
from streams.lists import Lists
from streams.press.cutting import asked_for
from streams.press.earlier import before, bulletin, numbered
from streams.press.folder import Folder, read
from streams.press.gather import Asked, agrees, gather
from streams.press.live import Reading, reading, up_to_date
from streams.press.order import Order, copies
from streams.press.pages import pages
from streams.press.still import Still
from streams.press.talk import Talk
from streams.settings import Settings
from streams.sheets import Terms
from streams.shelf import Shelf

TRIES = 6
SAME = ("content", "lang", "names", "editions", "form", "rule", "room")


class Wish(NamedTuple):
    """What somebody asks for. `form` is the period of form 06a, None: the month."""

    month: str
    out: Path
    lang: Literal["vi", "en"]
    names: bool
    editions: tuple[str, ...]
    form: str | None


class Done(NamedTuple):
    """`path` of the version in force; `new` whether it was made now."""

    path: Path
    order: Order
    new: bool


class Taken(NamedTuple):
    """All that a publication is made of; `moved` where the log went on while it was read."""

    draft: Bulletin
    material: Material
    order: Order
    still: Still
    moved: bool


class Press:
    """One for a publication. Raises UsageError, NotFoundError, UnreachableError, ChisoError; nothing is ever half written."""

    def __init__(self, wish: Wish, settings: Settings, talk: Talk) -> None:
        # without the internal edition nobody is named, nor are the officials copied
        self._wish, self._talk = wish._replace(names=wish.names and "internal" in wish.editions), talk
        self._addresses = resolve(settings)
        self._terms = Terms(Zone(settings.zone), calendar(settings.calendar), settings.rule, settings.unit)
        self._period = self._asked()

    def _asked(self) -> Period:
        """The month. Raises UsageError for what is no month that has begun."""
        today = self._terms.zone.day(int(clock.now()))
        period = parse(self._wish.month, today)
        if not period.whole_months or months_of(period) != [self._wish.month]:
            raise UsageError(f"{self._wish.month} is no month; write 2026-08")
        if period.a > today:
            raise UsageError(f"{self._wish.month} has not begun; there is nothing to publish")
        if self._wish.form is not None:
            parse(self._wish.form, today)
            if self._wish.form.startswith("rolling-"):
                raise UsageError(f"{self._wish.form} moves with the day; name a month, a quarter or bc-2026-Q3")
        return period

    async def publish(self) -> Done:
        """The version in force: made now, or the one that says the same."""
        folder = Folder(self._wish.out, self._wish.month)
        with folder.taken():
            cut = await self._cut()
            async with reading(self._addresses, self._terms, self._talk) as found:
                said = None
                for attempt in range(TRIES):
                    if attempt:
                        cut = await self._cut()
                        await up_to_date(found, Desk(found.sources, self._terms), self._talk)
                    taken = await self._taken(found, cut)
                    if taken is not None and (not taken.moved or taken.order.content == said):
                        return self._placed(folder, taken)
                    said = None if taken is None else taken.order.content
        raise UnreachableError(f"facts of {self._wish.month} are moving faster than they can be read; publish in a quieter moment")

    async def _cut(self) -> Cut | None:
        """Of a closed month the cut in force, made now where it must be."""
        if self._period.open:
            return None
        self._talk("waiting for the month's cut")
        return await asked_for(self._addresses.http, self._wish.month)

    async def _taken(self, found: Reading, cut: Cut | None) -> Taken | None:
        """Everything as it stands; None where figures are not those of the cut, or lists and figures are not of one moment.

        Where the log went on meanwhile, what is said twice alike, with nothing between, did not move.
        """
        now = int(clock.now()) if cut is None else seconds(cut.as_of or cut.at)
        still = Still(found.sources, self._terms, self._period, now)
        stood = still.positions()
        if cut is None and still.follower.cube.first() is None:
            raise NotFoundError("no unit has any figures yet; nothing was published")
        material = await gather(still, Lists(still), Asked(self._wish.form or self._period.id, self._wish.names), self._talk)
        if agrees(material) or (cut is not None and not await _as_cut(found, still, cut)):
            return None
        order = self._order(found, still, cut, stood)
        draft = bulletin(material, order)
        return Taken(draft, material, replace(order, content=content(draft)), still, still.positions() != stood)

    def _order(self, found: Reading, still: Still, cut: Cut | None, stood: dict[str, Any]) -> Order:
        rests, wish = basis(still, still.month, still.end), self._wish
        return Order(
            month=wish.month,
            version=0,
            room=still.terms.room,
            as_of=still.zone.iso(still.now) if cut is None else cut.as_of or cut.at,
            now=still.now,
            provisional=still.month.open,
            form=wish.form or wish.month,
            lang=wish.lang,
            names=wish.names,
            editions=wish.editions,
            positions={name: dict(stood[name]) for name in ("positions", "petitions", "procedures")},
            registry=stood["registry"],
            rule=self._terms.rule,
            formulas=rests.formulas,
            rules=rests.rules,
            calendar=rests.calendar,
            zone=rests.zone,
            cut=None if cut is None else cut.cut,
            published_at=None if cut is None else cut.at,
            incomplete=tuple(sorted(lacking(still, found.shelf))),
            chiso=version_of("chiso"),
        )

    def _placed(self, folder: Folder, taken: Taken) -> Done:
        """A new version, or the one that stands where it says the same."""
        draft, material, order, still, _ = taken
        stand = folder.versions(provisional=order.provisional)
        last = folder.of(stand[-1], provisional=order.provisional) if stand else None
        known = None if last is None else read(last)
        if last is not None and known is not None and all(getattr(known, name) == getattr(order, name) for name in SAME):
            return Done(last, known, new=False)
        old = None if last is None else before(last)
        number = stand[-1] if stand else None
        order = replace(order, version=(number or 0) + 1, previous=number)
        copied = copies(material.registry, still.calendar, order.rule, still.month.b - 1, names=order.names)
        files = pages(numbered(draft, order, old), order.lang, order.editions, copied, self._talk)
        return Done(folder.write(order, files), order, new=True)


def lacking(still: Still, shelf: Shelf) -> list[str]:
    """Units whose figures are not complete: as they were published, or, while the month is open, as the partitions stand."""
    members = still.layout(still.month.b - 1).tree.members(still.terms.room)
    if still.month.open:
        missing = incomplete(still, still.month)
        return [unit for unit in members if unit in missing]
    places = shelf.places.get(still.month.id, {})
    return [unit for unit in members if unit in places and not places[unit].label.complete]


async def _as_cut(found: Reading, still: Still, cut: Cut) -> bool:
    """Whether figures here are those that were published last."""
    await found.shelf.catch_up()
    cuts = found.shelf.cuts.get(still.month.id, ())
    if not cuts or cuts[-1].cut != cut.cut:
        return False
    places = found.shelf.places.get(still.month.id, {})
    digests = snapshot(still, Cards(still), still.month).digests
    if not still.names.registry.units:
        digests.pop(still.terms.room, None)  # summed up for the publication alone
    return all(one in places and places[one].label.digest == digest for one, digest in digests.items())
