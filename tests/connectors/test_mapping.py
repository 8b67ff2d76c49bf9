"""Rows become events; whatever is broken is named by line, column and rule, and the rest goes on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapping import Reading, load, read, shipped
from connectors.pseudonym import pseudonyms
from connectors.table import MAX_LINE, Problem
from indicators import events as ev
from indicators.errors import ChisoError, InvalidDataError, NotFoundError, UsageError
from indicators.times import seconds

NOW = seconds("2026-11-01T00:00:00Z")
PSEUDONYM = pseudonyms(b"k" * 32, words=True)
HEADER = "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Borough,Due Date,Open Data Channel Type"
GOOD = "1,03/01/2011 02:27:57 PM,03/14/2011 03:59:20 PM,DOF,Noise,QUEENS,03/22/2011 02:27:57 PM,ONLINE"


def reading(tmp_path: Path, *lines: str | bytes, header: str = HEADER, mapping: str = "service-requests") -> list[Reading]:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in (header, *lines)) + b"\n")
    return list(read(load(mapping), path, NOW, PSEUDONYM))


def problems(found: list[Reading]) -> list[Problem]:
    return [problem for one in found for problem in one.problems]


def test_a_row_becomes_a_reception_and_an_end_in_utc(tmp_path: Path) -> None:
    [found] = reading(tmp_path, GOOD)
    arrived, ended = found.events
    assert arrived == ev.Received(
        dossier="1",
        at="2011-03-01T19:27:57Z",
        source="service-requests",
        unit="DOF",
        procedure="Noise",
        sector="QUEENS",
        due_at="2011-03-22T18:27:57Z",  # daylight saving has begun
        channel="online",
    )
    assert (type(ended), ended.at) == (ev.Processed, "2011-03-14T19:59:20Z")


def test_an_empty_cell_says_nothing_and_makes_no_event(tmp_path: Path) -> None:
    [found] = reading(tmp_path, "1,03/01/2011 02:27:57 PM,,DOF,,,,PHONE")
    [event] = found.events
    assert (event.due_at, event.sector, event.channel, found.problems) == (None, None, "counter", [])


@pytest.mark.parametrize(
    ("line", "column", "field", "events"),
    [
        (GOOD.replace("03/14/2011", "01/01/1900"), "Closed Date", "at", ["Received"]),
        (GOOD.replace("03/14/2011", "13/14/2011"), "Closed Date", "at", ["Received"]),
        (GOOD.replace("03/14/2011", "03/14/2099"), "Closed Date", "at", ["Received"]),
        (GOOD.replace("03/22/2011", "01/01/1900"), "Due Date", "due_at", ["Received", "Processed"]),
        (GOOD.replace("03/22/2011", "soon"), "Due Date", "due_at", ["Received", "Processed"]),
        (GOOD.replace("03/01/2011", "yesterday"), "Created Date", "at", ["Processed"]),
        (GOOD.replace("QUEENS", "Q" * 201), "Borough", "sector", ["Received", "Processed"]),
        (GOOD.replace("DOF", ""), "Agency", "unit", ["Processed"]),
        (GOOD.replace("1,", ",", 1), "Unique Key", "dossier", []),
        (GOOD.replace("1,", "x" * 201 + ",", 1), "Unique Key", "dossier", []),
    ],
)
def test_a_bad_cell_is_named_and_costs_no_more_than_it_must(tmp_path: Path, line: str, column: str, field: str, events: list[str]) -> None:
    before, found, after = reading(tmp_path, GOOD, line, GOOD)
    [problem] = found.problems
    assert (problem.line, problem.column, problem.field) == (3, column, field)
    assert [type(event).__name__ for event in found.events] == events
    assert before.events == after.events != []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1,2", "has 2 cells where the header has 8"),
        (GOOD + ",", "has 9 cells where the header has 8"),
        (b"\xff" + GOOD.encode(), "is not UTF-8"),
        (GOOD.replace("DOF", "D\0F"), "holds a NUL character"),
        (GOOD.replace("DOF", '"DOF'), "quotation mark"),
        (GOOD.replace("DOF", 'D"OF"x'), None),
        ("x" * (MAX_LINE + 5), f"is longer than {MAX_LINE} bytes"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_on(tmp_path: Path, line: str | bytes, rule: str | None) -> None:
    before, found, after = reading(tmp_path, GOOD, line, GOOD)
    assert (found.line, len(before.events), len(after.events)) == (3, 2, 2)
    if rule is not None:
        assert rule in found.problems[0].rule


def test_a_quoted_cell_may_span_lines(tmp_path: Path) -> None:
    found = reading(tmp_path, GOOD.replace("Noise", '"loud\nand late"').replace("DOF", '"D,F"'), GOOD)
    assert [one.line for one in found] == [2, 4]
    assert found[0].events[0].unit == "D,F"
    assert problems(found)[0].column == "Complaint Type"  # a code may not hold a line break


def test_bom_crlf_blank_lines_and_other_columns_do_not_matter(tmp_path: Path) -> None:
    header = "\ufeff" + HEADER + ",Extra\r"
    found = reading(tmp_path, GOOD + ",x\r", "", "  \r", header=header)
    assert (len(found), problems(found), len(found[0].events)) == (1, [], 2)


def test_permits_make_a_step_of_each_row(tmp_path: Path) -> None:
    names = [
        "case:channel",
        "case:concept:name",
        "case:deadline",
        "case:department",
        "case:enddate",
        "case:group",
        "case:responsible",
        "case:startdate",
    ]
    header = ",".join([*names, "org:resource", "time:timestamp"])
    row = "e-mail,c1,2011-12-01 01:06:40+01:00,General,,EMPTY,R1,2011-10-06 01:06:40.020000+02:00,R3,2011-10-18 15:53:19.732+02:00"
    [found] = reading(tmp_path, row, header=header, mapping="permits")
    assert found.events == [
        ev.Received(
            dossier="c1",
            at="2011-10-05T23:06:40Z",
            source="permits",
            unit="General",
            unit_kind="department",
            official="R1",
            due_at="2011-12-01T00:06:40Z",
            channel="online",
        ),
        ev.Step(dossier="c1", at="2011-10-18T13:53:19Z", source="permits", official="R3"),
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataError, match="'Agency'"):
        reading(tmp_path, "1", header="Unique Key,Created Date")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b'"open'])
def test_a_file_without_header_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidDataError, match="header"):
        list(read(load("permits"), path, NOW, PSEUDONYM))


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_but_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(HEADER.encode() + b"\n" + content)
    try:
        for found in read(load("service-requests"), path, NOW, PSEUDONYM):
            assert found.events or found.problems
    except ChisoError as error:
        pytest.fail(str(error))


def own(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return str(path)


ONE = 'source = "x"\ndossier = "n"\n[[event]]\ntype = "rated"\nat = "t"\n[event.facts]\nrating = {column = "r", values = {good = "satisfied"}}\n'


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    found = load(own(tmp_path, 'stated_at = "2026-08-04T00:00:00Z"\ndelimiter = ";"\n' + ONE))
    path = tmp_path / "ratings.csv"
    path.write_text("n;t;r\n000.00.07.H44-260801-0001;2026-08-03T09:00;good\n2;2026-08-03T09:00;bad\n")
    good, bad = read(found, path, NOW, PSEUDONYM)
    assert good.events == [
        ev.Rated(
            dossier="H44.07-20260801-0001", at="2026-08-03T02:00:00Z", stated_at="2026-08-04T00:00:00Z", source="x", rating="satisfied"
        )
    ]
    assert (bad.events, bad.problems[0].field) == ([], "rating")


LAND = """
source = "land"
dossier = "Mã hồ sơ"
[[event]]
type = "received"
at = "Ngày tiếp nhận"
[event.facts]
unit = "Đơn vị"
official = "Cán bộ"
[[event]]
type = "refused"
at = "Ngày từ chối"
[event.facts]
reason = "Lý do"
"""


def test_neither_names_nor_texts_of_people_pass(tmp_path: Path) -> None:
    path = tmp_path / "land.csv"
    path.write_text(
        "Mã hồ sơ,Ngày tiếp nhận,Đơn vị,Cán bộ,Ngày từ chối,Lý do\n"
        "1,2026-08-03,H44.07,Nguyễn Văn An,2026-08-04,ông An nộp thiếu giấy\n"
        "2,2026-08-03,H44.07,test,2026-08-04,TN.01\n"
    )
    first, second = read(load(own(tmp_path, LAND)), path, NOW, PSEUDONYM)
    received, refused = first.events
    assert isinstance(received, ev.Received)
    assert received.official == PSEUDONYM("nguyễn văn an") != "Nguyễn Văn An"
    assert (refused.dossier, refused.reason) == ("1", None)
    assert [(one.column, one.field, one.rule) for one in first.problems] == [("Lý do", "reason", "must be a code of a list, not a text")]
    assert "An" not in repr(first)
    received, refused = second.events
    assert isinstance(received, ev.Received)
    assert (received.official, refused.reason, second.problems) == ("test", "TN.01", [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source = ", "no TOML"),
        ('source = "x"', "dossier"),
        (ONE.replace("rated", "eaten"), "eaten"),
        (ONE.replace("rating =", "mood ="), "mood"),
        (ONE.partition("[event.facts]")[0], "needs rating"),
        (ONE + "nonsense = 1", "nonsense"),
        ('zone = "Mars/Base"\n' + ONE, "zone"),
        (ONE.replace('column = "r", ', ""), "column"),
    ],
)
def test_a_mistake_in_a_mapping_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidDataError, match=says):
        load(own(tmp_path, text))


def test_unknown_mappings_say_what_there_is() -> None:
    assert shipped() == ["permits", "service-requests"]
    with pytest.raises(UsageError, match="permits, service-requests"):
        load("nonsense")
    with pytest.raises(NotFoundError):
        load("nowhere.toml")
