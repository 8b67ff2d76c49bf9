"""Procedures, sectors, targets, reports and peers' totals: files and records."""

import datetime as dt
from pathlib import Path

import pytest

from connectors.catalogue import decode_entries, encode_entries, heads, read_entries, read_peers
from connectors.catalogue_kinds import kind_of
from indicators.errors import InvalidDataError
from indicators.registry import Entry, Registry, overlapping
from indicators.settings_of_units import DEFAULTS, hours, parsed, setting
from indicators.times import day_of
from indicators.workhours import sessions

FILES = {
    "procedure": "code,name,sector,limit,limit_unit,papers,valid_from,valid_to\n1.1,Cấp phép,LV1,15,working_days,TP01 TP02,,2026-06-30\n1.1,Cấp phép mới,LV1,,,,2026-07-01,\n",
    "sector": "code,name\nLV1,Đất đai\n",
    "target": "unit,id,ratio\nH44,2.1,0.95\n",
    "report": "unit,month,id,numerator,denominator\nH44,2026-08,1.4,,120\nH44,2026-09,4.6,3,5\n",
}
DAY = day_of(dt.date(2026, 8, 1))


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("kind", FILES)
def test_a_file_shows_what_it_is_and_its_records_come_back(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, FILES[kind])
    assert kind_of(heads(path)) == kind
    for code, entries in read_entries(path, kind).items():
        key, value = encode_entries(kind, code, entries)
        assert decode_entries(key, value) == (kind, code, entries)


def test_units_are_none_of_these_kinds() -> None:
    assert kind_of(["code", "name", "kind", "parent"]) is None
    assert decode_entries(b"unit:A", b"{}") is None
    assert decode_entries(b"sector:A", b"no json") is None


def test_what_was_registered_answers_by_day(tmp_path: Path) -> None:
    entries = {kind: read_entries(write(tmp_path, text), kind) for kind, text in FILES.items()}
    registry = Registry({}, entries)
    assert (registry.name("procedure", "1.1", DAY - 60), registry.name("procedure", "1.1", DAY)) == ("Cấp phép", "Cấp phép mới")
    assert registry.entry("procedure", "1.1", DAY - 60)["limit"] == 15
    assert registry.name("sector", "LV2", DAY) is None
    assert registry.target(["H44.01", "H44"], "2.1", DAY) == 0.95
    assert registry.target(["H44"], "3.6", DAY) is None
    assert registry.reported(["2026-08", "2026-09"]) == {"1.4": {"H44": (0, 120)}, "4.6": {"H44": (3, 5)}}
    assert registry.reported([]) == {"1.4": {}, "4.6": {}}


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("target", "unit,id,ratio\nH44,9.9,0.5\n", "line 2, column 'id'"),
        ("target", "unit,id,ratio\nH44,2.1,1.5\n", "line 2, column 'ratio'"),
        ("target", "unit,id,ratio\nH44,2.1,0.5\nH44,2.1,0.6\n", "line 3: target H44:2.1 has another line for the same days"),
        ("report", "unit,month,id,numerator,denominator\nH44,2026-13,1.4,1,2\n", "line 2, column 'month'"),
        ("report", "unit,month,id,numerator,denominator\nH44,2026-12,2.1,1,2\n", "line 2, column 'id'"),
        ("sector", "code,name,valid_from,valid_to\nA,B,2026-02-01,2026-01-01\n", "valid_to is before valid_from"),
        ("procedure", "code,name,sector,limit\nA,B,C,soon\n", "line 2, column 'limit'"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, kind: str, text: str, says: str) -> None:
    with pytest.raises(InvalidDataError, match=says):
        read_entries(write(tmp_path, text), kind)


def test_peers_totals_are_of_a_day(tmp_path: Path, shared: Path) -> None:
    entries = read_peers(shared / "domain" / "province-blocks-2026-10-05.csv", None)
    registry = Registry({}, {"peers": {**entries, "2026-09-05": (Entry({"totals": {"H20": 1}}, DAY),)}})
    day, totals = registry.published
    assert (day, len(totals), totals["H20"]) == (day_of(dt.date(2026, 10, 5)), 34, 6811)
    assert Registry().published is None
    for text, says in (
        ("unit,total\nH44,101\n", "line 2"),
        ("unit,total\nH44,x\n", "line 2"),
        ("unit,total\nA,1\nA,2\n", "second time"),
        ("unit\nA\n", "lacks"),
    ):
        with pytest.raises(InvalidDataError, match=says):
            read_peers(write(tmp_path, text), dt.date(2026, 1, 1))
    with pytest.raises(InvalidDataError, match="--date"):
        read_peers(write(tmp_path, "unit,total\n"), None)


def test_two_spans_overlap_where_a_day_is_in_both() -> None:
    assert overlapping([Entry({}, None, 5), Entry({}, 5, None)])
    assert not overlapping([Entry({}, 6, None), Entry({}, None, 5)])


def test_a_setting_is_that_of_the_nearest_unit_that_has_one(tmp_path: Path) -> None:
    text = (
        "unit,name,value,valid_from,valid_to\nH44,due_soon_days,3,,\nH44.01,silence_hours,0.5,,\n"
        'H44,sessions,"07:00-11:30,13:30-17:00",2026-08-01,\nH44.01,profile,province,,2026-07-31\n'
    )
    path = write(tmp_path, text)
    assert kind_of(heads(path)) == "setting"
    registry = Registry({}, {"setting": read_entries(path, "setting")})
    line = ["H44.01", "H44", "VN"]
    assert setting(registry, line, "due_soon_days", DAY) == 3
    assert setting(registry, line, "silence_hours", DAY) == 0.5
    assert setting(registry, ["H44"], "silence_hours", DAY) == DEFAULTS["silence_hours"] == 4.0
    assert (setting(registry, line, "profile", DAY - 1), setting(registry, line, "profile", DAY)) == ("province", "document")
    assert (hours(registry, line, DAY - 1), hours(registry, line, DAY)) == (sessions(), sessions("07:00-11:30,13:30-17:00"))


def test_every_default_is_what_a_file_may_say() -> None:
    for name, value in DEFAULTS.items():
        assert parsed(name, str(value)) == value
        assert type(parsed(name, str(value))) is type(value)
    with pytest.raises(ValueError, match="is no setting"):
        parsed("colour", "red")


def test_an_official_has_one_record_with_all_validity(tmp_path: Path) -> None:
    text = "code,name,unit,valid_from,valid_to\nu-1,Trần Thị Mẫu,H44.01,,2026-07-31\nu-1,Trần Thị Mẫu,H44.02,2026-08-01,\nCB07,Lê Văn Thử,H44.01,,\n"
    path = write(tmp_path, text)
    assert kind_of(heads(path)) == "official"
    entries = read_entries(path, "official")
    assert [len(entries[code]) for code in ("u-1", "CB07")] == [2, 1]
    registry = Registry({}, {"official": entries})
    assert registry.official("u-1", DAY) == "Trần Thị Mẫu"
    assert registry.entry("official", "u-1", DAY)["unit"] == "H44.02"
    assert registry.official("u-2", DAY) is None


def test_a_unit_has_its_own_addresses_and_nobody_elses(tmp_path: Path) -> None:
    text = (
        "unit,sink,to,kinds,valid_from,valid_to\nH44,email,mot.cua@phutho.example,,,\nH44,webhook,http://127.0.0.1:8080/hook?a=b:c,overdue digest,,\n"
        "H44,webhook,https://old.example/,,,2026-07-31\n"
    )
    path = write(tmp_path, text)
    assert kind_of(heads(path)) == "address"
    entries = read_entries(path, "address")
    assert min(entries) == "H44:email:mot.cua@phutho.example"
    for code, one in entries.items():
        assert decode_entries(*encode_entries("address", code, one)) == ("address", code, one)
    registry = Registry({}, {"address": entries})
    mail, hook = registry.addresses("H44", DAY)
    assert (mail.sink, mail.wants("digest"), mail.wants("overdue")) == ("email", True, True)
    assert (hook.to, hook.wants("digest"), hook.wants("due_soon")) == ("http://127.0.0.1:8080/hook?a=b:c", True, False)
    assert len(registry.addresses("H44", DAY - 1)) == 3
    assert registry.addresses("H44.01", DAY) == []


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("setting", "unit,name,value\nH44,colour,red\n", "line 2, column 'name'"),
        ("setting", "unit,name,value\nH44,due_soon_days,soon\n", "line 2, column 'value'.*whole number"),
        ("setting", "unit,name,value\nH44,due_soon_days,1.5\n", "line 2, column 'value'.*whole number"),
        ("setting", "unit,name,value\nH44,silence_hours,nan\n", "line 2, column 'value'.*from 0"),
        ("setting", "unit,name,value\nH44,silence_hours,long\n", "line 2, column 'value'.*a number"),
        ("setting", "unit,name,value\nH44,silence_hours,\n", "line 2, column 'value'.*a number"),
        ("setting", "unit,name,value\nH44,sessions,all day\n", "line 2, column 'value'.*sessions"),
        ("setting", "unit,name,value\nH44,profile,other\n", "line 2, column 'value'.*document or province"),
        ("setting", "unit,name,value\nH44,apology_days,1\nH44,apology_days,2\n", "line 3: setting H44:apology_days has another line"),
        ("official", "code,name,unit\nCB1,A,H44\nCB1,B,H44\n", "line 3: official CB1 has another line"),
        ("official", "code,name,unit\nCB1,A,\n", "line 2, column 'unit'"),
        ("address", "unit,sink,to\nH44,fax,0210\n", "line 2, column 'sink'"),
        ("address", "unit,sink,to\nH44,email,nobody\n", "line 2, column 'to'.*e-mail"),
        ("address", "unit,sink,to\nH44,email,a@b.vn\\nBcc: c@d.vn\n", "line 2, column 'to'.*e-mail"),
        ("address", "unit,sink,to\nH44,webhook,ftp://a.vn/\n", "line 2, column 'to'.*http"),
        ("address", "unit,sink,to\nH44,webhook,http:///x\n", "line 2, column 'to'.*http"),
        ("address", "unit,sink,to,kinds\nH44,webhook,http://a.vn/,overdue gossip\n", "line 2, column 'kinds'"),
        ("address", "unit,sink,to\nH44,email,a@b.vn\nH44,email,a@b.vn\n", "line 3: address H44:email:a@b.vn has another line"),
    ],
)
def test_a_contradiction_of_duty_is_named(tmp_path: Path, kind: str, text: str, says: str) -> None:
    with pytest.raises(InvalidDataError, match=says):
        read_entries(write(tmp_path, text), kind)
