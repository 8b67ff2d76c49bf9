"""Officials' names become keyed pseudonyms: the same person, however the name is spelled, is the same `u-…`, and nobody without the key can tell who."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from indicators.errors import ChisoError

KEY_BYTES = 32
_CODE = re.compile(r"^(?!\d{9,}$)[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")  # nine digits and more may be a telephone or an identity card


def key(path: Path) -> bytes:
    """The secret; made at the first start, readable by its owner alone. Raises ChisoError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise ChisoError(
            f"the key of pseudonyms at {path} cannot be read or made ({error.strerror}); see CHISO_PSEUDONYM_KEY_FILE"
        ) from None
    if len(found) < KEY_BYTES // 2:
        raise ChisoError(f"the key of pseudonyms at {path} is too short; it needs {KEY_BYTES} random bytes")
    return found


def _make(path: Path) -> None:
    """Appears whole, and once, however many processes start together."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as draft:  # mode 0600
        draft.write(secrets.token_bytes(KEY_BYTES))
        draft.flush()
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)


def pseudonyms(secret: bytes, *, words: bool = False) -> Callable[[str], str]:
    """A function from what a source calls an official to a code: a code with a digit stays, a name becomes `u-` and 16 hex digits.

    With `words` whatever is made like a code stays, even without a digit: real logs call officials `test` or `admin`.
    """

    @lru_cache(maxsize=100_000)
    def turn(text: str) -> str:
        if _is_code(text, words=words):
            return text
        plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
        return "u-" + hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()[:16]

    return turn


def at_first_name(path: Path, *, words: bool) -> Callable[[str], str]:
    """As `pseudonyms` with the key of a file, which is read, or made, only when the first name comes. The result raises ChisoError."""
    known = cache(lambda: pseudonyms(key(path), words=words))
    return lambda text: text if _is_code(text, words=words) else known()(text)


def _is_code(text: str, *, words: bool) -> bool:
    return bool(_CODE.fullmatch(text)) and (words or any(letter.isdigit() for letter in text))
