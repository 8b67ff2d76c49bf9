"""What a simulated system sends: the national payloads of a life, as it stands at a moment, in the manner of its province's software."""

import datetime as dt
from random import Random
from typing import Any

import msgspec

from connectors.codec import Record
from connectors.national import STEPS, WHOLE
from connectors.simulate.lives import Life, effective
from connectors.simulate.offices import Province
from indicators.times import VIETNAM, rfc3339

FORMATS = ("%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+07:00")
CHANNELS = {"counter": "1", "online": "2", "post": "3"}
STATUS = {"processed": "9", "refused": "3", "withdrawn": "7", "stopped": "8"}
NEW, RECEIVED, HANDLED, ASKED, DONE, HANDED = "1", "2", "4", "5", "9", "10"
_json = msgspec.json.Encoder().encode


class Manner:
    """How a province's software writes: its date format, numbers as text or not, old agency codes, the unit by code or by name."""

    def __init__(self, province: Province, place: int) -> None:
        self.province = province
        self._format = FORMATS[place % len(FORMATS)]
        self._texts = place % 2 == 0
        self._old = place % 3 == 1

    def time(self, moment: int | None) -> str:
        """In its format, '' for absent."""
        return "" if moment is None else dt.datetime.fromtimestamp(moment, VIETNAM).strftime(self._format)

    def number(self, text: str) -> str | int:
        """A code that is a number."""
        return text if self._texts else int(text)

    def dossier(self, number: str) -> str:
        """A dossier's number, with an old agency code where the software is old."""
        if not self._old:
            return number
        unit, _, rest = number.partition("-")
        head, *parts = unit.split(".")
        return ".".join(["000", "00", *reversed(parts), head]) + "-" + rest[2:]


def status(life: Life, now: int) -> str:
    """TrangThaiHoSo of a moment."""
    if not life.accepted and life.received <= now:
        return STATUS["refused"]
    if life.received > now:
        return NEW
    if life.finished is not None and life.finished <= now:
        if life.back is not None and life.back[0] <= now < life.back[1]:
            return HANDLED
        return HANDED if life.handed is not None and life.handed <= now else STATUS[life.end]
    if life.asked is not None and life.asked <= now and not (life.given is not None and life.given <= now):
        return ASKED
    return HANDLED if life.steps and life.steps[0][0] <= now else RECEIVED


def finished(life: Life, now: int) -> int | None:
    """When handling ended, as it stands at a moment."""
    if life.finished is None or life.finished > now:
        return None
    if life.back is None or life.back[0] > now:
        return life.finished
    return life.back[1] if life.back[1] <= now else None


def whole(life: Life, now: int, manner: Manner) -> dict[str, Any]:
    """The dossier of `DongBoHoSoMC`."""
    random = Random(f"{life.number}:{now}")  # noqa: S311 - not a secret
    always = Random(life.number)  # noqa: S311 - what does not change from one statement to the next
    code = status(life, now)
    known = life.accepted and life.received <= now
    done = finished(life, now)
    office = life.moved[1] if life.moved is not None and life.moved[0] <= now else life.office
    channel = "" if life.channel == "counter" and random.random() < 0.3 else manner.number(CHANNELS[life.channel])
    moved = office is not life.office
    due = life.due if life.corrected is None or life.corrected[0] > now else life.corrected[1]
    return {
        "MaHoSo": manner.dossier(life.number),
        "MaTTHC": life.procedure.code,
        "TenTTHC": life.procedure.name,
        "MaLinhVuc": life.procedure.sector,
        "TenLinhVuc": life.procedure.sector_name,
        "KenhThucHien": channel,
        "NgayNopHoSo": manner.time(life.filed),
        "NgayTiepNhan": manner.time(life.received if known else None),
        "NgayHenTra": manner.time(due if known else None),
        "NgayKetThucXuLy": manner.time(done),
        "NgayTra": manner.time(life.handed if code == HANDED else None),
        "NgayTuChoi": manner.time(life.received if code == STATUS["refused"] and not life.accepted else None),
        "TrangThaiHoSo": manner.number(code),
        "DonViXuLy": office.code if moved else random.choice((office.code, "", office.name)),
        "HoSoCoThanhPhanSoHoa": "1" if life.digitised else "0",
        "DuocThanhToanTrucTuyen": manner.number("1" if life.paid_online else "0"),
        "TaiKhoanDuocXacThucVoiVNeID": manner.number("1" if always.random() < 0.55 else "0"),
        "TaiLieuNop": [
            {
                "MaThanhPhanHoSo": "TP01",
                "TenTepDinhKem": "don.pdf",
                "DuocSoHoa": "1" if life.digitised else "0",
                "DuocTaiSuDung": "1" if always.random() < 0.45 else "0",
                "DuocLayTuKhoDMQG": "1" if always.random() < 0.25 else "0",
                "IsDeleted": "0",
            }
        ],
        "DanhSachLePhi": [{"MaPhiLePhi": "LP", "HinhThucThu": "1", "Gia": "50000"}] if life.procedure.fee else [],
        "DanhSachHoSoBoSung": _supplements(life, now, manner),
        "DanhSachGiayToKetQua": [{"TenGiayTo": "ket qua", "DuongDanTepTinKetQua": "kq.pdf"}] if life.electronic and done else [],
        **_citizen(random),
    }


def _supplements(life: Life, now: int, manner: Manner) -> list[dict[str, Any]]:
    if life.asked is None or life.asked > now:
        return []
    given = life.given if life.given is not None and life.given <= now else None
    return [
        {
            "NguoiYeuCauBoSung": life.official,
            "NoiDungBoSung": "bổ sung giấy tờ",
            "NgayBoSung": manner.time(life.asked),
            "NgayTiepNhanBoSung": manner.time(given),
            "NgayHenTraTruoc": manner.time(life.due),
            "NgayHenTraMoi": manner.time(life.promised),
        },
        *_again(life, now, manner),
    ]


def _again(life: Life, now: int, manner: Manner) -> list[dict[str, Any]]:
    """A second request: told of once it was answered, or at once where nobody answers."""
    if life.again is None or (life.again[1] or life.again[0]) > now:
        return []
    asked, given = life.again
    return [
        {
            "NguoiYeuCauBoSung": life.official,
            "NoiDungBoSung": "bổ sung lần hai",
            "NgayBoSung": manner.time(asked),
            "NgayTiepNhanBoSung": manner.time(given),
            "NgayHenTraTruoc": manner.time(life.due),
            "NgayHenTraMoi": "",
        }
    ]


def _citizen(random: Random) -> dict[str, Any]:
    """Somebody who does not exist; no figure needs them, and nothing may keep them."""
    return {
        "ChuHoSo": f"Công dân {random.randrange(10**6):06}",
        "SoGiayToChuHoSo": f"{random.randrange(10**12):012}",
        "SoDienThoai": f"09{random.randrange(10**8):08}",
        "Email": "",
        "DiaChi": f"Thôn {random.randint(1, 20)}",
    }


def last_step(life: Life, now: int) -> tuple[int, str, str] | None:
    """(moment, official, status) of the step that happened last, at most a minute ago: who holds it, or who finished it."""
    last = [(moment, who, HANDLED) for moment, who in life.steps if now - 60 < moment <= now]
    done = finished(life, now)
    if done is not None and done > now - 60 and life.end == "processed":
        last.append((done, life.official, DONE))
    return max(last, default=None)


def step(life: Life, now: int, manner: Manner) -> dict[str, Any] | None:
    """The last step, as `CapNhatTienDoHoSoMC` says it."""
    found = last_step(life, now)
    if found is None:
        return None
    moment, who, code = found
    due = effective(life, now)
    return {
        "MaHoSo": manner.dossier(life.number),
        "NguoiXuLy": who,
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": manner.time(moment),
        "NoiDungXuLy": "xử lý hồ sơ",
        "TrangThai": manner.number(code),
        "NgayKetThucTheoQuyDinh": manner.time(due),
    }


def records(manner: Manner, said: int, dossiers: list[dict[str, Any]], steps: list[dict[str, Any]]) -> list[Record]:
    """One call of each service, as said at one moment."""
    found: list[object] = []
    if dossiers:
        updating = "True" if said % 2 else "False"
        found.append(dossiers if said % 7 == 0 else {"service": WHOLE, "isUpdating": updating, "data": dossiers})
    if steps:
        found.append({"service": STEPS, "isUpdating": "False", "data": steps})
    return [_record(manner, said, _json(one)) for one in found]


def rating(life: Life, manner: Manner) -> Record:
    """A canonical event from outside: national payloads have no place for ratings."""
    assert life.rated is not None
    moment, value = life.rated
    event = {"type": "rated", "dossier": life.number, "at": rfc3339(moment), "rating": value, "source": manner.province.code}
    return _record(manner, moment, _json(event), ("ce_type", b"chiso.dossier.rated.v1"))


def beside(events: list[dict[str, Any]], manner: Manner, said: int) -> Record:
    """Canonical events from outside, in a list."""
    return _record(manner, said, _json(events))


def _record(manner: Manner, said: int, value: bytes, *more: tuple[str, bytes]) -> Record:
    source = manner.province.code.encode()
    return Record(source, value, [("ce_source", source), ("ce_time", rfc3339(said).encode()), *more])
