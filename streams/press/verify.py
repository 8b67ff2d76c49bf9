"""`chiso publish --verify`: the files are what the manifest says, and what the topics give once more."""

import hashlib
from importlib.metadata import version as version_of
from pathlib import Path
from typing import NamedTuple

from indicators.bulletin.compose import content
from indicators.errors import NotFoundError
from indicators.periods import parse
from indicators.times import Zone
from streams.addresses import resolve
from streams.basis import basis
from streams.lists import Lists
from streams.press.earlier import before, bulletin, numbered
from streams.press.folder import manifest, read
from streams.press.gather import Asked, gather
from streams.press.order import CALENDAR, OFFICIALS, REGISTRY, Order, calendar_of, copies, records
from streams.press.pages import pages
from streams.press.replay import replayed
from streams.press.still import Still
from streams.press.talk import Talk
from streams.settings import Settings
from streams.sheets import Terms


class Finding(NamedTuple):
    """What is not as it should be: a file, or what it rests on."""

    what: str
    why: str


async def verify(path: Path, settings: Settings, talk: Talk) -> list[Finding]:
    """Empty where everything agrees. Raises NotFoundError, UnreachableError."""
    order = read(path)
    found = _files(path, order)
    damaged = {one.what for one in found}
    lacking = damaged & ({REGISTRY, CALENDAR} | ({OFFICIALS} & set(order.files)))
    if lacking:
        return [*found, *(Finding(one, "is needed to compute once more, and is not what was published") for one in sorted(lacking))]
    return found + [one for one in await _computed(path, order, settings, talk) if one.what not in damaged]


def _files(path: Path, order: Order) -> list[Finding]:
    """Files against the manifest."""
    found = []
    for name, noted in order.files.items():
        try:
            content_ = (path / name).read_bytes()
        except OSError:
            found.append(Finding(name, "is missing"))
            continue
        if hashlib.sha256(content_).hexdigest() != noted["sha256"]:
            found.append(Finding(name, "is not what was published: its SHA-256 is another"))
    own = manifest(path)
    there = {str(one.relative_to(path)) for one in path.rglob("*") if one.is_file() and one != own}
    return found + [Finding(name, "was not published") for name in sorted(there - set(order.files))]


async def _computed(path: Path, order: Order, settings: Settings, talk: Talk) -> list[Finding]:
    """What the topics give, against the manifest."""
    terms = Terms(Zone(order.zone), calendar_of((path / CALENDAR).read_bytes()), order.rule, order.room)
    copied = [path / REGISTRY, *([path / OFFICIALS] if OFFICIALS in order.files else [])]
    registry = [one for file in copied for one in records(file.read_bytes())]
    sources = await replayed(resolve(settings).kafka, order.positions, registry, terms, talk)
    still = Still(sources, terms, parse(order.month, terms.zone.day(order.now)), order.now)
    rests = basis(still, still.month, order.now)
    found = [
        Finding(name, f"was {getattr(order, name)} then and is {getattr(rests, name)} now")
        for name in ("rules", "formulas", "calendar")
        if getattr(order, name) != getattr(rests, name)
    ]
    if order.chiso != version_of("chiso"):
        found.append(Finding("chiso", f"was {order.chiso} then and is {version_of('chiso')} now; files may be laid out otherwise"))
    material = await gather(still, Lists(still), Asked(order.form, order.names), talk)
    old = None
    if order.previous is not None:
        end = "-provisional" if order.provisional else ""
        try:
            old = before(path.parent / f"v{order.previous}{end}")
        except NotFoundError as error:
            return [*found, Finding("differences", str(error))]
    draft = bulletin(material, order)
    if content(draft) != order.content:
        found.append(Finding("content", "is another: the topics up to the positions of the manifest do not give what was published"))
    beside = copies(still.names.registry, still.calendar, order.rule, still.month.b - 1, names=order.names)
    seen = set()
    for name, made_ in pages(numbered(draft, order, old), order.lang, order.editions, beside, talk):
        seen.add(name)
        if name not in order.files or hashlib.sha256(made_).hexdigest() != order.files[name]["sha256"]:
            found.append(Finding(name, "is not what the topics give"))
    return found + [Finding(name, "is not made any more") for name in sorted(set(order.files) - seen)]
