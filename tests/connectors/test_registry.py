"""Files and records of the registry."""

from pathlib import Path

import pytest

from connectors.registry import check, decode, encode, path_of, read_units
from indicators.errors import InvalidDataError, NotFoundError
from indicators.registry import Registry
from indicators.times import day_of

HEAD = "code,name,kind,parent,valid_from,valid_to,merged_into\n"


def write(path: Path, text: str) -> Path:
    made = path / "units.csv"
    made.write_text(text, "utf-8")
    return made


def test_the_shipped_units_fit_together_and_hold_the_34_provinces() -> None:
    units = read_units(path_of("units"))
    check(units, "units.csv")
    now = [unit for unit in units if unit.versions[-1].kind == "province" and unit.successor() is None]
    assert len(now) == 34
    assert Registry({unit.code: unit for unit in units}).tree(day_of_2026()).parents["H62"] == "H44"


def day_of_2026() -> int:
    import datetime as dt

    return day_of(dt.date(2026, 8, 1))


def test_records_come_back_as_they_were() -> None:
    for unit in read_units(path_of("units")):
        key, value = encode(unit)
        assert key == f"unit:{unit.code}".encode()
        assert decode(value) == unit


@pytest.mark.parametrize("value", [b"", b"{}", b'{"kind":"procedure","code":"1"}', b"\xff", b'{"kind":"unit","code":"A","versions":[]}'])
def test_records_of_other_kinds_are_nobodys_loss(value: bytes) -> None:
    assert decode(value) is None


def test_lines_of_one_code_are_its_versions_in_time_order(tmp_path: Path) -> None:
    text = HEAD + "A,Mới,department,B,2025-07-01,,\nVN,Cả nước,country,,,,\nB,B,province,VN,,,\nA,Cũ,department,VN,,2025-06-30,\n"
    units = {unit.code: unit for unit in read_units(write(tmp_path, text))}
    assert [version.name for version in units["A"].versions] == ["Cũ", "Mới"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("A,,department,VN,,,", "line 2, column 'name'"),
        ("A,Tên,village,VN,,,", "line 2, column 'kind'"),
        ("A,Tên,department,VN,20260231,,", "line 2, column 'valid_from'"),
        ("A,Tên,department,VN,2026-02-01,2026-01-01,", "valid_to is before valid_from"),
        ("A," + "x" * 300 + ",department,VN,,,", "line 2, column 'name'"),
        ("A,Tên", "line 2, column 'kind'"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(InvalidDataError, match=says):
        read_units(write(tmp_path, HEAD + line + "\n"))


def test_files_that_are_no_list_of_units_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataError, match="lacks the column 'code'"):
        read_units(write(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(NotFoundError, match="does not exist"):
        path_of("nowhere.csv")
    broken = tmp_path / "latin.csv"
    broken.write_bytes(b"code,name,kind,parent\n\xff,\xfe,x,y\n")
    with pytest.raises(InvalidDataError, match="UTF-8"):
        read_units(broken)
    with pytest.raises(InvalidDataError, match="unit A names B, which is not registered"):
        check(read_units(write(tmp_path, HEAD + "A,Tên,department,B,,,\n")), "units.csv")
