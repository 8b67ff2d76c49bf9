"""Answers in Prometheus' shapes, from series as they stand now. A list has no past: only the present is answered, and said to be so."""

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from connectors.prom.selector import NAME, Selector, UnsupportedError

MOST_SERIES = 10_000
MOST_POINTS = 11_000
LOOKBACK = 300.0  # seconds from now within which the present is answered, as Prometheus does with its newest sample
PATIENCE = 2.0  # seconds of computing a question may take
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")

Labels = Mapping[str, str]


class SlowError(Exception):
    """The question takes too long."""


class Rows(NamedTuple):
    """Series of one name, those that matter most first: labels and value. `left_out` says how many were not even read."""

    series: Sequence[tuple[Labels, float]]
    left_out: int = 0


class Chosen(NamedTuple):
    """What a question found, and what is to be said about it."""

    series: list[tuple[Labels, float]]
    warnings: list[str]

    def warned(self, warnings: list[str]) -> "Chosen":
        """With more to be said first."""
        return Chosen(self.series, [*warnings, *self.warnings])


def choose(
    selectors: Iterable[Selector], kept: Mapping[str, Rows], members: Callable[[str], Collection[str]], most: int = MOST_SERIES
) -> Chosen:
    """The series that any selector takes, each once, at most so many. Raises SlowError."""
    found: dict[int, tuple[Labels, float]] = {}
    total, left_out, deadline = 0, 0, time.monotonic() + PATIENCE
    for one in selectors:
        within = None if one.under is None else frozenset(members(one.under))
        for name in one.names(kept):
            left_out += kept[name].left_out
            for place, series in enumerate(kept[name].series):
                if place % 256 == 0 and time.monotonic() > deadline:
                    raise SlowError
                labels = series[0]
                if (within is None or labels.get("unit") in within) and id(series) not in found and one.takes(labels):
                    total += 1
                    if total <= most:
                        found[id(series)] = series
    warnings = []
    if total > most or left_out:
        beyond = f" and {left_out} that were not read" if left_out else ""
        warnings.append(f'the first {min(total, most)} of {total} series{beyond} are shown; ask for less, like under="H44.07"')
    return Chosen(list(found.values()), warnings)


def vector(chosen: Chosen, at: float, now: float) -> bytes:
    """Of an instant query at a moment (seconds)."""
    series, warnings = (chosen.series, chosen.warnings) if abs(at - now) <= LOOKBACK else ([], [*chosen.warnings, PAST])
    return success(
        {"resultType": "vector", "result": [{"metric": labels, "value": [at, number(value)]} for labels, value in series]}, warnings
    )


def matrix(chosen: Chosen, steps: Sequence[float], now: float) -> bytes:
    """Of a range query: the present stands at the last step."""
    series, warnings = chosen
    reach = max(LOOKBACK, steps[-1] - steps[-2] if len(steps) > 1 else 0)
    if not -LOOKBACK <= now - steps[-1] <= reach:
        series, warnings = [], [*warnings, PAST]
    return _result("matrix", ({"metric": labels, "values": [[steps[-1], number(value)]]} for labels, value in series), warnings)


PAST = "lists are of now; nothing is kept of other moments"


def scalar(value: float, at: float) -> bytes:
    """Of 1+1."""
    return success({"resultType": "scalar", "result": [at, number(value)]})


def scalars(value: float, steps: Sequence[float]) -> bytes:
    """Of 1+1 over a range."""
    return success({"resultType": "matrix", "result": [{"metric": {}, "values": [[step, number(value)] for step in steps]}]})


def names(chosen: Chosen) -> bytes:
    """The labels of series."""
    return success(sorted({label for labels, _ in chosen.series for label in labels}), chosen.warnings)


def values(chosen: Chosen, label: str) -> bytes:
    """The values of a label."""
    return success(sorted({labels[label] for labels, _ in chosen.series if label in labels}), chosen.warnings)


def labels_of(chosen: Chosen) -> bytes:
    """Of series without their values."""
    return _success(f"[{_each(labels for labels, _ in chosen.series)}]", chosen.warnings)


def success(data: Any, warnings: Sequence[str] = ()) -> bytes:
    """What went well."""
    return _success(_written(data), warnings)


def _result(kind: str, items: Iterable[Any], warnings: Sequence[str]) -> bytes:
    return _success(f'{{"resultType":"{kind}","result":[{_each(items)}]}}', warnings)


def _success(data: str, warnings: Sequence[str]) -> bytes:
    said = f',"warnings":{_written(warnings)}' if warnings else ""
    return f'{{"status":"success","data":{data}{said}}}'.encode()


def _each(items: Iterable[Any]) -> str:
    """One after the other: written in one go, thousands would keep everybody else waiting."""
    return ",".join(map(_written, items))


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def failure(kind: str, why: str) -> bytes:
    """What did not."""
    return json.dumps({"status": "error", "errorType": kind, "error": why}, ensure_ascii=False).encode()


def labelled(name: str, labels: Mapping[str, str | None]) -> dict[str, str]:
    """Labels of a series; one without a value is not there."""
    return {NAME: name} | {label: value for label, value in labels.items() if value}


def number(value: float) -> str:
    """As Prometheus writes one."""
    return str(int(value)) if value == int(value) else repr(value)


def moment(text: str | None, name: str) -> float:
    """Seconds since 1970, of seconds or RFC 3339. Raises UnsupportedError."""
    try:
        if text is None:
            raise ValueError
        if re.fullmatch(r"-?\d{1,12}(\.\d+)?", text):
            return float(text)
        found = dt.datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or dt.UTC).timestamp()
    except (ValueError, OverflowError):
        raise UnsupportedError(f"invalid parameter {name!r}: write seconds since 1970, or 2026-08-03T09:00:00Z") from None


def steps(start: float, end: float, step: str | None) -> list[float]:
    """The moments of a range. Raises UnsupportedError."""
    seconds = _duration(step)
    if end < start:
        raise UnsupportedError("invalid parameter 'end': it lies before the start")
    if (end - start) / seconds >= MOST_POINTS:
        raise UnsupportedError(f"a range has at most {MOST_POINTS} steps; take a longer step")
    return [start + place * seconds for place in range(int((end - start) / seconds) + 1)]


def _duration(text: str | None) -> float:
    found = 0.0
    if text is not None and re.fullmatch(r"\d{1,12}(\.\d+)?", text):
        found = float(text)
    elif text is not None and _DURATION.fullmatch(text):
        found = sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))
    if not 0 < found < float("inf"):
        raise UnsupportedError("invalid parameter 'step': write seconds, or 15s")
    return found
