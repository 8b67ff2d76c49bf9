"""`chiso grafana push` and `check` against a stand-in for the calls they make: Grafana's own answers, status by status."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from ruamel.yaml import YAML

from connectors import grafana, marks
from connectors.boards.boards import every
from connectors.marks import Mark
from connectors.reference import calendar
from indicators.errors import ChisoError, UnreachableError, UsageError
from indicators.publication import Cut
from streams.settings import Grafana, load
from tests.builders import HCM

TOKEN = "glsa_test"
SOURCES = {"chiso-prometheus": "http://p:9090", "chiso-lists": "http://s:8766/prom"}


class StandIn(ThreadingHTTPServer):
    """Folders, data sources and boards in memory."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folders: dict[str, str] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.marks: dict[int, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.refuse = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _allowed(self) -> bool:
        self.server.calls.append((self.command, self.path))
        if self.server.refuse:
            self._answer(self.server.refuse, {"message": "as told"})
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"message": "Invalid API key"})
        else:
            return True
        return False

    def do_GET(self) -> None:
        if not self._allowed():
            return
        if self.path.startswith("/api/annotations?"):
            tags = set(parse_qs(self.path.partition("?")[2])["tags"])
            self._answer(200, [one for one in self.server.marks.values() if tags <= set(one["tags"])])
            return
        kind, _, name = self.path.removeprefix("/api/").rpartition("/")
        sources = self.server.sources
        by_uid = {one["uid"]: one for one in sources.values()}
        kept = {
            "folders": self.server.folders,
            "datasources/name": sources,
            "datasources/uid": by_uid,
            "dashboards/uid": self.server.boards,
        }
        found = kept[kind].get(name)
        self._answer(404, {"message": "not found"}) if found is None else self._answer(
            200, found if kind != "folders" else {"uid": name, "title": found}
        )

    def do_POST(self) -> None:
        if not self._allowed():
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/folders":
            self.server.folders[body["uid"]] = body["title"]
        elif self.path == "/api/datasources":
            self.server.sources[body["name"]] = body
        elif self.path == "/api/annotations":
            assert body["time"] <= body["timeEnd"]
            assert body["dashboardId"] is None
            number = max(self.server.marks, default=0) + 1
            self.server.marks[number] = {"id": number, **body}
        else:
            assert self.path == "/api/dashboards/db"
            assert body["folderUid"] in self.server.folders
            board = body["dashboard"]
            stored = self.server.boards.get(board["uid"], {"dashboard": {"version": 0}})
            self.server.boards[board["uid"]] = {"dashboard": {**board, "id": 7, "version": stored["dashboard"]["version"] + 1}, "meta": {}}
        self._answer(200, {"status": "success"})

    def do_DELETE(self) -> None:
        if self._allowed():
            del self.server.marks[int(self.path.removeprefix("/api/annotations/"))]
            self._answer(200, {"message": "Annotation deleted"})


@pytest.fixture
def server() -> Iterator[StandIn]:
    made = StandIn()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def push(server: StandIn, *, force: bool = False) -> dict[str, str]:
    return {one.uid: one.state for one in grafana.push(grafana.connect(server.url, TOKEN), SOURCES, force=force)}


def check(server: StandIn) -> dict[str, str]:
    return {one.uid: one.state for one in grafana.check(grafana.connect(server.url, TOKEN))}


def states(value: str) -> dict[str, str]:
    return {board["uid"]: value for _, _, board in every()}


def test_a_push_makes_folders_source_and_boards_and_the_next_changes_nothing(server: StandIn) -> None:
    assert check(server) == states("missing")
    assert push(server) == states("pushed")
    assert set(server.folders) == {"chiso", "chiso-en"}
    assert {name: (one["uid"], one["url"]) for name, one in server.sources.items()} == {
        "chiso": ("chiso-prometheus", "http://p:9090"),
        "chiso-lists": ("chiso-lists", "http://s:8766/prom"),
    }
    assert check(server) == states("same")
    server.calls.clear()
    assert push(server) == states("same")
    assert {method for method, _ in server.calls} == {"GET"}


def test_a_board_edited_by_hand_is_kept_and_reported_until_forced(server: StandIn) -> None:
    push(server)
    server.boards["chiso-wall"]["dashboard"]["panels"][0]["title"] = "Của tôi"
    assert check(server) == states("same") | {"chiso-wall": "edited"}
    assert push(server) == states("same") | {"chiso-wall": "edited"}
    assert server.boards["chiso-wall"]["dashboard"]["panels"][0]["title"] == "Của tôi"
    assert push(server, force=True) == states("same") | {"chiso-wall": "pushed"}
    assert check(server) == states("same")


def test_an_older_version_of_ours_is_replaced(server: StandIn) -> None:
    push(server)
    older = {name: value for name, value in server.boards["chiso-wall"]["dashboard"].items() if name not in ("id", "version")}
    older = grafana.marked(older | {"title": "Bản cũ", "tags": ["chiso", "vi"]})
    server.boards["chiso-wall"]["dashboard"] = older | {"id": 7, "version": 1}
    assert check(server) == states("same") | {"chiso-wall": "outdated"}
    assert push(server) == states("same") | {"chiso-wall": "pushed"}


def annotate(server: StandIn, found: list[Mark]) -> tuple[int, int, int]:
    done = marks.annotate(grafana.connect(server.url, TOKEN), found)
    return done.added, done.same, done.removed


def cut(number: int, at: str, units: int, *, done: bool = True) -> Cut:
    return Cut(number, at, at, {}, {}, "portal", "f", "r", "c", "Asia/Ho_Chi_Minh", 1, "r", units, done)


def test_marks_stand_once_in_each_language_and_go_when_they_no_longer_hold(server: StandIn) -> None:
    cuts = {
        "2026-10": (
            cut(1, "2026-11-05T06:00:02+07:00", 90),
            cut(2, "2026-11-07T06:00:01+07:00", 3),
            cut(3, "2026-11-08T06:00:00+07:00", 1, done=False),
        )
    }
    found = [*marks.published(cuts), *marks.formulas(HCM), *marks.days_off(calendar(), HCM, range(2026, 2027))]
    count = 2 * len(found)
    server.marks[77] = {"id": 77, "tags": ["chiso", "their own"], "text": "Của tôi"}
    assert annotate(server, found) == (count, 0, 0)
    assert annotate(server, found) == (0, count, 0)
    assert annotate(server, found[1:]) == (0, count - 2, 2)
    assert 77 in server.marks
    texts = {one["text"] for one in server.marks.values()}
    assert {"Điều chỉnh số liệu tháng 10/2026: 3 đơn vị", "Figures of 10/2026 restated: 3 units"} <= texts
    assert "Công bố số liệu tháng 10/2026" not in texts
    boards = {tuple(board["annotations"]["list"][0]["target"]["tags"]) for _, _, board in every()}
    assert boards == {tuple(one["tags"][:2]) for one in server.marks.values() if one["id"] != 77}


def test_days_off_in_a_row_are_one_mark_and_saturdays_worked_are_told_apart() -> None:
    found = {(mark.kind, mark.text("vi")) for mark in marks.days_off(calendar(), HCM, range(2026, 2027))}
    assert ("day_off", "Ngày nghỉ 16/02/2026 – 20/02/2026") in found
    assert ("day_off", "Ngày nghỉ 31/08/2026 – 02/09/2026") in found
    assert ("worked", "Ngày làm bù 22/08/2026") in found
    assert len(found) == 6 + 2


def test_a_data_source_that_is_there_is_left_as_its_operators_set_it(server: StandIn) -> None:
    server.sources["Của chúng tôi"] = {"name": "Của chúng tôi", "uid": "chiso-prometheus", "url": "https://prometheus.internal"}
    push(server)
    assert {one["uid"]: one["url"] for one in server.sources.values()} == {
        "chiso-prometheus": "https://prometheus.internal",
        "chiso-lists": "http://s:8766/prom",
    }


def test_a_name_that_another_data_source_has_is_said_before_boards_find_nothing(server: StandIn) -> None:
    """Boards ask by uid: one of the same name does not help them."""
    server.sources["chiso"] = {"name": "chiso", "uid": "fe3k1", "url": "http://p:9090"}
    with pytest.raises(ChisoError, match="'chiso' has the uid 'fe3k1', but boards ask 'chiso-prometheus'"):
        push(server)
    assert server.boards == {}


def test_what_is_pushed_is_what_is_provisioned(server: StandIn) -> None:
    push(server)
    folder = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "provisioning" / "datasources"
    read = YAML(typ="safe")
    provisioned = {one["uid"]: one for path in folder.glob("*.yml") for one in read.load(path.read_text("utf-8"))["datasources"]}
    own = ("url", "isDefault")
    assert {one["uid"]: {name: value for name, value in one.items() if name not in own} for one in server.sources.values()} == {
        uid: {name: value for name, value in one.items() if name not in own} for uid, one in provisioned.items()
    }


@pytest.mark.parametrize(
    ("status", "kind"), [(401, UnreachableError), (403, UnreachableError), (500, UnreachableError), (400, ChisoError), (412, ChisoError)]
)
def test_refusals_become_one_sentence(server: StandIn, status: int, kind: type[ChisoError]) -> None:
    server.refuse = status
    with pytest.raises(kind, match=f"Grafana at {server.url}"):
        push(server)


def test_nobody_there_is_said_in_one_sentence(server: StandIn) -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        list(grafana.check(grafana.connect("http://127.0.0.1:9", TOKEN)))
    with pytest.raises(UsageError, match="CHISO_GRAFANA__URL"):
        grafana.connect("grafana", TOKEN)


def test_addresses_may_have_a_path() -> None:
    assert grafana.connect("https://x.vn/grafana/", TOKEN).api.url == "https://x.vn/grafana/api"


def test_the_command_line_ends_with_what_was_found(server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("CHISO_GRAFANA__URL", server.url)
    monkeypatch.setenv("CHISO_GRAFANA__TOKEN_FILE", str(secret))
    monkeypatch.setenv("CHISO_LINK", "https://chiso.example.vn/")
    run: Callable[[str], Any] = lambda word: _ended("grafana", word)  # noqa: E731
    assert run("check").returncode == 6
    assert run("push").returncode == 0
    variables = server.boards["chiso-overdue"]["dashboard"]["templating"]["list"]
    assert [one["query"] for one in variables if one["name"] == "page"] == ["https://chiso.example.vn"]
    assert run("check").returncode == 0
    server.boards["chiso-wall"]["dashboard"]["title"] = "Của tôi"
    done = run("push")
    assert done.returncode == 6
    assert "chiso-wall: đã sửa tay" in done.stdout
    secret.write_text("wrong")
    done = run("check")
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1


def _ended(*words: str) -> Any:
    import subprocess
    import sys

    return subprocess.run([sys.executable, "-m", "streams.cli", *words], capture_output=True, text=True, timeout=60, check=False)


def test_secrets_come_from_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CHISO_GRAFANA__TOKEN_FILE"):
        load().grafana.secret()
    with pytest.raises(UsageError, match="cannot be read"):
        Grafana(token_file=tmp_path / "none").secret()
    secret = tmp_path / "secret"
    secret.write_text("x\n")
    assert Grafana(token_file=secret).secret() == "x"
    assert Grafana(password_file=secret).secret() == ("admin", "x")
