"""Patterns of the Prometheus-speaking endpoint: what they mean, and that none takes long."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.prom.pattern import Pattern

atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\.", r"\d", "-", "(?:ab|c)", "a|b", "()"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(lambda two: f"(?:{two[0]}){two[1]}"),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
    ),
    max_leaves=6,
)


@given(patterns, st.text("abc.-1\n", max_size=8))
def test_patterns_mean_what_they_mean_elsewhere(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("H44|H45", ["H44", "H45"], ["H441", "xH45"]),
        (r"H44\.07", ["H44.07"], ["H44x07"]),
        ("^H44.*$", ["H44", "H44.07"], ["xH44"]),
        ("a^b|a$b", [], ["ab", "a^b"]),
        ("", [""], ["a"]),
        ("|a", ["", "a"], ["aa"]),
        ("[]a-c-]+", ["]", "a-c", "b"], ["d"]),
        ("a{,2}", ["a{,2}"], ["aa"]),
        (r"[\w-]+?", ["u-1_a"], ["é", "a b"]),
        (r"\D\S\W", ["aé "], ["1a "]),
        ("Sở.+", ["Sở Công Thương"], ["Sở"]),
    ],
)
def test_patterns_are_anchored(pattern: str, fits: list[str], does_not: list[str]) -> None:
    found = Pattern(pattern)
    assert [text for text in (*fits, *does_not) if found.matches(text)] == fits


@pytest.mark.parametrize("pattern", ["(", ")", "a)", "[a", "*", "a\\", r"\b", r"\1", "(?=a)", "(?i)a", "a{2,1}", "a{1001}", "[b-a]", "[[:alpha:]]", "(" * 60 + ")" * 60, "((a{500}){500}){500}"])  # fmt: skip
def test_what_patterns_cannot_be_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", ".*.*.*.*.*.*b", "(a?){60}a{60}c"])
def test_no_pattern_takes_long(pattern: str) -> None:
    started = time.monotonic()
    assert not Pattern(pattern).matches("a" * 2000)
    assert time.monotonic() - started < 2
