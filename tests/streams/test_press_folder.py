"""Where publications lie: whole or not at all, never written over, and in one sentence what the disk refuses."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from indicators.errors import ChisoError, NotFoundError, UsageError
from streams.press import folder
from streams.press.folder import Folder
from streams.press.order import Order

ORDER = Order(
    month="2026-08",
    version=1,
    room="VN",
    as_of="2026-09-05T06:00:00+07:00",
    now=1,
    provisional=False,
    form="2026-08",
    lang="vi",
    names=False,
    editions=("internal",),
    positions={},
    registry=0,
    rule="portal",
    formulas="",
    rules="3",
    calendar="",
    zone="Asia/Ho_Chi_Minh",
    cut=1,
    published_at=None,
    incomplete=(),
)


def files() -> Iterator[tuple[str, bytes]]:
    yield "internal/a.csv", b"a"
    yield "public/b.csv", b"b"


def written(path: Path, order: Order = ORDER) -> Path:
    with Folder(path, "2026-08").taken() as found:
        return found.write(order, files())


def test_a_version_is_put_in_place_with_its_manifest(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "out")
    assert path == tmp_path / "new" / "out" / "2026-08" / "v1"
    noted = json.loads((path / "manifest.json").read_text())["files"]
    assert noted["internal/a.csv"] == {"bytes": 1, "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}
    assert folder.read(path).month == "2026-08"
    assert Folder(tmp_path / "new" / "out", "2026-08").versions(provisional=False) == [1]


def test_what_stands_is_never_written_over(tmp_path: Path) -> None:
    path = written(tmp_path)
    (path / "internal" / "a.csv").write_bytes(b"mine")
    with pytest.raises(ChisoError):
        written(tmp_path)
    assert (path / "internal" / "a.csv").read_bytes() == b"mine"


def test_provisional_versions_stand_apart(tmp_path: Path) -> None:
    path = written(tmp_path, msgspec.structs.replace(ORDER, provisional=True))
    assert (path.name, (path / "manifest-provisional.json").is_file()) == ("v1-provisional", True)
    found = Folder(tmp_path, "2026-08")
    assert (found.versions(provisional=True), found.versions(provisional=False)) == ([1], [])


@pytest.mark.parametrize("name", ["notes.txt", "2026-08/notes.txt", "2026-08/v1/a.csv"])
def test_foreign_files_are_named_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="holds what is no publication"), Folder(tmp_path, "2026-08").taken():
        pass
    assert (tmp_path / name).read_text() == "mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    put = folder._put

    def full(path: Path, content: bytes) -> None:
        if path.name == "b.csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        put(path, content)

    monkeypatch.setattr(folder, "_put", full)
    with pytest.raises(ChisoError, match=r"disk of .* is full; nothing was published"):
        written(tmp_path, msgspec.structs.replace(ORDER, version=2))
    assert [path.name for path in (tmp_path / "2026-08").iterdir()] == ["v1"]


def test_what_a_killed_one_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "2026-08" / ".v1.part" / "internal").mkdir(parents=True)
    (tmp_path / "2026-08" / ".v1.part" / "internal" / "a.csv").write_text("half")
    path = written(tmp_path)
    assert sorted(one.name for one in path.parent.iterdir()) == ["v1"]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="is no folder"):
        written(tmp_path / "out")
    with pytest.raises(UsageError, match=r"cannot be written to|is no folder"):
        written(Path("/proc/nowhere"))


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    taken = Folder(tmp_path, "2026-08").taken
    with taken(), pytest.raises(ChisoError, match="another publication is being written"), taken():
        pass


def test_nothing_is_left_where_nothing_was_published(tmp_path: Path) -> None:
    with Folder(tmp_path / "out", "2026-08").taken():
        pass
    assert not (tmp_path / "out").exists()


def test_what_is_no_publication_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no publication"):
        folder.read(tmp_path)
