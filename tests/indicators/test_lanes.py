"""Rows of lanes: what is stored is what was counted, or nothing is stored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.lanes import DAY_COUNTERS, DAY_LANE, LANE_BYTES, MONTH_COUNTERS, MONTH_LANE, counters, decode, encode, lane

SIZE = len(DAY_COUNTERS)


@given(st.dictionaries(st.sampled_from(DAY_COUNTERS), st.integers(0, 2**31 - 1)))
def test_a_row_reads_as_counted_by_name_and_by_numpy(counts: dict[str, int]) -> None:
    stored = encode(sum(DAY_LANE[name] * count for name, count in counts.items()), SIZE)
    assert counters(stored, DAY_COUNTERS) == {name: count for name, count in counts.items() if count}
    array = np.frombuffer(stored.ljust(SIZE * LANE_BYTES, b"\0"), dtype="<u4")
    assert {name: int(array[place]) for place, name in enumerate(DAY_COUNTERS) if array[place]} == counters(stored, DAY_COUNTERS)
    assert encode(decode(stored), SIZE) == stored


@pytest.mark.parametrize("row", [-1, -lane(3), lane(1) - 1 << 31, lane(SIZE), lane(4) - lane(2)], ids=str)
def test_a_row_with_a_lane_out_of_range_is_never_stored(row: int) -> None:
    with pytest.raises(OverflowError):
        encode(row, SIZE)


def test_a_row_of_nothing_is_no_bytes() -> None:
    assert encode(0, SIZE) == b""


def test_a_month_of_handling_may_be_longer_than_one_lane_holds() -> None:
    seconds = 200_000 * 20 * 86_400  # a busy province's dossiers of a month, twenty days each
    for lanes, names in ((DAY_LANE, DAY_COUNTERS), (MONTH_LANE, MONTH_COUNTERS)):
        found = counters(encode(lanes["handling_seconds"] * seconds, len(names)), names)
        assert found["handling_seconds"] + (found["handling_seconds_high"] << 32) == seconds
    assert counters(encode(DAY_LANE["handling_seconds"] * (1 << 31), SIZE), DAY_COUNTERS) == {"handling_seconds": 1 << 31}
