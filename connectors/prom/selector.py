"""What can be asked: series by name and labels, and sums of numbers, by which Grafana sees whether a data source lives."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from connectors.prom.pattern import Pattern

NAME, UNDER = "__name__", "under"
EVERYBODY = ("", ".*")  # what stands for no unit in particular; the second is Grafana's "all", as boards write it
MOST_CHARACTERS = 20_000
SUPPORTED = (
    'supported are series by name and labels, like chiso_dossier_overdue_days{under="H44",official=~"CB-.*"} (=, !=, =~, !~), and 1+1'
)
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?P<number>\d+(?:\.\d+)?)|(?P<op>=~|!~|!=|=)|(?P<sign>[{},+-])"""
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`))"""
)
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}


class UnsupportedError(ValueError):
    """What is asked is not understood; the message says what would be."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; {SUPPORTED}")


class Matcher(NamedTuple):
    """One condition; `pattern` belongs to =~ and !~."""

    label: str
    op: str
    value: str
    pattern: Pattern | None

    def holds(self, value: str) -> bool:
        """Whether a label's value ('' for a label that is not there) fits."""
        fits = value == self.value if self.pattern is None else self.pattern.matches(value)
        return fits == (self.op in ("=", "=~"))


class Selector(NamedTuple):
    """Conditions that all hold; `under` names a unit, for that unit and all below it; None is everybody."""

    matchers: tuple[Matcher, ...]
    under: str | None

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether a series is one of those asked for."""
        return all(one.holds(labels.get(one.label, "")) for one in self.matchers)

    def names(self, known: Mapping[str, object]) -> list[str]:
        """Which of the known series are asked for."""
        return [name for name in known if all(one.holds(name) for one in self.matchers if one.label == NAME)]


def parse(text: str) -> "Selector | float":
    """A selector, or the value of a sum. Raises UnsupportedError."""
    if len(text) > MOST_CHARACTERS:
        raise UnsupportedError(f"the query has more than {MOST_CHARACTERS} characters")
    tokens = _tokens(text)
    if not tokens:
        raise UnsupportedError("nothing is asked")
    return _sum(tokens) if tokens[0][0] == "number" or tokens[0] == ("sign", "-") else _selector(tokens)


def selector(text: str) -> Selector:
    """Of `match[]`. Raises UnsupportedError."""
    found = parse(text)
    if isinstance(found, float):
        raise UnsupportedError(f"{found:g} names no series")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None:
            raise UnsupportedError(f"parse error at character {place + 1}: unexpected {text[place:].lstrip()[:1]!r}")
        assert token.lastgroup is not None
        found.append((token.lastgroup, token[token.lastgroup]))
        place = token.end()
    return found


def _sum(tokens: list[tuple[str, str]]) -> float:
    total, sign = 0.0, 1
    for place, (kind, text) in enumerate(tokens):
        if kind == "number":
            if place and tokens[place - 1][0] == "number":
                raise UnsupportedError(f"parse error: unexpected {text!r}")
            total, sign = total + sign * float(text), 1
        elif text in ("+", "-") and kind == "sign":
            sign *= -1 if text == "-" else 1
        else:
            raise UnsupportedError(f"parse error: unexpected {text!r}")
    if tokens[-1][0] != "number":
        raise UnsupportedError("parse error: a number is missing at the end")
    return total


def _selector(tokens: list[tuple[str, str]]) -> Selector:
    found: list[Matcher] = []
    rest = tokens
    if rest[0][0] == "name":
        found.append(Matcher(NAME, "=", rest[0][1], None))
        rest = rest[1:]
    if rest:
        if rest[0] != ("sign", "{"):
            raise UnsupportedError(f"parse error: unexpected {rest[0][1]!r}")
        rest = _matchers(rest[1:], found)
    if rest:
        raise UnsupportedError(f"parse error: unexpected {rest[0][1]!r} after the series")
    if not any(not one.holds("") for one in found):
        raise UnsupportedError("a selector must contain at least one condition that an empty label does not fit")
    return Selector(tuple(one for one in found if one.label != UNDER), _under(found))


def _matchers(tokens: list[tuple[str, str]], found: list[Matcher]) -> list[tuple[str, str]]:
    """Reads up to the closing brace; gives what follows it."""
    while tokens and tokens[0] != ("sign", "}"):
        kinds = [kind for kind, _ in tokens[:3]]
        if kinds != ["name", "op", "text"]:
            raise UnsupportedError('parse error: within { } stand conditions like unit="H44.07"')
        (_, label), (_, op), (_, text) = tokens[:3]
        found.append(_matcher(label, op, _value(text)))
        tokens = tokens[3:]
        if tokens[:1] == [("sign", ",")]:
            tokens = tokens[1:]
        elif tokens[:1] != [("sign", "}")]:
            break
    if not tokens or tokens[0] != ("sign", "}"):
        raise UnsupportedError("parse error: } or , is missing")
    return tokens[1:]


def _matcher(label: str, op: str, value: str) -> Matcher:
    try:
        return Matcher(label, op, value, Pattern(value) if op in ("=~", "!~") else None)
    except ValueError as error:
        raise UnsupportedError(f"error in the regular expression of {label}: {error}") from None


def _under(found: list[Matcher]) -> str | None:
    named = [one for one in found if one.label == UNDER]
    if not named:
        return None
    if len(named) > 1 or named[0].op != "=":
        raise UnsupportedError('under names one unit, like under="H44"')
    return None if named[0].value in EVERYBODY else named[0].value


def _value(text: str) -> str:
    """A string as PromQL writes it."""
    if text[0] == "`":
        return text[1:-1]

    def plain(found: "re.Match[str]") -> str:
        code = found[1]
        if code[0] in "xuU":
            return chr(int(code[1:], 16))
        if len(code) > 1:
            return chr(int(code, 8))
        if code not in _ESCAPES:
            raise UnsupportedError(f"parse error: unknown escape in {json.dumps(text, ensure_ascii=False)}; a backslash is written twice")
        return _ESCAPES[code]

    try:
        return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", plain, text[1:-1])
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnsupportedError):
            raise
        raise UnsupportedError("parse error: an escape is no character") from None
