"""Figures as bytes: what a scrape gets is what was handed over, packed or plain, and clean for Prometheus' own reader."""

import gzip
import zlib
from collections import Counter
from typing import Any
from urllib.request import Request, urlopen

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from connectors import exposition
from connectors.exposition import Column, Shown, labels, piece, render, single, within
from connectors.metrics import FIGURES, serve_metrics

ODD = 'Sở "A" \\ B\nC'


def rows(text: str) -> list[tuple[str, dict[str, str], float]]:
    return [(one.name, one.labels, one.value) for family in text_string_to_metric_families(text) for one in family.samples]


def test_lines_are_read_back_as_they_were_meant() -> None:
    column = Column("chiso_total_score_points", 'period="month",', [labels(unit="H44"), labels(unit=ODD)], [61.86, 0])
    text = render([single("chiso_partitions_halted", 2), column, single("chiso_calendar_unconfirmed", 1, year="2027")]).decode()
    assert rows(text) == [
        ("chiso_total_score_points", {"period": "month", "unit": "H44"}, 61.86),
        ("chiso_total_score_points", {"period": "month", "unit": ODD}, 0.0),
        ("chiso_calendar_unconfirmed", {"year": "2027"}, 1.0),
        ("chiso_partitions_halted", {}, 2.0),
    ]
    assert text.count("# HELP") == text.count("# TYPE") == 3


def test_columns_of_one_metric_are_one_family_however_they_come() -> None:
    some = [Column("chiso_dossiers_open", f'state="{state}",', ['unit="H44"'], [1]) for state in ("in_time", "overdue")]
    text = render([some[0], single("chiso_partitions_halted", 0), some[1]]).decode()
    assert text.count("# TYPE chiso_dossiers_open gauge") == 1


def test_what_does_not_fit_the_budget_is_left_out_whole_and_counted() -> None:
    def column(size: int, kind: str) -> Column:
        return Column("chiso_dossiers_open", "", [f'unit="{number}"' for number in range(size)], [0.0] * size, kind)

    kept, left = within([column(5, "province"), column(7, "commune"), column(3, "commune")], 9)
    assert [len(one.tails) for one in kept] == [5, 3]
    assert left == Counter(commune=7)


def test_columns_of_one_spare_are_shown_together_or_not_at_all() -> None:
    def column(size: int, spare: str) -> Column:
        return Column("chiso_dossiers_open", "", [f'unit="{number}"' for number in range(size)], [0.0] * size, "department", spare)

    some = [column(2, "counted quarter"), column(1, "block year"), column(3, "counted quarter")]
    assert within(some, 4) == ([some[1]], Counter(department=5))
    assert within(some, 6) == ([some[0], some[2], some[1]], Counter())


@pytest.fixture
def shown() -> Any:
    registry = CollectorRegistry()
    serve_metrics(registry).deliveries_waiting.set(3)
    found = Shown(registry)
    found.moment = render([single("chiso_figures_held", 0)])
    found.figures = piece(render([single("chiso_room_info", 1, unit="VN")]))
    return found


def test_a_scrape_is_the_same_packed_and_plain(shown: Shown) -> None:
    server = exposition.serve(shown, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.server_address[1]}/metrics"
    try:
        with urlopen(address, timeout=5) as answer:
            plain = answer.read()
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=5) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            body = answer.read()
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)  # takes one member, as most readers do
        packed = reader.decompress(body)
        assert (reader.eof, reader.unused_data) == (True, b"")
        assert gzip.decompress(body) == packed
    finally:
        server.shutdown()
        server.server_close()
    values = {(name, *found.values()): value for name, found, value in rows(plain.decode()) if not name.endswith("_created")}
    assert values[("chiso_deliveries_waiting",)] == 3
    assert values[("chiso_figures_held",)] == 0
    assert values["chiso_room_info", "VN"] == 1
    assert packed == plain


def test_before_the_first_figures_a_scrape_has_none(shown: Shown) -> None:
    empty = Shown(CollectorRegistry())
    assert b"".join(empty.app({"PATH_INFO": "/metrics"}, lambda *_: None)) == b""
    heads: list[Any] = []
    empty.app({"PATH_INFO": "/else"}, lambda *given: heads.append(given))
    assert heads[0][0].startswith("404")


def test_every_figure_says_what_it_is_and_no_label_is_of_a_person_or_a_dossier() -> None:
    for name, (about, names) in FIGURES.items():
        assert name.startswith("chiso_")
        assert about.endswith(".")
        assert not {"dossier", "official", "procedure"} & set(names)
