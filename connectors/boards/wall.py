"""The wall: 1920 × 1080 with the time hidden (docs/boards.md), no variables, nothing to scroll, no dossier and no official."""

from typing import Any

from connectors.boards import signals as s
from connectors.boards.frame import board, fresh, states, wide
from connectors.boards.looks import BAD, COUNT, GRADE, PERCENT, POINTS, SOON
from connectors.boards.panels import Place, Series, bars, stat
from connectors.boards.words import Words


def wall(words: Words) -> dict[str, Any]:
    """What a room has to know at a glance, from large to small."""
    month = {"whose": "", "period": "month"}
    shares = [Series(f"({s.block_share(name, period='month')}) {s.ROOM}", words.block(name)) for name in s.COUNTRYS_BLOCKS]
    panels = [
        stat("overdue", words, Place(0, 0, 6, 7), s.open_in_room("overdue"), BAD),
        stat("due_soon", words, Place(6, 0, 6, 7), s.open_in_room("due_soon"), SOON),
        stat("ratio_month", words, Place(12, 0, 6, 7), s.said(s.RATIO_IN_ROOM), PERCENT),
        fresh(words, Place(18, 0, 6, 7), s.COMPLETE_ROOM),
        stat("total_month", words, Place(0, 7, 4, 5), s.said(f"{s.total(**month)} {s.ROOM}"), POINTS),
        stat("grade_month", words, Place(4, 7, 4, 5), s.said(f"({s.grade(**month)}) {s.ROOM}"), GRADE),
        stat("on_time_month", words, Place(8, 7, 4, 5), s.said(s.ON_TIME_OF_FINISHED), PERCENT),
        stat("received_today", words, Place(12, 7, 4, 5), s.RECEIVED_TODAY, COUNT),
        stat("finished_today", words, Place(16, 7, 4, 5), s.FINISHED_TODAY, COUNT),
        stat("apologies", words, Place(20, 7, 4, 5), s.said(f"chiso_apologies_owed {s.ROOM}"), BAD),
        bars("most", words, Place(0, 12, 12, 8), f"topk(10, (({s.by_office('overdue')}) > 0) {s.IN_ROOM})", BAD),
        states(words, Place(12, 12, 12, 8), [s.open_in_room(state) for state in s.STATES]),
        bars("lowest", words, Place(0, 20, 12, 7), f"bottomk(8, ({s.ratio_by_office()}) {s.IN_ROOM})", wide(PERCENT, 100)),
        bars("blocks", words, Place(12, 20, 12, 7), shares, wide(PERCENT, 100)),
    ]
    return board("wall", words, panels, refresh="5s")
