"""What a board's queries answer, asked of a real Prometheus and of chiso's own lists."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Series:
    """Labels, the newest value, and the course of (second, value)."""

    labels: Mapping[str, str]
    value: float
    course: tuple[tuple[float, float], ...] = ()


class Sources:
    """Where queries are asked: data source uid → address; `now` is the moment that is drawn, `hours` how far back courses go."""

    def __init__(self, addresses: Mapping[str, str], now: float, seconds: float, variables: Mapping[str, str]) -> None:
        self._addresses, self._now, self._seconds, self._variables = addresses, now, seconds, variables

    def filled(self, text: str) -> str:
        """With the variables' values in their places."""
        return re.sub(r"\$(?:(\w+)|\{(\w+)(?::\w+)?\})", lambda found: self._variables.get(found[1] or found[2], found[0]), text)

    def ask(self, target: Mapping[str, Any]) -> list[Series]:
        """Of one query; nothing where its data source is not there."""
        address = self._addresses.get(target["datasource"]["uid"])
        if address is None:
            return []
        query = self.filled(target["expr"])
        if target.get("range"):
            step = max(self._seconds / 200, 5)
            answer = self._get(address, "query_range", query=query, start=self._now - self._seconds, end=self._now, step=step)
            return [_course(one) for one in answer]
        return [Series(one["metric"], float(one["value"][1])) for one in self._get(address, "query", query=query, time=self._now)]

    @staticmethod
    def _get(address: str, path: str, **params: str | float) -> list[dict[str, Any]]:
        answer = httpx.get(f"{address}/api/v1/{path}", params=params, timeout=30).json()
        if answer["status"] != "success":
            raise SystemExit(f"{params['query']}\n{answer['error']}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found


def _course(one: dict[str, Any]) -> Series:
    points = tuple((float(at), float(value)) for at, value in one["values"] if not math.isnan(float(value)))
    return Series(one["metric"], points[-1][1] if points else math.nan, points)


def legend(text: str, labels: Mapping[str, str]) -> str:
    """`{{name}} ({{unit}})` of a series."""
    if text == "__auto":
        return ", ".join(f"{name}={value}" for name, value in labels.items() if name != "__name__")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), text)
