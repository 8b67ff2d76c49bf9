"""Writes the golden files of a version: `python -m tests.golden.make 0.1.0`, once, when it is released; never again afterwards."""

import json
import sys
from pathlib import Path
from typing import Any

from connectors.codec import encode
from connectors.schema import schema
from indicators import events as ev
from indicators.describe import describe
from indicators.dossier import State, encode_state, join
from tests.builders import HCM, NUMBER, admitted, make

HERE = Path(__file__).resolve().parent


def lives() -> list[list[ev.Event]]:
    """Every type with every fact, and lives that lead to every kind of state."""
    received = {
        "unit": "H44.07",
        "filed_at": "2026-08-02",
        "due_at": "2026-08-10",
        "procedure": "2.000815",
        "procedure_name": "Chứng thực",
        "sector": "G15-CT",
        "sector_name": "Chứng thực",
        "unit_name": "Sở Tư pháp",
        "unit_kind": "department",
        "official": "u-0001",
        "channel": "online",
        "accepted": True,
        "fee_owed": True,
        "paper_result": False,
        "receiving_unit": "H44.100",
        "population_data": True,
        "personal_store": True,
    }
    whole = [
        make(ev.Received, "2026-08-03", **received),
        make(ev.Step, "2026-08-04", official="u-0002", step_due_at="2026-08-06"),
        make(ev.FeeRequested, "2026-08-04", fee_owed=True),
        make(ev.Paid, "2026-08-04", online=True, fee_owed=True),
        make(ev.SupplementRequested, "2026-08-05", papers=("a", "b"), due_at="2026-08-12"),
        make(ev.SupplementGiven, "2026-08-07", papers=("a",), due_at="2026-08-13"),
        make(ev.Transferred, "2026-08-08", unit="H44.08", official="u-0003"),
        make(ev.Rescheduled, "2026-08-09", due_at="2026-08-20"),
        make(ev.Digitised, "2026-08-09", papers=True, result=True),
        make(ev.Reused, "2026-08-09", papers=True, result=False),
        make(ev.Processed, "2026-08-14", official="u-0004", electronic_result=True),
        make(ev.Reopened, "2026-08-15"),
        make(ev.Processed, "2026-08-17", official="u-0005", electronic_result=True),
        make(ev.Returned, "2026-08-18", electronic_result=True),
        make(ev.Late, "2026-08-18", explanation_at="2026-08-16", apology_at="2026-08-17", role="head", reason="R1", new_date="2026-08-19"),
        make(ev.Rated, "2026-08-19", rating="unsatisfied"),
        make(ev.Petitioned, "2026-08-20", petition="P1"),
    ]
    short = [[make(kind, "2026-08-05", reason="R2")] for kind in (ev.Refused, ev.Withdrawn, ev.Stopped)]
    ends = (ev.Processed, ev.Returned, ev.Refused, ev.Withdrawn, ev.Stopped)
    short += [[make(kind, "2026-08-05", undated=True), make(ev.Reopened, "2026-08-04", by_step=True)] for kind in ends]
    return [
        whole,
        *([make(ev.Received, "2026-08-03", unit="H44.07", due_at="2026-08-10"), *one] for one in short),
        [make(ev.Rated, "2026-08-19", rating="neutral")],
    ]


def golden(events: list[ev.Event]) -> dict[str, Any]:
    """Records as they stand on the wire, the stored state, and what a reader is told."""
    state = State()
    for event in events:
        join(state, *admitted(event))
    records = [encode(event) for event in events]
    wire = [{"value": record.value.decode(), "headers": {name: text.decode() for name, text in record.headers}} for record in records]
    return {"records": wire, "state": encode_state(state).hex(), "told": describe(NUMBER, state, HCM)}


def main() -> None:
    version = sys.argv[1]
    path = HERE / f"{version}.json"
    if path.exists():
        sys.exit(f"{path.name} was released; what was released does not change")
    content = {"version": version, "schema": schema(), "lives": [golden(events) for events in lives()]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
