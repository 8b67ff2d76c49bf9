"""What was staged: one line a dossier, as it was told up to now. Whoever counts these lines must come to the figures chiso shows."""

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from connectors.simulate.lives import Life, day_of, effective
from connectors.simulate.payloads import finished
from indicators.times import VIETNAM, rfc3339

COLUMNS = (
    "dossier",
    "unit",
    "accepted",
    "channel",
    "sector",
    "procedure",
    "filed_at",
    "received_at",
    "due_at",
    "effective_due",
    "asked_at",
    "given_at",
    "finished_at",
    "outcome",
)


def line(life: Life, told: int) -> dict[str, str]:
    """A dossier as it was told of up to a moment; empty cells are what nobody said."""
    done, outcome = finished(life, told), life.end
    if life.again is not None and life.given is None and life.again[0] <= told:
        done, outcome = life.again[0], "asked_twice"
    # asked when the due day was over, nobody waits: such requests stand in the incidents' truth alone
    asked = None if life.asked is None or day_of(life.asked) > day_of(life.due) else life.asked
    known = life.received <= told
    return {
        "dossier": life.number,
        "unit": (life.moved[1] if life.moved is not None and life.moved[0] <= told else life.office).code,
        "accepted": "yes" if life.accepted else "no",
        "channel": life.channel,
        "sector": life.procedure.sector,
        "procedure": life.procedure.code,
        "filed_at": _time(life.filed, told),
        "received_at": _time(life.received, told),
        "due_at": rfc3339(life.due) if known else "",
        "effective_due": _local(effective(life, told)) if known and life.accepted else "",
        "asked_at": _time(asked, told),
        "given_at": _time(life.given, told),
        "finished_at": "" if done is None else rfc3339(done),
        "outcome": outcome if done is not None else "",
    }


def _time(moment: int | None, told: int) -> str:
    return "" if moment is None or moment > told else rfc3339(moment)


def _local(moment: int | None) -> str:
    """The day in Vietnam."""
    return "" if moment is None else dt.datetime.fromtimestamp(moment, VIETNAM).date().isoformat()


def write(path: Path, said: Iterable[tuple[Life, int]]) -> None:
    """All lines, the file whole or not at all."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(line(life, told) for life, told in said)
    draft.replace(path)
