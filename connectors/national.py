"""The national synchronisation payloads into canonical events; everything personal stays behind.

`DongBoHoSoMC` sends a dossier whole, again on every change: its dates become facts at their own moments, all stated at one time. While its status
is one of handling (1 to 6), ends stated before are void, for a status may go back. An end without any date is `undated`. `CapNhatTienDoHoSoMC` sends
steps: facts at the moment of the step; one of handling voids only ends that also happened before it, for it may be sent late or again.

An absent date may be stood in for by another; a broken one may not: then what rests on it is not said at all.

Only the fields named in this file are read. Names, addresses, file names, reasons and every other text of people are never looked at.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.codec import AnyEvent
from connectors.door import Said, make
from connectors.entry import BROKEN, Entry, Fault
from indicators import events as ev
from indicators.errors import RejectedError
from indicators.times import rfc3339

WHOLE, STEPS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"
CHANNELS = {"": None, "1": "counter", "2": "online", "3": "post"}
HANDLING = frozenset("123456") - {"3"}
NOT_ACCEPTED, WITHDRAWN, STOPPED, DONE, HANDED_OVER = "3", "7", "8", "9", "10"

STEP_ENDS: dict[str, type[ev.Event]] = {
    DONE: ev.Processed,
    HANDED_OVER: ev.Returned,
    STOPPED: ev.Stopped,
    WITHDRAWN: ev.Withdrawn,
    NOT_ACCEPTED: ev.Refused,
}
# facts as the source calls them, for messages
NATIONAL = {
    "filed_at": "NgayNopHoSo",
    "due_at": "NgayHenTra",
    "procedure": "MaTTHC",
    "sector": "MaLinhVuc",
    "unit": "DonViXuLy",
    "official": "NguoiXuLy",
}
BEGUN = "NgayTiepNhan"
MOMENTS: dict[type[ev.Event], str] = {
    ev.Processed: "NgayKetThucXuLy",
    ev.Returned: "NgayTra",
    ev.Refused: "NgayTuChoi",
    ev.SupplementRequested: "NgayBoSung",
    ev.SupplementGiven: "NgayTiepNhanBoSung",
    ev.Step: "ThoiDiemXuLy",
}

Pseudonym = Callable[[str], str]


@dataclass(slots=True)
class Item:
    """One entry of a list, read: its events, or why there are none."""

    position: int
    dossier: str | None = None
    events: list[AnyEvent] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def service(payload: object) -> tuple[str, list[object]]:
    """(service, entries) of an envelope or of a bare list of dossiers. Raises RejectedError."""
    if isinstance(payload, list):
        return WHOLE, payload
    if not isinstance(payload, dict):
        raise RejectedError("payload", "must be an object with service and data, or a list of dossiers")
    name = payload.get("service", WHOLE)
    if name not in (WHOLE, STEPS):
        raise RejectedError("service", f"must be {WHOLE} or {STEPS}")
    data = payload.get("data")
    if not isinstance(data, list):
        raise RejectedError("data", "must be a list")
    return name, data


def read(payload: object, said: Said, pseudonym: Pseudonym) -> Iterator[Item]:
    """Every entry of a payload. Raises RejectedError where the envelope itself is broken."""
    name, entries = service(payload)
    statements = _whole if name == WHOLE else _step
    for position, entry in enumerate(entries):
        item = Item(position)
        try:
            reader = Entry(entry, position, item.faults)
            item.dossier = reader.number()
            here = said.of(item.dossier)
            for made in statements(reader, here.at, pseudonym):
                _admitted(made, item, here)
        except RejectedError as error:
            item.events.clear()
            item.faults.append(Fault(position, error.field, error.rule))
        yield item


def _admitted(made: tuple[type[ev.Event], dict[str, Any]], item: Item, said: Said) -> None:
    kind, facts = made
    event, wrong = make(kind, {"dossier": item.dossier, "source": said.source, "stated_at": rfc3339(said.at), **facts}, said.recorded_at)
    for error in wrong:
        name = MOMENTS.get(kind, BEGUN) if error.field == "at" else NATIONAL.get(error.field, error.field)
        fault = Fault(item.position, name, error.rule)
        if fault not in item.faults:  # several events may rest on one field
            item.faults.append(fault)
    if event is not None:
        item.events.append(event)


Made = Iterator[tuple[type[ev.Event], dict[str, Any]]]


def _facts(**facts: Any) -> dict[str, Any]:
    """Without what is absent: an absent fact says nothing."""
    return {name: value for name, value in facts.items() if value is not None and value != ""}


def _first(*times: str | None) -> str | None:
    """The first time that is stated, BROKEN where that one is; None where none is."""
    return next((time for time in times if time is not None), None)


def _whole(entry: Entry, stated_at: int, _pseudonym: Pseudonym) -> Made:
    status, said = entry.status("TrangThaiHoSo"), rfc3339(stated_at)
    received, filed = entry.time("NgayTiepNhan"), entry.time("NgayNopHoSo")
    at = _first(received, filed, said) if status == NOT_ACCEPTED else received
    if at:
        yield ev.Received, _reception(entry, at, filed) | ({} if received else {"accepted": False})
    yield from _papers(entry, at or said)
    yield from _supplements(entry)
    yield from _payment(entry, at or said)
    yield from _end(entry, status, at or said, said)


def _reception(entry: Entry, at: str, filed: str | None) -> dict[str, Any]:
    channel = entry.text("KenhThucHien")
    if channel not in CHANNELS:
        raise RejectedError("KenhThucHien", "is none of 1, 2, 3")
    return _facts(
        at=at,
        filed_at=filed,
        due_at=entry.time("NgayHenTra"),
        procedure=entry.text("MaTTHC"),
        procedure_name=entry.text("TenTTHC"),
        sector=entry.text("MaLinhVuc"),
        sector_name=entry.text("TenLinhVuc"),
        channel=CHANNELS[channel],
        population_data=entry.flag("TaiKhoanDuocXacThucVoiVNeID"),
        personal_store=_any(entry, "DuocLayTuKhoDMQG"),
        **entry.unit(entry.number()),
    )


def _any(entry: Entry, name: str) -> bool | None:
    """Whether any paper that was not deleted carries the flag; None without papers."""
    papers = [paper for paper in entry.entries("TaiLieuNop") if not paper.flag("IsDeleted")]
    return any(paper.flag(name) for paper in papers) if papers else None


def _electronic(entry: Entry) -> bool | None:
    results = entry.entries("DanhSachGiayToKetQua")
    return any(result.text("DuongDanTepTinKetQua") for result in results) if results else None


def _papers(entry: Entry, at: str) -> Made:
    digitised = _any(entry, "DuocSoHoa") or entry.flag("HoSoCoThanhPhanSoHoa")
    facts = _facts(papers=digitised, result=_electronic(entry))
    if facts:
        yield ev.Digitised, {"at": at, **facts}
    reused = _any(entry, "DuocTaiSuDung")
    if reused is not None:
        yield ev.Reused, {"at": at, "papers": reused}


def _supplements(entry: Entry) -> Made:
    for supplement in entry.entries("DanhSachHoSoBoSung"):
        asked, given = supplement.time("NgayBoSung"), supplement.time("NgayTiepNhanBoSung")
        if asked:
            yield ev.SupplementRequested, _facts(at=asked, due_at=supplement.time("NgayHenTraMoi"))
        if given:
            yield ev.SupplementGiven, {"at": given}


def _payment(entry: Entry, at: str) -> Made:
    fees = entry.entries("DanhSachLePhi")
    owed = _owed(fees)
    if owed is None:  # both events say whether a fee is owed
        return
    if fees:
        yield ev.FeeRequested, {"at": at, "fee_owed": owed}
    online = entry.flag("DuocThanhToanTrucTuyen", frozenset({"1", "2"}))
    if online is not None and (online or owed):
        yield ev.Paid, {"at": at, "online": online, "fee_owed": owed or not fees}


def _owed(fees: list[Entry]) -> bool | None:
    """Whether any line costs anything; None where none does and one does not say."""
    found = {fee.costs("Gia") for fee in fees}
    return True if True in found else None if None in found else False


def _end(entry: Entry, status: str, begun: str, said: str) -> Made:
    done, over, refused = (entry.time(name) for name in ("NgayKetThucXuLy", "NgayTra", "NgayTuChoi"))
    if status in HANDLING:
        yield ev.Reopened, {"at": begun}  # an end said in the same second is later than this, and stands
    elif status == DONE:
        yield from _ended(ev.Processed, _first(done, over), said, electronic_result=_electronic(entry))
    elif status == HANDED_OVER:
        electronic = _electronic(entry)
        if done:  # of when handling ended, a hand-over says nothing
            yield ev.Processed, _facts(at=done, electronic_result=electronic)
        yield from _ended(ev.Returned, _first(over, done), said, electronic_result=electronic)
    else:
        kind = {NOT_ACCEPTED: ev.Refused, WITHDRAWN: ev.Withdrawn, STOPPED: ev.Stopped}[status]
        yield from _ended(kind, _first(refused, done, over), said)


def _ended(kind: type[ev.Event], at: str | None, said: str, **facts: Any) -> Made:
    """An end at its moment; without one, undated; none where the moment is broken."""
    if at is None:
        yield kind, _facts(at=said, undated=True, **facts)
    elif at != BROKEN:
        yield kind, _facts(at=at, **facts)


def _step(entry: Entry, stated_at: int, pseudonym: Pseudonym) -> Made:
    """One step, at its moment."""
    at, said = entry.time("ThoiDiemXuLy"), rfc3339(stated_at)
    if at is None:
        at = entry.time("NgayBatDau")
    official, due = entry.text("NguoiXuLy"), entry.time("NgayKetThucTheoQuyDinh")
    status = entry.status("TrangThai") if entry.text("TrangThai") else None
    who = pseudonym(official) if official else None
    if at == BROKEN:
        return
    if who:
        yield ev.Step, _facts(at=at or said, official=who, step_due_at=due)
    if status in STEP_ENDS:
        kind = STEP_ENDS[status]
        yield from _ended(kind, at, said, **({"official": who} if kind is ev.Processed else {}))
    elif status is not None:
        yield ev.Reopened, {"at": at or said, "by_step": True}
