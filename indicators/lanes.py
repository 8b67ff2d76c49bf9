"""Rows of counters as 32-bit lanes of one Python integer.

A row (all counters of one unit and day, or of one unit, code and month) is one int: counter *i* sits in bits [32 i, 32 i + 32).
Adding or subtracting two rows adds or subtracts every counter at once, at the price of one big-integer addition. Lanes of a *change* may be
negative (the borrow runs into the lanes above and comes back when the change is added); lanes of a stored row never are, and never reach
2^32, so its little-endian bytes are the counters themselves and `numpy.frombuffer` reads them as they lie. Trailing zero bytes are not stored.

One row for days:   `DAY_COUNTERS`, in this order.
One row for months: `MONTH_COUNTERS`; `became_overdue` has a lane for each day of the month, so that the current month can be read up to yesterday.
`handling_seconds` spans two lanes (64 bits) in both, `seconds` in rows of synchronisation.
"""

FLAGS = (
    "online",
    "counter",
    "post",
    "electronic_result",
    "online_with_result",
    "fee_owed",
    "paid_online",
    "digitised",
    "reused",
    "personal_store",
    "population_data",
    "unsatisfied",
    "refused",
    "withdrawn",
    "stopped",
    "no_due_date",
    "petitioned",
    "about_official",  # of petitions alone
)
FINISHED = ("finished_early", "finished_on_time", "finished_late")
DAY_COUNTERS = (
    "received",
    *FINISHED,
    "became_overdue",
    "ceased_overdue",
    "wait_began",
    "wait_ended",
    "handling_seconds",
    "handling_seconds_high",
    *(f"received_{flag}" for flag in FLAGS),
    *(f"finished_{flag}" for flag in FLAGS),
    # the subset unsatisfied or petitioned about, for 5.4's "each once"
    "received_aggrieved",
    "finished_aggrieved",
    "late_aggrieved",
    "became_aggrieved",
    "ceased_aggrieved",
)
DUE_LANES = tuple(f"became_overdue_{day:02d}" for day in range(1, 32))
MONTH_COUNTERS = (
    "received",
    *FINISHED,
    "ceased_overdue",
    "wait_began",
    "wait_ended",
    "received_online",
    "received_fee_owed",
    "received_paid_online",
    "handling_seconds",
    "handling_seconds_high",
    *DUE_LANES,
)
# of an agency, a source and a month of arrival: news of dossiers, by how long after it happened
SYNC_COUNTERS = ("records", "after_hour", "after_day", "backfilled", "seconds", "seconds_high")
BITS = 32
LANE_BYTES = BITS // 8
_TOP = 0x80000000


def lane(index: int) -> int:
    """A row that holds 1 in lane `index`."""
    return 1 << (BITS * index)


def _lanes(names: tuple[str, ...]) -> dict[str, int]:
    return {name: lane(index) for index, name in enumerate(names)}


DAY_LANE = _lanes(DAY_COUNTERS)
MONTH_LANE = _lanes(MONTH_COUNTERS)
SYNC_LANE = _lanes(SYNC_COUNTERS)
# the low half of a number of 64 bits may be anything
_MASK = {
    len(names): sum(_TOP << (BITS * index) for index, name in enumerate(names) if name not in ("handling_seconds", "seconds"))
    for names in (DAY_COUNTERS, MONTH_COUNTERS, SYNC_COUNTERS)
}


def encode(row: int, size: int) -> bytes:
    """Little-endian bytes of a row of `size` lanes, without trailing zeros; b"" for a row of nothing.

    Raises OverflowError when a lane is negative or has reached 2^31: a figure would be wrong, so nothing may be stored.
    """
    if row & _MASK[size] or row < 0 or row >> (BITS * size):
        raise OverflowError("a counter left its range")
    return row.to_bytes((row.bit_length() + 7) // 8, "little")


def decode(stored: bytes) -> int:
    """The row whose bytes these are."""
    return int.from_bytes(stored, "little")


def counters(stored: bytes, names: tuple[str, ...]) -> dict[str, int]:
    """The non-zero counters of a stored row by name."""
    row = decode(stored)
    values = ((name, row >> (BITS * index) & 0xFFFFFFFF) for index, name in enumerate(names))
    return {name: value for name, value in values if value}
