"""`chiso publish` on a running system with the real permit log: every table against a plain count, twice the same bytes, verified, restated, refused."""

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests import oracle
from tests.system.conftest import System, chiso
from tests.system.press import MONTH, A, B, agrees, everything_in, holder, late_in, publish, read, same, steps_of, table

pytestmark = [pytest.mark.broker, pytest.mark.redis]
TODAY = dt.date(2026, 1, 1)
KEYS = "received carried_over finished finished_early finished_on_time finished_late open open_in_time open_overdue".split()
FAR_LATER = {
    "type": "received",
    "dossier": "late-1",
    "unit": "General",
    "at": "2011-08-10T09:00:00+07:00",
    "due_at": "2011-08-12T09:00:00+07:00",
}


@pytest.fixture(scope="module")
def system(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    found = System(tmp_path_factory.mktemp("press") / "home", "--ingest", shared / "data" / "permits.csv", "--map", "permits").wait()
    found.drain()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def dossiers(shared: Path) -> dict[str, oracle.Dossier]:
    return oracle.permits(shared / "data" / "permits.csv")


@pytest.fixture(scope="module")
def version(system: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first version of the month, in English."""
    return publish(system, tmp_path_factory.mktemp("out"))


def test_late_dossiers_are_those_of_a_plain_computation(version: Path, dossiers: dict[str, oracle.Dossier], shared: Path) -> None:
    said = read(version)
    steps = steps_of(shared / "data" / "permits.csv")
    want = late_in(dossiers)
    assert len(want) == 45
    assert {one["dossier"]: one["note"] for one in said["late_dossiers"]} == want
    for one in said["late_dossiers"]:
        known = dossiers[one["dossier"]]
        assert (one["unit"], one["received"], one["due"]) == (known.unit, str(known.received), str(known.due))
        assert one["finished"] == (str(known.finished) if one["note"] == "finished_late" else None)
        assert one["official"] == holder(steps[one["dossier"]], known, one)


def test_tables_are_what_a_plain_count_gives(version: Path, dossiers: dict[str, oracle.Dossier]) -> None:
    said = read(version)
    form, online = {row["unit"]: row for row in table(said, "form_06a_units")}, Counter[str]()
    units = {one.unit for one in dossiers.values()}
    for unit in units:
        counts = oracle.counts([one for one in dossiers.values() if one.unit == unit], A, B, TODAY)
        if not counts["received"] + counts["carried_over"]:
            assert unit not in form  # nobody registered it, and no data is not 0
            continue
        row = form[unit]
        assert row["received_total"] == counts["received"] + counts["carried_over"] == row["finished"] + row["open"]
        assert row["online"] + row["counter_post"] == counts["received"]
        names = {
            "finished_early": "early",
            "finished_on_time": "on_time",
            "finished_late": "late",
            "open_in_time": "in_time",
            "open_overdue": "overdue",
        }
        assert {key: row[names.get(key, key)] for key in KEYS if key != "received"} == {
            key: counts[key] for key in KEYS if key != "received"
        }
        online[unit] = row["online"]
    sectors = {row["sector"]: row for row in table(said, "form_06a_sectors")}
    for sector in {one.sector for one in dossiers.values()}:
        counts = oracle.counts([one for one in dossiers.values() if one.sector == sector], A, B, TODAY)
        if counts["received"] + counts["carried_over"]:
            row = sectors[sector]
            assert (row["finished"], row["late"], row["open"], row["overdue"]) == tuple(
                counts[key] for key in ("finished", "finished_late", "open", "open_overdue")
            )
    whole = form["VN"]
    assert sum(row["received_total"] for row in sectors.values()) == whole["received_total"]
    assert sum(row["online"] for row in sectors.values()) == whole["online"] == sum(online.values())


def test_lists_of_units_and_officials(version: Path, dossiers: dict[str, oracle.Dossier]) -> None:
    said = read(version)
    late = late_in(dossiers)
    year = late_in(dossiers, dt.date(2011, 1, 1), B)
    units = Counter((dossiers[number].unit, note) for number, note in late.items())
    times = Counter(dossiers[number].unit for number in year)
    for row in table(said, "late_units"):
        assert row["finished_late"] == units[row["unit"], "finished_late"]
        assert row["open_overdue"] == units[row["unit"], "open_overdue"]
        assert row["times"] == times[row["unit"]]
    officials = table(said, "late_officials")
    charged = Counter((one["unit"], one["official"]) for one in said["late_dossiers"] if one["official"])
    assert {(row["unit"], row["official"]): row["overdue"] for row in officials} == dict(charged)
    holders = table(said, "overdue_units")
    assert sum(row["open_overdue"] for row in holders) == sum(note == "open_overdue" for note in late.values())
    assert holders[-1]["cumulative"][0] == holders[-1]["cumulative"][1]
    assert [row["open_overdue"] for row in holders] == sorted((row["open_overdue"] for row in holders), reverse=True)


def test_figures_are_those_that_were_published(version: Path, system: System) -> None:
    said = read(version)
    shown = table(said, "indicators")
    for unit in ("General",):
        card = system.get(f"/v1/units/{unit}/indicators", period=MONTH, asof="2099-01-01")
        mine = {row["indicator"]: row for row in shown if row["unit"] == unit}
        for one in card["indicators"]:
            row = mine[one["id"]]
            assert (row["numerator"], row["denominator"]) == (one["numerator"], one["denominator"]), (unit, one["id"])
            assert row["score"] == (None if one["score"] is None else round(one["score"] * 100))
        assert said["published_at"] == card["published_at"]
        assert said["as_of"] == card["as_of"]


def test_every_number_of_the_brief_is_found_in_a_table(version: Path) -> None:
    for edition in ("internal", "public"):
        said = read(version, edition)
        cited = [one for fact in said["brief"] for one in fact["values"].values()]
        assert len(cited) > 10
        for one in cited:
            assert table(said, one["table"])[one["row"]][one["column"]] == one["value"]


def test_the_public_edition_names_no_dossier_and_no_official(version: Path, dossiers: dict[str, oracle.Dossier]) -> None:
    said = read(version)
    officials = {row["official"] for row in table(said, "late_officials")}
    assert officials
    numbers = [one["dossier"] for one in said["late_dossiers"]]
    for path in (version / "public").rglob("*"):
        if path.is_file():
            content = path.read_bytes() if path.suffix != ".xlsx" else everything_in(path)
            assert not any(word.encode() in content for word in (*numbers, *officials)), path
    assert "late_dossiers" not in read(version, "public")


def test_the_workbook_says_what_the_json_says(version: Path) -> None:
    said = read(version)
    book = openpyxl.load_workbook(next((version / "internal").glob("*.xlsx")))
    assert book.sheetnames == ["contents", *said["tables"]]
    for key, found in said["tables"].items():
        sheet = book[key]
        assert sheet.freeze_panes == "A5"
        rows = list(sheet.iter_rows(min_row=5, max_row=4 + len(found["rows"]), values_only=True))
        for given, row in zip(found["rows"], rows, strict=True):
            for (_, kind), one, cell in zip(found["columns"], given, row, strict=False):
                agrees(kind, one, cell)


def test_csv_files_say_it_too(version: Path) -> None:
    said = read(version)
    path = next((version / "internal" / "csv").glob("*-late_dossiers.csv"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [row["dossier"] for row in rows] == [one["dossier"] for one in said["late_dossiers"]]


def test_twice_the_same_bytes_and_once_more_nothing(version: Path, system: System, tmp_path: Path) -> None:
    other = publish(system, tmp_path / "other")
    same(version, other)
    again = chiso("publish", "--month", MONTH, "--out", version.parent.parent, "--lang", "en", home=system.home)
    assert again.stdout.strip() == str(version)
    assert "nothing moved" in again.stderr
    assert [path.name for path in version.parent.iterdir()] == ["v1"]


def test_the_topics_give_it_once_more(version: Path, system: System, tmp_path: Path) -> None:
    assert json.loads(chiso("publish", "--verify", version, home=system.home).stdout) == {"verified": str(version)}
    forged = publish(system, tmp_path)
    file = forged / "internal" / "publication.json"
    file.write_bytes(file.read_bytes().replace(b'"finished_late"', b'"finished_l4te"', 1))
    (forged / "public" / "more.txt").write_text("mine")
    found = chiso("publish", "--verify", forged, home=system.home, check=6)
    assert "internal/publication.json: is not what was published" in found.stdout
    assert "public/more.txt: was not published" in found.stdout


def test_a_forged_manifest_is_found_out(system: System, tmp_path: Path) -> None:
    import hashlib

    forged = publish(system, tmp_path)
    file, manifest = forged / "internal" / "publication.json", forged / "manifest.json"
    content = file.read_bytes().replace(b'"finished_late"', b'"finished_l4te"', 1)
    noted = json.loads(manifest.read_text())
    noted["files"]["internal/publication.json"] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    file.write_bytes(content)
    manifest.write_text(json.dumps(noted))
    found = chiso("publish", "--verify", forged, home=system.home, check=6)
    assert "internal/publication.json: is not what the topics give" in found.stdout


def test_the_manifest_says_what_it_rests_on(version: Path, system: System) -> None:
    said = json.loads((version / "manifest.json").read_text())
    assert said["positions"]["positions"] == system.get("/v1/positions")["positions"]
    assert {"formulas", "rules", "calendar", "registry", "rule", "zone", "cut"} <= said.keys()
    assert {"sources/registry.json", "sources/calendar.json", "sources/formulas.json"} <= said["files"].keys()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--month", "1999-13"), 2, "is no period"),
        (("--month", "2011-Q3"), 2, "is no month"),
        (("--month", "2001-01"), 3, "no unit has figures in 2001-01"),
        (("--month", "2099-01"), 2, "has not begun"),
        (("--month", MONTH, "--lang", "fr"), 2, "neither vi nor en"),
        (("--month", MONTH, "--edition", "secret"), 2, "none of internal, public, both"),
        (("--month", MONTH, "--period", "bc-2011-Q3"), 2, "publish it with --month 2011-09"),
        (("--month", MONTH, "--period", "someday"), 2, "is no period"),
        (("--month", MONTH, "--period", "rolling-30"), 2, "moves with the day"),
        ((), 2, "name the month and the folder"),
    ],
)
def test_refusals_are_one_sentence_and_write_nothing(
    system: System, tmp_path: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done = chiso("publish", *words, "--out", tmp_path / "out", home=system.home, check=code)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_form_06a_of_a_reporting_period(system: System, tmp_path: Path, dossiers: dict[str, oracle.Dossier]) -> None:
    done = chiso("publish", "--month", "2011-09", "--out", tmp_path, "--period", "bc-2011-Q3", home=system.home)
    said = read(Path(done.stdout.strip()))
    a, b = dt.date(2011, 6, 15), dt.date(2011, 9, 15)
    whole = next(row for row in table(said, "form_06a_units") if row["unit"] == "VN")
    counts = oracle.counts(list(dossiers.values()), a, b, TODAY)
    assert whole["received_total"] == counts["received"] + counts["carried_over"]
    assert (whole["finished"], whole["late"], whole["overdue"]) == (counts["finished"], counts["finished_late"], counts["open_overdue"])
    for row in table(said, "form_06a_sectors"):
        mine = oracle.counts([one for one in dossiers.values() if one.sector == row["sector"]], a, b, TODAY)
        assert (row["carried_over"], row["finished"], row["late"], row["overdue"]) == tuple(
            mine[key] for key in ("carried_over", "finished", "finished_late", "open_overdue")
        )


def test_what_moved_makes_a_second_version_with_its_differences(system: System, tmp_path: Path) -> None:
    first = publish(system, tmp_path)
    kept = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert system.client.post("/v1/sync", json=[FAR_LATER]).status_code == 202
    system.drain()
    second = publish(system, tmp_path)
    assert (first.name, second.name) == ("v1", "v2")
    assert all(path.read_bytes() == content for path, content in kept.items())
    said = read(second)
    assert {one["dossier"] for one in said["late_dossiers"]} - {one["dossier"] for one in read(first)["late_dossiers"]} == {"late-1"}
    moved = {(row["table"], row["row"], row["column"]): row for row in table(said, "differences")}
    form = moved["table form_06a_units", "General", "column form_06a_units overdue"]
    assert (int(form["new"]) - int(form["old"]), form["cause"]) == (1, "events")
    internal = table(said, "differences_internal")
    assert any(row["table"] == "table late_dossiers" and "late-1" in row["row"] for row in internal)
    assert not any("late-1" in str(row) for row in table(read(second, "public"), "differences"))
    assert "differences_internal" not in read(second, "public")["tables"]
    for one in (first, second):
        assert json.loads(chiso("publish", "--verify", one, home=system.home).stdout) == {"verified": str(one)}


def test_officials_are_named_only_where_it_is_asked_for(system: System, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("code,name,unit\nadmin1,Nguyễn Văn Mẫu,General\n", "utf-8")
    chiso("officials", "load", tmp_path / "names.csv", home=system.home)
    plain, named = publish(system, tmp_path / "plain"), publish(system, tmp_path / "named", "--names")
    assert any("Nguyễn Văn Mẫu" in path.read_text("utf-8") for path in (named / "internal").rglob("*.csv"))
    alone = publish(system, tmp_path / "alone", "--names", "--edition", "public")
    assert "Nguyễn Văn Mẫu" in (named / "internal" / "sources" / "officials.json").read_text("utf-8")
    for folder in (plain, named, alone):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_relative_to(named / "internal"):
                content = everything_in(path) if path.suffix == ".xlsx" else path.read_bytes()
                assert "Nguyễn Văn Mẫu".encode() not in content, path
    assert json.loads(chiso("publish", "--verify", named, home=system.home).stdout) == {"verified": str(named)}


def test_a_month_that_is_not_over_is_provisional_everywhere(system: System, tmp_path: Path) -> None:
    month = dt.datetime.now(oracle.VIETNAM).strftime("%Y-%m")
    done = chiso("publish", "--month", month, "--out", tmp_path, home=system.home)
    path = Path(done.stdout.strip())
    assert path.name == "v1-provisional"
    names = [one.name for one in path.rglob("*") if one.is_file() and one.parent.name != "sources"]
    assert all("provisional" in name for name in names), names
    said = json.loads((path / "internal" / "publication-provisional.json").read_bytes())
    assert said["provisional"]
    assert len(said["late_dossiers"]) >= 52
    for page in (path / "public").glob("*.html"):
        assert "tạm tính" in page.read_text("utf-8").lower(), page
    assert json.loads(chiso("publish", "--verify", path, home=system.home).stdout) == {"verified": str(path)}
