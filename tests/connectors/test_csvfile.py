"""Small CSV files: whatever is wrong is said with its line."""

from pathlib import Path

import pytest

from connectors.catalogue import read_peers
from connectors.csvfile import Rows
from connectors.registry import read_units
from indicators.errors import InvalidDataError

LONG = "x" * 200_000


def test_rows_by_column_and_where_they_stand() -> None:
    rows = Rows("\ufeffunit,total\nH01,1\nH05,2,3\n", "some.csv")
    assert rows.columns == ("unit", "total")
    assert [(row, rows.where) for row in rows] == [
        ({"unit": "H01", "total": "1"}, "some.csv, line 2"),
        ({"unit": "H05", "total": "2"}, "some.csv, line 3"),
    ]


@pytest.mark.parametrize("text", [f"unit,total\nH01,{LONG}\n", f"unit,{LONG}\nH01,1\n"])
def test_a_cell_without_end_is_named_by_its_line(text: str) -> None:
    line = 2 if text.startswith("unit,total") else 1
    with pytest.raises(InvalidDataError, match=f"^line {line}: field larger"):
        list(Rows(text))


def test_files_of_the_registry_say_so_too(tmp_path: Path) -> None:
    peers, units = tmp_path / "peers-2026-10-05.csv", tmp_path / "units.csv"
    peers.write_text(f"unit,total\nH01,{LONG}\n")
    units.write_text(f"code,name,kind,parent\nH01,{LONG},province,VN\n")
    with pytest.raises(InvalidDataError, match="line 2"):
        read_peers(peers, None)
    with pytest.raises(InvalidDataError, match="line 2"):
        read_units(units)
    units.write_bytes("code,name,kind,parent\nH01,Hà Nội,province,VN\n".encode("cp1258", "replace"))
    with pytest.raises(InvalidDataError, match="UTF-8"):
        read_units(units)
