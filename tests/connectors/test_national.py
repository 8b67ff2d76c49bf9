"""What one-stop systems send, oddity by oddity, and what becomes of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import national
from connectors.door import Said
from connectors.national import Item
from connectors.pseudonym import pseudonyms
from indicators import events as ev
from indicators.errors import RejectedError
from indicators.ontime import clock
from indicators.times import rfc3339, seconds
from tests.builders import HCM, admitted, utc
from tests.builders import state_of as join_of

SAID = seconds("2026-08-20T03:00:00Z")
CANARY = "CANARYq7"
BASE: dict[str, Any] = {
    "MaHoSo": "H44.07-20260803-0042",
    "MaTTHC": "2.000815",
    "TenTTHC": "Chứng thực",
    "MaLinhVuc": "G15-CT",
    "KenhThucHien": "2",
    "NgayNopHoSo": "20260803080000",
    "NgayTiepNhan": "20260803090000",
    "NgayHenTra": "20260810170000",
    "TrangThaiHoSo": "2",
}
PERSONAL: dict[str, Any] = {
    "ChuHoSo": f"{CANARY} tên",
    "SoGiayToChuHoSo": f"{CANARY}1",
    "SoDienThoai": f"{CANARY}2",
    "Email": f"{CANARY}@x.vn",
    "DiaChi": f"{CANARY} 3",
    "DinhDanhCHS": [{"SoDinhDanh": f"{CANARY}4", "HoTen": f"{CANARY}5"}],
    "TaiLieuNop": [
        {"MaThanhPhanHoSo": f"{CANARY}6", "TenTepDinhKem": f"{CANARY}.pdf", "DuongDanTaiTepTin": f"http://x/{CANARY}", "DuocSoHoa": "1"}
    ],
    "DanhSachHoSoBoSung": [{"NguoiYeuCauBoSung": f"{CANARY}7", "NoiDungBoSung": f"{CANARY}8", "NgayBoSung": "20260804090000"}],
    "DanhSachGiayToKetQua": [{"TenGiayTo": f"{CANARY}9", "DuongDanTepTinKetQua": f"{CANARY}10"}],
    "DanhSachLePhi": [{"TenPhiLePhi": f"{CANARY}11", "Gia": "50000"}],
    "NoiDungXuLy": f"{CANARY}12",
    "UnknownField": {"deep": [CANARY]},
}


def read(*entries: Any, service: str = national.WHOLE, said: int = SAID, recorded: int = 0) -> list[Item]:
    return list(national.read({"service": service, "data": list(entries)}, Said(said, recorded or said, "H44"), pseudonyms(b"k" * 32)))


def one(said: int = SAID, **changes: Any) -> list[ev.Event]:
    [item] = read(BASE | changes, said=said)
    assert item.faults == []
    return item.events


def the(kind: type[ev.Event], events: list[ev.Event]) -> Any:
    [found] = [event for event in events if isinstance(event, kind)]
    return found


@pytest.mark.parametrize(
    "text", ["20260803090000", "2026-08-03 09:00:00", "2026-08-03T09:00:00", "2026-08-03T09:00:00+07:00", "2026-08-03T02:00:00Z"]
)
def test_three_forms_of_dates_are_one_moment(text: str) -> None:
    assert the(ev.Received, one(NgayTiepNhan=text)).at == "2026-08-03T02:00:00Z"


def test_a_day_alone_is_its_midnight() -> None:
    assert the(ev.Received, one(NgayTiepNhan="20260803")).at == "2026-08-02T17:00:00Z"


@pytest.mark.parametrize(("sent", "kept"), [("1", "counter"), (2, "online"), ("3", "post"), ("", None), (None, None)])
def test_channels_come_as_text_or_number_or_not_at_all(sent: object, kept: str | None) -> None:
    assert the(ev.Received, one(KenhThucHien=sent)).channel == kept


@pytest.mark.parametrize(
    ("code", "unit", "name"),
    [("H44.07", "H44.07", None), ("000.00.09.H44", "H44.09", None), ("", "H44.07", None), ("Sở Công Thương", "H44.07", "Sở Công Thương")],
)
def test_a_unit_is_a_code_else_the_numbers_prefix_and_a_name_is_kept_beside(code: str, unit: str, name: str | None) -> None:
    found = the(ev.Received, one(DonViXuLy=code))
    assert (found.unit, found.unit_name) == (unit, name)


def test_old_agency_codes_and_short_dates_make_the_same_number() -> None:
    for number in ("000.00.07.H44-260803-0042", "000.00.07.H44-20260803-0042", "H44.07-260803-0042"):
        assert one(MaHoSo=number)[0].dossier == "H44.07-20260803-0042"


def test_several_agencies_come_in_one_list() -> None:
    items = read(BASE, BASE | {"MaHoSo": "G09.20-20260803-0001"}, BASE | {"MaHoSo": "H01.100-20260803-0001"})
    assert [the(ev.Received, item.events).unit for item in items] == ["H44.07", "G09.20", "H01.100"]


@pytest.mark.parametrize("status", ["1", "2", "4", "5", "6", 4])
def test_handling_voids_ends_said_before(status: object) -> None:
    found = the(ev.Reopened, one(TrangThaiHoSo=status))
    assert (found.stated_at, found.at) == ("2026-08-20T03:00:00Z", "2026-08-03T02:00:00Z")


def test_an_end_said_in_the_same_second_as_handling_stands() -> None:
    found = clock(join_of(*one(TrangThaiHoSo="9", NgayKetThucXuLy="20260807090000"), *one(TrangThaiHoSo="4")), HCM)
    assert found is not None
    assert found.finished_at == seconds(utc("2026-08-07"))


@pytest.mark.parametrize(
    ("status", "kind", "at"),
    [
        ("9", ev.Processed, "2026-08-07"),
        ("3", ev.Refused, "2026-08-05"),
        ("7", ev.Withdrawn, "2026-08-05"),
        ("8", ev.Stopped, "2026-08-05"),
    ],
)
def test_every_end_has_its_own_date(status: str, kind: type[ev.Event], at: str) -> None:
    found = one(TrangThaiHoSo=status, NgayKetThucXuLy="20260807090000", NgayTuChoi="20260805090000")
    assert the(kind, found).at == utc(at)
    assert not [event for event in found if isinstance(event, ev.Reopened)]


def no(kind: type[ev.Event], events: list[ev.Event]) -> bool:
    return not any(isinstance(event, kind) for event in events)


def test_handed_over_is_processed_and_returned() -> None:
    found = one(
        TrangThaiHoSo=10, NgayKetThucXuLy="20260807090000", NgayTra="20260808090000", DanhSachGiayToKetQua=[{"DuongDanTepTinKetQua": "x"}]
    )
    assert (the(ev.Processed, found).at, the(ev.Returned, found).at) == (utc("2026-08-07"), utc("2026-08-08"))
    assert the(ev.Processed, found).electronic_result is the(ev.Returned, found).electronic_result is True
    assert the(ev.Returned, one(TrangThaiHoSo=10, NgayKetThucXuLy="20260807090000")).at == utc("2026-08-07")


def test_handed_over_says_nothing_of_when_handling_ended() -> None:
    found = one(TrangThaiHoSo=10, NgayKetThucXuLy="", NgayTra="20260820090000")
    assert no(ev.Processed, found)
    assert the(ev.Returned, found).at == utc("2026-08-20")
    assert finished(found) == utc("2026-08-20")
    before = one(said=SAID - 86_400, TrangThaiHoSo="9", NgayKetThucXuLy="20260809090000")
    assert finished(before, found) == finished(found, before) == utc("2026-08-09")


def finished(*parts: list[ev.Event]) -> str | None:
    found = clock(join_of(*[event for part in parts for event in part]), HCM)
    assert found is not None
    return None if found.finished_at is None else rfc3339(found.finished_at)


@pytest.mark.parametrize(
    ("status", "kind"), [("3", ev.Refused), ("7", ev.Withdrawn), ("8", ev.Stopped), ("9", ev.Processed), ("10", ev.Returned)]
)
def test_an_end_without_any_date_is_of_the_night_it_was_first_said(status: str, kind: type[ev.Event]) -> None:
    nights = [one(said=SAID + night * 86_400, TrangThaiHoSo=status) for night in range(40)]
    assert all(the(kind, night).undated for night in nights)
    assert finished(*nights) == finished(*reversed(nights)) == rfc3339(SAID)
    dated = one(said=SAID + 86_400, TrangThaiHoSo=status, NgayKetThucXuLy="20260807090000")
    assert not the(kind, dated).undated
    assert finished(*nights, dated) == utc("2026-08-07")


@pytest.mark.parametrize("broken", ["20260231", "31/08/2026", ["20260807"], True])
@pytest.mark.parametrize(
    ("status", "field", "gone", "kept"),
    [
        ("9", "NgayKetThucXuLy", ev.Processed, ev.Received),
        ("10", "NgayKetThucXuLy", ev.Processed, ev.Returned),
        ("10", "NgayTra", ev.Returned, ev.Processed),
        ("3", "NgayTuChoi", ev.Refused, ev.Received),
        ("3", "NgayTiepNhan", ev.Received, ev.Refused),
        ("8", "NgayKetThucXuLy", ev.Stopped, ev.Received),
    ],
)
def test_a_broken_date_is_not_stood_in_for(broken: object, status: str, field: str, gone: type[ev.Event], kept: type[ev.Event]) -> None:
    dates = {"NgayKetThucXuLy": "20260807090000", "NgayTra": "20260808090000", "DanhSachHoSoBoSung": [{"NgayBoSung": "20260804090000"}]}
    [item] = read(BASE | dates | {"TrangThaiHoSo": status, field: broken})
    assert [fault.field for fault in item.faults] == [field]
    assert no(gone, item.events)
    assert the(kept, item.events)
    assert the(ev.SupplementRequested, item.events)


def test_a_filing_that_was_refused_with_a_broken_day_of_filing_is_no_reception() -> None:
    [item] = read(BASE | {"TrangThaiHoSo": "3", "NgayTiepNhan": "", "NgayNopHoSo": "20260231", "NgayTuChoi": "20260804090000"})
    assert ([fault.field for fault in item.faults], no(ev.Received, item.events)) == (["NgayNopHoSo"], True)
    assert the(ev.Refused, item.events).at == utc("2026-08-04")


def test_not_accepted_never_counts() -> None:
    found = the(ev.Received, one(TrangThaiHoSo="3", NgayTiepNhan="", NgayTuChoi="20260804090000"))
    assert (found.accepted, found.at) == (False, utc("2026-08-03T08:00"))


def test_newly_filed_has_no_reception_yet() -> None:
    assert not [event for event in one(TrangThaiHoSo="1", NgayTiepNhan="") if isinstance(event, ev.Received)]


def test_a_status_that_goes_back_takes_the_end_back() -> None:
    first = one(said=SAID, TrangThaiHoSo="9", NgayKetThucXuLy="20260807090000")
    back = one(said=SAID + 60, TrangThaiHoSo="4")
    again = one(said=SAID + 120, TrangThaiHoSo="9", NgayKetThucXuLy="20260821090000")
    for order in ((first, back), (back, first)):
        found = clock(join_of(*[event for part in order for event in part]), HCM)
        assert found is not None
        assert found.finished_at is None
    found = clock(join_of(*again, *first, *back), HCM)
    assert found is not None
    assert found.finished_at == seconds(utc("2026-08-21"))


def test_a_supplement_that_moved_the_due_date_is_not_taken_off_twice() -> None:
    asked = {"NgayBoSung": "20260805090000", "NgayTiepNhanBoSung": "20260812090000", "NgayHenTraTruoc": "20260810170000"}
    ends = {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260817090000"}
    for moved, due in ((asked | {"NgayHenTraMoi": "20260814170000"}, 14), (asked | {"NgayHenTraMoi": ""}, 17)):
        found = clock(join_of(*one(DanhSachHoSoBoSung=[moved], **ends)), HCM)
        assert found is not None
        assert found.effective_day == HCM.day(seconds(utc(f"2026-08-{due}")))


def test_money_papers_and_flags() -> None:
    papers = [
        {"DuocSoHoa": "0", "IsDeleted": "0"},
        {"DuocSoHoa": "1", "DuocTaiSuDung": 1, "DuocLayTuKhoDMQG": "1"},
        {"DuocSoHoa": "1", "IsDeleted": "1"},
    ]
    found = one(
        TaiLieuNop=papers,
        DanhSachLePhi=[{"Gia": "0"}, {"Gia": 50000}],
        DuocThanhToanTrucTuyen="2",
        TaiKhoanDuocXacThucVoiVNeID="1",
        DanhSachGiayToKetQua=[{"DuongDanTepTinKetQua": ""}],
    )
    received = the(ev.Received, found)
    assert (received.population_data, received.personal_store) == (True, True)
    assert (the(ev.Digitised, found).papers, the(ev.Digitised, found).result, the(ev.Reused, found).papers) == (True, False, True)
    assert (the(ev.FeeRequested, found).fee_owed, the(ev.Paid, found).online) == (True, True)
    free = one(DanhSachLePhi=[{"Gia": "0.00"}], DuocThanhToanTrucTuyen="0")
    assert the(ev.FeeRequested, free).fee_owed is False
    assert no(ev.Paid, free)


@pytest.mark.parametrize(
    ("amounts", "owed"),
    [
        ([50000.0], True),
        ([0.5], True),
        ([0, 50000.0], True),
        (["", "50.000 đ"], True),
        ([0.0], False),
        ([-0.0, "0,00"], False),
    ],
)
def test_amounts_are_above_zero_however_they_are_written(amounts: list[object], owed: bool) -> None:
    found = one(DanhSachLePhi=[{"Gia": amount} for amount in amounts], DuocThanhToanTrucTuyen="1")
    assert (the(ev.FeeRequested, found).fee_owed, the(ev.Paid, found).fee_owed) == (owed, owed)


@pytest.mark.parametrize(("amount", "faults"), [("", []), (None, []), ("miễn phí", ["Gia"]), ([5], ["Gia"]), (-5.0, ["Gia"])])
def test_an_amount_nobody_can_read_says_nothing_of_a_fee(amount: object, faults: list[str]) -> None:
    [item] = read(BASE | {"DanhSachLePhi": [{"Gia": "0"}, {"Gia": amount}], "DuocThanhToanTrucTuyen": "1"})
    assert [fault.field for fault in item.faults] == faults
    assert no(ev.FeeRequested, item.events)
    assert no(ev.Paid, item.events)
    assert the(ev.Received, item.events)


def test_steps_say_who_holds_it_and_who_finished() -> None:
    step = {
        "MaHoSo": "H44.07-20260803-0042",
        "NguoiXuLy": "Nguyễn Văn  A",
        "ThoiDiemXuLy": "2026-08-05 09:00:00",
        "TrangThai": 4,
        "NgayKetThucTheoQuyDinh": "",
    }
    [first, second, third] = read(
        step, step | {"NguoiXuLy": "nguyễn văn a", "TrangThai": "9"}, step | {"NguoiXuLy": "CB01"}, service=national.STEPS
    )
    who = the(ev.Step, first.events).official
    assert who.startswith("u-")
    assert the(ev.Processed, second.events).official == who
    assert the(ev.Step, third.events).official == "CB01"
    assert the(ev.Step, first.events).at == the(ev.Reopened, first.events).at == utc("2026-08-05")
    assert {event.stated_at for item in (first, second, third) for event in item.events} == {rfc3339(SAID)}


def step(said: int = SAID, **changes: Any) -> list[ev.Event]:
    [item] = read({"MaHoSo": "H44.07-20260803-0042", "NguoiXuLy": "CB01"} | changes, service=national.STEPS, said=said)
    assert item.faults == []
    return item.events


def test_a_step_that_finished_it_in_the_past_ends_what_was_said_to_be_open() -> None:
    whole = one(TrangThaiHoSo="2")
    done = step(SAID + 60, TrangThai="9", ThoiDiemXuLy="20260807090000")
    assert finished(whole, done) == finished(done, whole) == utc("2026-08-07")


def test_an_old_step_that_is_sent_again_takes_no_later_end_back() -> None:
    held = {"TrangThai": "4", "ThoiDiemXuLy": "20260805090000"}
    done = one(TrangThaiHoSo="9", NgayKetThucXuLy="20260807090000")
    assert finished(done, step(SAID - 60, **held), step(SAID + 60, **held)) == utc("2026-08-07")


@pytest.mark.parametrize("status", ["1", "2", "4", "5", "6"])
def test_a_step_of_handling_takes_back_an_end_before_it(status: str) -> None:
    done, back = one(TrangThaiHoSo="9", NgayKetThucXuLy="20260807090000"), step(SAID + 60, TrangThai=status, ThoiDiemXuLy="20260810090000")
    assert the(ev.Reopened, back).by_step
    assert finished(done, back) is finished(back, done) is None


def test_a_step_without_a_moment_is_of_when_it_was_said_and_a_broken_moment_makes_none() -> None:
    [held, ended] = step(TrangThai="9")
    assert (held.at, ended.at) == (rfc3339(SAID), rfc3339(SAID))
    assert the(ev.Processed, [held, ended]).undated
    assert the(ev.Processed, step(TrangThai="9", NgayBatDau="20260805090000")).at == utc("2026-08-05")
    for broken in ({"ThoiDiemXuLy": "20260231", "NgayBatDau": "20260805090000"}, {"NgayBatDau": "20260231"}):
        [item] = read({"MaHoSo": "H44.07-20260803-0042", "NguoiXuLy": "CB01", "TrangThai": "9", **broken}, service=national.STEPS)
        assert ([fault.rule[:10] for fault in item.faults], item.events) == (["is no time"], [])


@pytest.mark.parametrize(
    ("changes", "field", "taken"),
    [
        ({"MaHoSo": ""}, "MaHoSo", False),
        ({"MaHoSo": {"a": 1}}, "MaHoSo", False),
        ({"TrangThaiHoSo": "11"}, "TrangThaiHoSo", False),
        ({"TrangThaiHoSo": ""}, "TrangThaiHoSo", False),
        ({"TrangThaiHoSo": True}, "TrangThaiHoSo", False),
        ({"KenhThucHien": "9"}, "KenhThucHien", False),
        ({"NgayHenTra": "20260231"}, "NgayHenTra", True),
        ({"NgayHenTra": "31/08/2026"}, "NgayHenTra", True),
        ({"NgayNopHoSo": "0001-01-01T00:00:00"}, "NgayNopHoSo", True),
        ({"NgayTiepNhan": "20260231090000"}, "NgayTiepNhan", True),
        ({"TaiLieuNop": "x"}, "TaiLieuNop", True),
        ({"MaTTHC": ["x"]}, "MaTTHC", True),
    ],
)
def test_a_broken_entry_is_named_by_position_and_field_and_the_others_are_taken(changes: dict[str, Any], field: str, taken: bool) -> None:
    good, bad, other = read(BASE, BASE | changes, BASE | {"MaHoSo": "H44.07-20260803-0043"})
    assert good.faults == other.faults == []
    assert good.events
    assert other.events
    assert (bad.faults[0].position, bad.faults[0].field) == (1, field)
    assert bool(bad.events) == taken


@pytest.mark.parametrize("entry", [None, 5, "text", [], [{}]])
def test_an_entry_that_is_no_object_is_named(entry: object) -> None:
    [item] = read(entry)
    assert (item.events, item.faults[0].field) == ([], "data")


@pytest.mark.parametrize("payload", [None, 5, "x", {"service": "Other", "data": []}, {"data": {}}, {"service": national.WHOLE}])
def test_a_broken_envelope_is_refused_whole(payload: object) -> None:
    with pytest.raises(RejectedError):
        list(national.read(payload, Said(SAID, SAID, "H44"), str))


def test_too_far_ahead_is_judged_by_when_it_arrived_not_by_when_it_was_said() -> None:
    later = {"NgayTiepNhan": "20260903090000"}
    [at_once] = read(BASE | later)
    [at_last] = read(BASE | later, recorded=SAID + 30 * 86_400)
    assert [fault.field for fault in at_once.faults] == ["NgayTiepNhan"]
    assert at_last.faults == []


def test_a_bare_list_is_a_list_of_dossiers() -> None:
    [item] = national.read([BASE], Said(SAID, SAID, "H44"), str)
    assert item.dossier == "H44.07-20260803-0042"


def test_nothing_of_the_citizen_leaves_the_door() -> None:
    steps = {
        "MaHoSo": "H44.07-20260803-0042",
        "NguoiXuLy": f"{CANARY} Văn A",
        "ChucDanh": CANARY,
        "NoiDungXuLy": CANARY,
        "PhongBanXuLy": CANARY,
        "TrangThai": "4",
    }
    bad = BASE | PERSONAL | {"TrangThaiHoSo": CANARY, "NgayTiepNhan": CANARY, "NgayHenTra": CANARY, "KenhThucHien": CANARY}
    found = [*read(BASE | PERSONAL, BASE | PERSONAL | {"TrangThaiHoSo": "9"}, bad, PERSONAL), *read(steps, service=national.STEPS)]
    assert sum(len(item.events) for item in found) > 5
    assert CANARY not in repr(found)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["20260803090000", "4", "9", "H44.07-20260803-0042"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*BASE, *PERSONAL, "DonViXuLy", "NgayTra", "NgayTuChoi", "NgayKetThucXuLy", "DuocThanhToanTrucTuyen"]),
        JSON,
        max_size=8,
    ),
    st.booleans(),
)
def test_whatever_comes_is_read_or_named(changes: dict[str, Any], steps: bool) -> None:
    [item] = read(json.loads(json.dumps(BASE | changes)), service=national.STEPS if steps else national.WHOLE)
    assert item.events or item.faults or steps
    for event in item.events:
        admitted(event)
