"""Notices and overdue dossiers as records for other systems: JSON, no citizen's data, ids that follow from what is told."""

import json
import uuid
from typing import Any, NamedTuple

import msgspec

from connectors.codec import NAMESPACE, Record
from indicators.dossier import State
from indicators.facts import at
from indicators.notices import Notice, charged, unit_of
from indicators.ontime import clock
from indicators.times import Zone, date_of

HISTORICAL = 3600  # seconds after its time from which a notice is about the past and alarms nobody
_json = msgspec.json.Encoder().encode


def identity(number: str, notice: Notice) -> str:
    """The notice's `ce_id`."""
    return str(uuid.uuid5(NAMESPACE, f"notice:{notice.kind}:{number}:{notice.key}"))


def about(number: str, state: State, zone: Zone) -> dict[str, Any]:
    """What is said of a dossier in every notice; `official` is the one charged with its lateness, else the one handling it."""
    times = clock(state, zone)
    due = times.due_at if times else None
    overdue_from = zone.midnight(times.effective_day + 1) if times and times.effective_day is not None else None
    handling = state.handled_by or state.assigned
    return {
        "dossier": number,
        "unit": unit_of(number, state),
        "official": (charged(state, overdue_from) if overdue_from is not None else None) or (handling[1] if handling else None),
        "sector": state.sector[1] if state.sector else None,
        "procedure": state.procedure[1] if state.procedure else None,
        "received_at": zone.iso(at(state.received)) if state.received else None,
        "due_at": None if due is None else zone.iso(due),
        "effective_due": date_of(times.effective_day).isoformat() if times and times.effective_day is not None else None,
    }


def notice_record(number: str, state: State, notice: Notice, now: int, zone: Zone) -> bytes:
    """The value of a record of `chiso.notices.v1`."""
    detail = {name: zone.iso(value) if name.endswith("_at") and isinstance(value, int) else value for name, value in notice.detail.items()}
    head = {"id": identity(number, notice), "kind": notice.kind, "at": zone.iso(notice.at), "historical": now - notice.at > HISTORICAL}
    return _json(head | about(number, state, zone) | {"detail": detail})


def overdue_record(number: str, state: State, due: int, zone: Zone) -> bytes:
    """The value of a record of `chiso.dossier.overdue.v1`; `official` is the one charged, null where the unit is."""
    said = about(number, state, zone)
    said["official"] = charged(state, zone.midnight(zone.day(due) + 1))
    return _json(said | {"due": due})


class Silence(NamedTuple):
    """Nothing came from a source since `last`, which was too long by `since`; seconds."""

    source: str
    last: int
    since: int


class Fall(NamedTuple):
    """The total of a unit in a month, and in the month before it; hundredths of a point."""

    unit: str
    period: str
    before: int
    now: int


def _of_unit(unit: str, notice: Notice, now: int, zone: Zone) -> tuple[str, bytes]:
    """(id, value) of a notice that is about no dossier."""
    entry_id = identity(unit, notice)
    head = {"id": entry_id, "kind": notice.kind, "at": zone.iso(notice.at), "historical": now - notice.at > HISTORICAL, "unit": unit}
    nothing = dict.fromkeys(("dossier", "official", "sector", "procedure", "received_at", "due_at", "effective_due"))
    return entry_id, _json(head | nothing | {"detail": notice.detail})


def silence_record(agency: str, silence: Silence, now: int, zone: Zone) -> tuple[str, bytes]:
    """(id, value) of a notice of silence."""
    source, last, since = silence
    detail: dict[str, object] = {"source": source, "since": zone.iso(last)}
    return _of_unit(agency, Notice("silent_source", f"{source}:{last}", since, detail), now, zone)


def fall_record(fall: Fall, at: int, now: int, zone: Zone) -> Record:
    """A notice that a score fell, known since `at`, as a record."""
    detail: dict[str, object] = {"period": fall.period, "from": fall.before / 100, "to": fall.now / 100}
    entry_id, value = _of_unit(fall.unit, Notice("score_fell", fall.period, at, detail), now, zone)
    return Record(fall.unit.encode(), value, [("ce_id", entry_id.encode()), ("ce_type", b"chiso.notice.v1"), ("ce_source", b"chiso")])


def read_notice(value: bytes | None) -> dict[str, Any] | None:
    """A notice as it stands in its topic; None for what is none."""
    try:
        found = json.loads(value or b"")
    except ValueError:
        return None
    named = isinstance(found, dict) and all(isinstance(found.get(name), str) and found[name] for name in ("id", "kind", "unit"))
    return found if named else None
