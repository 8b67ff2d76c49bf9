"""`chiso score`: files of published figures in, the same with scores, blocks, totals and the national row out."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from connectors.scorefile import rescore
from indicators.errors import ChisoError, InvalidDataError, UsageError
from indicators.times import day_of

DAY = day_of(date(2026, 10, 10))
HEAD = "unit,id,numerator,denominator\n"


def rows(text: str, *, nation: bool = False) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rescore(text, "portal", DAY, nation=nation))))


def scores(text: str, *, nation: bool = False) -> dict[tuple[str, str], str]:
    return {(row["unit"], row["id"]): row["score"] for row in rows(text, nation=nation)}


def test_rows_come_back_with_scores_then_blocks_and_a_total() -> None:
    found = rescore(HEAD + "H20,2.1,358660,405424\nH20,5.2,0,0\n", "portal", DAY).splitlines()
    assert found == [
        "unit,id,numerator,denominator,score",
        "H20,2.1,358660,405424,17.69",
        "H20,5.2,0,0,6",
        "H20,CKMB,,,",
        "H20,TDGQ,,,17.69",
        "H20,CLGQ,,,",
        "H20,TTTT,,,",
        "H20,MDSH,,,",
        "H20,MDHL,,,",
        "H20,TOTAL,,,",
    ]


def test_further_columns_make_groups() -> None:
    text = "unit,period,id,numerator,denominator\nH20,2025,2.1,1,2\nH20,2026,2.1,1,1\n"
    assert [(row["period"], row["score"]) for row in rows(text) if row["id"] == "TDGQ"] == [("2025", "10"), ("2026", "20")]


def test_given_blocks_are_summed_and_given_totals_and_ranks_ignored() -> None:
    blocks = "".join(
        f"H20,{block},,,{value}\n" for block, value in (("CKMB", 11.46), ("CLGQ", 8.84), ("TTTT", 6.42), ("MDSH", 9.72), ("MDHL", 14.67))
    )
    text = f"unit,id,numerator,denominator,score\nH20,2.1,358660,405424,1\n{blocks}H20,TOTAL,,,1\nH20,RANK,,,1\n"
    assert scores(text)["H20", "TOTAL"] == "68.8"
    assert [row["id"] for row in rows(text)].count("TOTAL") == 1


def test_the_national_row_of_every_province(shared: Path) -> None:
    source = list(csv.DictReader((shared / "domain" / "province-blocks-2026-10-05.csv").read_text().splitlines()))
    names = ("CKMB", "TDGQ", "CLGQ", "TTTT", "MDSH", "MDHL")
    lines = "".join(f"{row['unit']},{name},,,{row[name]}\n" for row in source for name in names)
    found = scores("unit,id,numerator,denominator,score\n" + lines + "H20.01,CKMB,,,18\nG01,TDGQ,,,20\n", nation=True)
    assert {name: value for (unit, name), value in found.items() if unit == "VN"} == {
        "CKMB": "10.07", "TDGQ": "17.51", "TTTT+CLGQ": "14.71", "MDSH": "9.49", "MDHL": "10.08", "TOTAL": "61.86",
    }  # fmt: skip
    assert all(float(found[row["unit"], "TOTAL"]) == float(row["total"]) for row in source)


def test_decimals_and_a_mark_at_the_beginning_are_taken() -> None:
    assert scores("\ufeff" + HEAD + "H20,3.3,12.5,100\n")["H20", "3.3"] == "1.5"


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("unit,id\n", InvalidDataError, "denominator"),
        ("", InvalidDataError, "columns"),
        (HEAD + "H20,9.9,1,2\n", UsageError, "line 2: id is none of 1.1"),
        (HEAD + "H20,2.1,one,2\n", InvalidDataError, "line 2: numerator"),
        (HEAD + "H20,2.1,1,\n", InvalidDataError, "both or neither"),
        (HEAD + "H20,2.1,-1,2\n", InvalidDataError, "line 2: numerator"),
        (HEAD + "H20,2.1,NaN,2\n", InvalidDataError, "line 2: numerator"),
        (HEAD + "H20,2.1,1e99,2\n", InvalidDataError, "line 2: numerator"),
        (HEAD + "H20,2.1,100000000,2\n", InvalidDataError, "1000 times"),
        (HEAD + "H20,2.1,1,2\nH20,2.1,1,2\n", InvalidDataError, "line 3: unit and id"),
        (HEAD + "H20,2.1,1\n", InvalidDataError, "line 2: has another number of cells"),
        (HEAD + "H20,TDGQ,1,2\n", InvalidDataError, "line 2: a block"),
        (HEAD + 'H20,"2.1,1,2\n', InvalidDataError, "is no CSV row"),
    ],
)
def test_what_is_wrong_is_named_by_line(text: str, kind: type[ChisoError], sentence: str) -> None:
    with pytest.raises(kind, match=sentence.replace("(", r"\(")):
        rescore(text, "portal", DAY)


@pytest.mark.parametrize("text", [HEAD.replace("\n", "\r") + "H20,2.1,1,2\r", HEAD + "H20,2.1,1,2\rH20,2.2,1,2\r"])
def test_lines_that_end_in_cr_alone_are_named_and_no_accident(text: str) -> None:
    with pytest.raises(InvalidDataError, match="is no CSV row"):
        rescore(text, "portal", DAY)
