"""Names become codes that only the key's owner could trace."""

import stat
from pathlib import Path

import pytest

from connectors.pseudonym import at_first_name, key, pseudonyms
from indicators.errors import ChisoError


def test_the_same_person_is_the_same_code_however_the_name_is_spelled() -> None:
    turn = pseudonyms(b"a" * 32)
    spelled = {turn(name) for name in ("Nguyễn Văn An", " nguyễn  văn an ", "NGUYỄN VĂN AN", "Nguyễn Văn An")}
    assert len(spelled) == 1
    assert next(iter(spelled)).startswith("u-")
    assert turn("Nguyễn Văn Ân") not in spelled


def test_another_key_gives_other_codes_and_codes_stay() -> None:
    assert pseudonyms(b"a" * 32)("An") != pseudonyms(b"b" * 32)("An")
    assert pseudonyms(b"a" * 32)("CB-0012") == "CB-0012"
    assert pseudonyms(b"a" * 32)("Resource11") == "Resource11"


@pytest.mark.parametrize("text", ["0912345678", "001099012345", "an@x.vn", "Nguyễn Văn An 2"])
def test_what_may_be_a_telephone_a_card_or_an_address_is_no_code(text: str) -> None:
    assert pseudonyms(b"a" * 32)(text).startswith("u-")


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pseudonym.key"
    first = key(path)
    assert key(path) == first
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"x")
    with pytest.raises(ChisoError, match="too short"):
        key(short)
    (tmp_path / "file").write_text("")
    with pytest.raises(ChisoError, match="CHISO_PSEUDONYM_KEY_FILE"):
        key(tmp_path / "file" / "key")


@pytest.mark.parametrize("code", ["test", "R1", "resource.admin", "CB_07-a", "12345678", "x" * 40])
def test_where_words_are_codes_whatever_is_made_like_one_stays(code: str) -> None:
    assert pseudonyms(b"a" * 32, words=True)(code) == code


@pytest.mark.parametrize("name", ["Nguyễn Văn An", "Nguyen Van An", "An Binh", "Ân", "0912345678", "012345678901", "x" * 41, "", "a\n"])
def test_and_everything_else_becomes_a_pseudonym_the_same_as_at_the_other_door(name: str) -> None:
    found = pseudonyms(b"a" * 32, words=True)(name)
    assert found.startswith("u-")
    assert found == pseudonyms(b"a" * 32)(name)


def test_the_key_is_made_at_the_first_name_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "pseudonym.key"
    turn = at_first_name(path, words=True)
    assert turn("test") == "test"
    assert not path.exists()
    found = turn("Nguyễn Văn An")
    assert found == pseudonyms(key(path))("Nguyễn Văn An") == turn("nguyễn văn an")
