"""The oracle is held against the contract by hand, so that it can be trusted against the worker; and it can tell a wrong store from a right one."""

import json
from typing import Any

from tests.chaos.oracle import Oracle, day, seconds

RECORDED = seconds("2026-12-01T00:00:00Z") * 1000


def said(kind: str, at: str, **facts: Any) -> bytes:
    return json.dumps({"type": kind, "dossier": "H44.07-20260803-0001", "at": f"{at}T03:00:00Z", **facts}).encode()


def rows(*records: bytes) -> dict[tuple[str, str, str], int]:
    oracle = Oracle()
    for record in records:
        oracle.take(record, RECORDED)
    import datetime as dt

    return {
        (unit, str(dt.date(1970, 1, 1) + dt.timedelta(days=number)), counter): value
        for (unit, number, counter), value in oracle.rows().items()
        if not counter.startswith(("received_", "finished_counter", "finished_no"))
    }


def test_a_late_dossier_is_late_whatever_the_order() -> None:
    received, done = said("received", "2026-08-03", due_at="2026-08-05T10:00:00Z"), said("processed", "2026-08-07")
    wanted = {
        ("H44.07", "2026-08-03", "received"): 1,
        ("H44.07", "2026-08-05", "became_overdue"): 1,
        ("H44.07", "2026-08-07", "finished_late"): 1,
        ("H44.07", "2026-08-07", "ceased_overdue"): 1,
        ("H44.07", "2026-08-07", "handling_seconds"): 4 * 86_400,
    }
    assert rows(received, done) == rows(done, received, done) == wanted


def test_a_reopening_takes_the_end_back() -> None:
    received, done, back = (
        said("received", "2026-08-03", due_at="2026-08-09T10:00:00Z"),
        said("processed", "2026-08-05"),
        said("reopened", "2026-08-06"),
    )
    assert rows(received, done, back) == {("H44.07", "2026-08-03", "received"): 1, ("H44.07", "2026-08-09", "became_overdue"): 1}


def test_rubbish_counts_nowhere() -> None:
    oracle = Oracle()
    for record in (
        b"",
        b"[" * 100_000,
        b"\xff",
        b"null",
        b"5",
        said("unknown", "2026-08-03"),
        said("received", "1999-08-03"),
        said("received", "2027-08-03"),
    ):
        oracle.take(record, RECORDED)
    assert (oracle.accepted, oracle.rejected, dict(oracle.rows())) == (0, 8, {})
    assert day(seconds("2026-08-03T17:00:00Z")) == day(seconds("2026-08-03T16:59:59Z")) + 1


def test_what_is_open_and_over_is_overdue() -> None:
    oracle = Oracle()
    due = said("received", "2026-08-03", due_at="2026-08-05T10:00:00Z")
    oracle.take(due, RECORDED)
    became = day(seconds("2026-08-05T03:00:00Z"))
    assert (oracle.overdue(became), oracle.overdue(became + 1)) == ({}, {"H44.07-20260803-0001": became})
    oracle.take(said("processed", "2026-08-07"), RECORDED)
    assert oracle.overdue(became + 30) == {}
