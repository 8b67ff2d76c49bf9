"""How a position goes on: what follows a batch, and whether a position belongs to a log."""

from dataclasses import replace

from indicators.errors import HaltedError
from streams.batch import Batch, checksum
from streams.store.store import GAP, Identity, Position, Writes
from streams.topology import SYNC


def advanced(position: Position, batch: Batch, counts: tuple[int, int, int, int]) -> Position:
    """The position after a batch whose outcomes (in the order of OUTCOMES) are `counts`."""
    last = batch.records[-1]
    one, two, three, four = (old + new for old, new in zip(position.counts, counts, strict=True))
    gap = position.gap + _missing(position, batch)
    return replace(position, next=batch.next, crc=checksum(last), as_of=last.timestamp, counts=(one, two, three, four), gap=gap)


def _missing(position: Position, batch: Batch) -> int:
    """Offsets without a record that are in order: strangers' marks of transactions in the raw topic, and what was deleted before the log's beginning.
    In topics that chiso alone writes there are no others; there they stay unaccounted for, which is an alarm.
    """
    fresh = not position.crc
    return batch.next - position.next - len(batch.records) if fresh or batch.topic == SYNC else 0


def beyond(position: Position, batch: Batch) -> Writes:
    """Past marks of transactions at the log's end, which nobody is ever given: without them the end would never be reached."""
    after = replace(position, next=batch.next, crc=GAP, gap=position.gap + _missing(position, batch))
    return Writes(position, after, position.as_of, {}, {}, {}, {}, {})


BEGIN_ANEW = "`chiso accept-gap` begins with what is there, where nothing counts twice"


def begins_anywhere(position: Position, identity: Identity) -> bool:
    """Whether it begins with whatever the log still has: the raw topic forgets after a week, and a store that is filled anew cannot have more of it."""
    return identity.raw and not position.crc


def way_out(identity: Identity) -> str:
    """What to do about another log than the one known."""
    return BEGIN_ANEW if identity.raw else "`chiso rebuild` computes everything anew from what is there"


def check(position: Position, identity: Identity, first: int, end: int) -> None:
    """Raises HaltedError unless the position belongs to this log and these rules, and lies within the log."""
    wanted = identity.fields()
    for name, stored in position.identity.items():
        if wanted[name] and stored != wanted[name]:
            raise HaltedError(f"the store was filled with {name} {stored}, this is {name} {wanted[name]}; {way_out(identity)}")
    if position.next > end:
        raise HaltedError(f"the log ends at {end}, but {position.next} was applied: the log lost its tail; {way_out(identity)}")
    if position.next < first and not begins_anywhere(position, identity):
        raise HaltedError(
            f"the log begins at {first}, but {position.next} is to be applied next: records were deleted; restore them, or `chiso accept-gap`"
        )
