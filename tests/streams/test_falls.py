"""Units whose total fell by much are told of, and no others."""

import json

from connectors.notices import Fall, fall_record
from indicators import events as ev
from indicators.buckets import tally
from indicators.periods import parse
from streams.falls import falls
from tests.builders import HCM, make, moment, received, state_of
from tests.indicators.test_sheet import REGISTRY, TERMS, made


def month(number: int, late: int, unit: str) -> list:
    """Ten dossiers of a month, of which so many were late."""
    found = []
    for place in range(10):
        name, day = f"{unit}-2026{number:02}01-{place:04}", 10 if place < late else 4
        events = (
            received(f"2026-{number:02}-03", dossier=name, unit=unit, due_at=f"2026-{number:02}-05"),
            make(ev.Processed, f"2026-{number:02}-{day:02}", dossier=name),
        )
        found.append(tally(name, state_of(*events), HCM))
    return found


def test_who_lost_five_points_or_a_grade_is_told_of() -> None:
    dossiers = [*month(7, 0, "H44.07"), *month(8, 6, "H44.07"), *month(7, 1, "H44.08"), *month(8, 2, "H44.08")]
    sheets, today = made(dossiers, [], {}), HCM.day(moment("2026-09-10"))
    july, august = (sheets.of(REGISTRY, parse(text, today), today, TERMS) for text in ("2026-07", "2026-08"))
    found = {one.unit: one for one in falls(august, july)}
    assert found["H44.07"].before - found["H44.07"].now == 1200 + 333, "12 points of 2.1, and 3.33 of 5.4: 6 less 6 × 0.4 / 0.9"
    assert "H44.08" not in found, "2 points, and the same grade"
    assert not list(falls(july, july))


def test_a_fall_is_told_under_one_id() -> None:
    fall = Fall("H44.07", "2026-08", 7012, 6100)
    at = moment("2026-09-05T06:00")
    one, again = fall_record(fall, at, at + 60, HCM), fall_record(fall, at, at + 7200, HCM)
    said, late = json.loads(one.value), json.loads(again.value)
    assert (said["kind"], said["unit"], said["detail"]) == ("score_fell", "H44.07", {"period": "2026-08", "from": 70.12, "to": 61.0})
    assert (said["id"], said["historical"], late["historical"]) == (late["id"], False, True)
