"""What stands in an outbox: a record to be sent, under an id that makes it the same however often it is computed."""

import msgspec

from connectors import notices
from indicators.dossier import State
from indicators.notices import Notice, unit_of
from indicators.times import Zone
from streams.topology import NOTICES, OVERDUE


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A record; `ce_id` where it is not the entry's own id. A value of None is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None
    ce_id: str | None = None


pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(Entry).decode


def notice_entry(number: str, state: State, notice: Notice, now: int, zone: Zone) -> tuple[str, bytes]:
    """(id, entry) of a notice."""
    value = notices.notice_record(number, state, notice, now, zone)
    return notices.identity(number, notice), pack(Entry(NOTICES, unit_of(number, state).encode(), value))


def overdue_entry(number: str, state: State | None, due: int, zone: Zone) -> tuple[str, bytes]:
    """(id, entry) of how a dossier stands in the overdue topic; None takes it out. One entry a dossier: what is newer takes the place of what was not sent."""
    value = None if state is None else notices.overdue_record(number, state, due, zone)
    ce_id = f"{'settled' if state is None else 'overdue'}:{number}:{due}"
    return f"overdue:{number}", pack(Entry(OVERDUE, number.encode(), value, ce_id))


def silence_entry(agency: str, silence: notices.Silence, now: int, zone: Zone) -> tuple[str, bytes]:
    """(id, entry) of a notice that nothing comes from a source any more."""
    entry_id, value = notices.silence_record(agency, silence, now, zone)
    return entry_id, pack(Entry(NOTICES, agency.encode(), value))
