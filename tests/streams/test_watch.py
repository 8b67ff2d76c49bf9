"""The table of `chiso up --watch`: a sum stands below where there is one."""

import pytest
from rich.console import Console

from streams.watch import FIELDS, table


def shown(room: int) -> str:
    def counts(received: int) -> dict[str, int]:
        return dict.fromkeys(FIELDS, 0) | {"received": received}

    about = {"name": "UBND", "period": {"id": "2026-08"}, "as_of": None, "counts": counts(room)}
    about["indicators"] = [{"id": "2.1", "ratio": None}]
    rows = [{"unit": "H44.01", "name": "Sở A", "counts": counts(7), "ratio_2_1": None}]
    console = Console(width=160)
    with console.capture() as captured:
        console.print(table({"unit": about, "rows": rows}, 5))
    return captured.get()


@pytest.mark.parametrize(("room", "sums"), [(7, 1), (0, 0)])
def test_units_that_nobody_registered_have_no_sum_below_them(room: int, sums: int) -> None:
    text = shown(room)
    assert "Sở A" in text
    assert sum(line.strip("│ ").startswith("UBND") and "kỳ" not in line for line in text.splitlines()) == sums
