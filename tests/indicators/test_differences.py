"""What a later version says otherwise is told cell by cell; what only moved its place is not told."""

from indicators.bulletin.differences import Old, differing
from indicators.bulletin.model import Column, Ratio, Table

UNITS = (Column("stt"), Column("unit", "text"), Column("name", "text"), Column("late"), Column("ratio", "ratio"))


def table(*rows: tuple[object, ...], edition: str = "both") -> Table:
    return Table("late_units", "lists", UNITS, rows, edition)  # type: ignore[arg-type]


def old(*rows: list[object]) -> dict[str, Old]:
    return {"late_units": Old([column.key for column in UNITS], rows)}


def test_cells_that_differ() -> None:
    before = old([1, "A", "Sở A", 3, [1, 2]], [2, "B", "Sở B", 2, None])
    public, internal = differing(before, [table((1, "B", "Sở B", 4, Ratio(1, 3)), (2, "A", "Sở A", 3, Ratio(1, 2)))], "events")
    assert public.rows == (
        ("table late_units", "B", "Sở B", "column late_units late", "2", "4", "events"),
        ("table late_units", "B", "Sở B", "column late_units ratio", None, "1/3", "events"),
    )
    assert internal.rows == ()


def test_rows_that_came_and_went() -> None:
    public, _ = differing(old([1, "A", "Sở A", 3, None]), [table((1, "B", "Sở B", 1, None))], "registry")
    assert [row[1:6] for row in public.rows] == [
        ("B", "Sở B", "column late_units name", None, "Sở B"),
        ("B", "Sở B", "column late_units late", None, "1"),
        ("A", "Sở A", "column late_units name", "Sở A", None),
        ("A", "Sở A", "column late_units late", "3", None),
    ]


def test_what_only_insiders_see_stands_in_a_table_of_its_own() -> None:
    public, internal = differing(old(), [table((1, "A", "Sở A", 1, None), edition="internal")], "events")
    assert (public.rows, internal.edition, len(internal.rows)) == ((), "internal", 2)


def test_rows_alike_are_told_apart_by_their_order() -> None:
    same = [1, "A", "Sở A", 3, None]
    public, _ = differing(old(same, same), [table((1, "A", "Sở A", 3, None), (2, "A", "Sở A", 5, None))], "events")
    assert [row[3:6] for row in public.rows] == [("column late_units late", "3", "5")]


def test_points_are_written_as_points_and_words_stay_keys_that_have_words() -> None:
    columns = (Column("unit", "text"), Column("total", "points"), Column("change", "points"), Column("verdict", "word"))
    new = Table("late_units", "lists", columns, (("A", 6200, -5, "pass"),))
    public, _ = differing({"late_units": Old([column.key for column in columns], [["A", 6105, 12, "fail"]])}, [new], "events")
    assert [row[4:6] for row in public.rows] == [("61.05", "62.00"), ("0.12", "-0.05"), ("fail", "pass")]
    assert {column.key: column.kind for column in public.columns}["new"] == "word"
