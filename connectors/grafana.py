"""Boards into a Grafana that exists, by grafana-api; everything chiso says to Grafana stands in this file.

A board's tag `chiso:…` is a fingerprint of what was pushed. Where Grafana's copy no longer fits its own fingerprint, somebody edited it by hand:
it is kept and reported, unless force is asked for.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException, GrafanaServerError
from grafana_api.grafana_face import GrafanaFace

from connectors.boards.boards import every
from connectors.boards.frame import PAGE
from connectors.boards.panels import DATASOURCE, LISTS
from connectors.boards.words import Words
from indicators.errors import ChisoError, UnreachableError, UsageError

FOLDERS = {"vi": "chiso", "en": "chiso-en"}
# uid → what a data source is, beside its address; as deploy/grafana/provisioning has it
SOURCES: Mapping[str, dict[str, Any]] = {
    DATASOURCE["uid"]: {"name": "chiso", "jsonData": {"timeInterval": "5s", "httpMethod": "POST", "prometheusType": "Prometheus"}},
    LISTS["uid"]: {
        "name": "chiso-lists",
        "jsonData": {
            "timeInterval": "5s",
            "httpMethod": "POST",
            "prometheusType": "Prometheus",
            "cacheLevel": "None",
            "manageAlerts": False,
        },
    },
}
TIMEOUT = 10.0
_MARK = "chiso:"
_SERVER_SIDE = ("id", "version", "uid")

Secret = str | tuple[str, str]  # a service account's token, or user and password


@dataclass(frozen=True, slots=True)
class Finding:
    """A board's state on the server: `missing`, `outdated`, `edited` (by hand), `same`; after a push also `pushed`."""

    uid: str
    state: str


def connect(url: str, secret: Secret) -> GrafanaFace:
    """A client; nothing is asked yet. Raises UsageError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no address such as http://127.0.0.1:3000 (CHISO_GRAFANA__URL)")
    prefix = parts.path.strip("/")
    return GrafanaFace(
        secret, parts.hostname, parts.port, url_path_prefix=f"{prefix}/" if prefix else "", protocol=parts.scheme, timeout=TIMEOUT
    )


@contextmanager
def said(api: GrafanaFace) -> Iterator[None]:
    """Grafana's refusals as one sentence."""
    where = api.api.url.removesuffix("/api")
    try:
        yield
    except (requests.RequestException, GrafanaServerError) as error:
        raise UnreachableError(f"Grafana at {where} does not answer ({type(error).__name__}); is it running?") from None
    except GrafanaClientError as error:
        if error.status_code in (401, 403):
            raise UnreachableError(
                f"Grafana at {where} does not accept the token or password ({error.status_code}); see CHISO_GRAFANA__TOKEN_FILE"
            ) from None
        raise ChisoError(f"Grafana at {where} refuses: {error.message}") from None
    except GrafanaException as error:
        raise ChisoError(f"Grafana at {where} failed: {error.message}") from None


def fingerprint(board: dict[str, Any]) -> str:
    """Of all that the board says, whatever id and version the server gave it."""
    kept = {name: value for name, value in board.items() if name not in _SERVER_SIDE}
    kept["tags"] = [tag for tag in board.get("tags", []) if not tag.startswith(_MARK)]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]


def marked(board: dict[str, Any]) -> dict[str, Any]:
    """The board with its fingerprint as a tag."""
    return board | {"tags": [*board["tags"], _MARK + fingerprint(board)]}


def _state(stored: dict[str, Any] | None, board: dict[str, Any]) -> str:
    if stored is None:
        return "missing"
    marks = [tag.removeprefix(_MARK) for tag in stored.get("tags", []) if tag.startswith(_MARK)]
    if marks != [fingerprint(stored)]:
        return "edited"
    return "same" if marks == [fingerprint(board)] else "outdated"


def _stored(api: GrafanaFace, uid: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.dashboard.get_dashboard(uid)["dashboard"]
    except GrafanaClientError as error:
        if error.status_code == requests.codes.not_found:
            return None
        raise
    return found


def check(api: GrafanaFace, page: str = PAGE) -> list[Finding]:
    """How Grafana's copies stand to what would be pushed, the live page being at `page`. Raises UnreachableError, ChisoError."""
    with said(api):
        return [Finding(board["uid"], _state(_stored(api, board["uid"]), board)) for _, _, board in every(page)]


def push(api: GrafanaFace, sources: Mapping[str, str], *, force: bool, page: str = PAGE) -> Iterable[Finding]:
    """Folders, data sources (uid → address), boards that link to the live page at `page`. A board edited by hand is kept, unless forced.

    Raises UnreachableError, ChisoError.
    """
    with said(api):
        for language, uid in FOLDERS.items():
            _folder(api, uid, Words(language)["folder"])
        for uid, url in sources.items():
            _source(api, uid, url)
        for language, _, board in every(page):
            state = _state(_stored(api, board["uid"]), board)
            if state == "same" or (state == "edited" and not force):
                yield Finding(board["uid"], state)
                continue
            api.dashboard.update_dashboard(
                {"dashboard": marked(board), "folderUid": FOLDERS[language], "overwrite": True, "message": f"chiso {fingerprint(board)}"}
            )
            yield Finding(board["uid"], "pushed")


def _folder(api: GrafanaFace, uid: str, title: str) -> None:
    try:
        api.folder.get_folder(uid)
    except GrafanaClientError as error:
        if error.status_code != requests.codes.not_found:
            raise
        api.folder.create_folder(title, uid)


def _source(api: GrafanaFace, uid: str, url: str) -> None:
    """A data source that boards name by uid; one that is there already is left as its operators set it. Raises ChisoError where its name is taken."""
    wanted = {"uid": uid, "type": "prometheus", "url": url, "access": "proxy"} | SOURCES[uid]
    if _found(api, f"uid/{uid}") is not None:
        return
    taken = _found(api, f"name/{wanted['name']}")
    if taken is not None:
        raise ChisoError(
            f"Grafana's data source {wanted['name']!r} has the uid {taken['uid']!r}, but boards ask {uid!r}; "
            f"give it that uid, or another name: then a data source {uid!r} is made"
        )
    api.datasource.create_datasource(wanted)


def _found(api: GrafanaFace, where: str) -> dict[str, Any] | None:
    """A data source by `uid/UID` (which grafana-api knows nothing of) or `name/NAME`."""
    try:
        found: dict[str, Any] = api.datasource.api.GET(f"/datasources/{where}")
    except GrafanaClientError as error:
        if error.status_code == requests.codes.not_found:
            return None
        raise
    return found
