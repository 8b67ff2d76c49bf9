"""The table of `chiso up --watch`: the room's figures of a period, and those of the units below it, as they come."""

import time
from typing import Any

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table

from streams.cli.asking import indicator

EVERY_SECONDS = 0.5
NOW = "now"
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
FRAME = 14  # lines of a terminal that are no rows, those above the table included


def overview(address: str, period: str) -> dict[str, Any] | None:
    """Figures of the room; None while serve does not answer."""
    try:
        answer = httpx.get(f"{address}/v1/overview", params={} if period == NOW else {"period": period}, timeout=2)
        found: dict[str, Any] = answer.raise_for_status().json()
    except httpx.HTTPError:
        return None
    return found


def table(found: dict[str, Any], most: int, caption: str | None = None) -> Table:
    """As a table: the units with the most overdue first, at most so many, and the sum below; units that nobody registered belong to no sum."""
    about = found["unit"]
    title = f"{about['name']} · kỳ {about['period']['id']} · {(about['as_of'] or '')[11:19]}"
    made = Table(title=title, caption=caption, show_footer=any(about["counts"].values()))
    total = _cells(about["name"], about["counts"], indicator(about, "2.1")["ratio"])
    for place, head in enumerate(HEADS):
        made.add_column(head, total[place], justify="right" if place else "left", no_wrap=True)
    rows = sorted(found["rows"], key=lambda row: (-row["counts"]["open_overdue"], -row["counts"]["received"], row["unit"]))
    for row in rows[:most]:
        made.add_row(*_cells(row["name"], row["counts"], row["ratio_2_1"]))
    if rows[most:]:
        made.add_row(f"… {len(rows) - most}")
    return made


def _cells(name: str, counts: dict[str, int], ratio: float | None) -> list[str]:
    percent = "" if ratio is None else f"{ratio:.2%}".replace(".", ",")
    return [name, *(f"{counts[field]:,}".replace(",", ".") for field in FIELDS), percent]


class Watch:
    """Called often; looks twice a second. On a terminal the table moves, elsewhere it is printed when it stands still at last."""

    def __init__(self, period: str) -> None:
        self._period = period
        self._console = Console(stderr=True)
        if not self._console.is_terminal:
            self._console.width = 140
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        self._next = 0.0
        self._last: object = None
        self._shown = True

    def say(self, text: str) -> None:
        """A line above the table."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def __call__(self, address: str) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        found = overview(address, self._period)
        if found is None:
            return
        if self._live is not None:
            if not self._live.is_started:
                self._live.start()
            self._live.update(table(found, max(3, self._console.height - FRAME), f"{address} · Ctrl-C"), refresh=True)
            return
        figures = [row["counts"] for row in found["rows"]]
        if figures != self._last:
            self._shown = False
        elif figures and not self._shown:
            self._console.print(table(found, len(found["rows"])))
            self._shown = True
        self._last = figures
