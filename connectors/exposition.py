"""Figures as Prometheus reads them: text made once when figures change, served as bytes.

A line each would be a tuple, a family and a sample in the client's own renderer: 0.83 s for the country. Here one f-string makes a line; figures are packed
when they are made, and a scrape adds what is counted and said of the moment, a few kilobytes, in the same member of gzip.
"""

import struct
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, generate_latest

from connectors.metrics import FIGURES

CONTENT = "text/plain; version=0.0.4; charset=utf-8"
BUDGET = 120_000  # series of figures
LEVEL = 5  # of packing: 6 takes half as long again for 3 % less
HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@dataclass(frozen=True, slots=True)
class Column:
    """Series of one metric that have all labels in common but the last: `head` is `period="month",`, a tail `unit="H44"`. `kind`: of whom.

    Columns of one `spare` are shown where there is room for all of them: a share of what is half there would be a wrong figure.
    """

    name: str
    head: str
    tails: Sequence[str]
    values: Sequence[float]
    kind: str = ""
    spare: str = ""


def escaped(text: str) -> str:
    """As the value of a label."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def labels(**values: str) -> str:
    """Labels of a line, in the order of the alphabet."""
    return ",".join(f'{name}="{escaped(value)}"' for name, value in sorted(values.items()))


def single(name: str, value: float, **values: str) -> Column:
    """One series."""
    return Column(name, "", (labels(**values),), (value,))


def size(columns: Iterable[Column]) -> int:
    """How many series they are."""
    return sum(len(column.tails) for column in columns)


def within(columns: Iterable[Column], budget: int) -> tuple[list[Column], Counter[str]]:
    """Columns, the most important first, as far as they fit, those of one `spare` together; how many series were left out, by kind."""
    together: dict[str | int, list[Column]] = defaultdict(list)
    for place, column in enumerate(columns):
        together[column.spare or place].append(column)
    kept, left = [], Counter[str]()
    for several in together.values():
        if size(several) <= budget:
            budget -= size(several)
            kept += several
        else:
            for column in several:
                left[column.kind] += len(column.tails)
    return kept, left


def render(columns: Iterable[Column]) -> bytes:
    """The text of all, family by family as FIGURES has them."""
    families = defaultdict(list)
    for column in columns:
        families[column.name].append(column)
    found = []
    for name, (about, _) in FIGURES.items():
        if name in families:
            found.append(f"# HELP {name} {about}\n# TYPE {name} gauge\n")
            found += [text for column in families[name] for text in _lines(column)]
    return "".join(found).encode()


def _lines(column: Column) -> list[str]:
    start = f"{column.name}{{{column.head}"
    if column.tails == ("",):
        return [f"{column.name} {float(column.values[0])}\n"]
    return [f"{start}{tail}}} {float(value)}\n" for tail, value in zip(column.tails, column.values, strict=True)]


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes; the same deflated up to a border at which anything may follow; and their checksum."""

    plain: bytes
    deflated: bytes
    crc: int


def piece(plain: bytes) -> Piece:
    """Packs."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH), zlib.crc32(plain))


def packed(first: Piece, *others: bytes) -> list[bytes]:
    """All of it as one member of gzip, which is all that most readers take; only what comes after the first piece is worked through."""
    rest = b"".join(others)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = struct.pack("<II", zlib.crc32(rest, first.crc), (len(first.plain) + len(rest)) & 0xFFFFFFFF)
    return [HEAD, first.deflated, packer.compress(rest) + packer.flush(), end]


class Shown:
    """What a scrape gets: what the client's registry counts, what is said of the moment, and the figures."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.moment, self.figures = b"", piece(b"")

    def app(self, environ: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        """WSGI: `/metrics`, packed for whoever takes it so."""
        if environ.get("PATH_INFO") not in ("/metrics", "/"):
            start(f"{HTTPStatus.NOT_FOUND.value} Not Found", [("Content-Type", "text/plain")])
            return [b"try /metrics\n"]
        head = [("Content-Type", CONTENT)]
        rest = self.moment + generate_latest(self._registry)
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            pieces = packed(self.figures, rest)
            head.append(("Content-Encoding", "gzip"))
        else:
            pieces = [self.figures.plain, rest]
        start("200 OK", [*head, ("Content-Length", str(sum(map(len, pieces))))])
        return pieces


class _Quiet(WSGIRequestHandler):
    """Says nothing of each scrape."""

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def serve(shown: Shown, bind: str, port: int) -> Any:
    """Answers scrapes in threads of its own; gives the server."""
    server = make_server(bind, port, shown.app, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
