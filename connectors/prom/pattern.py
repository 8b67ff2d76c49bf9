"""Regular expressions as RE2 has them, anchored at both ends: the time they take grows with the text and the pattern, never beyond.

Python's own would let one query stop everything (`(a+)+b`). A pattern becomes a machine of states; sets of states are remembered as they are met.

    a|b*   →   split ─┬─ a ──────────┐
                      └─ split ⇄ b   ├─ end
                           └─────────┘
"""

from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

MOST_STATES = 10_000
MOST_REPEATS = 1000
MOST_DEPTH = 50
MOST_KEPT = 20_000
_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "s": lambda c: c in "\t\n\f\r ",
}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}

Test = Callable[[str], bool]
Node = tuple[Any, ...]  # ("char", Test) | ("cat", [Node]) | ("alt", [Node]) | ("times", Node, least, most) | ("start",) | ("end",)


class Pattern:
    """Raises ValueError saying what is not understood."""

    def __init__(self, text: str) -> None:
        tree = _Parser(text).whole()
        self._tests: list[Test | None] = [None]  # by state; None leads on without a character
        self._out: list[list[int]] = [[]]  # 0 is the end
        self._only: dict[int, str] = {}  # states that are passed at the start or at the end alone
        self._first = self._closure([self._make(tree, 0)], start=True)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._ends: dict[frozenset[int], bool] = {}

    def matches(self, text: str) -> bool:
        """Whether the whole text is one of the pattern's."""
        states = self._first
        if not text:
            return 0 in self._closure(states, start=True, end=True)
        for character in text:
            following = self._steps.get((states, character))
            states = self._step(states, character) if following is None else following
            if not states:
                return False
        if states not in self._ends:
            self._ends[states] = 0 in self._closure(states, end=True)
        return self._ends[states]

    def _step(self, states: frozenset[int], character: str) -> frozenset[int]:
        tests = ((state, self._tests[state]) for state in states)
        passed = chain.from_iterable(self._out[state] for state, test in tests if test is not None and test(character))
        found = self._closure(passed)
        if len(self._steps) >= MOST_KEPT:
            self._steps.clear()
            self._ends.clear()
        self._steps[states, character] = found
        return found

    def _closure(self, states: "chain[int] | list[int] | frozenset[int]", *, start: bool = False, end: bool = False) -> frozenset[int]:
        """These and all that are reached without a character."""
        waiting, found = list(states), set()
        while waiting:
            state = waiting.pop()
            if state in found:
                continue
            found.add(state)
            only = self._only.get(state)
            if self._tests[state] is None and (only is None or (only == "start" and start) or (only == "end" and end)):
                waiting += self._out[state]
        return frozenset(found)

    def _state(self, test: Test | None, out: list[int]) -> int:
        if len(self._out) >= MOST_STATES:
            raise ValueError(f"the pattern is too large (more than {MOST_STATES} states)")
        self._tests.append(test)
        self._out.append(out)
        return len(self._out) - 1

    def _make(self, node: Node, following: int) -> int:
        """The state at which a node begins; it leads to `following`."""
        kind = node[0]
        if kind == "char":
            return self._state(node[1], [following])
        if kind == "cat":
            for one in reversed(node[1]):
                following = self._make(one, following)
            return following
        if kind == "alt":
            return self._state(None, [self._make(one, following) for one in node[1]])
        if kind == "times":
            return self._times(node[1], node[2], node[3], following)
        place = self._state(None, [following])
        self._only[place] = kind
        return place

    def _times(self, node: Node, least: int, most: int | None, following: int) -> int:
        if most is None:
            turn = self._state(None, [following])
            self._out[turn].append(self._make(node, turn))
            following = turn
        else:
            end = following
            for _ in repeat(None, most - least):
                following = self._state(None, [self._make(node, following), end])
        for _ in repeat(None, least):
            following = self._make(node, following)
        return following


class _Parser:
    """Reads a pattern into a tree."""

    def __init__(self, text: str) -> None:
        self._text, self._place, self._depth = text, 0, 0

    def whole(self) -> Node:
        found = self._alternatives()
        if self._place < len(self._text):
            raise ValueError("unexpected )")
        return found

    def _next(self) -> str:
        return self._text[self._place : self._place + 1]

    def _take(self) -> str:
        found = self._next()
        if not found:
            raise ValueError("the pattern ends too early")
        self._place += 1
        return found

    def _skip(self, word: str) -> bool:
        there = self._text.startswith(word, self._place)
        self._place += len(word) * there
        return there

    def _alternatives(self) -> Node:
        found = [self._sequence()]
        while self._skip("|"):
            found.append(self._sequence())
        return found[0] if len(found) == 1 else ("alt", found)

    def _sequence(self) -> Node:
        found = []
        while self._next() not in ("", "|", ")"):
            found.append(self._repeated(self._one()))
        return ("cat", found)

    def _repeated(self, node: Node) -> Node:
        while (sign := self._next()) and sign in "*+?{":
            bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
            if bounds is None:
                bounds = self._bounds()
                if bounds is None:
                    return node  # RE2 takes a brace that bounds nothing as itself
            else:
                self._place += 1
            self._skip("?")  # lazy or not, the whole text is what is asked about
            node = ("times", node, *bounds)
        return node

    def _bounds(self) -> tuple[int, int | None] | None:
        close = self._text.find("}", self._place)
        least, comma, most = self._text[self._place + 1 : max(close, 0)].partition(",")
        if not least.isdecimal() or (most and not most.isdecimal()):
            return None
        self._place = close + 1
        found = int(least), (int(most) if most else None) if comma else int(least)
        if max(found[0], found[1] or 0) > MOST_REPEATS or (found[1] is not None and found[1] < found[0]):
            raise ValueError(f"bounds {{{least}{comma}{most}}} are not understood; at most {MOST_REPEATS}")
        return found

    def _one(self) -> Node:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return "char", self._set()
        if character == ".":
            return "char", lambda c: c != "\n"
        if character in "^$":
            return ("start" if character == "^" else "end",)
        if character in "*+?":
            raise ValueError(f"nothing before {character} to repeat")
        if character == "\\":
            test = self._escape()
            return "char", (test if callable(test) else test.__eq__)
        return "char", character.__eq__

    def _group(self) -> Node:
        if self._skip("?") and not self._skip(":"):
            raise ValueError("groups are ( ) and (?: ); flags and looking around are not known")
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ValueError(f"groups stand more than {MOST_DEPTH} deep")
        found = self._alternatives()
        if not self._skip(")"):
            raise ValueError("missing )")
        self._depth -= 1
        return found

    def _escape(self) -> Test | str:
        """A class of characters, or one character."""
        character = self._take()
        if character.lower() in _CLASSES:
            test = _CLASSES[character.lower()]
            return test if character.islower() else lambda c: not test(c)
        if character in _CONTROL:
            return _CONTROL[character]
        if character.isalnum():
            raise ValueError(f"\\{character} is not known")
        return character

    def _set(self) -> Test:
        negated, parts, first = self._skip("^"), [], True
        while first or self._next() != "]":
            parts.append(self._part())
            first = False
        self._place += 1
        return lambda c: any(part(c) for part in parts) != negated

    def _part(self) -> Test:
        """One character, class or span of a set."""
        low = self._member()
        if callable(low):
            return low
        if self._next() == "-" and self._text[self._place + 1 : self._place + 2] not in ("]", ""):
            self._place += 1
            high = self._member()
            if callable(high) or high < low:
                raise ValueError("a span in [ ] is not understood")
            return lambda c: low <= c <= high
        return low.__eq__

    def _member(self) -> Test | str:
        character = self._take()
        if character == "[" and self._next() == ":":
            raise ValueError("[[:names:]] of classes are not known")
        return self._escape() if character == "\\" else character
