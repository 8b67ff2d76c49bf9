"""The one place that reads the clock. `CHISO_NOW` sets a test clock: it starts there and runs on."""

import datetime as dt
import os
import time
from functools import cache

from indicators.errors import UsageError
from indicators.times import VIETNAM


@cache
def _shift() -> float:
    wanted = os.environ.get("CHISO_NOW")
    if not wanted:
        return 0.0
    try:
        moment = dt.datetime.fromisoformat(wanted)
    except ValueError:
        raise UsageError("CHISO_NOW is no time such as 2026-08-13T07:30:00+07:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).timestamp() - time.time()


def is_set() -> bool:
    """Whether a test clock runs, which people must be warned of."""
    return bool(os.environ.get("CHISO_NOW"))


def now() -> float:
    """Seconds since 1970."""
    return time.time() + _shift()
