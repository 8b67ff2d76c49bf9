"""The table of `chiso up --watch`: every unit's figures of a period, as they come."""

import time
from typing import Any
from urllib.parse import quote

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table

EVERY_SECONDS = 0.5
HEADS = (
    "Đơn vị\nunit",
    "Tiếp nhận\nreceived",
    "Kỳ trước\ncarried over",
    "Trước hạn\nearly",
    "Đúng hạn\non time",
    "Quá hạn\nlate",
    "Đang: trong hạn\nopen in time",
    "Đang: quá hạn\nopen overdue",
    "Tỷ lệ 2.1\nin time",
)
FIELDS = ("received", "carried_over", "finished_early", "finished_on_time", "finished_late", "open_in_time", "open_overdue")


def rows(address: str, period: str) -> list[dict[str, Any]]:
    """Figures of all units; nothing while serve does not answer."""
    try:
        with httpx.Client(base_url=address, timeout=2) as client:
            units = client.get("/v1/units").raise_for_status().json()["items"]
            return [
                client.get(f"/v1/units/{quote(unit['unit'], safe='')}/indicators", params={"period": period}).raise_for_status().json()
                for unit in units
            ]
    except httpx.HTTPError:
        return []


def table(found: list[dict[str, Any]], period: str) -> Table:
    """As a table."""
    made = Table(title=f"Kỳ · period {period}")
    for place, head in enumerate(HEADS):
        made.add_column(head, justify="right" if place else "left", no_wrap=True)
    for row in found:
        ratio = row["indicators"][0]["ratio"]
        percent = "" if ratio is None else f"{ratio:.2%}".replace(".", ",")
        made.add_row(row["unit"], *(str(row["counts"][name]) for name in FIELDS), percent)
    return made


class Watch:
    """Called often; looks twice a second. On a terminal the table moves, elsewhere it is printed when it stands still at last."""

    def __init__(self, period: str) -> None:
        self._period = period
        self._console = Console(stderr=True)
        if not self._console.is_terminal:
            self._console.width = 140
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        self._next = 0.0
        self._last: list[dict[str, Any]] = []
        self._shown = True

    def say(self, text: str) -> None:
        """A line above the table."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def __call__(self, address: str) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        found = [{"unit": row["unit"], "counts": row["counts"], "indicators": row["indicators"]} for row in rows(address, self._period)]
        if self._live is not None:
            if not self._live.is_started:
                self._live.start()
            self._live.update(table(found, self._period), refresh=True)
        elif found != self._last:
            self._shown = False
        elif found and not self._shown:
            self._console.print(table(found, self._period))
            self._shown = True
        self._last = found
