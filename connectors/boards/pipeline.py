"""The machine itself: what comes in, how far behind it is, how long it takes, and that nothing is lost."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh
from connectors.boards.looks import BAD, COUNT, FEW_WANTED, MILLISECONDS, SOON, Look
from connectors.boards.panels import Place, Series, lines, renamed, stat
from connectors.boards.quality import OUTCOMES
from connectors.boards.words import Words

MEBIBYTES = Look(thresholds=((None, "blue"),))
USED = Look("locale", 0, ((None, "green"), (75, "yellow"), (90, "red")))
BEHIND = Look("locale", 0, ((None, "green"), (10_000, "yellow"), (100_000, "red")))
HELD = Look("locale", 0, words="yes")
RATE = Look("locale", 1)


def _quantile(share: float, metric: str, by: str = "") -> str:
    """In milliseconds."""
    return f"1000 * histogram_quantile({share}, sum by (le{by}) (rate({metric}_bucket[5m])))"


def pipeline(words: Words) -> dict[str, Any]:
    """Is it alive, does it keep up, does it lose anything."""
    used = "100 * chiso_store_memory_bytes / chiso_store_memory_limit_bytes"
    kinds = {kind: words[f"kind_{kind}"] for kind in ("province", "department", "commune")}
    left = "sum by (kind) (chiso_series_left_out)"
    outcomes = [Series(f'sum(rate(chiso_events_total{{outcome="{one}"}}[1m])) or vector(0)', words[one]) for one in OUTCOMES]
    panels = [
        fresh(words, Place(0, 0, 6, 5), "min(chiso_figures_complete) or vector(0)"),
        stat("unaccounted", words, Place(6, 0, 3, 5), "sum(abs(chiso_records_unaccounted)) or vector(0)", BAD),
        stat("halted", words, Place(9, 0, 3, 5), s.HALTED, BAD),
        stat("held_back", words, Place(12, 0, 3, 5), "max(chiso_figures_held)", HELD),
        stat("stale", words, Place(15, 0, 3, 5), "max(chiso_reading_stale)", HELD),
        stat("lag", words, Place(18, 0, 3, 5), "sum(chiso_consumer_lag_records)", BEHIND),
        stat("calendar", words, Place(21, 0, 3, 5), "sum(chiso_calendar_unconfirmed)", SOON),
        lines("events", words, Place(0, 5, 12, 9), [Series(s.EVENTS_A_SECOND, "{{topic}}")], RATE),
        lines("lags", words, Place(12, 5, 12, 9), [Series(s.LAG, "{{topic}}")], COUNT),
        lines(
            "apply", words, Place(0, 14, 8, 9), [Series(_quantile(0.95, "chiso_batch_apply_seconds", ", topic"), "{{topic}}")], MILLISECONDS
        ),
        lines("visible", words, Place(8, 14, 8, 9), _shown(words), MILLISECONDS),
        lines("outcomes_rate", words, Place(16, 14, 8, 9), outcomes, RATE, stacked=True),
        stat(
            "memory",
            words,
            Place(0, 23, 6, 6),
            [Series(f"chiso_store_memory_bytes / {1024**2}", words["used"]), Series(s.said(used), words["of_limit"], USED)],
            MEBIBYTES,
        ),
        stat("deliveries", words, Place(6, 23, 6, 6), "chiso_deliveries_waiting", Look(thresholds=FEW_WANTED)),
        stat(
            "series",
            words,
            Place(12, 23, 6, 6),
            "chiso_series",
            Look("locale", 0, ((None, "green"), (110_000, "yellow"), (120_001, "red"))),
        ),
        renamed(stat("left_out", words, Place(18, 23, 6, 6), [Series(left, "{{kind}}")], COUNT), kinds),
    ]
    return board("pipeline", words, panels)


def _shown(words: Words) -> list[Series]:
    metric = "chiso_event_visible_seconds"
    return [Series(_quantile(0.5, metric), words["half"]), Series(_quantile(0.95, metric), words["most_of"])]
