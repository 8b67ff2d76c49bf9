"""The Prometheus-speaking endpoint: what is asked and what is answered, over HTTP with series that are given."""

import asyncio
import contextlib
import re
from collections.abc import Collection, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from connectors.prom import http
from connectors.prom.answers import Rows, labelled
from connectors.prom.selector import UnsupportedError, parse
from indicators.errors import UnreachableError

NOW = 1_786_000_000.0
DAYS, OFFICIAL = "chiso_dossier_overdue_days", "chiso_official_overdue"
UNITS = {"H44": ("H44", "H44.07", "H44.100"), "H44.07": ("H44.07",)}


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(UnsupportedError):
        parse(text)


class Given:
    """Series that are given."""

    def __init__(self) -> None:
        self.series: dict[str, list[tuple[dict[str, str], float]]] = {DAYS: [], OFFICIAL: []}
        self.read: list[str] = []
        self.left_out, self.away = 0, False
        self.lacks: str | None = None

    def about(self) -> Mapping[str, str]:
        return {DAYS: "Working days.", OFFICIAL: "Open now."}

    def now(self) -> float:
        return NOW

    def lacking(self) -> str | None:
        return self.lacks

    def members(self, unit: str) -> Collection[str]:
        return UNITS.get(unit, ())

    async def rows(self, name: str) -> Rows:
        if self.away:
            raise UnreachableError("the store does not answer")
        self.read.append(name)
        return Rows(self.series[name], self.left_out)


@pytest.fixture
def listing() -> Given:
    found = Given()
    for unit, dossier, official, days in (("H44.07", "D1", "CB-1", 9), ("H44.100", "D2", "CB-2", 3), ("H01.1", "D3", None, 1)):
        found.series[DAYS].append((labelled(DAYS, {"unit": unit, "dossier": dossier, "official": official}), days))
    found.series[OFFICIAL].append((labelled(OFFICIAL, {"unit": "H44.07", "official": "CB-1"}), 1))
    return found


class Client:
    """Asks the routes without a server."""

    def __init__(self, listing: Given) -> None:
        self.app = FastAPI()
        http.add(self.app, listing)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, more))

    async def _ask(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://serve") as client:
            return await client.request(method, path, **more)


@pytest.fixture
def client(listing: Given) -> Client:
    return Client(listing)


def ask(client: Client, path: str, status: int = 200, **params: Any) -> Any:
    answer = client.get(f"/prom/api/v1/{path}", params=params)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def dossiers(answer: Any) -> list[str]:
    return [one["metric"]["dossier"] for one in answer["data"]["result"]]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (DAYS, ["D1", "D2", "D3"]),
        (f" {DAYS} {{ }} ", ["D1", "D2", "D3"]),
        (f'{{__name__="{DAYS}",}}', ["D1", "D2", "D3"]),
        ('{__name__=~"chiso_dossier.*",unit="H44.07"}', ["D1"]),
        (f'{DAYS}{{unit!="H44.07"}}', ["D2", "D3"]),
        (f'{DAYS}{{unit=~"H44.*"}}', ["D1", "D2"]),
        (f'{DAYS}{{unit=~"H44"}}', []),
        (f"{DAYS}{{unit=~'H44\\\\.07|H01.+'}}", ["D1", "D3"]),
        (f"{DAYS}{{unit=~`H44\\.07`}}", ["D1"]),
        (f'{DAYS}{{unit!~"H44.*"}}', ["D3"]),
        (f'{DAYS}{{official=""}}', ["D3"]),
        (f'{DAYS}{{official!="",unit=~"H.*"}}', ["D1", "D2"]),
        (f'{DAYS}{{under="H44"}}', ["D1", "D2"]),
        (f'{DAYS}{{under="H44",official="CB-2"}}', ["D2"]),
        (f'{DAYS}{{under="H99"}}', []),
        (f'{DAYS}{{under=""}}', ["D1", "D2", "D3"]),
        (f'{DAYS}{{province=~".*",under=".*"}}', ["D1", "D2", "D3"]),
        (f'{DAYS}{{nothing="x"}}', []),
        ("chiso_what_is_that", []),
        (f'{DAYS}{{dossier="\\x44\\u0031"}}', ["D1"]),
    ],
)
def test_series_are_chosen_by_name_and_labels(client: Client, query: str, wanted: list[str]) -> None:
    assert dossiers(ask(client, "query", query=query)) == wanted
    posted = client.post("/prom/api/v1/query", data={"query": query, "time": str(NOW)}).json()
    assert dossiers(posted) == wanted


def test_a_vector_is_shaped_as_prometheus_shapes_it(client: Client) -> None:
    assert ask(client, "query", query=f'{DAYS}{{dossier="D1"}}', time=NOW - 10) == {
        "status": "success",
        "data": {
            "resultType": "vector",
            "result": [
                {"metric": {"__name__": DAYS, "unit": "H44.07", "dossier": "D1", "official": "CB-1"}, "value": [NOW - 10, "9"]},
            ],
        },
    }


@pytest.mark.parametrize("moment", [NOW - 4 * 60, str(NOW + 0.25), "2026-08-06T07:06:40Z", "2026-08-06T14:06:40+07:00"])
def test_the_present_is_answered_near_the_present(client: Client, moment: object) -> None:
    assert ask(client, "query", query=DAYS, time=moment)["data"]["result"]


def test_a_list_has_no_past_and_says_so(client: Client) -> None:
    answer = ask(client, "query", query=DAYS, time=NOW - 3600)
    assert (answer["data"]["result"], answer["warnings"]) == ([], ["lists are of now; nothing is kept of other moments"])
    answer = ask(client, "query_range", query=DAYS, start=NOW - 9000, end=NOW - 7200, step=15)
    assert (answer["data"]["result"], answer["warnings"]) == ([], ["lists are of now; nothing is kept of other moments"])


def test_a_range_ends_with_the_present(client: Client) -> None:
    answer = ask(client, "query_range", query=f'{DAYS}{{dossier="D2"}}', start=NOW - 60, end=NOW, step="15s")
    assert answer["data"]["resultType"] == "matrix"
    assert [one["values"] for one in answer["data"]["result"]] == [[[NOW, "3"]]]
    wide = ask(client, "query_range", query=DAYS, start=NOW - 3 * 86_400 - 3600, end=NOW, step="1d")
    assert wide["data"]["result"][0]["values"] == [[NOW - 3600, "9"]]


def test_grafana_sees_that_it_lives(client: Client) -> None:
    answer = client.post("/prom/api/v1/query", data={"query": "1+1", "time": "1786000000.5"}).json()
    assert answer == {"status": "success", "data": {"resultType": "scalar", "result": [1_786_000_000.5, "2"]}}
    answer = ask(client, "query_range", query="1 + 1", start=NOW - 30, end=NOW, step=15)
    assert answer["data"]["result"] == [{"metric": {}, "values": [[NOW - 30, "2"], [NOW - 15, "2"], [NOW, "2"]]}]
    about = ask(client, "status/buildinfo")["data"]
    # with `features` or `application` Grafana would take it for another program, and ask for more
    assert set(about) == {"version", "revision", "branch", "buildUser", "buildDate", "goVersion"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])


def test_labels_their_values_and_series_are_listed(client: Client) -> None:
    assert ask(client, "labels")["data"] == ["__name__", "dossier", "official", "unit"]
    assert ask(client, "labels", **{"match[]": OFFICIAL})["data"] == ["__name__", "official", "unit"]
    assert ask(client, "label/__name__/values")["data"] == [DAYS, OFFICIAL]
    assert ask(client, "label/unit/values", **{"match[]": [f'{DAYS}{{official!=""}}']})["data"] == ["H44.07", "H44.100"]
    assert ask(client, "label/none/values")["data"] == []
    both = ask(client, "series", **{"match[]": [DAYS, '{official="CB-1",__name__=~".+"}']})["data"]
    assert len(both) == 4
    posted = client.post("/prom/api/v1/series", data={"match[]": OFFICIAL}).json()["data"]
    assert posted == [{"__name__": OFFICIAL, "unit": "H44.07", "official": "CB-1"}]


def test_metadata_say_what_series_mean(client: Client) -> None:
    assert set(ask(client, "metadata")["data"]) == {DAYS, OFFICIAL}
    assert ask(client, "metadata", metric=DAYS)["data"] == {DAYS: [{"type": "gauge", "help": "Working days.", "unit": ""}]}


def test_only_what_is_asked_for_is_read(client: Client, listing: Given) -> None:
    ask(client, "query", query=f"{DAYS}")
    assert listing.read == [DAYS]


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"rate({DAYS}[5m])",
        f"topk(3, {DAYS})",
        f"{DAYS}[5m]",
        f"{DAYS} offset 1d",
        f"{DAYS} > 3",
        f"{DAYS} + 1",
        f"1 + {DAYS}",
        "1 +",
        "1 1",
        "1 * 2",
        "{}",
        '{official=""}',
        '{unit=~".*"}',
        f"{DAYS}{{unit}}",
        f"{DAYS}{{unit=H44}}",
        f'{DAYS}{{unit="H44"',
        f'{DAYS}{{unit=~"("}}',
        f'{DAYS}{{unit="\\d"}}',
        f'{DAYS}{{unit="\\777"}}',
        f'{DAYS}{{unit="\\U99999999"}}',
        f'{DAYS}{{under=~"H44.*"}}',
        f'{DAYS}{{under="H44",under="H01"}}',
        "x" * 30_000,
        "hồ sơ",
    ],
)
def test_anything_else_is_refused_with_what_is_supported(client: Client, query: str) -> None:
    for answer in (
        client.get("/prom/api/v1/query", params={"query": query}),
        client.post("/prom/api/v1/query_range", data={"query": query, "start": NOW, "end": NOW, "step": 1}),
    ):
        assert answer.status_code == 400
        found = answer.json()
        assert (found["status"], found["errorType"]) == ("error", "bad_data")
        assert "supported are series by name and labels" in found["error"]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("query", {"query": "1", "time": "yesterday"}),
        ("query_range", {"query": "1", "start": NOW, "end": NOW - 1, "step": "15"}),
        ("query_range", {"query": "1", "start": NOW, "end": NOW, "step": "0"}),
        ("query_range", {"query": "1", "start": NOW, "end": NOW, "step": "fast"}),
        ("query_range", {"query": "1", "start": NOW, "end": NOW}),
        ("query_range", {"query": "1", "start": "0", "end": NOW, "step": "1"}),
        ("query_range", {"query": "1", "end": NOW, "step": "1"}),
        ("series", {}),
        ("series", {"match[]": "1+1"}),
        ("series", {"match[]": ["x"] * 21}),
        ("query_exemplars", {"query": DAYS}),
        ("rules", {}),
        ("admin/tsdb/delete_series", {}),
        ("label/../values/x", {}),
    ],
)
def test_parameters_and_addresses_that_are_not_known_are_refused(client: Client, path: str, params: dict[str, Any]) -> None:
    found = ask(client, path, 400, **params)
    assert (found["status"], found["errorType"]) == ("error", "bad_data")
    assert found["error"]


def test_questions_are_limited_in_size(client: Client, listing: Given) -> None:
    assert client.post("/prom/api/v1/query", content=b"query=" + b"x" * 70_000).status_code == 400
    assert client.post("/prom/api/v1/query", content=b"&".join([b"a=1"] * 500)).status_code == 400
    listing.series[DAYS] = [(labelled(DAYS, {"unit": "H44.07", "dossier": f"D{place}"}), 1.5) for place in range(10_500)]
    answer = ask(client, "query", query=DAYS)
    assert len(answer["data"]["result"]) == 10_000
    assert answer["data"]["result"][0]["value"][1] == "1.5"
    assert answer["warnings"] == ['the first 10000 of 10500 series are shown; ask for less, like under="H44.07"']
    assert len(ask(client, "label/dossier/values")["data"]) == 10_500
    listing.left_out = 7
    assert "7 that were not read" in ask(client, "query", query=f'{DAYS}{{dossier="D1"}}')["warnings"][0]


def test_lists_that_may_lack_something_say_so(client: Client, listing: Given) -> None:
    assert "warnings" not in ask(client, "query", query=DAYS)
    listing.lacks = "số liệu chưa đầy đủ"
    for path in ("query", "series", "labels"):
        assert ask(client, path, query=DAYS, **{"match[]": DAYS})["warnings"] == ["số liệu chưa đầy đủ"]


def test_a_store_that_is_away_is_said_in_prometheus_words(client: Client, listing: Given) -> None:
    listing.away = True
    assert ask(client, "query", 503, query=DAYS) == {"status": "error", "errorType": "unavailable", "error": "the store does not answer"}
    assert ask(client, "query", query="1+1")["data"]["result"]


PARTS = st.sampled_from([DAYS, "{", "}", 'unit="H44"', "=~", '"(a|', "1", "+", "-", ",", "__name__", "\\", "?", "under", " ", "é", "[", "\x00"])  # fmt: skip


@given(
    st.lists(PARTS, max_size=12).map("".join),
    st.text(max_size=12),
    st.sampled_from(["query", "query_range", "series", "label/unit/values"]),
)
def test_nothing_that_is_asked_makes_it_fail(query: str, other: str, path: str) -> None:
    params = {"query": query, "match[]": [query, other], "time": other, "start": other, "end": other, "step": other}
    assert Client(Given()).get(f"/prom/api/v1/{path}", params=params).status_code in (200, 400)
    assert Client(Given()).post(f"/prom/api/v1/{path}", data={"query": query, "match[]": query}).status_code in (200, 400)
