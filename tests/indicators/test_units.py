"""Who belongs to whom, and what that makes of sums."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indicators.cube import PLACE, Cube
from indicators.lanes import DAY_COUNTERS, LANE_BYTES
from indicators.layout import Layout
from indicators.registry import Registry
from indicators.units import Tree, Unit, Version, faults

COUNTRY = Unit("VN", (Version("Cả nước", "country"),))


def unit(code: str, parent: str = "VN", *, merged: str | None = None, last: int | None = None) -> Unit:
    return Unit(code, (Version(f"Tên {code}", "province", parent, None, last, merged),))


def registry(*units: Unit) -> Registry:
    return Registry({one.code: one for one in (COUNTRY, *units)})


def row(**counters: int) -> bytes:
    lanes = np.zeros(len(DAY_COUNTERS), "<u4")
    for name, value in counters.items():
        lanes[PLACE[name]] = value
    return lanes.tobytes()


def test_members_are_the_unit_and_everything_below_it() -> None:
    tree = registry(unit("H44"), unit("H44.07", "H44"), unit("H44.07.01", "H44.07"), unit("H01")).tree(0)
    assert tree.members("H44") == ["H44", "H44.07", "H44.07.01"]
    assert set(tree.members("VN")) == {"VN", "H44", "H44.07", "H44.07.01", "H01"}
    assert tree.above("H44.07.01") == ["H44.07", "H44", "VN"]
    assert tree.province("H44.07.01") == "H44"
    assert tree.province("H44") == "H44"
    assert tree.province("VN") is None
    assert tree.members("nobody") == ["nobody"]
    assert tree.province("nobody") is None


def test_a_merged_unit_rolls_into_its_successor_at_any_time() -> None:
    found = registry(unit("H44"), unit("H62", last=100, merged="H44"))
    assert found.tree(50).members("H44") == found.tree(150).members("H44") == ["H44", "H62"]


def test_a_unit_that_moves_belongs_to_the_parent_of_the_day() -> None:
    moving = Unit("X", (Version("X", "department", "A", None, 99), Version("X mới", "department", "B", 100)))
    found = registry(unit("A"), unit("B"), moving)
    assert [found.tree(day).parents["X"] for day in (0, 99, 100, 10_000)] == ["A", "A", "B", "B"]
    assert found.on("X", 99) == moving.versions[0]
    assert found.on("X", 100) == moving.versions[1]
    assert found.on("nobody", 0) is None


def test_before_its_first_day_a_unit_is_what_it_became() -> None:
    late = Unit("X", (Version("X", "department", "A", 100),))
    assert registry(unit("A"), late).tree(0).parents["X"] == "A"
    assert not late.versions[0].holds(99)
    assert late.versions[0].holds(100)


def test_a_registry_that_does_not_fit_together_is_named() -> None:
    assert faults([COUNTRY, unit("A")]) == []
    assert faults([COUNTRY, unit("A", "B")]) == [("A", "names B, which is not registered")]
    assert faults([COUNTRY, unit("A", "B"), unit("B", "A")]) == [("A", "is above itself"), ("B", "is above itself")]
    twice = Unit("A", (Version("A", "province", "VN", None, 10), Version("A", "province", "VN", 10)))
    assert faults([COUNTRY, twice]) == [("A", "has two lines for the same days")]


def total(cube: Cube, tree: Tree, unit: str, day: int) -> NDArray[np.int64]:
    """Of the unit and everything below it."""
    layout = Layout(tree, cube.index)
    found: NDArray[np.int64] = layout.summed(layout.spread(list(cube.index), cube.before(day)))[layout.index[unit]]
    assert (cube.before(day)[cube.index[unit]] == cube.of(unit, day)).all() if unit in cube.index else True
    return found


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "A.1", "A.2", "B", "B.1"]), st.integers(0, 3), st.integers(10, 14), st.integers(0, 9)), max_size=30
    )
)
def test_a_total_is_the_sum_over_its_members_whatever_changed_last(changes: list[tuple[str, int, int, int]]) -> None:
    tree = registry(unit("A"), unit("A.1", "A"), unit("A.2", "A"), unit("B"), unit("B.1", "B")).tree(0)
    cube = Cube()
    held: dict[tuple[str, int, int], int] = {}
    for code, partition, day, number in changes:
        cube.put(code, partition, {day: row(received=number) if number else None})
        held[code, partition, day] = number
        for root in ("VN", "A", "B"):
            members = tree.members(root)
            for until in (9, 12, 20):
                wanted = sum(value for (one, _, at), value in held.items() if one in members and at < until)
                assert total(cube, tree, root, until)[PLACE["received"]] == wanted


def test_a_dropped_partition_is_gone_from_totals() -> None:
    tree = registry(unit("A"), unit("A.1", "A")).tree(0)
    cube = Cube()
    cube.put("A.1", 0, {1: row(received=2)})
    cube.put("A", 1, {1: row(received=3)})
    assert total(cube, tree, "A", 9)[PLACE["received"]] == 5
    cube.drop(0)
    assert total(cube, tree, "A", 9)[PLACE["received"]] == 3
    assert len(row()) == len(DAY_COUNTERS) * LANE_BYTES
