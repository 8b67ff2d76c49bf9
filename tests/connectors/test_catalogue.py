"""Procedures, sectors, targets, reports and peers' totals: files and records."""

import datetime as dt
from pathlib import Path

import pytest

from connectors.catalogue import decode_entries, encode_entries, heads, kind_of, read_entries, read_peers
from indicators.errors import InvalidDataError
from indicators.registry import Entry, Registry, overlapping
from indicators.times import day_of

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
